-- +goose Up

-- Troubles of a source. One is opened once, by the poll that finds it, and closed once.
CREATE TABLE incident (
    source         TEXT COLLATE "C" NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL, -- listings or documents
    opened_at      BIGINT NOT NULL,
    closed_at      BIGINT,
    outcome        TEXT COLLATE "C" NOT NULL,
    what           TEXT COLLATE "C" NOT NULL,
    opening        TEXT COLLATE "C" NOT NULL, -- what was wrong when it was opened
    listings       TEXT COLLATE "C" NOT NULL,
    last_ok_at     BIGINT,
    url            TEXT COLLATE "C" NOT NULL,
    status         BIGINT NOT NULL,
    capture_file   TEXT COLLATE "C" NOT NULL,
    capture_offset BIGINT NOT NULL,
    wait_until     BIGINT NOT NULL, -- the host is left alone until then; 0 for no such wish
    command        TEXT COLLATE "C" NOT NULL,
    told           BIGINT NOT NULL, -- in the logs: -1 for not yet, 0 for its opening, else its reminders
    told_closed    BIGINT NOT NULL,
    PRIMARY KEY (source, subject, opened_at)
);

-- When the incident that a stream is part of was opened; null where it is part of none.
ALTER TABLE stream ADD COLUMN incident BIGINT;

UPDATE stream SET incident = since WHERE good = 0;

INSERT INTO incident (source, subject, opened_at, closed_at, outcome, what, opening, listings, last_ok_at, url, status,
    capture_file, capture_offset, wait_until, command, told, told_closed)
SELECT source, 'listings', since, NULL, MIN(outcome), MIN(stream || ': ' || CASE WHEN err <> '' THEN err ELSE outcome END),
    MIN(stream || ': ' || CASE WHEN err <> '' THEN err ELSE outcome END), string_agg(stream, ', ' ORDER BY stream), MAX(ok_at), '', 0, '', 0, 0, 'dealwatch sources check ' || source, -1, 0
FROM stream WHERE good = 0 GROUP BY source, since;

-- When the next poll of a source is due: one after its schedule, and the later the longer
-- none of its listings could be read, up to six hours. It is never dropped.
CREATE VIEW next_poll AS
SELECT s.source AS source,
    (SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) + CASE
        WHEN s.every > 21600000000 OR ((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) - (SELECT MAX(t.since) FROM stream t WHERE t.source = s.source)) / 4 <= s.every OR EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source AND t.good = 1) THEN s.every
        WHEN ((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) - (SELECT MAX(t.since) FROM stream t WHERE t.source = s.source)) / 4 > 21600000000 THEN 21600000000
        ELSE ((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) - (SELECT MAX(t.since) FROM stream t WHERE t.source = s.source)) / 4 END AS next_at
FROM source s;

-- One row a trouble of a source that was opened: listings that broke together, or documents that cannot be read.
CREATE VIEW incidents AS
SELECT
    -- name of the source
    i.source AS source,
    -- listings or documents
    i.subject AS subject,
    -- when it began
    instant(i.opened_at) AS opened_at,
    -- when all of it was read well again; null while it is open
    instant(i.closed_at) AS closed_at,
    -- blocked, moved, gone, error, truncated, empty or unparsed: what the last try gave
    i.outcome AS outcome,
    -- what is wrong, as the last try said it
    i.what AS what,
    -- the listings concerned, with commas; the last one known once it is closed
    i.listings AS listings,
    -- when they were last read well before it; null for never
    instant(i.last_ok_at) AS last_ok_at,
    -- address that shows it
    NULLIF(i.url, '') AS url,
    -- WARC file and byte offset of the page that shows it; null where none is kept: refusals never are
    CASE WHEN i.capture_file <> '' THEN i.capture_file || ':' || CAST(i.capture_offset AS TEXT) END AS capture,
    -- when it is tried again by itself; null once it is closed, or where that is at once
    CASE WHEN i.closed_at IS NULL THEN instant(CASE WHEN i.wait_until > (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) THEN i.wait_until ELSE (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) END) END AS next_try_at,
    -- command that tries it, or shows more
    i.command AS command,
    -- whole days that it has been open, or was: a reminder is given after each
    (COALESCE(i.closed_at, CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT)) - i.opened_at) / 86400000000 AS days
FROM incident i JOIN source s ON s.source = i.source;

