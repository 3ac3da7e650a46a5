package web

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

const revisedID = "ftc-press/1001"

// revised are a match and its revision, which changes one word of the sentence.
func revised() []dealwatch.Event {
	first := feedtest.Event("openai-aws", 1)
	return []dealwatch.Event{first, feedtest.Say(feedtest.Then(first, dealwatch.Changed, dealwatch.Revised, 2, 2),
		"The agency said that OpenAI and Amazon Web Services had cancelled an agreement.")}
}

// Every reader shows the sentence as it is and the one that it replaced, with what differs.
func TestReadersShowRevision(t *testing.T) {
	s := serve(t, revised())
	const path = "/feeds/deals/openai-aws"
	inOrder := func(t *testing.T, text string, parts ...string) {
		t.Helper()
		rest := text
		for _, p := range parts {
			_, after, ok := strings.Cut(rest, p)
			if !ok {
				t.Errorf("%q is not there, or out of its place:\n%.3000s", p, text)
				return
			}
			rest = after
		}
	}
	markup := []string{"<strong>OpenAI</strong>", "had <em>cancelled</em> an", "The version before said:", "had <em>signed</em> an"}
	plain := []string{"had cancelled an agreement.", "The version before said:", "had signed an agreement."}
	for _, format := range []string{".atom", ".rss", ".json"} {
		t.Run("gofeed"+format, func(t *testing.T) {
			f, err := gofeed.NewParser().Parse(bytes.NewReader(s.fetch(t, path+format)))
			if err != nil {
				t.Fatal(err)
			}
			inOrder(t, f.Items[0].Content, markup...)
			inOrder(t, f.Items[0].Description, plain...)
		})
	}
	t.Run("feedparser", func(t *testing.T) {
		sh := tool(t, "sh")
		if err := exec.CommandContext(t.Context(), sh, "-c", "command -p python3 -c 'import feedparser'").Run(); err != nil {
			missing(t, "python3-feedparser")
		}
		for _, format := range []string{".atom", ".rss"} {
			const script = "import sys, feedparser\ne = feedparser.parse(sys.argv[1]).entries[0]\nprint(e.content[-1].value, e.summary)"
			got := run(t, t.TempDir(), nil, sh, "-c", `command -p python3 "$@"`, "sh", "-c", script, s.base+path+format)
			inOrder(t, got, append(markup[:len(markup):len(markup)], plain...)...)
		}
	})
	t.Run("sfeed", func(t *testing.T) {
		inOrder(t, run(t, t.TempDir(), s.fetch(t, path+".atom"), tool(t, "sfeed")), markup...)
	})
	t.Run("newsboat", func(t *testing.T) {
		newsboat, dir := tool(t, "newsboat"), t.TempDir()
		write(t, dir, "urls", s.base+path+".atom\n")
		write(t, dir, "conf", "")
		run(t, dir, nil, newsboat, "-u", "urls", "-C", "conf", "-c", "nb.db", "-x", "reload")
		kept, err := os.ReadFile(filepath.Join(dir, "nb.db"))
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, string(kept), markup...)
	})
	t.Run("rss2email", func(t *testing.T) {
		r2e, dir := tool(t, "r2e"), t.TempDir()
		inbox := maildir(t, dir, "False")
		args := []string{"-c", "r2e.cfg", "-d", "r2e.json"}
		run(t, dir, nil, r2e, append(args, "add", "deals", s.base+path+".atom")...)
		run(t, dir, nil, r2e, append(args, "run")...)
		mails, err := filepath.Glob(filepath.Join(inbox, "new", "*"))
		if err != nil || len(mails) != 2 {
			t.Fatalf("mails %q, %v", mails, err)
		}
		var all string
		for _, name := range mails {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		inOrder(t, strings.Join(strings.Fields(strings.ReplaceAll(all, "\n> ", " ")), " "), "had _cancelled_ an agreement.", "The version before said:", "had _signed_ an agreement.")
	})
}

// The page of the document marks what came and went, in the deal's history.
func TestPageShowsRevision(t *testing.T) {
	w := newWorld(t, revised()...)
	page := w.get("/documents/" + revisedID).Body.String()
	for _, want := range []string{
		"Services</mark> had <ins>cancelled</ins> an agreement.</p></blockquote>",
		"<p>The version before said:</p>",
		"Services</mark> had <del>signed</del> an agreement.</p></blockquote>",
	} {
		_, after, ok := strings.Cut(page, want)
		if !ok {
			t.Fatalf("%q is not there, or out of its place:\n%s", want, page)
		}
		page = after
	}
}
