package scrapertest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// facts are what a golden file holds: enough to see any change in what a source
// makes of its pages, and nothing of their text.
type facts struct {
	Listings  []listing  `json:"listings,omitempty"`
	Documents []document `json:"documents,omitempty"`
	Unread    int        `json:"unread,omitempty"` // items whose page is not there
	Errors    []failure  `json:"errors,omitempty"`
}

func (f facts) empty() bool { return len(f.Listings)+len(f.Documents)+len(f.Errors) == 0 }

// listing is a page that the source recognised as one of a stream.
type listing struct {
	URL    string   `json:"url"`
	At     string   `json:"at"`
	Stream string   `json:"stream"`
	Page   int      `json:"page"`
	Count  int      `json:"count"`
	Hash   string   `json:"hash"` // of all the items
	Items  []string `json:"items,omitempty"`
}

// document is one reading of a document, or one that failed.
type document struct {
	Key       string   `json:"key"`
	Kind      string   `json:"kind,omitempty"`
	Title     string   `json:"title,omitempty"`
	Date      string   `json:"date,omitempty"`
	Instant   string   `json:"instant,omitempty"`
	Agency    string   `json:"agency,omitempty"`
	Docket    string   `json:"docket,omitempty"`
	Filers    []string `json:"filers,omitempty"`
	Parent    string   `json:"parent,omitempty"`
	Subject   string   `json:"subject,omitempty"`
	URL       string   `json:"url"`
	Channel   string   `json:"channel,omitempty"`
	ReadAt    string   `json:"read_at,omitempty"`
	Index     bool     `json:"index,omitempty"`
	TextBytes int      `json:"text_bytes,omitempty"`
	TextHash  string   `json:"text_hash,omitempty"`
	Found     []string `json:"found,omitempty"`
	Outcome   string   `json:"outcome"`
}

// failure is a page of the source's own that is no content.
type failure struct {
	URL     string `json:"url"`
	Status  int    `json:"status"`
	Outcome string `json:"outcome"`
}

func documentOf(v dealwatch.Version) document {
	d := document{
		Key: v.Key, Kind: v.Kind, Title: v.Title, Date: v.PublishedOn, Instant: instant(v.PublishedAt),
		Agency: v.Agency, Docket: v.Docket, Parent: v.ParentKey, Subject: v.Subject, URL: v.URL,
		Channel: v.Channel, ReadAt: instant(v.ReadAt), Index: v.Index,
		TextBytes: len(v.Text), Outcome: string(dealwatch.OK),
	}
	if v.Text != "" {
		d.TextHash = short(v.Text)
	}
	for _, f := range v.Filers {
		line, _ := json.Marshal(f)
		d.Filers = append(d.Filers, string(line))
	}
	for _, it := range v.Found {
		d.Found = append(d.Found, line(it))
	}
	return d
}

// line shows an item so that a person can check it.
func line(it dealwatch.Item) string {
	return strings.Join([]string{it.Key, it.Kind, it.PublishedOn, it.Title, it.URL}, " | ")
}

func hashOf(items []dealwatch.Item) string {
	b, _ := json.Marshal(items) // strings, numbers and times always marshal
	return short(string(b))
}

func short(s string) string { return warc.SHA256([]byte(s))[:16] }

func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
