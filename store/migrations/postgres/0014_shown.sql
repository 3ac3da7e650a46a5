-- +goose Up

-- What an event shows, where its version was matched anew later and other mentions took
-- the place of these.
CREATE TABLE event_mention (
    event_id   BIGINT NOT NULL,
    place      BIGINT NOT NULL,
    party_id   TEXT COLLATE "C" NOT NULL,
    alias      TEXT COLLATE "C" NOT NULL,
    hit        TEXT COLLATE "C" NOT NULL,
    field      TEXT COLLATE "C" NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte   BIGINT NOT NULL,
    sentence   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (event_id, place)
);
