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
        WHEN s.quiet_at < EXTRACT(EPOCH FROM now()) * 1000000 THEN 'quiet'
        ELSE 'ok'
    END AS state,
    -- end of the last good poll of any of its streams
    instant((SELECT MAX(t.ok_at) FROM stream t WHERE t.source = s.source)) AS last_ok_at,
    -- when an item was last seen for the first time
    instant((SELECT MAX(i.first_seen_at) FROM item i WHERE i.source = s.source)) AS last_new_at,
    -- when its next poll is due; null for at once
    instant((SELECT MAX(t.ended_at) FROM stream t WHERE t.source = s.source) + s.every) AS next_poll_at,
    -- items still to be read
    (SELECT COUNT(*) FROM item i WHERE i.source = s.source AND i.state = 'pending') AS pending,
    -- stretches that are not proved complete
    (SELECT COUNT(*) FROM gap g WHERE g.source = s.source AND g.closed_at IS NULL) AS open_gaps,
    -- what is wrong, the oldest trouble first; null when nothing is
    (SELECT t.stream || ': ' || CASE WHEN t.err <> '' THEN t.err ELSE t.outcome END
     FROM stream t WHERE t.source = s.source AND t.good = 0 ORDER BY t.since, t.stream LIMIT 1) AS incident,
    -- since when it is in this state; null for never polled
    instant((SELECT COALESCE(MIN(CASE WHEN t.good = 0 THEN t.since END), MAX(t.since)) FROM stream t WHERE t.source = s.source)) AS since
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
