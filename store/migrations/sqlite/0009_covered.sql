-- +goose Up

-- Since which date a listing was covered is asked for each page of a document.
CREATE INDEX poll_complete ON poll (source, stream, covers_from, started_at) WHERE complete = 1;
