-- +goose Up

-- A look at a second channel, and what it and the source's own listings say of the same days.
CREATE TABLE reconciliation (
    source        TEXT NOT NULL,
    stream        TEXT NOT NULL,
    looked_at     BIGINT NOT NULL,
    covers_from   TEXT NOT NULL,
    covers_to     TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    second_listed BIGINT NOT NULL,
    first_listed  BIGINT NOT NULL,
    late          BIGINT NOT NULL,
    lacking       BIGINT NOT NULL,
    PRIMARY KEY (source, stream, looked_at, covers_from)
);

-- How a page of a source looked when it was last read well: JSON.
CREATE TABLE shape (
    source  TEXT NOT NULL,
    page    TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    shape   TEXT NOT NULL,
    PRIMARY KEY (source, page)
);

-- One row a look at a second channel.
CREATE VIEW reconciliations AS
SELECT
    -- name of the source
    r.source AS source,
    -- second channel that was looked at
    r.stream AS stream,
    -- when it was
    strftime('%Y-%m-%dT%H:%M:%S', r.looked_at / 1000000, 'unixepoch') || printf('.%06dZ', r.looked_at % 1000000) AS looked_at,
    -- first date of the look
    r.covers_from AS covers_from,
    -- last date of the look
    r.covers_to AS covers_to,
    -- ok, or why the second channel showed nothing
    r.outcome AS outcome,
    -- items that the second channel shows
    r.second_listed AS second_listed,
    -- items that the listings of the source show for these dates
    r.first_listed AS first_listed,
    -- of the second channel, items that no listing had shown: they are read and delivered as late
    r.late AS late,
    -- of the listings, items that the second channel does not show
    r.lacking AS lacking
FROM reconciliation r;
