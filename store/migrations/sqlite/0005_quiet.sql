-- +goose Up

-- From when on a source is without news for longer than usual; null where too little is known to tell.
ALTER TABLE source ADD COLUMN quiet_at BIGINT;

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
        WHEN s.quiet_at < CAST(strftime('%s', 'now') AS INTEGER) * 1000000 THEN 'quiet'
        ELSE 'ok'
    END AS state,
    -- end of the last good poll of any of its streams
    strftime('%Y-%m-%dT%H:%M:%S', ((SELECT MAX(t.ok_at) FROM stream t WHERE t.source = s.source)) / 1000000, 'unixepoch') || printf('.%06dZ', ((SELECT MAX(t.ok_at) FROM stream t WHERE t.source = s.source)) % 1000000) AS last_ok_at,
    -- when an item was last seen for the first time
    strftime('%Y-%m-%dT%H:%M:%S', ((SELECT MAX(i.first_seen_at) FROM item i WHERE i.source = s.source)) / 1000000, 'unixepoch') || printf('.%06dZ', ((SELECT MAX(i.first_seen_at) FROM item i WHERE i.source = s.source)) % 1000000) AS last_new_at,
    -- when its next poll is due; null for at once
    strftime('%Y-%m-%dT%H:%M:%S', ((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) + s.every) / 1000000, 'unixepoch') || printf('.%06dZ', ((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) + s.every) % 1000000) AS next_poll_at,
    -- items still to be read
    (SELECT COUNT(*) FROM item i WHERE i.source = s.source AND i.state = 'pending') AS pending,
    -- stretches that are not proved complete
    (SELECT COUNT(*) FROM gap g WHERE g.source = s.source AND g.closed_at IS NULL) AS open_gaps,
    -- what is wrong, the oldest trouble first; null when nothing is
    (SELECT t.stream || ': ' || CASE WHEN t.err <> '' THEN t.err ELSE t.outcome END
     FROM stream t WHERE t.source = s.source AND t.good = 0 ORDER BY t.since, t.stream LIMIT 1) AS incident,
    -- since when it is in this state; null for never polled
    strftime('%Y-%m-%dT%H:%M:%S', ((SELECT COALESCE(MIN(CASE WHEN t.good = 0 THEN t.since END), MAX(t.since)) FROM stream t WHERE t.source = s.source)) / 1000000, 'unixepoch') || printf('.%06dZ', ((SELECT COALESCE(MIN(CASE WHEN t.good = 0 THEN t.since END), MAX(t.since)) FROM stream t WHERE t.source = s.source)) % 1000000) AS since
FROM source s;
