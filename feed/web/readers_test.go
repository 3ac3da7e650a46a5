package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// tool finds a feed reader or checker that is installed. Where there is none, the
// test is skipped, but not in CI, which installs them all.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

func missing(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}

// run runs a reader in a folder of its own and gives what it prints.
func run(t *testing.T, dir string, stdin []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "LC_ALL=C.UTF-8", "no_proxy=127.0.0.1")
	cmd.Stdin = bytes.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, errs.String())
	}
	return string(out)
}

// server is a handler on a loopback address that counts its answers.
type server struct {
	base string
	mu   sync.Mutex
	seen []string // "path status"
}

func (s *server) answers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func serve(t *testing.T, events []dealwatch.Event) *server {
	t.Helper()
	return serveWith(t, events, func(r *feedtest.Reader) {
		versions(r)
		r.SetHealth([]dealwatch.Health{{Source: "edgar", State: "blocked", Incident: "8-K: blocked", Since: feedtest.Day,
			Streams: []dealwatch.StreamRead{{Name: "10-Q", Outcome: dealwatch.OK, EndedAt: feedtest.Day, CompleteAt: feedtest.Day}, {Name: "8-K", Outcome: dealwatch.Blocked, EndedAt: feedtest.Day}}}},
			[]dealwatch.Gap{{Source: "edgar", Stream: "8-K", From: "2026-02-27", To: "2026-03-01", OpenedAt: feedtest.Day, ClosedAt: feedtest.Day}})
	})
}

func serveWith(t *testing.T, events []dealwatch.Event, more func(*feedtest.Reader)) *server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{base: "http://" + ln.Addr().String()}
	r := &feedtest.Reader{}
	r.Add(events...)
	more(r)
	h, err := New(t.Context(), Config{
		Reader: r, Base: s.base, Deals: feedtest.Deals, Parties: feedtest.Parties, Sources: feedtest.Sources, NotFound: feedtest.ErrNotFound,
		Evidence: func(context.Context, io.Writer, string) error { return feedtest.ErrNotFound },
		Coverage: coverage,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(nil)
	srv.Listener.Close()
	srv.Listener = Listen(ln)
	srv.Config = NewServer("", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, status: 200}
		h.ServeHTTP(rec, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen = append(s.seen, fmt.Sprint(r.URL.Path, " ", rec.status))
	}))
	srv.Start()
	t.Cleanup(srv.Close)
	return s
}

// fetchAny gives the body of any answer.
func fetchAny(t *testing.T, url string) ([]byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (s *server) fetch(t *testing.T, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // no redirect is followed
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
	}
	return body
}

// corpora are the events that every reader must cope with.
func corpora() map[string][]dealwatch.Event {
	return map[string][]dealwatch.Event{"plain": feedtest.Events(40), "hostile": feedtest.HostileEvents(), "empty": nil}
}

func TestXmllint(t *testing.T) {
	lint := tool(t, "xmllint")
	for name, events := range corpora() {
		s := serve(t, events)
		for _, path := range []string{"/feeds/all.atom", "/feeds/all.rss", "/feeds/deals/openai-aws.atom", "/feeds/deals/openai-aws.rss", "/feeds/health.atom", "/feeds.opml"} {
			t.Run(name+path, func(t *testing.T) {
				run(t, t.TempDir(), s.fetch(t, path), lint, "--noout", "--nonet", "-")
			})
		}
	}
}

func TestGofeed(t *testing.T) {
	for name, events := range corpora() {
		s := serve(t, events)
		for _, path := range []string{"/feeds/all", "/feeds/deals/openai-aws", "/feeds/sources/ftc-press", "/feeds/health"} {
			var ids []string
			for _, format := range []string{".atom", ".rss", ".json"} {
				f, err := gofeed.NewParser().Parse(bytes.NewReader(s.fetch(t, path+format)))
				if err != nil {
					t.Fatalf("%s %s%s: %v", name, path, format, err)
				}
				var got []string
				for _, it := range f.Items {
					got = append(got, it.GUID)
					if it.Title == "" || it.Link == "" || it.PublishedParsed == nil || it.Content == "" {
						t.Errorf("%s %s%s: the entry %s lacks something: %+v", name, path, format, it.GUID, it)
					}
				}
				if ids == nil {
					ids = got
				}
				if !slices.Equal(ids, got) {
					t.Errorf("%s %s%s has other entries than .atom: %q, want %q", name, path, format, got, ids)
				}
			}
			if len(ids) == 0 && name != "empty" {
				t.Errorf("%s %s has no entries", name, path)
			}
		}
	}
}

func TestFeedparser(t *testing.T) {
	sh := tool(t, "sh")
	if err := exec.CommandContext(t.Context(), sh, "-c", "command -p python3 -c 'import feedparser'").Run(); err != nil {
		missing(t, "python3-feedparser")
	}
	script, err := filepath.Abs("testdata/read_feed.py")
	if err != nil {
		t.Fatal(err)
	}
	for name, events := range corpora() {
		s := serve(t, events)
		for format, version := range map[string]string{"atom": "atom10", "rss": "rss20"} {
			for _, feed := range []string{"/feeds/all.", "/feeds/deals/openai-aws."} {
				t.Run(name+feed+format, func(t *testing.T) {
					f, err := gofeed.NewParser().Parse(bytes.NewReader(s.fetch(t, feed+format)))
					if err != nil {
						t.Fatal(err)
					}
					run(t, t.TempDir(), nil, sh, "-c", `command -p python3 "$@"`, "sh",
						script, s.base+feed+format, version, fmt.Sprint(len(f.Items)), name)
				})
			}
		}
	}
}