COMMENT ON VIEW incidents IS 'One row a trouble of a source that was opened: listings that broke together, or documents that cannot be read.';
COMMENT ON COLUMN incidents.source IS 'name of the source';
COMMENT ON COLUMN incidents.subject IS 'listings or documents';
COMMENT ON COLUMN incidents.opened_at IS 'when it began';
COMMENT ON COLUMN incidents.closed_at IS 'when all of it was read well again; null while it is open';
COMMENT ON COLUMN incidents.outcome IS 'blocked, moved, gone, error, truncated, empty or unparsed: what the last try gave';
COMMENT ON COLUMN incidents.what IS 'what is wrong, as the last try said it';
COMMENT ON COLUMN incidents.listings IS 'the listings concerned, with commas; the last one known once it is closed';
COMMENT ON COLUMN incidents.last_ok_at IS 'when they were last read well before it; null for never';
COMMENT ON COLUMN incidents.url IS 'address that shows it';
COMMENT ON COLUMN incidents.capture IS 'WARC file and byte offset of the page that shows it; null where none is kept: refusals never are';
COMMENT ON COLUMN incidents.next_try_at IS 'when it is tried again by itself; null once it is closed, or where that is at once';
COMMENT ON COLUMN incidents.command IS 'command that tries it, or shows more';
COMMENT ON COLUMN incidents.days IS 'whole days that it has been open, or was: a reminder is given after each';

DROP VIEW source_health;

-- One row a source.
CREATE VIEW source_health AS
SELECT
    -- name of the source
    s.source AS source,
    -- agency that publishes it
    s.agency AS agency,
    -- ok, quiet (ok, but without news for longer than usual on such a weekday), failing, blocked (some stream is), or never (not polled yet)
    CASE
        WHEN NOT EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source) THEN 'never'
        WHEN EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source AND t.good = 0 AND t.outcome = 'blocked') THEN 'blocked'
        WHEN EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source AND t.good = 0) THEN 'failing'
        WHEN EXISTS (SELECT 1 FROM incident i WHERE i.source = s.source AND i.closed_at IS NULL) THEN 'failing'
        WHEN s.quiet_at < EXTRACT(EPOCH FROM now()) * 1000000 THEN 'quiet'
        ELSE 'ok'
    END AS state,
    -- end of the last good poll of any of its streams
    instant((SELECT MAX(t.ok_at) FROM stream t WHERE t.source = s.source)) AS last_ok_at,
    -- when an item was last seen for the first time
    instant((SELECT MAX(i.first_seen_at) FROM item i WHERE i.source = s.source)) AS last_new_at,
    -- when its next poll is due; null for at once
    instant((SELECT n.next_at FROM next_poll n WHERE n.source = s.source)) AS next_poll_at,
    -- items still to be read
    (SELECT COUNT(*) FROM item i WHERE i.source = s.source AND i.state = 'pending') AS pending,
    -- stretches that are not proved complete
    (SELECT COUNT(*) FROM gap g WHERE g.source = s.source AND g.closed_at IS NULL) AS open_gaps,
    -- what is wrong, the oldest trouble first; null when nothing is
    (SELECT i.what FROM incident i WHERE i.source = s.source AND i.closed_at IS NULL ORDER BY i.opened_at, i.subject LIMIT 1) AS incident,
    -- since when it is in this state; null for never polled
    instant(COALESCE((SELECT MIN(i.opened_at) FROM incident i WHERE i.source = s.source AND i.closed_at IS NULL), CASE WHEN (SELECT MAX(i.closed_at) FROM incident i WHERE i.source = s.source) > (SELECT MAX(t.since) FROM stream t WHERE t.source = s.source) THEN (SELECT MAX(i.closed_at) FROM incident i WHERE i.source = s.source) ELSE (SELECT MAX(t.since) FROM stream t WHERE t.source = s.source) END)) AS since
FROM source s;

COMMENT ON VIEW source_health IS 'One row a source.';
COMMENT ON COLUMN source_health.source IS 'name of the source';
COMMENT ON COLUMN source_health.agency IS 'agency that publishes it';
COMMENT ON COLUMN source_health.state IS 'ok, quiet (ok, but without news for longer than usual on such a weekday), failing, blocked (some stream is), or never (not polled yet)';
COMMENT ON COLUMN source_health.last_ok_at IS 'end of the last good poll of any of its streams';
COMMENT ON COLUMN source_health.last_new_at IS 'when an item was last seen for the first time';
COMMENT ON COLUMN source_health.next_poll_at IS 'when its next poll is due; null for at once';
COMMENT ON COLUMN source_health.pending IS 'items still to be read';
COMMENT ON COLUMN source_health.open_gaps IS 'stretches that are not proved complete';
COMMENT ON COLUMN source_health.incident IS 'what is wrong, the oldest trouble first; null when nothing is';
COMMENT ON COLUMN source_health.since IS 'since when it is in this state; null for never polled';
