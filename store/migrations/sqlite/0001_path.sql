-- +goose Up

-- Instants are microseconds since 1970 in UTC; the views show them as RFC 3339 text.
-- '' stands for "not stated" in text columns; the views show it as NULL.

-- What is made once: the authority and year of all entry ids.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The last ids given out. A writer takes its ids here, in its own transaction, so
-- that ids are in the order in which transactions commit.
CREATE TABLE sequence (
    id       BIGINT PRIMARY KEY,
    flag_id  BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    poll_id  BIGINT NOT NULL
);

INSERT INTO sequence (id, flag_id, event_id, poll_id) VALUES (1, 0, 0, 0);

CREATE TABLE source (
    source TEXT PRIMARY KEY,
    title  TEXT NOT NULL,
    agency TEXT NOT NULL,
    every  BIGINT NOT NULL,
    young  BIGINT NOT NULL
);

-- Who polls a source. A fence grows with every claim; what an older one brings is refused.
CREATE TABLE lease (
    source TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    place  TEXT NOT NULL,
    until  BIGINT NOT NULL,
    fence  BIGINT NOT NULL
);

CREATE TABLE item (
    source         TEXT NOT NULL,
    key            TEXT NOT NULL,
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    agency         TEXT NOT NULL,
    docket         TEXT NOT NULL,
    published_on   TEXT NOT NULL,
    published_at   BIGINT,
    parent_key     TEXT NOT NULL,
    subject        TEXT NOT NULL,
    filers         TEXT NOT NULL, -- JSON
    extra          TEXT NOT NULL, -- JSON
    content        TEXT NOT NULL,
    content_at     BIGINT,
    content_sha256 TEXT NOT NULL,
    content_file   TEXT NOT NULL,
    content_offset BIGINT NOT NULL,
    noted_at       BIGINT NOT NULL, -- of the newest listing that showed it
    first_seen_at  BIGINT NOT NULL,
    state          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    next_try_at    BIGINT,
    tries          BIGINT NOT NULL,
    gone_at        BIGINT, -- when it was first found gone
    PRIMARY KEY (source, key)
);

CREATE INDEX item_state ON item (source, state, next_try_at);
CREATE INDEX item_seen ON item (source, first_seen_at);

-- Every address at which an item was ever said to be.
CREATE TABLE address (
    url    TEXT NOT NULL,
    source TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (url, source, key)
);

-- What each listing last said of an item. ground is 1 once a complete listing showed it.
CREATE TABLE listing (
    source       TEXT NOT NULL,
    stream       TEXT NOT NULL,
    key          TEXT NOT NULL,
    title        TEXT NOT NULL,
    published_on TEXT NOT NULL,
    content      TEXT NOT NULL, -- digest
    seen_at      BIGINT NOT NULL,
    ground       BIGINT NOT NULL,
    PRIMARY KEY (source, stream, key)
);

CREATE INDEX listing_published ON listing (source, stream, published_on);

-- Equal text is kept once.
CREATE TABLE body (
    text_sha256 TEXT PRIMARY KEY,
    text        TEXT NOT NULL
);

CREATE TABLE document (
    document_id   TEXT PRIMARY KEY,
    source        TEXT NOT NULL,
    key           TEXT NOT NULL,
    channel       TEXT NOT NULL, -- the canonical one
    first_seen_at BIGINT NOT NULL,
    version       BIGINT NOT NULL, -- the latest
    last_read_at  BIGINT NOT NULL,
    subject       TEXT NOT NULL, -- as the source states it
    topic         TEXT NOT NULL, -- title without case and punctuation, where it joins two sources
    topic_day     BIGINT NOT NULL, -- days since 1970 of its date
    topic_id      TEXT NOT NULL -- subject that a White House page makes for itself
);

CREATE INDEX document_source ON document (source, key);
CREATE INDEX document_topic ON document (topic, topic_day);
CREATE INDEX document_subject ON document (subject);

CREATE TABLE version (
    document_id    TEXT NOT NULL,
    version        BIGINT NOT NULL,
    hash           TEXT NOT NULL, -- of title, text and stated date
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    agency         TEXT NOT NULL,
    docket         TEXT NOT NULL,
    published_on   TEXT NOT NULL,
    published_at   BIGINT,
    parent_key     TEXT NOT NULL,
    filers         TEXT NOT NULL, -- JSON
    read_at        BIGINT NOT NULL,
    sha256         TEXT NOT NULL,
    text_sha256    TEXT NOT NULL,
    capture_file   TEXT NOT NULL,
    capture_offset BIGINT NOT NULL,
    PRIMARY KEY (document_id, version)
);

