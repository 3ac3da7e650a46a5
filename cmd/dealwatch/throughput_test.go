package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const (
	fetchFor  = "DEALWATCH_TEST_FETCHER" // who fetches, and from where
	atOnce    = 4                        // requests at a time
	fetchRuns = 15                       // of each, one after the other in turn
)

// A feat is what a fetcher did.
type feat struct {
	Pages, Bytes int64
	Wall, CPU    time.Duration
}

// TestThroughput sets our fetching beside bare Colly and wget: all of them fetch the
// same captured pages from the same local server, in turns, without any delay. It
// reports, and judges nothing: `make throughput`.
func TestThroughput(t *testing.T) {
	if os.Getenv("DEALWATCH_THROUGHPUT") == "" {
		t.Skip("measures only: make throughput")
	}
	wget, err := exec.LookPath("wget")
	if err != nil {
		t.Skip("wget is not installed: there is nothing to compare with")
	}
	srv := pageServer(t)
	site := newCorpusSite(t)
	fetchers := []string{"ours", "ours, archived", "colly", "wget", "wget -r"}
	all := map[string][]feat{}
	for range fetchRuns {
		for _, who := range fetchers {
			var f feat
			switch who {
			case "wget":
				f = runWget(t, wget, srv.URL, "-i", srv.URL+"/list")
			case "wget -r":
				f = runWget(t, wget, srv.URL, "-r", "-l", "1", "-e", "robots=off", srv.URL+"/index.html")
			default:
				f = runFetcher(t, who, srv.URL)
			}
			all[who] = append(all[who], f)
		}
	}
	for range 3 {
		all["ours, whole path"] = append(all["ours, whole path"], runFetcher(t, "path", site.URL))
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "fetcher\tpages\tMiB\tpages/s\tCPU ms/page\tof bare Colly\t\n")
	colly := middle(all["colly"])
	for _, who := range append(fetchers, "ours, whole path") {
		f := middle(all[who])
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.0f\t%.3f\t%.2f\t\n", who, f.Pages, float64(f.Bytes)/(1<<20), float64(f.Pages)/f.Wall.Seconds(), f.perPage(), f.perPage()/colly.perPage())
	}
	_ = w.Flush() // into memory
	t.Logf("%d requests at a time (wget: one), the middle of %d runs:\n%s", atOnce, fetchRuns, b.String())
}

func (f feat) perPage() float64 { return f.CPU.Seconds() * 1000 / float64(max(f.Pages, 1)) }

// middle is the run with the middle CPU time.
func middle(runs []feat) feat {
	runs = slices.Clone(runs)
	slices.SortFunc(runs, func(a, b feat) int { return int(a.CPU - b.CPU) })
	return runs[len(runs)/2]
}

// pageServer serves the captured pages by number, a list of their addresses, and a page
// that links to all of them.
func pageServer(t *testing.T) *httptest.Server {
	t.Helper()
	dir, _ := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	const host = "127.0.0.1" // of which nothing is known: whole pages are content, and fragments are not
	client := crawl.New(crawl.Config{Hosts: []dealwatch.Host{{Name: host, Every: time.Nanosecond}}})
	var pages []warc.Exchange
	for _, e := range tape.Entries() {
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		ex.URL = "http://" + host + "/page.html"
		if _, err := client.Recorded(ex, dealwatch.Ref{}); err == nil && len(ex.Body) < 1<<20 && strings.HasPrefix(ex.Header.Get("Content-Type"), "text/html") {
			pages = append(pages, ex)
		}
	}
	served := func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(strings.TrimSuffix(r.URL.Path[1:], ".html"))
		switch {
		case r.URL.Path == "/index.html":
			w.Header().Set("Content-Type", "text/html")
			for i := range pages {
				fmt.Fprintf(w, "<a href=\"/%d.html\">%d</a>\n", i, i)
			}
		case r.URL.Path == "/list":
			for i := range pages {
				fmt.Fprintf(w, "http://%s/%d.html\n", r.Host, i)
			}
		case err != nil || n >= len(pages):
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", pages[n].Header.Get("Content-Type"))
			w.Header().Set("Content-Length", strconv.Itoa(len(pages[n].Body)))
			_, _ = w.Write(pages[n].Body)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(served))
	t.Cleanup(srv.Close)
	return srv
}

