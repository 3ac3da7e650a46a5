package warc

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Tape answers from WARC files instead of the network. Its methods may be called
// from several goroutines.
type Tape struct {
	entries []Entry
	exact   map[string][]int // by address with all parameters; indexes into entries, oldest first
	loose   map[string][]int // by address without fields[]

	mu     sync.Mutex
	moment time.Time
}

// Entry is one response on a tape.
type Entry struct {
	URL       string
	At        time.Time
	Method    string
	Status    int
	File      string // path as it was given to OpenTape
	Offset    int64  // of the record in that file
	Length    int64  // of its block
	SHA256    string // lower-case hex digest of the body
	Truncated string

	inner   int64
	request *place
}

// Ref is the place of the entry as a capture names it.
func (e Entry) Ref() dealwatch.Ref {
	return dealwatch.Ref{File: filepath.Base(e.File), Offset: e.Offset}
}

// place is where a record stands.
type place struct{ offset, inner int64 }

// OpenTape indexes the responses of WARC files, compressed or not, and checks the
// digests of every record. Revisit records, which have no body, are passed over. A
// file that is damaged anywhere is a *DamageError: what stands before the damage is
// not played as if it were all.
func OpenTape(paths ...string) (*Tape, error) {
	t := &Tape{exact: map[string][]int{}, loose: map[string][]int{}}
	for _, path := range paths {
		if err := t.index(path); err != nil {
			return nil, err
		}
	}
	// Entries stand in the order of files and offsets, which a stable sort keeps.
	slices.SortStableFunc(t.entries, func(a, b Entry) int { return a.At.Compare(b.At) })
	for i, e := range t.entries {
		if e.Method != http.MethodGet {
			continue
		}
		exact, loose := addressKeys(e.URL)
		t.exact[exact] = append(t.exact[exact], i)
		t.loose[loose] = append(t.loose[loose], i)
	}
	return t, nil
}

func (t *Tape) index(path string) error {
	first := len(t.entries)
	byID := map[string]int{}
	requests := map[string]place{}
	methods := map[string]string{}
	_, err := walk(path, func(rec *record, m message) error {
		id := rec.fields.Get("WARC-Record-ID")
		if rec.is("request") {
			for _, other := range append(rec.fields.Values("WARC-Concurrent-To"), id) {
				requests[other] = place{rec.offset, rec.inner}
				methods[other], _, _ = strings.Cut(m.start, " ")
			}
			return nil
		}
		if !rec.is("response") || !isHTTP(rec.target()) {
			return nil
		}
		e, err := newEntry(path, rec, m)
		if err != nil {
			return err
		}
		byID[id] = len(t.entries)
		// The link may stand on either of the two records.
		for _, other := range rec.fields.Values("WARC-Concurrent-To") {
			byID[other] = len(t.entries)
		}
		t.entries = append(t.entries, e)
		return nil
	})
	if err != nil {
		return err
	}
	for id, i := range byID {
		if p, ok := requests[id]; ok && i >= first {
			t.entries[i].request = &p
			t.entries[i].Method = cmp.Or(methods[id], http.MethodGet)
		}
	}
	return nil
}

func newEntry(path string, rec *record, m message) (Entry, error) {
	_, status, err := m.status()
	if err != nil {
		return Entry{}, err
	}
	at, err := parseDate(rec.fields.Get("WARC-Date"))
	if err != nil {
		return Entry{}, err
	}
	return Entry{
		URL: rec.target(), At: at, Method: http.MethodGet, Status: status,
		File: path, Offset: rec.offset, inner: rec.inner, Length: rec.length,
		SHA256: SHA256(m.body), Truncated: rec.fields.Get("WARC-Truncated"),
	}, nil
}

// Entries gives all responses in the order of time; those of one time in the order
// in which they stand in the files as given.
func (t *Tape) Entries() []Entry { return slices.Clone(t.entries) }

