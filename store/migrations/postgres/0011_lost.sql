-- +goose Up

-- Where the page is kept of which an item could not be read; '' where it is not.
ALTER TABLE item ADD COLUMN failed_file TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN failed_offset BIGINT NOT NULL DEFAULT 0;

-- Of 100 items of the last good listing, those without a date or title; null where it was too short to tell.
ALTER TABLE stream ADD COLUMN undated BIGINT;
ALTER TABLE stream ADD COLUMN untitled BIGINT;