func runWget(t *testing.T, wget, base string, args ...string) feat {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(wget, append([]string{"-q", "-nd", "-P", dir}, args...)...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	f := feat{Wall: time.Since(began)}
	if err != nil && !strings.Contains(err.Error(), "exit status 8") { // 8: some answer was an error
		t.Fatalf("wget from %s: %v %s", base, err, out)
	}
	f.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	got, err := filepath.Glob(filepath.Join(dir, "[0-9]*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range got {
		if st, err := os.Stat(file); err == nil {
			f.Pages++
			f.Bytes += st.Size()
		}
	}
	return f
}

func runFetcher(t *testing.T, who, base string) feat {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFetcher$", "-test.v")
	cmd.Env = append(os.Environ(), fetchFor+"="+who+"\n"+base)
	out, err := cmd.CombinedOutput()
	var f feat
	_, said, ok := bytes.Cut(out, []byte("feat "))
	if err != nil || !ok || json.NewDecoder(bytes.NewReader(said)).Decode(&f) != nil {
		t.Fatalf("%s: %v\n%s", who, err, out)
	}
	return f
}

// TestFetcher is one fetcher, in a process of its own; its time begins when it is ready.
func TestFetcher(t *testing.T) {
	args := strings.Split(os.Getenv(fetchFor), "\n")
	if len(args) != 2 {
		t.Skip("runs in a process of its own")
	}
	var f feat
	var bytes atomic.Int64
	var pages atomic.Int64
	took := func(n int) { pages.Add(1); bytes.Add(int64(n)) }
	var run func()
	switch args[0] {
	case "colly":
		run = bareColly(t, addressesOf(t, args[1]), took)
	case "path":
		run = wholePath(t, args[1], took)
	default:
		run = ourFetch(t, strings.TrimPrefix(args[1], "http://"), addressesOf(t, args[1]), args[0] != "ours", took)
	}
	began, cpu := time.Now(), cpuTime(t)
	run()
	f.Wall, f.CPU = time.Since(began), cpuTime(t)-cpu
	f.Pages, f.Bytes = pages.Load(), bytes.Load()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("feat %s\n", b)
}

func addressesOf(t *testing.T, base string) []string {
	t.Helper()
	res, err := http.Get(base + "/list") //nolint:noctx // of a test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return strings.Fields(b.String())
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bareColly is the least program with Colly that visits the pages.
func bareColly(t *testing.T, addresses []string, took func(int)) func() {
	t.Helper()
	c := colly.NewCollector(colly.Async(true))
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: atOnce}); err != nil {
		t.Fatal(err)
	}
	c.OnResponse(func(r *colly.Response) { took(len(r.Body)) })
	c.OnError(func(_ *colly.Response, err error) { t.Error(err) })
	return func() {
		for _, a := range addresses {
			if err := c.Visit(a); err != nil {
				t.Error(err)
			}
		}
		c.Wait()
	}
}

// ourFetch is our client, with all its manners but the delays.
func ourFetch(t *testing.T, host string, addresses []string, archived bool, took func(int)) func() {
	t.Helper()
	cfg := crawl.Config{Hosts: []dealwatch.Host{{Name: host, Every: time.Nanosecond}}, Product: "dealwatch/test", AllowPrivate: true}
	if archived {
		arch, err := warc.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = arch.Close() })
		cfg.Archive = arch
	}
	client := crawl.New(cfg)
	return func() {
		todo := make(chan string)
		var wg sync.WaitGroup
		for range atOnce {
			wg.Go(func() {
				for a := range todo {
					c, err := client.Get(context.Background(), a)
					if err != nil {
						t.Error(err)
					}
					took(len(c.Body))
				}
			})
		}
		for _, a := range addresses {
			todo <- a
		}
		close(todo)
		wg.Wait()
	}
}

// wholePath polls all sources once: lists, reads, extracts, matches and stores.
func wholePath(t *testing.T, base string, took func(int)) func() {
	t.Helper()
	db := filepath.Join(t.TempDir(), "path.db")
	return func() {
		net := counting{mirrored(base), took}
		out, errs, code := scrapeFrom(t.Context(), net, 0, workDay, "--db", db)
		if code > exitSome {
			t.Errorf("exit %d\n%s%s", code, out, errs)
		}
	}
}

// counting counts the pages that come.
type counting struct {
	http.RoundTripper
	took func(int)
}

func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := c.RoundTripper.RoundTrip(req)
	if err == nil && res.StatusCode == http.StatusOK {
		res.Body = &counted{ReadCloser: res.Body, took: c.took}
	}
	return res, err
}

type counted struct {
	io.ReadCloser
	took func(int)
	n    int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += n
	if err != nil {
		c.took(c.n)
	}
	return n, err
}