// Load reads one entry's exchange.
func (t *Tape) Load(e Entry) (Exchange, error) {
	m, _, err := readAt(e.File, place{e.Offset, e.inner})
	if err != nil {
		return Exchange{}, err
	}
	ex := Exchange{URL: e.URL, At: e.At, Method: e.Method, Header: m.header, Body: m.body, Truncated: e.Truncated}
	if ex.Proto, ex.Status, err = m.status(); err != nil {
		return Exchange{}, &DamageError{e.File, e.Offset, err}
	}
	if e.request != nil {
		req, _, err := readAt(e.File, *e.request)
		if err != nil {
			return Exchange{}, err
		}
		ex.RequestHeader = req.header
	}
	return ex, nil
}

// Seek sets the moment of the replay: Lookup then sees no capture after it. A tape
// that was never sought shows all.
func (t *Tape) Seek(at time.Time) {
	t.mu.Lock()
	t.moment = at
	t.mu.Unlock()
}

// Twin gives a tape of the same captures with a moment of its own, which was not sought.
func (t *Tape) Twin() *Tape { return &Tape{entries: t.entries, exact: t.exact, loose: t.loose} }

// Lookup gives the latest answer to a GET of url, at or before the moment. Addresses
// match whatever the order of their parameters and the spelling of percent signs;
// where no capture has the same fields[], one with others answers.
func (t *Tape) Lookup(url string) (Entry, bool) {
	t.mu.Lock()
	moment := t.moment
	t.mu.Unlock()
	exact, loose := addressKeys(url)
	for _, at := range [][]int{t.exact[exact], t.loose[loose]} {
		for _, i := range slices.Backward(at) {
			if e := t.entries[i]; moment.IsZero() || !e.At.After(moment) {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// walk gives each record of a file with its HTTP message, digests checked, and
// returns how many there were. Its error is a *DamageError but where the file
// cannot be opened or read.
func walk(path string, each func(*record, message) error) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	s := newScanner(path, f, 0)
	for n := 0; ; n++ {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return 0, &DamageError{path, 0, errors.New("an empty file, without one record")}
			}
			return n, nil
		}
		var m message
		if err == nil {
			m, err = check(rec)
		}
		if err == nil {
			err = each(rec, m)
		}
		var pe *os.PathError
		if errors.As(err, &pe) {
			return n, err
		}
		if err != nil {
			return n, &DamageError{path, s.member, err}
		}
	}
}

// check reads a record's block and compares its digests.
func check(rec *record) (message, error) {
	if rec.length > maxBlock {
		return message{}, fmt.Errorf("a block of %d bytes, more than %d", rec.length, maxBlock)
	}
	block, err := io.ReadAll(rec.block)
	if err != nil {
		return message{}, notEOF(err)
	}
	if int64(len(block)) < rec.length {
		return message{}, fmt.Errorf("a block that ends %d bytes early: %w", rec.length-int64(len(block)), io.ErrUnexpectedEOF)
	}
	if err := checkDigest("block", rec.fields.Get("WARC-Block-Digest"), block); err != nil {
		return message{}, err
	}
	if !strings.Contains(rec.fields.Get("Content-Type"), "application/http") {
		return message{}, nil
	}
	m, err := parseMessage(block)
	if err != nil || rec.is("revisit") { // a revisit's digest is that of another record
		return m, err
	}
	return m, checkDigest("payload", rec.fields.Get("WARC-Payload-Digest"), m.body, m.raw)
}

// readAt reads one record's message, checked again.
func readAt(path string, p place) (message, *record, error) {
	f, err := os.Open(path)
	if err != nil {
		return message{}, nil, err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(p.offset, io.SeekStart); err != nil {
		return message{}, nil, err
	}
	s := newScanner(path, f, p.offset)
	for {
		rec, err := s.next()
		if err == nil && rec.inner < p.inner {
			continue
		}
		var m message
		if err == nil {
			m, err = check(rec)
		}
		if err != nil {
			return message{}, nil, &DamageError{path, p.offset, notEOF(err)}
		}
		return m, rec, nil
	}
}

func isHTTP(url string) bool {
	scheme, _, _ := strings.Cut(url, "://")
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// parseDate reads a WARC-Date, which may be cut to the minute or the day.
func parseDate(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if at, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("a WARC-Date that is no date: %q", s)
}
