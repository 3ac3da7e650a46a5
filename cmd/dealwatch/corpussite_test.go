package main

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// A corpusSite stands in for all the agencies' sites with what was captured of them, and
// with our own pages where nothing was. Where the captures hold documents but no listing
// of them, it lists them itself. It notes who was asked for what, and when.
type corpusSite struct {
	*httptest.Server
	mirrored
	tape    *warc.Tape
	made    map[string]answered // listings
	pages   map[string]answered // of the testdata
	took    time.Duration       // that it takes to answer
	mu      sync.Mutex
	log     []hit
	budgets map[string]string // by host
}

// A hit is one request.
type hit struct {
	at   time.Time
	url  string
	host string // or the budget that it shares with others
}

func newCorpusSite(t *testing.T) *corpusSite {
	t.Helper()
	dir, _ := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	s := &corpusSite{made: map[string]answered{}, pages: newMirror(t).pages, budgets: map[string]string{}}
	if s.tape, err = warc.OpenTape(files...); err != nil {
		t.Fatal(err)
	}
	for _, h := range scrapers.Hosts() {
		s.budgets[h.Name] = h.Name
		if h.Budget != "" {
			s.budgets[h.Name] = h.Budget
		}
	}
	s.list(t)
	s.Server = httptest.NewServer(s)
	s.mirrored = mirrored(s.URL)
	t.Cleanup(s.Close)
	return s
}

// list makes listings of the captured documents: the feed of the White House's actions,
// the search for presidential documents and EDGAR's latest filings of each form.
func (s *corpusSite) list(t *testing.T) {
	t.Helper()
	client := crawl.New(crawl.Config{Hosts: scrapers.Hosts(), Tape: s.tape})
	var actions, records []string
	filings := map[string][]string{}
	seen := map[string]bool{}
	entries := s.tape.Entries()
	slices.Reverse(entries) // newest first
	for _, e := range entries {
		ex, err := s.tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.Recorded(ex, e.Ref())
		if err != nil {
			continue
		}
		for _, src := range scrapers.All(client) {
			sight, ok := src.Recognise(c)
			if !ok || sight.Err != nil || sight.Stream != "" || len(sight.Documents) != 1 || seen[sight.Documents[0].ID()] {
				continue
			}
			it := sight.Documents[0]
			switch {
			case it.Source == "whitehouse" && strings.HasPrefix(it.Key, "post-") && it.PublishedOn >= "2025":
				actions = append(actions, entryOfPost(it))
			case it.Source == "federal-register" && strings.Contains(e.URL, "/api/v1/documents/"):
				records = append(records, string(c.Body))
			case it.Source == "edgar" && !strings.Contains(it.Key, "/") && len(it.Filers) > 0:
				filings[it.Kind] = append(filings[it.Kind], entryOfFiling(it))
			default:
				continue
			}
			seen[it.ID()] = true
		}
	}
	if len(actions) < 50 || len(records) < 50 || len(filings) == 0 {
		t.Fatalf("the captures hold %d actions, %d records, filings of %d forms", len(actions), len(records), len(filings))
	}
	for _, src := range scrapers.All(nil) {
		for _, stream := range src.Streams() {
			switch name := src.Info().Name + "/" + stream.Name; {
			case name == "whitehouse/feed":
				s.made[stream.URL] = answered{200, "application/rss+xml", []byte(`<?xml version="1.0"?><rss version="2.0"><channel><title>Actions</title>` + strings.Join(actions, "") + `</channel></rss>`)}
			case name == "federal-register/presidential":
				records := asked(t, stream.URL, records)
				s.made[stream.URL] = answered{200, "application/json", fmt.Appendf(nil, `{"count":%d,"results":[%s]}`, len(records), strings.Join(records, ","))}
			case strings.HasPrefix(name, "edgar/"):
				s.made[stream.URL] = answered{200, "application/atom+xml", []byte(`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>` +
					strings.Join(ofStream(stream, filings), "") + `</feed>`)}
			}
		}
	}
}

// asked are the first hundred records with the fields that a search asks for.
func asked(t *testing.T, search string, records []string) (all []string) {
	t.Helper()
	u, err := url.Parse(search)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[:min(len(records), 100)] {
		var whole, kept map[string]json.RawMessage
		if err := json.Unmarshal([]byte(r), &whole); err != nil {
			t.Fatal(err)
		}
		kept = map[string]json.RawMessage{}
		for _, f := range u.Query()["fields[]"] {
			if v, ok := whole[f]; ok {
				kept[f] = v
			}
		}
		b, err := json.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	return all
}

func entryOfPost(it dealwatch.Item) string {
	return fmt.Sprintf(`<item><title>%s</title><link>%s</link><pubDate>%s</pubDate><guid isPermaLink="false">https://www.whitehouse.gov/?p=%s</guid></item>`,
		html.EscapeString(it.Title), it.URL, it.PublishedAt.Format(time.RFC1123Z), strings.TrimPrefix(it.Key, "post-"))
}

func entryOfFiling(it dealwatch.Item) string {
	who := it.Filers[0]
	return fmt.Sprintf(`<entry><title>%[1]s - %[2]s (%010[3]d) (%[4]s)</title><summary type="html"> &lt;b&gt;Filed:&lt;/b&gt; %[5]s</summary><updated>%[5]sT12:00:00-05:00</updated>`+
		`<category term="%[1]s"/><id>urn:tag:sec.gov,2008:accession-number=%[6]s</id></entry>`,
		it.Kind, html.EscapeString(who.Name), who.CIK, who.Role, it.PublishedOn, it.Key)
}

// ofStream are the entries of the forms that a listing of EDGAR is asked for.
func ofStream(s dealwatch.Stream, filings map[string][]string) (all []string) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil
	}
	for form, entries := range filings {
		if strings.HasPrefix(form, u.Query().Get("type")) {
			all = append(all, entries...)
		}
	}
	slices.Sort(all)
	return all[:min(len(all), 99)]
}

func (s *corpusSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.Header.Get(asking)
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = s.budgets[u.Hostname()]
	}
	s.mu.Lock()
	s.log = append(s.log, hit{time.Now(), address, host})
	s.mu.Unlock()
	time.Sleep(s.took)
	s.answer(address).write(w)
}

func (s *corpusSite) answer(address string) answered {
	if page, ok := s.made[address]; ok {
		return page
	}
	if strings.HasSuffix(address, "/robots.txt") {
		return answered{404, "text/plain", []byte("none")}
	}
	if e, ok := s.tape.Lookup(address); ok && e.Status == http.StatusOK {
		if ex, err := s.tape.Load(e); err == nil && ex.Header.Get("Content-Encoding") == "" {
			return answered{ex.Status, ex.Header.Get("Content-Type"), ex.Body}
		}
	}
	if page, ok := s.pages[address]; ok {
		return page
	}
	return answered{404, "text/plain", []byte("no such page")}
}

// hits gives what was asked so far.
func (s *corpusSite) hits() []hit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}
