-- +goose Up

-- What the full-text search knows of the latest version of each document. The ids are in
-- the order in which documents were first read.
CREATE TABLE searched (
    id          INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE
);

-- The distinct words of title and text, each once; the text itself is not kept again.
CREATE VIRTUAL TABLE words USING fts5 (
    word, content = '', contentless_delete = 1, detail = none, tokenize = ascii
);

-- A store without documents has nothing left to index.
INSERT INTO meta (name, value) SELECT 'indexed', '1' WHERE NOT EXISTS (SELECT 1 FROM document);

CREATE INDEX item_parent ON item (source, parent_key) WHERE parent_key <> '';
