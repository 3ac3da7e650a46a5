-- +goose Up

-- What polls and incidents say has more words.
DROP VIEW polls;

-- One row a poll of a stream.
CREATE VIEW polls AS
SELECT
    -- integer, in commit order
    p.poll_id AS poll_id,
    -- name of the source
    p.source AS source,
    -- listing of the source
    p.stream AS stream,
    -- when it began
    instant(p.started_at) AS started_at,
    -- when it ended
    instant(p.ended_at) AS ended_at,
    -- items that the listing showed
    p.listed AS listed,
    -- documents read
    p.read AS read,
    -- flags raised
    p.raised AS raised,
    -- documents that could not be read and stay pending
    p.failed AS failed,
    -- ok, unchanged, empty, blocked, moved, gone, error, truncated, unparsed, absent, or interrupted (we ended it ourselves, which says nothing of the site)
    p.outcome AS outcome,
    -- 1 when it reached known ground or the start of the range asked for
    p.complete AS complete,
    -- oldest date that the listing was seen to cover
    NULLIF(p.covers_from, '') AS covers_from,
    -- newest date that the listing was seen to cover
    NULLIF(p.covers_to, '') AS covers_to
FROM poll p;

COMMENT ON VIEW polls IS 'One row a poll of a stream.';
COMMENT ON COLUMN polls.poll_id IS 'integer, in commit order';
COMMENT ON COLUMN polls.source IS 'name of the source';
COMMENT ON COLUMN polls.stream IS 'listing of the source';
COMMENT ON COLUMN polls.started_at IS 'when it began';
COMMENT ON COLUMN polls.ended_at IS 'when it ended';
COMMENT ON COLUMN polls.listed IS 'items that the listing showed';
COMMENT ON COLUMN polls.read IS 'documents read';
COMMENT ON COLUMN polls.raised IS 'flags raised';
COMMENT ON COLUMN polls.failed IS 'documents that could not be read and stay pending';
COMMENT ON COLUMN polls.outcome IS 'ok, unchanged, empty, blocked, moved, gone, error, truncated, unparsed, absent, or interrupted (we ended it ourselves, which says nothing of the site)';
COMMENT ON COLUMN polls.complete IS '1 when it reached known ground or the start of the range asked for';
COMMENT ON COLUMN polls.covers_from IS 'oldest date that the listing was seen to cover';
COMMENT ON COLUMN polls.covers_to IS 'newest date that the listing was seen to cover';

DROP VIEW incidents;

-- One row a trouble of a source that was opened: listings that broke together, documents that cannot be read, a second channel that does not prove its days, or a trouble of our own.
CREATE VIEW incidents AS
SELECT
    -- name of the source
    i.source AS source,
    -- listings, documents, second channel or ourselves
    i.subject AS subject,
    -- when it began
    instant(i.opened_at) AS opened_at,
    -- when all of it was read well again; null while it is open
    instant(i.closed_at) AS closed_at,
    -- blocked, moved, gone, error, truncated, empty or unparsed: what the last try gave; lacking where a second channel showed less than the listings, interrupted for a trouble of our own
    i.outcome AS outcome,
    -- what is wrong, as the last try said it
    i.what AS what,
    -- the listings or second channels concerned, with commas; the last one known once it is closed
    i.listings AS listings,
    -- when they were last read well, or proved their days, before it; null for never
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

COMMENT ON VIEW incidents IS 'One row a trouble of a source that was opened: listings that broke together, documents that cannot be read, a second channel that does not prove its days, or a trouble of our own.';
COMMENT ON COLUMN incidents.source IS 'name of the source';
COMMENT ON COLUMN incidents.subject IS 'listings, documents, second channel or ourselves';
COMMENT ON COLUMN incidents.opened_at IS 'when it began';
COMMENT ON COLUMN incidents.closed_at IS 'when all of it was read well again; null while it is open';
COMMENT ON COLUMN incidents.outcome IS 'blocked, moved, gone, error, truncated, empty or unparsed: what the last try gave; lacking where a second channel showed less than the listings, interrupted for a trouble of our own';
COMMENT ON COLUMN incidents.what IS 'what is wrong, as the last try said it';
COMMENT ON COLUMN incidents.listings IS 'the listings or second channels concerned, with commas; the last one known once it is closed';
COMMENT ON COLUMN incidents.last_ok_at IS 'when they were last read well, or proved their days, before it; null for never';
COMMENT ON COLUMN incidents.url IS 'address that shows it';
COMMENT ON COLUMN incidents.capture IS 'WARC file and byte offset of the page that shows it; null where none is kept: refusals never are';
COMMENT ON COLUMN incidents.next_try_at IS 'when it is tried again by itself; null once it is closed, or where that is at once';
COMMENT ON COLUMN incidents.command IS 'command that tries it, or shows more';
COMMENT ON COLUMN incidents.days IS 'whole days that it has been open, or was: a reminder is given after each';
