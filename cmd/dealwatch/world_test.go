package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// The world of the tests is one FTC press release, captured over a week: raised,
// revised without effect, withdrawn, returned and closer; a release whose page
// moved; and a release with a PDF.

const (
	feedURL  = "https://www.ftc.gov/feeds/press-release.xml"
	release1 = "https://www.ftc.gov/news-events/news/press-releases/2026/03/agency-looks-cloud"
	release2 = "https://www.ftc.gov/news-events/news/press-releases/2026/03/agency-moves-page"
	release3 = "https://www.ftc.gov/news-events/news/press-releases/2026/03/agency-files-complaint"
	movedTo  = "https://www.ftc.gov/news-events/news/press-releases/2026/03/agency-moved-page"
	pdfURL   = "https://www.ftc.gov/system/files/ftc_gov/pdf/complaint-cloud.pdf"
)

const (
	near  = "<p>OpenAI signed a compute agreement with Amazon Web Services, the agency noted.</p>"
	apart = "<p>OpenAI announced an agreement on Monday. The supplier is to be Amazon Web Services, which will invest.</p>"
	none  = "<p>The agency noted an agreement between two unnamed companies.</p>"
)

func day(n int) time.Time { return time.Date(2026, 3, n, 15, 0, 0, 0, time.UTC) }

// week is what the site answered, in order.
func week() []warc.Exchange {
	list := feedOf(
		entryOf("900003", "Agency Files Complaint", release3, "Wed, 04 Mar 2026"),
		entryOf("900002", "Agency Moves a Page", release2, "Tue, 03 Mar 2026"),
		entryOf("900001", "Agency Looks at the Cloud", release1, "Mon, 02 Mar 2026"),
	)
	return []warc.Exchange{
		answer(feedURL, day(4), 200, "application/rss+xml; charset=utf-8", list),
		answer(release1, day(4), 200, "text/html; charset=utf-8", article("900001", "Agency Looks at the Cloud", "2026-03-02", apart)),
		answer(release2, day(4), 301, "text/html", "", "Location", movedTo),
		answer(movedTo, day(4), 200, "text/html; charset=utf-8", article("900002", "Agency Moves a Page", "2026-03-03", near)),
		answer(release3, day(4), 200, "text/html; charset=utf-8", article("900003", "Agency Files Complaint", "2026-03-04",
			`<p>The complaint is <a href="/system/files/ftc_gov/pdf/complaint-cloud.pdf">Complaint</a>.</p>`)),
		answer(pdfURL, day(4).Add(time.Second), 200, "application/pdf", pdfOf("Microsoft agreed to acquire Activision Blizzard, the complaint says.")),
		answer(release1, day(5), 200, "text/html; charset=utf-8", article("900001", "Agency Looks at the Cloud", "2026-03-02", none)),
		answer(release1, day(6), 200, "text/html; charset=utf-8", article("900001", "Agency Looks at the Cloud", "2026-03-02", apart)),
		answer(release1, day(7), 200, "text/html; charset=utf-8", article("900001", "Agency Looks at the Cloud", "2026-03-02", near)),
		answer("https://www.ftc.gov/nobody/knows", day(7), 200, "text/html", "<html><body><p>Nothing of ours.</p></body></html>"),
	}
}

// writeWARCs writes week into dir, as an archive of ours, and refused into a folder
// below it.
func writeWARCs(dir string) error {
	if err := writeExchanges(dir, week()); err != nil {
		return err
	}
	return writeExchanges(filepath.Join(dir, "refused"), refused())
}

// refused is how the site ended the week: its page echoes the client's address.
func refused() []warc.Exchange {
	return []warc.Exchange{answer(feedURL, day(8), 403, "text/html",
		"<html><head><title>Access Denied</title></head><body>The request resembles an abusive automated request. 192.0.2.7</body></html>")}
}

func writeExchanges(dir string, all []warc.Exchange) error {
	arch, err := warc.Open(dir)
	if err != nil {
		return err
	}
	for _, ex := range all {
		if _, err := arch.Keep(ex); err != nil {
			return err
		}
	}
	return arch.Close()
}

func answer(url string, at time.Time, status int, contentType, body string, headers ...string) warc.Exchange {
	h := http.Header{}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", fmt.Sprint(len(body)))
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return warc.Exchange{URL: url, At: at, Method: "GET", RequestHeader: http.Header{"User-Agent": {"dealwatch/test"}},
		Proto: "HTTP/1.1", Status: status, Header: h, Body: []byte(body)}
}

func feedOf(entries ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xml:base="https://www.ftc.gov/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Press Release Feed</title><link>https://www.ftc.gov/</link><description/><language>en</language>
<atom:link href="https://www.ftc.gov/feeds/press-release.xml" rel="self" type="application/rss+xml"/>
` + strings.Join(entries, "") + `</channel></rss>`
}

func entryOf(node, title, link, date string) string {
	return fmt.Sprintf(`<item><title>%s</title><link>%s</link><description>First words.
&lt;a href="%s"&gt;View Press Release&lt;/a&gt;</description><pubDate>%s 08:00:00 -0500</pubDate><dc:creator>staff</dc:creator><guid isPermaLink="false">%s</guid></item>
`, title, link, link, date, node)
}

func article(node, title, date, body string) string {
	return fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>%[2]s | Federal Trade Commission</title>
<link rel="shortlink" href="https://www.ftc.gov/node/%[1]s"><meta property="og:title" content="%[2]s"></head>
<body class="path-node"><header><nav><a href="/">Home</a> OpenAI Amazon Web Services menu</nav></header>
<section class="banner-section"><h1 class="margin-0"><span>%[2]s</span></h1></section>
<main id="main-content"><article class="node node--type-press-release node--view-mode-full node--%[1]s">
<div class="field field--name-field-date"><time datetime="%[3]sT12:00:00Z">%[3]s</time></div>
<div class="field field--name-body">%[4]s</div></article></main>
<footer>Federal Trade Commission</footer></body></html>`, node, title, date, body)
}

// pdfOf is a PDF of one page with one line of text.
func pdfOf(text string) string {
	var b strings.Builder
	var at []int
	obj := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(at)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	obj("<< /Type /Catalog /Pages 2 0 R >>")
	obj("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	obj("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	stream := fmt.Sprintf("BT /F1 11 Tf 40 720 Td (%s) Tj ET", text)
	obj("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream)
	obj("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.String()
}
