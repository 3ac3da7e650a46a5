-- +goose Up

-- The last run of a changed watchlist over the stored documents: when it began, whether
-- it is still going, and how many have ended.
ALTER TABLE sequence ADD COLUMN run BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sequence ADD COLUMN run_open BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sequence ADD COLUMN runs BIGINT NOT NULL DEFAULT 0;

-- The run that brought an event, 0 for none; when feeds first told of it, 0 while its
-- run is not over; and the entry that tells all that the run did to its deal, '' where
-- that was this event alone.
ALTER TABLE event ADD COLUMN run BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN summary TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The deal's name when it happened.
ALTER TABLE event ADD COLUMN deal_name TEXT COLLATE "C" NOT NULL DEFAULT '';

UPDATE event SET told_at = happened_at, deal_name = COALESCE((
    SELECT COALESCE(NULLIF(d.name, ''), f.deal_name) FROM flag f
    LEFT JOIN deal d ON d.deal_id = f.deal_id
    WHERE f.flag_id = event.flag_id), '');

CREATE INDEX event_untold ON event (event_id) WHERE told_at = 0;

-- Until now the events of a deal that were less than an hour apart were one run.
CREATE TABLE run_before AS
WITH step AS (
    SELECT e.event_id, f.deal_id, e.happened_at,
        CASE WHEN e.happened_at - LAG(e.happened_at) OVER (PARTITION BY f.deal_id ORDER BY e.happened_at, e.event_id) <= 3600000000
            THEN 0 ELSE 1 END AS fresh
    FROM event e JOIN flag f ON f.flag_id = e.flag_id WHERE e.cause = 'rematch'),
numbered AS (
    SELECT event_id, deal_id, happened_at,
        SUM(fresh) OVER (PARTITION BY deal_id ORDER BY happened_at, event_id) AS number
    FROM step),
runs AS (
    SELECT deal_id, number, MIN(happened_at) AS begun, COUNT(*) AS events FROM numbered GROUP BY deal_id, number)
SELECT n.event_id, r.begun,
    CASE WHEN r.events > 1 THEN 'rematch/' || r.deal_id || '/' || to_char(to_timestamp(r.begun / 1000000) AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS') || '.' || lpad((r.begun % 1000000)::text, 6, '0') || 'Z' ELSE '' END AS summary
FROM numbered n JOIN runs r ON r.deal_id = n.deal_id AND r.number = n.number;

CREATE UNIQUE INDEX run_before_event ON run_before (event_id);

UPDATE event SET
    run = (SELECT b.begun FROM run_before b WHERE b.event_id = event.event_id),
    summary = (SELECT b.summary FROM run_before b WHERE b.event_id = event.event_id)
WHERE event_id IN (SELECT event_id FROM run_before);

DROP TABLE run_before;

DROP VIEW flag_events;

-- One row a thing that happened to a flag; each is one feed entry.
CREATE VIEW flag_events AS
SELECT
    -- integer, in commit order
    e.event_id AS event_id,
    -- flag that it happened to
    e.flag_id AS flag_id,
    -- version of the document when it happened
    e.version AS version,
    -- raised, closer, changed, withdrawn or returned
    e.what AS what,
    -- new, revised, late, backfill or rematch
    e.cause AS cause,
    -- closeness then; before it, for a withdrawal
    e.closeness AS closeness,
    -- passage that showed it; the one before, for a withdrawal
    e.snippet AS snippet,
    -- when it happened, by our clock
    instant(e.happened_at) AS happened_at,
    -- id of its feed entry, without the tag authority; a changed watchlist that did several things to a deal has one entry for all
    COALESCE(NULLIF(e.summary, ''), e.entry_id) AS entry_id
FROM event e;

COMMENT ON VIEW flag_events IS 'One row a thing that happened to a flag; each is one feed entry.';
COMMENT ON COLUMN flag_events.event_id IS 'integer, in commit order';
COMMENT ON COLUMN flag_events.flag_id IS 'flag that it happened to';
COMMENT ON COLUMN flag_events.version IS 'version of the document when it happened';
COMMENT ON COLUMN flag_events.what IS 'raised, closer, changed, withdrawn or returned';
COMMENT ON COLUMN flag_events.cause IS 'new, revised, late, backfill or rematch';
COMMENT ON COLUMN flag_events.closeness IS 'closeness then; before it, for a withdrawal';
COMMENT ON COLUMN flag_events.snippet IS 'passage that showed it; the one before, for a withdrawal';
COMMENT ON COLUMN flag_events.happened_at IS 'when it happened, by our clock';
COMMENT ON COLUMN flag_events.entry_id IS 'id of its feed entry, without the tag authority; a changed watchlist that did several things to a deal has one entry for all';
