package extract

import (
	"errors"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
)

// A page without a frame of its own; TestSelection reads the same ones.
var pages = []struct{ name, in, want string }{
	{"inline elements join", `<p><font size=5>W</font><font size=3>ASHINGTON</font>, <b>D</b>.<i>C</i>.</p>`, "WASHINGTON, D.C."},
	{"blocks never do", `<div>nonvoting 27</div><div>Table of Contents</div>preferred<p>stock`, "nonvoting 27\n\nTable of Contents\n\npreferred\n\nstock"},
	{"source line ends are blanks", "<p>The Kroger\nCo.\r\n\tagreed", "The Kroger Co. agreed"},
	{"a source line end behind a hyphen stays", "<p>Betel-\n  geuse <b>mer-</b>\nger Sherwin-\nWilliams 2-\nyear", "Betel-\ngeuse mer-\nger Sherwin- Williams 2- year"},
	{"a source line end behind a hyphen stays", "<p>Betel-\n  geuse <b>mer-</b>\nger Sherwin-\nWilliams 2-\nyear", "Betel-\ngeuse mer-\nger Sherwin- Williams 2- year"},
	{"no-break space", "<p>Rule&#160;425 and $5&nbsp;billion&#8201;cash", "Rule 425 and $5 billion cash"},
	{"references of Windows-1252", "<p>OpenAI&#146;s &#147;deal&#148; &#150; &#128;5", "OpenAI’s “deal” – €5"},
	{"other references", "<p>AT&amp;T &lt;x&gt; &eacute; &#x2019; &copy2024 AT&T R&D &unknown; &#0; &", "AT&T <x> é ’ ©2024 AT&T R&D &unknown; \ufffd &"},
	{"soft hyphen and zero-width space", "<p>Open&shy;AI Micro&#8203;soft <span>1.01</span><span>&#8203;</span>Entry", "OpenAI Microsoft 1.01 Entry"},
	{"one break ends a line, two a paragraph", "THE WHITE HOUSE,<br>January 23, 2025.<br><br/>By the authority", "THE WHITE HOUSE,\nJanuary 23, 2025.\n\nBy the authority"},
	{"a list", "<p>Terms:<ul><li>one<li>two <b>2</b></ul>end", "Terms:\n\none\ntwo 2\n\nend"},
	{"terms and definitions", "<dl><dt>AWS<dd>a cloud<dt>Azure<dd>another</dl>", "AWS\na cloud\nAzure\nanother"},
	{"headings", "<h1>Title</h1><h2>Sub</h2>text", "Title\n\nSub\n\ntext"},
	{"a row is a paragraph of cells", "<table><tr><td>Delaware</td><td> </td><td>94-24</td></tr><tr><th>a<td>b</table>", "Delaware\n94-24\n\na\nb"},
	{"paragraphs in a cell are lines", "<table><tr><td><p>one</p><p>two</p></td><td><div>three</div></td></tr></table>", "one\ntwo\nthree"},
	{"rows without an end", "<table><tr><td>a<td>b<tr><td><p>c<p>d</table><p>e</p><p>f</p>", "a\nb\n\nc\nd\n\ne\n\nf"},
	{"a table in a cell", "<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>f", "a\n\nb\nc\n\nd\ne\n\nf"},
	{"bullets set as a table", "<table><tr><td>•</td><td>We may fail.</td></tr></table><p>next", "•\nWe may fail.\n\nnext"},
	{"a page laid out in a table", "<table><tr><td>" + long + "<p>one</p><p>two</p></td></tr></table>", long + "\n\none\n\ntwo"},
	{"a footnote's number", "<p>OpenAI<sup>1</sup> and the 1<sup>st</sup> AWS<sup>®</sup>", "OpenAI 1 and the 1st AWS®"},
	{"what is not for the reader", "a<script>var x='<p>b</p>'</script><style>p{}</style><template>c</template><noscript>d</noscript><svg><text>e</text></svg><select><option>f</select>g", "ag"},
	{"hidden by attribute and by style", `a<span hidden>b</span><div style="color:red; Display : NONE !important">c<div>d</div></div>e`, "a\n\ne"},
	{"not hidden", `<div style="display:block">a</div><p class="hidden">b<p style="x:display:none">c`, "a\n\nb\n\nc"},
	{"a hidden paragraph without an end", `<div>a<p hidden>b<p>c</div>d`, "a\n\nc\n\nd"},
	{"a hidden cell without an end", `<table><tr><td hidden>a<table><tr><td>x</table>b<td>c<tr><td>d</table>e`, "c\n\nd\n\ne"},
	{"comments", "a<!-- b -- > c -->d<!-->e<!--->f<!---->g", "adefg"},
	{"a preformatted text", "<pre>By the authority vested in me as President by the Constitution and the\nlaws of the United States of America, it is ordered:\n\n     Section 1.  Policy.</pre>", "By the authority vested in me as President by the Constitution and the laws of the United States of America, it is ordered:\n\nSection 1. Policy."},
	{"blocks in a preformatted text", "<pre>Abc<p>Def<br>Ghi</pre>", "Abc\nDef\nGhi"},
	{"a bare less-than", "<p>5 < 6, <Clinton1> and <3", "5 < 6, and <3"},
	{"tags in capitals", "<P>a</P><TABLE><TR><TD>b<TD>c</TABLE>", "a\n\nb\nc"},
	{"a button and a label", "<label>Search</label><button>Go</button>x", "Search\nGo\nx"},
}

