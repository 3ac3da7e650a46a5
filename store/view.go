package store

// View is a documented view of the store: users and other programs rely on its name
// and columns, which are the same on both databases.
type View struct {
	Name    string
	Doc     string // what a row is
	Columns []Column
}

// Column is a column of a View and a line on what it holds.
type Column struct {
	Name, Doc string
}

// Views are the views in the order in which the README shows them. The migrations
// carry the same lines as comments; a test compares both.
var Views = []View{
	{"flagged_items", "One row a deal and document: a flag as it is now.", []Column{
		{"flag_id", "integer, in commit order"},
		{"deal_id", "deal that the document was flagged for"},
		{"deal_name", "its name in the watchlist"},
		{"document_id", "source/key of the document"},
		{"source", "name of the source"},
		{"agency", "agency that published the document"},
		{"kind", "kind of document"},
		{"title", "title of the document"},
		{"url", "address of the document"},
		{"published_on", "date as the agency states it; null where it states none"},
		{"published_at", "instant as the agency states it; null where it states only a date"},
		{"flagged_at", "when the flag was first raised, by our clock"},
		{"version", "latest version that met the rule; the columns about the document are of this version"},
		{"closeness", "title, sentence, filer, paragraph or document"},
		{"snippet", "passage that shows it best"},
		{"cause", "cause of its first event"},
		{"state", "active or withdrawn"},
		{"rule_version", "version of the rule that it last met"},
		{"sha256", "digest of the captured bytes"},
	}},
	{"flag_events", "One row a thing that happened to a flag; each is one feed entry.", []Column{
		{"event_id", "integer, in commit order"},
		{"flag_id", "flag that it happened to"},
		{"version", "version of the document when it happened"},
		{"what", "raised, closer, changed, withdrawn or returned"},
		{"cause", "new, revised, late, backfill or rematch"},
		{"closeness", "closeness then; before it, for a withdrawal"},
		{"snippet", "passage that showed it; the one before, for a withdrawal"},
		{"happened_at", "when it happened, by our clock"},
		{"entry_id", "id of its feed entry, without the tag authority"},
	}},
	{"mentions", "One row a hit of an alias or term.", []Column{
		{"flag_id", "flag that it is evidence of"},
		{"version", "version of the document that it stands in"},
		{"party_id", "party; null for a plain term of a rule"},
		{"alias", "alias or term as the watchlist writes it; (filer) where the filer speaks"},
		{"hit", "as the document writes it"},
		{"field", "title or text"},
		{"start_byte", "offset of its first byte in the field"},
		{"end_byte", "offset after its last byte"},
		{"sentence", "sentence that holds it"},
	}},
	{"documents", "One row a document: its latest version.", documentColumns},
	{"document_versions", "One row a version of a document.", documentColumns},
	{"items", "One row an item that a listing or a document ever showed.", []Column{
		{"source", "name of the source"},
		{"key", "the publisher's own name for the document"},
		{"url", "address to read it from"},
		{"title", "title as listed"},
		{"published_on", "date as listed; null where none is stated"},
		{"state", "pending, read or gone"},
		{"reason", "why it is pending or gone; null when there is nothing to say"},
		{"next_try_at", "when it is read next; null for at once, or for never again"},
		{"first_seen_at", "when it was first shown"},
	}},
	{"deals", "One row a deal of the watchlist.", []Column{
		{"deal_id", "its id"},
		{"name", "its name"},
		{"rule", "its rule, the shorthand spelt out"},
		{"rule_version", "changes whenever what it flags could change"},
		{"flags", "active flags"},
		{"last_flagged_at", "when its newest flag was raised; null for none"},
	}},
	{"polls", "One row a poll of a stream.", []Column{
		{"poll_id", "integer, in commit order"},
		{"source", "name of the source"},
		{"stream", "listing of the source"},
		{"started_at", "when it began"},
		{"ended_at", "when it ended"},
		{"listed", "items that the listing showed"},
		{"read", "documents read"},
		{"raised", "flags raised"},
		{"failed", "documents that could not be read and stay pending"},
		{"outcome", "ok, unchanged, empty, blocked, moved, gone, error, truncated, unparsed or absent"},
		{"complete", "1 when it reached known ground or the start of the range asked for"},
		{"covers_from", "oldest date that the listing was seen to cover"},
		{"covers_to", "newest date that the listing was seen to cover"},
	}},
	{"gaps", "One row a stretch of a stream that no poll has proved complete.", []Column{
		{"source", "name of the source"},
		{"stream", "listing of the source"},
		{"gap_from", "first date that is not proved"},
		{"gap_to", "last date that is not proved"},
		{"opened_at", "when it was found"},
		{"closed_at", "when a complete poll covered it; null while it is open"},
		{"reason", "why the poll was incomplete"},
		{"command", "command that fills it"},
	}},
	{"reconciliations", "One row a look at a second channel.", []Column{
		{"source", "name of the source"},
		{"stream", "second channel that was looked at"},
		{"looked_at", "when it was"},
		{"covers_from", "first date of the look"},
		{"covers_to", "last date of the look"},
		{"outcome", "ok, or why the second channel showed nothing"},
		{"second_listed", "items that the second channel shows"},
		{"first_listed", "items that the listings of the source show for these dates"},
		{"late", "of the second channel, items that no listing had shown: they are read and delivered as late"},
		{"lacking", "of the listings, items that the second channel does not show"},
	}},
	{"source_health", "One row a source.", []Column{
		{"source", "name of the source"},
		{"agency", "agency that publishes it"},
		{"state", "ok, quiet (ok, but without news for longer than usual on such a weekday), failing, blocked (some stream is), or never (not polled yet)"},
		{"last_ok_at", "end of the last good poll of any of its streams"},
		{"last_new_at", "when an item was last seen for the first time"},
		{"next_poll_at", "when its next poll is due; null for at once"},
		{"pending", "items still to be read"},
		{"open_gaps", "stretches that are not proved complete"},
		{"incident", "what is wrong, the oldest trouble first; null when nothing is"},
		{"since", "since when it is in this state; null for never polled"},
	}},
}

// documentColumns are the columns of documents and of document_versions.
var documentColumns = []Column{
	{"document_id", "source/key, the same on every database"},
	{"source", "name of the source, such as ftc-press"},
	{"key", "the publisher's own name for the document within the source"},
	{"parent_id", "document that this one hangs on; null for one that stands alone"},
	{"subject_id", "shared by a White House page and its Federal Register document; null for no subject"},
	{"agency", "agency that published it"},
	{"kind", "kind of document, such as press-release or 8-K"},
	{"docket", "docket, matter or file number as the agency writes it"},
	{"title", "title as read"},
	{"url", "its own page or file, for people; what was read may be a feed or an interface that holds its text"},
	{"published_on", "date as the agency states it, YYYY-MM-DD; null where it states none"},
	{"published_at", "instant as the agency states it; null where it states only a date"},
	{"first_seen_at", "when a listing first showed it"},
	{"version", "number of the version, from 1"},
	{"read_at", "when the bytes were received or captured"},
	{"text", "text without markup: \\n ends a block, \\n\\n a paragraph"},
	{"sha256", "digest of the captured bytes, lower-case hex"},
	{"text_sha256", "digest of text, lower-case hex"},
	{"capture", "WARC file and byte offset of its record; null when nothing is kept"},
}