CREATE INDEX version_published ON version (published_on);
CREATE INDEX version_kind ON version (kind);

CREATE TABLE deal (
    deal_id      TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    rule         TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    place        BIGINT NOT NULL -- in the watchlist, from 1; 0 for one no longer in it
);

CREATE TABLE flag (
    flag_id      BIGINT PRIMARY KEY,
    deal_id      TEXT NOT NULL,
    deal_name    TEXT NOT NULL,
    document_id  TEXT NOT NULL,
    flagged_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL, -- the last that met the rule
    closeness    TEXT NOT NULL,
    closest      BIGINT NOT NULL, -- highest rank of closeness it ever had
    snippet      TEXT NOT NULL,
    cause        TEXT NOT NULL,
    state        TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    evidence     TEXT NOT NULL, -- digest of the mentions without their offsets
    UNIQUE (deal_id, document_id)
);

CREATE INDEX flag_document ON flag (document_id);
CREATE INDEX flag_flagged ON flag (strftime('%Y-%m-%dT%H:%M:%S', flagged_at / 1000000, 'unixepoch') || printf('.%06dZ', flagged_at % 1000000));
CREATE INDEX flag_deal_flagged ON flag (deal_id, strftime('%Y-%m-%dT%H:%M:%S', flagged_at / 1000000, 'unixepoch') || printf('.%06dZ', flagged_at % 1000000));

CREATE TABLE event (
    event_id    BIGINT PRIMARY KEY,
    flag_id     BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    evidence    BIGINT NOT NULL, -- version whose mentions show it
    what        TEXT NOT NULL,
    cause       TEXT NOT NULL,
    closeness   TEXT NOT NULL,
    snippet     TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    entry_id    TEXT NOT NULL UNIQUE
);

CREATE INDEX event_flag ON event (flag_id);
CREATE INDEX event_happened ON event (strftime('%Y-%m-%dT%H:%M:%S', happened_at / 1000000, 'unixepoch') || printf('.%06dZ', happened_at % 1000000));

CREATE TABLE mention (
    flag_id    BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    place      BIGINT NOT NULL,
    party_id   TEXT NOT NULL,
    alias      TEXT NOT NULL,
    hit        TEXT NOT NULL,
    field      TEXT NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte   BIGINT NOT NULL,
    sentence   TEXT NOT NULL,
    PRIMARY KEY (flag_id, version, place)
);

CREATE INDEX mention_party ON mention (party_id);

CREATE TABLE poll (
    poll_id     BIGINT PRIMARY KEY,
    source      TEXT NOT NULL,
    stream      TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    listed      BIGINT NOT NULL,
    fresh       BIGINT NOT NULL,
    read        BIGINT NOT NULL,
    raised      BIGINT NOT NULL,
    failed      BIGINT NOT NULL,
    outcome     TEXT NOT NULL,
    err         TEXT NOT NULL,
    complete    BIGINT NOT NULL,
    covers_from TEXT NOT NULL,
    covers_to   TEXT NOT NULL
);

CREATE INDEX poll_source ON poll (source, stream, started_at);
CREATE INDEX poll_started ON poll (strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000, 'unixepoch') || printf('.%06dZ', started_at % 1000000));

-- What is known of a stream after its last poll.
CREATE TABLE stream (
    source      TEXT NOT NULL,
    stream      TEXT NOT NULL,
    ended_at    BIGINT NOT NULL,
    outcome     TEXT NOT NULL,
    err         TEXT NOT NULL,
    good        BIGINT NOT NULL, -- 1 when the last poll was
    since       BIGINT NOT NULL, -- when it became so
    ok_at       BIGINT, -- end of the last good poll
    complete_at BIGINT, -- end of the last complete poll
    proved_to   TEXT NOT NULL, -- newest date that a complete poll covered
    PRIMARY KEY (source, stream)
);

