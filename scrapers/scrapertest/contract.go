package scrapertest

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

// declares checks what a source says of itself.
func declares(t testing.TB, src dealwatch.Source) {
	info := src.Info()
	for what, value := range map[string]string{
		"Name": info.Name, "Title": info.Title, "Agency": info.Agency, "Home": info.Home, "Identity": info.Identity,
	} {
		if value == "" {
			t.Errorf("Info().%s is empty", what)
		}
	}
	if len(info.Kinds) == 0 || len(info.Hosts) == 0 || info.Every <= 0 {
		t.Errorf("Info() declares %d kinds, %d hosts, a poll every %v", len(info.Kinds), len(info.Hosts), info.Every)
	}
	for _, h := range info.Hosts {
		if h.Every <= 0 {
			t.Errorf("host %s: no time between two requests", h.Name)
		}
		if len(h.ExemptPaths) > 0 && !absolute(h.Exempt) {
			t.Errorf("host %s: paths exempt from robots.txt without the page that says so", h.Name)
		}
	}
	streams := src.Streams()
	if len(streams) == 0 {
		t.Error("no streams")
	}
	seen := map[string]bool{}
	for _, s := range streams {
		if s.Name == "" || seen[s.Name] {
			t.Errorf("stream %q: a name that is empty or used twice", s.Name)
		}
		seen[s.Name] = true
		if !absolute(s.URL) || !declared(info, s.URL) {
			t.Errorf("stream %s: %q is no address on a declared host", s.Name, s.URL)
		}
	}
}

// items checks the items of one page.
func (r *run) items(where string, items []dealwatch.Item) {
	r.t.Helper()
	seen := map[string]bool{}
	for _, it := range items {
		r.item(where, it)
		if seen[it.Key] {
			r.t.Errorf("%s: key %q twice on one page", where, it.Key)
		}
		seen[it.Key] = true
	}
}

// item checks one item, and that an address keeps its key.
func (r *run) item(where string, it dealwatch.Item) {
	r.t.Helper()
	bad := func(format string, args ...any) {
		r.t.Helper()
		r.t.Errorf("%s: item %q: "+format, append([]any{where, it.Key}, args...)...)
	}
	if it.Source != r.info.Name {
		bad("Source = %q, want %q", it.Source, r.info.Name)
	}
	if it.Key == "" || !oneLine(it.Key) || strings.ContainsFunc(it.Key, unicode.IsSpace) {
		bad("a key must be one word")
	}
	if !absolute(it.URL) {
		bad("URL = %q is no absolute address", it.URL)
	} else if !declared(r.info, it.URL) {
		bad("URL = %q is on a host that the source does not declare", it.URL)
	}
	for _, u := range it.Extra {
		if !absolute(u) || !declared(r.info, u) {
			bad("Extra has %q, which is no address on a declared host", u)
		}
	}
	for what, s := range map[string]string{"Title": it.Title, "Docket": it.Docket, "Kind": it.Kind, "Agency": it.Agency, "Subject": it.Subject} {
		if !oneLine(s) {
			bad("%s = %q is not clean", what, s)
		}
	}
	if !slices.Contains(r.info.Kinds, it.Kind) {
		bad("Kind = %q is not declared", it.Kind)
	}
	if it.Agency == "" {
		bad("no agency")
	}
	if it.PublishedOn != "" {
		if on, err := time.Parse(time.DateOnly, it.PublishedOn); err != nil || on.Year() < 1890 || on.Year() > 2100 {
			bad("PublishedOn = %q is no date", it.PublishedOn)
		}
	}
	if !it.PublishedAt.IsZero() && (it.PublishedOn == "" || it.PublishedAt.Location() != time.UTC) {
		bad("PublishedAt = %v, PublishedOn = %q: want UTC, and the date beside it", it.PublishedAt, it.PublishedOn)
	}
	if it.Content != "" && (it.ContentAt.IsZero() || it.ContentSHA == "" || it.ContentRef.Zero()) {
		bad("Content without the time, digest and place of its capture")
	}
	for _, f := range it.Filers {
		if f.CIK <= 0 || !oneLine(f.Name) || !oneLine(f.Role) {
			bad("filer %+v", f)
		}
	}
	if strings.HasPrefix(it.Key, "path:") {
		return // of a listing that names no document: an index, with the document at its address
	}
	if key, ok := r.keys[it.URL]; ok && key != it.Key {
		bad("%s had the key %q before", it.URL, key)
	}
	r.keys[it.URL] = it.Key
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// version checks one reading of an item.
func (r *run) version(it dealwatch.Item, v dealwatch.Version) {
	r.t.Helper()
	where := "reading of " + it.Key
	if v.Key != it.Key || v.Source != it.Source {
		r.t.Errorf("%s: gives %s/%s", where, v.Source, v.Key)
	}
	r.item(where, v.Item)
	switch {
	case v.Text == "" && !v.Index:
		r.t.Errorf("%s: no text and no error", where)
	case !clean(v.Text) || v.Text != strings.TrimSpace(v.Text) || strings.Contains(v.Text, "\n\n\n"):
		r.t.Errorf("%s: the text is not clean", where)
	}
	if v.Channel == "" || v.ReadAt.IsZero() || !sha256Hex.MatchString(v.SHA256) || v.Capture.Zero() {
		r.t.Errorf("%s: Channel %q, ReadAt %v, SHA256 %q, Capture %v: none may be missing", where, v.Channel, v.ReadAt, v.SHA256, v.Capture)
	}
	for _, f := range v.Found {
		// An index is no document: what it lists hangs on another of them, or on none.
		if f.ParentKey != it.Key && !v.Index {
			r.t.Errorf("%s: found %s with the parent %q", where, f.Key, f.ParentKey)
		}
		if f.Key == it.Key {
			r.t.Errorf("%s: found itself", where)
		}
	}
	r.items(where, v.Found)
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && oneLine(s) && !strings.ContainsFunc(s, unicode.IsSpace)
}

func declared(info dealwatch.Info, s string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.ContainsFunc(info.Hosts, func(h dealwatch.Host) bool { return strings.EqualFold(h.Name, u.Host) })
}

// clean is valid UTF-8 without control or direction characters, but for line ends.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) && c != '\n' ||
			c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x200e || c == 0x200f || c == 0x061c
	})
}

func oneLine(s string) bool {
	return clean(s) && !strings.Contains(s, "\n") && s == strings.TrimSpace(s)
}
