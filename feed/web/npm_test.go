package web

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch/feed/web/webtest"
)

// module finds a package of npm, and gives the program that runs it and the folder in
// which it is installed.
func module(t *testing.T, name string) (node, modules string) {
	t.Helper()
	node, modules = tool(t, "node"), os.Getenv(webtest.Modules)
	if _, err := os.Stat(filepath.Join(modules, name)); modules == "" || err != nil {
		missing(t, name+" (npm, in "+webtest.Modules+")")
	}
	return node, modules
}

func TestJSONFeedSchema(t *testing.T) {
	node, modules := module(t, "jsonfeed-schema")
	script, err := filepath.Abs("testdata/check_feed.cjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, events := range corpora() {
		s := serve(t, events)
		for _, path := range []string{"/feeds/all.json", "/feeds/deals/openai-aws.json", "/feeds/health.json"} {
			t.Run(name+path, func(t *testing.T) { run(t, t.TempDir(), s.fetch(t, path), node, script, modules) })
		}
	}
}

// A strict parser of npm reads what gofeed reads, and the passages as they are.
func TestNpmParser(t *testing.T) {
	node, modules := module(t, "rss-parser")
	script, err := filepath.Abs("testdata/read_feed.cjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, events := range corpora() {
		s := serve(t, events)
		for _, path := range []string{"/feeds/all.atom", "/feeds/all.rss", "/feeds/deals/openai-aws.atom", "/feeds/deals/openai-aws.rss", "/feeds/health.rss"} {
			t.Run(name+path, func(t *testing.T) {
				body := s.fetch(t, path)
				f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				entries := json.NewDecoder(strings.NewReader(run(t, t.TempDir(), body, node, script, modules)))
				for _, want := range f.Items {
					var got struct {
						ID, Title, Link, HTML string
						Date                  time.Time
					}
					if err := entries.Decode(&got); err != nil {
						t.Fatalf("at %s: %v", want.GUID, err)
					}
					dated := want.PublishedParsed.Year() < 1000 || got.Date.Equal(*want.PublishedParsed) // JavaScript takes the year 1 of RSS for 2001
					if got.ID != want.GUID || got.Link != want.Link || got.HTML != want.Content || !dated ||
						strings.TrimSpace(got.Title) != strings.TrimSpace(want.Title) {
						t.Errorf("rss-parser reads %+v, want %s %q %s %v %q", got, want.GUID, want.Title, want.Link, want.PublishedParsed, want.Content)
					}
				}
				if entries.More() {
					t.Error("rss-parser reads more entries than there are")
				}
			})
		}
	}
}