CREATE TABLE gap (
    source    TEXT NOT NULL,
    stream    TEXT NOT NULL,
    gap_from  TEXT NOT NULL,
    gap_to    TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    reason    TEXT NOT NULL,
    command   TEXT NOT NULL
);

CREATE INDEX gap_source ON gap (source, stream, closed_at);

-- The subject of each document. A White House page and its Federal Register document
-- are one subject: by what the sources state, else by equal titles and a publication
-- from a day before to 60 days after the page's date (the Register prints an order days after it
-- was signed). It is worked out here, not stored, so that neither the order in which the two
-- arrive nor the database matters.
CREATE VIEW subjects AS
SELECT d.document_id AS document_id,
    CASE
        WHEN d.subject <> '' THEN d.subject
        WHEN d.topic = '' THEN NULL
        WHEN d.source = 'whitehouse' THEN COALESCE(
            (SELECT MIN(o.subject) FROM document o
             WHERE o.topic = d.topic AND o.source = 'federal-register' AND o.subject <> ''
               AND o.topic_day BETWEEN d.topic_day - 1 AND d.topic_day + 60),
            d.topic_id)
        ELSE
            (SELECT MIN(CASE WHEN o.subject <> '' THEN o.subject ELSE o.topic_id END) FROM document o
             WHERE o.topic = d.topic AND o.source = 'whitehouse'
               AND o.topic_day BETWEEN d.topic_day - 60 AND d.topic_day + 1)
    END AS subject_id
FROM document d;

-- One row a deal and document: a flag as it is now.
CREATE VIEW flagged_items AS
SELECT
    -- integer, in commit order
    f.flag_id AS flag_id,
    -- deal that the document was flagged for
    f.deal_id AS deal_id,
    -- its name in the watchlist
    f.deal_name AS deal_name,
    -- source/key of the document
    f.document_id AS document_id,
    -- name of the source
    d.source AS source,
    -- agency that published the document
    v.agency AS agency,
    -- kind of document
    v.kind AS kind,
    -- title of the document
    v.title AS title,
    -- address of the document
    v.url AS url,
    -- date as the agency states it; null where it states none
    NULLIF(v.published_on, '') AS published_on,
    -- instant as the agency states it; null where it states only a date
    strftime('%Y-%m-%dT%H:%M:%S', v.published_at / 1000000, 'unixepoch') || printf('.%06dZ', v.published_at % 1000000) AS published_at,
    -- when the flag was first raised, by our clock
    strftime('%Y-%m-%dT%H:%M:%S', f.flagged_at / 1000000, 'unixepoch') || printf('.%06dZ', f.flagged_at % 1000000) AS flagged_at,
    -- latest version that met the rule; the columns about the document are of this version
    f.version AS version,
    -- title, sentence, filer, paragraph or document
    f.closeness AS closeness,
    -- passage that shows it best
    f.snippet AS snippet,
    -- cause of its first event
    f.cause AS cause,
    -- active or withdrawn
    f.state AS state,
    -- version of the rule that it last met
    f.rule_version AS rule_version,
    -- digest of the captured bytes
    v.sha256 AS sha256
FROM flag f
JOIN document d ON d.document_id = f.document_id
JOIN version v ON v.document_id = f.document_id AND v.version = f.version;

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
    strftime('%Y-%m-%dT%H:%M:%S', e.happened_at / 1000000, 'unixepoch') || printf('.%06dZ', e.happened_at % 1000000) AS happened_at,
    -- id of its feed entry, without the tag authority
    e.entry_id AS entry_id
FROM event e;

-- One row a hit of an alias or term.
CREATE VIEW mentions AS
SELECT
    -- flag that it is evidence of
    m.flag_id AS flag_id,
    -- version of the document that it stands in
    m.version AS version,
    -- party; null for a plain term of a rule
    NULLIF(m.party_id, '') AS party_id,
    -- alias or term as the watchlist writes it; (filer) where the filer speaks
    m.alias AS alias,
    -- as the document writes it
    m.hit AS hit,
    -- title or text
    m.field AS field,
    -- offset of its first byte in the field
    m.start_byte AS start_byte,
    -- offset after its last byte
    m.end_byte AS end_byte,
    -- sentence that holds it
    m.sentence AS sentence
FROM mention m;

