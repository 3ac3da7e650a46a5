package extract

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// BenchmarkHTML reads a page the size of a large filing, and reports how much longer
// that takes than the tokenizer alone needs for it (x/tokenizer), measured in turns.
func BenchmarkHTML(b *testing.B) {
	body := filing(4 << 20)
	if name := os.Getenv("DEALWATCH_BENCH_PAGE"); name != "" {
		var err error
		if body, err = os.ReadFile(name); err != nil {
			b.Fatal(err)
		}
		if body, _, err = unpack(name, body); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var bare, ours time.Duration
	for b.Loop() {
		start := time.Now()
		for z := html.NewTokenizer(bytes.NewReader(body)); z.Next() != html.ErrorToken; {
		}
		bare += time.Since(start)
		start = time.Now()
		if _, err := HTML(body); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(bare), "x/tokenizer")
	b.ReportMetric(float64(len(body))*float64(b.N)/ours.Seconds()/1e6, "MB/s-text")
}

// filing is a page of at least size bytes after the structure of inline XBRL filings.
func filing(size int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version='1.0' encoding='ASCII'?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>ex</title></head><body><div style="display:none"><ix:header>`)
	for range 400 {
		b.WriteString(`<xbrli:context id="c-1"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0000000001</xbrli:identifier></xbrli:entity></xbrli:context>`)
	}
	b.WriteString(`</ix:header></div>`)
	for b.Len() < size {
		b.WriteString(`<div style="margin-top:9pt;text-align:justify"><span style="color:#000000;font-family:'Times New Roman',sans-serif;font-size:10pt;font-weight:400;line-height:120%">` +
			`Net sales are primarily affected by the number of orders. We&#8217;re party to an agreement of <ix:nonFraction unitRef="usd" contextRef="c-7" decimals="-6" name="us-gaap:Revenues" scale="6" id="f-1">1,250</ix:nonFraction>&#160;million with a supplier of compute.</span></div>`)
		b.WriteString(`<table style="border-collapse:collapse;display:inline-table;width:100%"><tr>`)
		for range 4 {
			b.WriteString(`<td colspan="3" style="background-color:#cceeff;padding:2px 1pt;text-align:left;vertical-align:bottom"><span style="color:#000000;font-family:'Times New Roman',sans-serif;font-size:10pt">Cost of sales</span></td>`)
		}
		b.WriteString(`</tr></table>`)
	}
	b.WriteString(`</body></html>`)
	return []byte(b.String())
}
