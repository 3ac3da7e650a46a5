-- +goose Up

-- What an event shows, where its version was matched anew later and other mentions took
-- the place of these.
CREATE TABLE event_mention (
    event_id   BIGINT NOT NULL,
    place      BIGINT NOT NULL,
    party_id   TEXT NOT NULL,
    alias      TEXT NOT NULL,
    hit        TEXT NOT NULL,
    field      TEXT NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte   BIGINT NOT NULL,
    sentence   TEXT NOT NULL,
    PRIMARY KEY (event_id, place)
);