-- One row a document: its latest version.
CREATE VIEW documents AS
SELECT
    -- source/key, the same on every database
    d.document_id AS document_id,
    -- name of the source, such as ftc-press
    d.source AS source,
    -- the publisher's own name for the document within the source
    d.key AS key,
    -- document that this one hangs on; null for one that stands alone
    CASE WHEN v.parent_key <> '' THEN d.source || '/' || v.parent_key END AS parent_id,
    -- shared by a White House page and its Federal Register document; null for no subject
    (SELECT s.subject_id FROM subjects s WHERE s.document_id = d.document_id) AS subject_id,
    -- agency that published it
    v.agency AS agency,
    -- kind of document, such as press-release or 8-K
    v.kind AS kind,
    -- docket, matter or file number as the agency writes it
    NULLIF(v.docket, '') AS docket,
    -- title as read
    v.title AS title,
    -- its own page or file, for people; what was read may be a feed or an interface that holds its text
    v.url AS url,
    -- date as the agency states it, YYYY-MM-DD; null where it states none
    NULLIF(v.published_on, '') AS published_on,
    -- instant as the agency states it; null where it states only a date
    strftime('%Y-%m-%dT%H:%M:%S', v.published_at / 1000000, 'unixepoch') || printf('.%06dZ', v.published_at % 1000000) AS published_at,
    -- when a listing first showed it
    strftime('%Y-%m-%dT%H:%M:%S', d.first_seen_at / 1000000, 'unixepoch') || printf('.%06dZ', d.first_seen_at % 1000000) AS first_seen_at,
    -- number of the version, from 1
    v.version AS version,
    -- when the bytes were received or captured
    strftime('%Y-%m-%dT%H:%M:%S', v.read_at / 1000000, 'unixepoch') || printf('.%06dZ', v.read_at % 1000000) AS read_at,
    -- text without markup: \n ends a block, \n\n a paragraph
    b.text AS text,
    -- digest of the captured bytes, lower-case hex
    v.sha256 AS sha256,
    -- digest of text, lower-case hex
    v.text_sha256 AS text_sha256,
    -- WARC file and byte offset of its record; null when nothing is kept
    CASE WHEN v.capture_file <> '' THEN v.capture_file || ':' || CAST(v.capture_offset AS TEXT) END AS capture
FROM document d
JOIN version v ON v.document_id = d.document_id AND v.version = d.version
JOIN body b ON b.text_sha256 = v.text_sha256;

-- One row a version of a document.
CREATE VIEW document_versions AS
SELECT
    -- source/key, the same on every database
    d.document_id AS document_id,
    -- name of the source, such as ftc-press
    d.source AS source,
    -- the publisher's own name for the document within the source
    d.key AS key,
    -- document that this one hangs on; null for one that stands alone
    CASE WHEN v.parent_key <> '' THEN d.source || '/' || v.parent_key END AS parent_id,
    -- shared by a White House page and its Federal Register document; null for no subject
    (SELECT s.subject_id FROM subjects s WHERE s.document_id = d.document_id) AS subject_id,
    -- agency that published it
    v.agency AS agency,
    -- kind of document, such as press-release or 8-K
    v.kind AS kind,
    -- docket, matter or file number as the agency writes it
    NULLIF(v.docket, '') AS docket,
    -- title as read
    v.title AS title,
    -- its own page or file, for people; what was read may be a feed or an interface that holds its text
    v.url AS url,
    -- date as the agency states it, YYYY-MM-DD; null where it states none
    NULLIF(v.published_on, '') AS published_on,
    -- instant as the agency states it; null where it states only a date
    strftime('%Y-%m-%dT%H:%M:%S', v.published_at / 1000000, 'unixepoch') || printf('.%06dZ', v.published_at % 1000000) AS published_at,
    -- when a listing first showed it
    strftime('%Y-%m-%dT%H:%M:%S', d.first_seen_at / 1000000, 'unixepoch') || printf('.%06dZ', d.first_seen_at % 1000000) AS first_seen_at,
    -- number of the version, from 1
    v.version AS version,
    -- when the bytes were received or captured
    strftime('%Y-%m-%dT%H:%M:%S', v.read_at / 1000000, 'unixepoch') || printf('.%06dZ', v.read_at % 1000000) AS read_at,
    -- text without markup: \n ends a block, \n\n a paragraph
    b.text AS text,
    -- digest of the captured bytes, lower-case hex
    v.sha256 AS sha256,
    -- digest of text, lower-case hex
    v.text_sha256 AS text_sha256,
    -- WARC file and byte offset of its record; null when nothing is kept
    CASE WHEN v.capture_file <> '' THEN v.capture_file || ':' || CAST(v.capture_offset AS TEXT) END AS capture
