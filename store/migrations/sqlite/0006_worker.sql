-- +goose Up

-- The processes at work on this store, and the watchlist of each. A row lives as a
-- lease does: it is renewed while its process is, by the database's clock.
CREATE TABLE worker (
    owner     TEXT NOT NULL,
    place     TEXT NOT NULL,
    watchlist TEXT NOT NULL, -- its name, for people
    version   TEXT NOT NULL, -- of what it says
    until     BIGINT NOT NULL,
    PRIMARY KEY (owner, place)
);
