-- +goose Up

-- The budget of one or more hosts, shared by all workers: which turn is the next one,
-- and until when nobody asks. Instants are microseconds since 1970 by the database's clock.
CREATE TABLE host (
    budget       TEXT PRIMARY KEY,
    every        BIGINT NOT NULL, -- least time between two requests, as last asked for
    next_at      BIGINT NOT NULL, -- when the next turn may be used
    today        BIGINT NOT NULL, -- days since 1970 of the count
    taken        BIGINT NOT NULL, -- turns taken on that day
    closed_until BIGINT NOT NULL,
    outcome      TEXT NOT NULL, -- blocked after a refusal, error after a wish to be left alone
    status       BIGINT NOT NULL,
    why          TEXT NOT NULL,
    refusals     BIGINT NOT NULL, -- since the last answer that was none
    probe_until  BIGINT NOT NULL -- until when one worker tries whether a refusal has ended
);

-- What a server said by which it can tell whether a page has changed. A row is made
-- once a complete listing began with that page.
CREATE TABLE validator (
    source        TEXT NOT NULL,
    stream        TEXT NOT NULL,
    url           TEXT NOT NULL,
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    read_at       BIGINT NOT NULL, -- when the page was last read in full
    PRIMARY KEY (source, stream)
);
