package edgar

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

const quarterHead = "Description:           Master Index of EDGAR Dissemination Feed\nLast Data Received:    March 6, 2026\nComments:              webmaster@sec.gov\n" +
	"Cloud HTTP:            https://www.sec.gov/Archives/\n\n \n \n \n" + masterHeading + "\n" + "--------------------------------------------------------------------------------\n"

func TestQuarter(t *testing.T) {
	const url = "https://www.sec.gov/Archives/edgar/full-index/2026/QTR1/master"
	rows := row(2900002, "BUYER INC", "SC TO-T", "2026-03-05", 2) + row(2900003, "TARGET CORP", "SC TO-T", "2026-03-05", 2) +
		row(2900001, "LARK CORP", "8-K", "2026-01-05", 1) + row(2900004, "OTHER", "424B2", "2026-03-05", 3) +
		row(2900001, "LARK CORP", "8-K/A", "2026-03-06", 4) + row(2900001, "LARK CORP", "8-K", "2026-03-07", 5)
	whole := "2026-02-01 to 2026-03-06: ok 0002900000-26-000002 0002900000-26-000004"
	packed := zipped(quarterHead + rows)
	none := answer{url: url + ".gz", status: 403, media: "application/xml", body: "<Error><Code>AccessDenied</Code></Error>"}
	tests := []struct {
		name    string
		answers []answer
		want    string
	}{
		{"packed", []answer{{url: url + ".gz", media: "application/x-gzip", body: packed}}, whole},
		{"unpacked on the way", []answer{{url: url + ".gz", media: "text/plain", body: quarterHead + rows}}, whole},
		{"only the plain one is there", []answer{none, {url: url + ".idx", media: "binary/octet-stream", body: quarterHead + rows}}, whole},
		{"an index that is some days old", []answer{{url: url + ".gz", media: "application/x-gzip", body: zipped(strings.Replace(quarterHead, "March 6", "March 4", 1) + rows)}},
			"2026-02-01 to 2026-03-04: ok 0002900000-26-000002 0002900000-26-000004"},
		{"cut short", []answer{{url: url + ".gz", media: "application/x-gzip", body: packed[:len(packed)-9]}}, "2026-02-01 to 2026-03-06: truncated"},
		{"a row of another shape", []answer{{url: url + ".gz", media: "application/x-gzip", body: zipped(quarterHead + rows + "a|row\n")}}, "2026-02-01 to 2026-03-06: unparsed"},
		{"no heading", []answer{{url: url + ".gz", media: "application/x-gzip", body: zipped(rows)}}, "2026-02-01 to 2026-03-06: unparsed"},
		{"neither is there", []answer{none, {url: url + ".idx", status: 404, media: "application/xml", body: "<Error><Code>NoSuchKey</Code></Error>"}},
			"2026-02-01 to 2026-03-06: gone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Filings{Client: client(t, tt.answers...), Now: func() time.Time { return time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC) }} // a Sunday
			look := f.Quarter(t.Context(), dealwatch.Range{Since: "2026-02-01", Until: "2026-03-08"})
			got := fmt.Sprintf("%s to %s: %s", look.From, look.To, dealwatch.OutcomeOf(look.Err))
			for _, it := range look.Items {
				got += " " + it.Key
			}
			if got != tt.want {
				t.Errorf("look %q (%v), want %q", got, look.Err, tt.want)
			}
		})
	}
}

// TestQuarterIsStreamed reads an index as long as a quarter's with hardly more memory than
// what is kept of it takes.
func TestQuarterIsStreamed(t *testing.T) {
	const rows, share = 400_000, 8 // one row in so many is of a wanted form
	index, write := io.Pipe()
	go func() {
		_, _ = io.WriteString(write, quarterHead)
		for n := range rows {
			form := "4"
			if n%share == 0 {
				form = "8-K"
			}
			_, _ = fmt.Fprintf(write, "%d|A COMPANY OF THE USUAL LENGTH INC|%s|2026-01-%02d|edgar/data/%d/%010d-26-%06d.txt\n", n, form, n%28+1, n, n/1_000_000, n)
		}
		_ = write.Close()
	}()
	before := heap()
	peak := uint64(0)
	n := 0
	m, err := parseMaster(index, func(form, _ string) bool {
		if n++; n%40_000 == 0 {
			peak = max(peak, heap())
		}
		return wants(every, form)
	})
	if err != nil || m.rows != rows || len(m.filings) != rows/share {
		t.Fatalf("%d rows, %d filings, %v; want %d and %d", m.rows, len(m.filings), err, rows, rows/share)
	}
	const most = 1 << 10 // bytes a filing that is kept
	if used := int64(peak) - int64(before); used > most*rows/share {
		t.Errorf("%d MiB were held for %d filings, want at most %d bytes each", used>>20, len(m.filings), most)
	}
	runtime.KeepAlive(m)
}

// heap is what is held at a moment, garbage left out.
func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