var long = strings.Repeat("The agreement is long. ", 60) + "End."

func TestHTML(t *testing.T) {
	tests := append(pages[:len(pages):len(pages)], []struct{ name, in, want string }{
		{"inline XBRL", `<?xml version='1.0'?><html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><head><title>x-20251231</title></head><body><div style="display:none"><ix:header><ix:hidden><ix:nonNumeric name="dei:x">msft:OpenAIGlobalLlcMember</ix:nonNumeric></ix:hidden><ix:resources><xbrli:context>AWS</xbrli:context></ix:resources></ix:header></div><div>Sales of <ix:nonFraction name="us-gaap:Revenues">1,250</ix:nonFraction><ix:nonNumeric name="n">m</ix:nonNumeric><ix:continuation id="f">illion</ix:continuation></div></body></html>`, "Sales of 1,250million"},
		{"a hidden header in sight", `<p>a<ix:header>b<ix:hidden>c</ix:hidden>d</ix:header>e`, "ae"},
		{"elements that end where they begin", `<?xml version='1.0'?><html><head><title/><script src="x"/></head><body><div style="display:none"/><table><tr><td/><td>a</td><td/></tr></table><a id="x"/>b</body></html>`, "a\n\nb"},
		{"an EDGAR wrapper", "<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n<FILENAME>a.htm\n<TEXT>\n<html><body><p>News</body></html>\n</TEXT>\n</DOCUMENT>\n", "News"},
		{"unfinished markup", "<p>a<div>b<span class=\"x", "a\n\nb"},
		{"text before and after the page", "x<html><body>y</body></html>z", "x\n\ny\n\nz"},
	}...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := HTML([]byte(test.in))
			if err != nil || got != test.want {
				t.Errorf("HTML(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestHTMLWithoutText(t *testing.T) {
	for _, in := range []string{"", "<html><head><title>x</title></head><body><script>a</script><p>&nbsp;</p></body></html>"} {
		_, err := HTML([]byte(in))
		if dealwatch.OutcomeOf(err) != dealwatch.Empty {
			t.Errorf("HTML(%q) = %v, want the outcome Empty", in, err)
		}
	}
}

func TestPageBreaks(t *testing.T) {
	const before, after = "<p>the nonvoting shares of the registrant and</p>", "<p>preferred stock outstanding was 5.</p>"
	tests := []struct{ name, in, want string }{
		{"a sentence runs on", before + `<div>27</div><hr style="page-break-after:always"/><div><a href="#toc">Table of Contents</a></div>` + after,
			"the nonvoting shares of the registrant and preferred stock outstanding was 5."},
		{"the number below the break", before + `<hr><p>- 28 -</p>` + after, "the nonvoting shares of the registrant and preferred stock outstanding was 5."},
		{"a break by style", before + `<p>F-12</p><p style="page-break-before: always"></p>` + after, "the nonvoting shares of the registrant and preferred stock outstanding was 5."},
		{"a break by newer style", before + `<p>xii</p><div style="break-before: page"><p>&nbsp;</p></div>` + after, "the nonvoting shares of the registrant and preferred stock outstanding was 5."},
		{"a sentence that has ended", "<p>The company sold its shares in full.</p><p>27</p><hr>" + after, "The company sold its shares in full.\n\n27\n\npreferred stock outstanding was 5."},
		{"a capital goes on after a word that ends nothing", before + "<hr><p>Preferred stock is another matter.</p>", "the nonvoting shares of the registrant and Preferred stock is another matter."},
		{"a capital begins another", "<p>the nonvoting shares of the registrant only</p><hr><p>Preferred stock is another matter.</p>", "the nonvoting shares of the registrant only\n\nPreferred stock is another matter."},
		{"the head of the next page", before + "<hr><p>Acme Corp.</p>" + after, "the nonvoting shares of the registrant and\n\nAcme Corp.\n\npreferred stock outstanding was 5."},
		{"an abbreviation ends no sentence", "<p>Amounts are translated into U.S.</p><p>9</p><hr><p>dollars at the rate of that day.</p>", "Amounts are translated into U.S. dollars at the rate of that day."},
		{"a heading is no half sentence", "<p>Cumulative charges</p><hr>" + after, "Cumulative charges\n\npreferred stock outstanding was 5."},
		{"no page ends", before + "<p>27</p>" + after, "the nonvoting shares of the registrant and\n\n27\n\npreferred stock outstanding was 5."},
		{"a table's rows", "<table><tr><td>the total cost of all sales</td></tr></table><hr><table><tr><td>preferred stock</td></tr></table>", "the total cost of all sales\n\npreferred stock"},
		{"real text on the way", before + "<hr><p>NOTE 5</p>" + after, "the nonvoting shares of the registrant and\n\nNOTE 5\n\npreferred stock outstanding was 5."},
		{"a running head, once it is known", strings.Repeat("<p>x.</p><hr><p>Acme Corp. Notes</p>", 4) + before + "<hr><p>Acme Corp. Notes</p>" + after,
			strings.Repeat("x.\n\nAcme Corp. Notes\n\n", 4) + "the nonvoting shares of the registrant and preferred stock outstanding was 5."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := HTML([]byte(test.in)); err != nil || got != test.want {
				t.Errorf("HTML(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestSelection(t *testing.T) {
	for _, test := range pages {
		t.Run(test.name, func(t *testing.T) {
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := Selection(doc.Find("body")); got != test.want {
				t.Errorf("Selection(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(`<main><div class=top>menu</div><p>one</p><p>two <b class=x>three</b></p></main><main>four</main>`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Selection(doc.Find("main"), ".top", "b.x"), "one\n\ntwo\n\nfour"; got != want {
		t.Errorf("Selection without .top and b.x = %q, want %q", got, want)
	}
}

// No nesting is too deep, and no page takes longer than its length allows.
func TestHTMLIsLinear(t *testing.T) {
	const n = 100_000
	tests := []struct{ name, in string }{
		{"unclosed font", strings.Repeat("<font>", n)},
		{"unclosed div", strings.Repeat("<div>", n)},
		{"unclosed cells", strings.Repeat("<table><tr><td>", n)},
		{"unclosed hidden", strings.Repeat("<p hidden>", n)},
		{"unclosed pre", strings.Repeat("<pre>a", n)},
		{"less-than", strings.Repeat("<", 10*n)},
		{"end tags", strings.Repeat("</", 10*n)},
		{"comments", strings.Repeat("<!--", n)},
		{"dashes", "<!--" + strings.Repeat("-", 10*n)},
		{"scripts", "<script>" + strings.Repeat("</scrip", n)},
		{"attributes", "<a " + strings.Repeat("a=\"", n)},
		{"ampersands", strings.Repeat("&", 10*n)},
		{"references", strings.Repeat("&#8203;", n)},
		{"pages of one sentence", "so it goes on and on" + strings.Repeat(" and on<hr>so it goes on", n)},
		{"a long word", strings.Repeat("x", 100*n)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			isLinear(t, test.in, func(in string) { _, _ = HTML([]byte(in)) })
			text, err := HTML([]byte(test.in + "<p>end of text"))
			var re *dealwatch.ReadError
			if err != nil && !errors.As(err, &re) {
				t.Errorf("HTML: %v", err)
			}
			if len(text) > 2*len(test.in)+100 {
				t.Errorf("HTML made %d bytes of %d", len(text), len(test.in))
			}
		})
	}
}

// sameAsTokenizer compares what the scanner finds with what the tokenizer of
// golang.org/x/net/html does; it gives the first difference.
func sameAsTokenizer(body string) string {
	z := html.NewTokenizer(strings.NewReader(body))
	s := scanner{src: body}
	var want, got strings.Builder
	tags := []string{html.StartTagToken: "<", html.SelfClosingTagToken: "<", html.EndTagToken: "</"}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		switch kind {
		case html.TextToken:
			want.Write(z.Raw())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			want.WriteString(tags[kind] + string(name) + ">")
		}
		if kind == html.SelfClosingTagToken {
			z.NextIsNotRawText()
		}
	}
	for {
		kind := s.next()
		if kind == done {
			break
		}
		switch kind {
		case text:
			got.WriteString(s.text)
		case startTag, emptyTag:
			got.WriteString("<" + strings.ReplaceAll(string(s.name), "\x00", "\ufffd") + ">")
		case endTag:
			got.WriteString("</" + strings.ReplaceAll(string(s.name), "\x00", "\ufffd") + ">")
		}
	}
	w, g := want.String(), got.String()
	if w == g {
		return ""
	}
	i := 0
	for i < min(len(w), len(g)) && w[i] == g[i] {
		i++
	}
	return "tokenizer …" + w[max(i-20, 0):min(i+60, len(w))] + "…, scanner …" + g[max(i-20, 0):min(i+60, len(g))] + "…"
}

func TestScannerIsTokenizer(t *testing.T) {
	for _, test := range pages {
		if diff := sameAsTokenizer(test.in); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	for _, in := range []string{`<a b=c/d e = 'f>g' h>i</a j="k>l">`, `<p/class=x>a`, `<a =b>c`, `<a "b'c">d`, `</ x>a</>b</1>c`, `<textarea><p></textarea >a`, `<TITLE>a</title>b`, `<plaintext>a</plaintext>`, `<!doctype html><![CDATA[a]]>b<?x y?>c`, `<a b='>c`, "<"} {
		if diff := sameAsTokenizer(in); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}
