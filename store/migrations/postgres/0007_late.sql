-- +goose Up

-- Items that only a second channel showed, and what they led to: whenever such an item
-- is read for the first time, it is late.
CREATE TABLE late (
    source TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (source, key)
);
