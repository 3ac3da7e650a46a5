// Package store keeps what was listed, read and flagged, in SQLite or PostgreSQL, and
// answers for it in SQL. Both databases have the same tables, views and statements;
// what differs stands in dialect.go.
//
// A worker claims a source and gets a Lease, which is the dealwatch.Ledger of its polls.
// Everything that one document brings (its version, attachments, flags, events and
// mentions) is committed in one transaction, and only while the lease is held.
package store
