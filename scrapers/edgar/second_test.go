package edgar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const indexHead = "Description:           Daily Index of EDGAR Dissemination Feed\nLast Data Received:    Mar 03, 2026\n \n" +
	masterHeading + "\n" + "--------------------------------------------------------------------------------\n"

func row(cik int, name, form, date string, n int) string {
	return fmt.Sprintf("%d|%s|%s|%s|edgar/data/%d/0002900000-26-%06d.txt\n", cik, name, form, date, cik, n)
}

func looks(f Filings, t *testing.T, since, until string) []dealwatch.Look {
	t.Helper()
	var all []dealwatch.Look
	for look := range f.Second(t.Context(), dealwatch.Range{Since: since, Until: until}) {
		all = append(all, look)
	}
	return all
}

func TestSecond(t *testing.T) {
	day := func(d int) string { return indexURL(time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC)) }
	f := Filings{
		Now: func() time.Time { return time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC) }, // a Tuesday
		Client: client(t,
			answer{url: day(5), media: "application/octet-stream", body: indexHead +
				row(2900002, "BUYER INC", "SC TO-T", "20260305", 2) + row(2900003, "TARGET CORP", "SC TO-T", "20260305", 2) +
				row(2900001, "LARK CORP", "8-K", "20260305", 1) + row(2900004, "OTHER", "424B2", "20260305", 3) +
				row(2900001, "LARK CORP", "8-K/A", "20260217", 4)},
			answer{url: day(6), status: 403, media: "application/xml", body: "<Error><Code>AccessDenied</Code></Error>"},
			answer{url: day(9), media: "text/plain", body: indexHead + "a|row|of|another shape\n"},
		),
	}
	all := looks(f, t, "2026-03-05", "2026-03-10")
	var got []string
	for _, look := range all {
		var keys []string
		for _, it := range look.Items {
			keys = append(keys, it.Key+" "+it.Kind+" "+it.PublishedOn)
		}
		got = append(got, fmt.Sprintf("%s to %s: %s %s", look.From, look.To, dealwatch.OutcomeOf(look.Err), strings.Join(keys, ", ")))
	}
	want := []string{
		"2026-03-05 to 2026-03-05: ok 0002900000-26-000002 SC TO-T 2026-03-05, 0002900000-26-000001 8-K 2026-03-05, 0002900000-26-000004 8-K/A 2026-02-17",
		"2026-03-06 to 2026-03-06: gone ", // a business day that lacks one
		"2026-03-07 to 2026-03-07: ok ",
		"2026-03-08 to 2026-03-08: ok ",
		"2026-03-09 to 2026-03-09: unparsed ",
	} // that of the 10th is made in the night to come
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("looks:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(all[0].Items[0].Filers); n != 2 {
		t.Errorf("a filing of two rows has %d filers, want 2", n)
	}
}

// TestCapturedIndex reads the real index of a day: 2,502 rows, of which each filing of a
// wanted form is there once.
func TestCapturedIndex(t *testing.T) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: DEALWATCH_CORPUS is not set")
	}
	tape, err := warc.OpenTape(filepath.Join(dir, "edgar.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	f := Filings{Client: crawl.New(crawl.Config{Hosts: Filings{}.Info().Hosts, Tape: tape})}
	all := looks(f, t, "2025-04-18", "2025-04-18")
	if len(all) != 1 || all[0].Err != nil {
		t.Fatalf("looks: %+v", all)
	}
	forms := map[string]int{}
	seen := map[string]bool{}
	for _, it := range all[0].Items {
		if seen[it.Key] {
			t.Errorf("%s is there twice", it.Key)
		}
		seen[it.Key] = true
		forms[it.Kind]++
	}
	if len(seen) != 443 || forms["8-K"] != 115 || forms["6-K"] != 34 || forms["424B2"]+forms["UPLOAD"] != 0 {
		t.Errorf("%d filings, forms %v; want 443, of which 115 are 8-K (116 rows) and 34 are 6-K", len(seen), forms)
	}
}
