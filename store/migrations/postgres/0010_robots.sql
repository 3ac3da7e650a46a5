-- +goose Up

-- What the robots.txt of a host last said, for all processes. Instants are microseconds
-- since 1970 by the database's clock.
CREATE TABLE robots (
    host      TEXT PRIMARY KEY, -- with its scheme, https://www.ftc.gov
    status    BIGINT NOT NULL, -- of the last answer that is one; 0 for none
    body      TEXT NOT NULL,
    read_at   BIGINT NOT NULL, -- when that came; 0 for never
    failed_at BIGINT NOT NULL, -- when it could not be had since; 0 for not at all
    err       TEXT NOT NULL
);
