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
    strftime('%Y-%m-%dT%H:%M:%S', p.started_at / 1000000, 'unixepoch') || printf('.%06dZ', p.started_at % 1000000) AS started_at,
    -- when it ended
    strftime('%Y-%m-%dT%H:%M:%S', p.ended_at / 1000000, 'unixepoch') || printf('.%06dZ', p.ended_at % 1000000) AS ended_at,
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

DROP VIEW incidents;

-- One row a trouble of a source that was opened: listings that broke together, documents that cannot be read, a second channel that does not prove its days, or a trouble of our own.
CREATE VIEW incidents AS
SELECT
    -- name of the source
    i.source AS source,
    -- listings, documents, second channel or ourselves
    i.subject AS subject,
    -- when it began
    strftime('%Y-%m-%dT%H:%M:%S', (i.opened_at) / 1000000, 'unixepoch') || printf('.%06dZ', (i.opened_at) % 1000000) AS opened_at,
    -- when all of it was read well again; null while it is open
    strftime('%Y-%m-%dT%H:%M:%S', (i.closed_at) / 1000000, 'unixepoch') || printf('.%06dZ', (i.closed_at) % 1000000) AS closed_at,
    -- blocked, moved, gone, error, truncated, empty or unparsed: what the last try gave; lacking where a second channel showed less than the listings, interrupted for a trouble of our own
    i.outcome AS outcome,
    -- what is wrong, as the last try said it
    i.what AS what,
    -- the listings or second channels concerned, with commas; the last one known once it is closed
    i.listings AS listings,
    -- when they were last read well, or proved their days, before it; null for never
    strftime('%Y-%m-%dT%H:%M:%S', (i.last_ok_at) / 1000000, 'unixepoch') || printf('.%06dZ', (i.last_ok_at) % 1000000) AS last_ok_at,
    -- address that shows it
    NULLIF(i.url, '') AS url,
    -- WARC file and byte offset of the page that shows it; null where none is kept: refusals never are
    CASE WHEN i.capture_file <> '' THEN i.capture_file || ':' || CAST(i.capture_offset AS TEXT) END AS capture,
    -- when it is tried again by itself; null once it is closed, or where that is at once
    CASE WHEN i.closed_at IS NULL THEN strftime('%Y-%m-%dT%H:%M:%S', (CASE WHEN i.wait_until > (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) THEN i.wait_until ELSE (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) END) / 1000000, 'unixepoch') || printf('.%06dZ', (CASE WHEN i.wait_until > (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) THEN i.wait_until ELSE (SELECT n.next_at FROM next_poll n WHERE n.source = i.source) END) % 1000000) END AS next_try_at,
    -- command that tries it, or shows more
    i.command AS command,
    -- whole days that it has been open, or was: a reminder is given after each
    (COALESCE(i.closed_at, CAST(unixepoch('subsec') * 1000000 AS INTEGER)) - i.opened_at) / 86400000000 AS days
FROM incident i JOIN source s ON s.source = i.source;