func TestNewsboat(t *testing.T) {
	newsboat := tool(t, "newsboat")
	s := serve(t, feedtest.Events(40))
	for _, path := range []string{"/feeds/deals/openai-aws.atom", "/feeds/all.rss"} {
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "urls", s.base+path+"\n")
			write(t, dir, "conf", "")
			args := []string{"-u", "urls", "-C", "conf", "-c", "nb.db", "-x"}
			before := len(s.answers())
			for range 3 {
				run(t, dir, nil, newsboat, append(args, "reload")...)
			}
			got := s.answers()[before:]
			if len(got) != 3 || got[0] != path+" 200" || got[2] != path+" 304" {
				t.Errorf("newsboat got %q, want 200 at first and 304 at last", got)
			}
			want := map[string]string{"/feeds/deals/openai-aws.atom": "20", "/feeds/all.rss": "40"}[path]
			if got := run(t, dir, nil, newsboat, append(args, "print-unread")...); !strings.HasPrefix(got, want+" ") {
				t.Errorf("newsboat says %q, want %s unread", got, want)
			}
		})
	}
}

func TestNewsboatImportsOPML(t *testing.T) {
	newsboat := tool(t, "newsboat")
	s := serve(t, feedtest.Events(2))
	dir := t.TempDir()
	write(t, dir, "urls", "")
	write(t, dir, "conf", "")
	write(t, dir, "feeds.opml", string(s.fetch(t, "/feeds.opml")))
	run(t, dir, nil, newsboat, "-u", "urls", "-C", "conf", "-c", "nb.db", "-i", "feeds.opml")
	urls, err := os.ReadFile(filepath.Join(dir, "urls"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		s.base + `/feeds/all.atom "All deals"`, s.base + `/feeds/deals/openai-aws.atom "Deals"`,
		s.base + `/feeds/sources/edgar.atom "Sources"`, s.base + `/feeds/health.atom "Health"`,
	} {
		if !strings.Contains(string(urls), want) {
			t.Errorf("newsboat did not import %s:\n%s", want, urls)
		}
	}
}

func TestSfeed(t *testing.T) {
	sfeed := tool(t, "sfeed")
	for name, events := range corpora() {
		s := serve(t, events)
		for _, path := range []string{"/feeds/all.atom", "/feeds/all.rss"} {
			t.Run(name+path, func(t *testing.T) {
				body := s.fetch(t, path)
				f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				lines := strings.Split(strings.TrimSuffix(run(t, t.TempDir(), body, sfeed), "\n"), "\n")
				if len(f.Items) == 0 {
					lines = lines[:0]
				}
				if len(lines) != len(f.Items) {
					t.Fatalf("sfeed reads %d entries, want %d", len(lines), len(f.Items))
				}
				date := regexp.MustCompile(`^-?[0-9]+$`)
				for i, line := range lines {
					// time, title, link, content, content type, id, author, enclosure, categories
					col := strings.Split(line, "\t")
					it := f.Items[i]
					if len(col) < 9 || !date.MatchString(col[0]) || col[1] != it.Title && name == "plain" || col[2] != it.Link || col[5] != it.GUID {
						t.Errorf("sfeed reads %.300q, want %q %q %q", line, it.Title, it.Link, it.GUID)
					}
				}
			})
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// maildir lets rss2email write to a mailbox in dir, as HTML or as text, and gives its folder.
func maildir(t *testing.T, dir, asHTML string) string {
	t.Helper()
	inbox := filepath.Join(dir, "mail", "inbox")
	for _, name := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(inbox, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := []string{"[DEFAULT]", "from = user@example.org", "to = reader@example.org", "html-mail = " + asHTML,
		"email-protocol = maildir", "maildir-path = " + filepath.Join(dir, "mail"), "maildir-mailbox = inbox", ""}
	write(t, dir, "r2e.cfg", strings.Join(config, "\n"))
	return inbox
}

// Mail users get each entry once.
func TestRSS2email(t *testing.T) {
	r2e := tool(t, "r2e")
	s := serve(t, feedtest.Events(40))
	dir := t.TempDir()
	inbox := maildir(t, dir, "True")
	args := []string{"-c", "r2e.cfg", "-d", "r2e.json"}
	run(t, dir, nil, r2e, append(args, "add", "deals", s.base+"/feeds/deals/openai-aws.atom")...)
	for range 2 {
		run(t, dir, nil, r2e, append(args, "run")...)
		mails, err := os.ReadDir(filepath.Join(inbox, "new"))
		if err != nil {
			t.Fatal(err)
		}
		if len(mails) != 20 {
			t.Errorf("%d mails, want one of each of the 20 entries", len(mails))
		}
	}
}