FROM document d
JOIN version v ON v.document_id = d.document_id
JOIN body b ON b.text_sha256 = v.text_sha256;

-- One row an item that a listing or a document ever showed.
CREATE VIEW items AS
SELECT
    -- name of the source
    i.source AS source,
    -- the publisher's own name for the document
    i.key AS key,
    -- address to read it from
    i.url AS url,
    -- title as listed
    i.title AS title,
    -- date as listed; null where none is stated
    NULLIF(i.published_on, '') AS published_on,
    -- pending, read or gone
    i.state AS state,
    -- why it is pending or gone; null when there is nothing to say
    NULLIF(i.reason, '') AS reason,
    -- when it is read next; null for at once, or for never again
    strftime('%Y-%m-%dT%H:%M:%S', i.next_try_at / 1000000, 'unixepoch') || printf('.%06dZ', i.next_try_at % 1000000) AS next_try_at,
    -- when it was first shown
    strftime('%Y-%m-%dT%H:%M:%S', i.first_seen_at / 1000000, 'unixepoch') || printf('.%06dZ', i.first_seen_at % 1000000) AS first_seen_at
FROM item i;

-- One row a deal of the watchlist.
CREATE VIEW deals AS
SELECT
    -- its id
    l.deal_id AS deal_id,
    -- its name
    l.name AS name,
    -- its rule, the shorthand spelt out
    l.rule AS rule,
    -- changes whenever what it flags could change
    l.rule_version AS rule_version,
    -- active flags
    (SELECT COUNT(*) FROM flag f WHERE f.deal_id = l.deal_id AND f.state = 'active') AS flags,
    -- when its newest flag was raised; null for none
    strftime('%Y-%m-%dT%H:%M:%S', ((SELECT MAX(f.flagged_at) FROM flag f WHERE f.deal_id = l.deal_id)) / 1000000, 'unixepoch') || printf('.%06dZ', ((SELECT MAX(f.flagged_at) FROM flag f WHERE f.deal_id = l.deal_id)) % 1000000) AS last_flagged_at
FROM deal l
WHERE l.place > 0;

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
    -- ok, unchanged, empty, blocked, moved, gone, error, truncated, unparsed or absent
    p.outcome AS outcome,
    -- 1 when it reached known ground or the start of the range asked for
    p.complete AS complete,
    -- oldest date that the listing was seen to cover
    NULLIF(p.covers_from, '') AS covers_from,
    -- newest date that the listing was seen to cover
    NULLIF(p.covers_to, '') AS covers_to
FROM poll p;

-- One row a stretch of a stream that no poll has proved complete.
CREATE VIEW gaps AS
SELECT
    -- name of the source
    g.source AS source,
    -- listing of the source
    g.stream AS stream,
    -- first date that is not proved
    g.gap_from AS gap_from,
    -- last date that is not proved
    g.gap_to AS gap_to,
    -- when it was found
    strftime('%Y-%m-%dT%H:%M:%S', g.opened_at / 1000000, 'unixepoch') || printf('.%06dZ', g.opened_at % 1000000) AS opened_at,
    -- when a complete poll covered it; null while it is open
    strftime('%Y-%m-%dT%H:%M:%S', g.closed_at / 1000000, 'unixepoch') || printf('.%06dZ', g.closed_at % 1000000) AS closed_at,
    -- why the poll was incomplete
    g.reason AS reason,
    -- command that fills it
    g.command AS command
FROM gap g;

-- One row a source.
CREATE VIEW source_health AS
SELECT
    -- name of the source
    s.source AS source,
    -- agency that publishes it
    s.agency AS agency,
    -- ok, failing, blocked (some stream is), or never (not polled yet)
    CASE
        WHEN NOT EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source) THEN 'never'
        WHEN EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source AND t.good = 0 AND t.outcome = 'blocked') THEN 'blocked'
        WHEN EXISTS (SELECT 1 FROM stream t WHERE t.source = s.source AND t.good = 0) THEN 'failing'
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
