package feedtest

import (
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Hostile are texts that break feeds, pages or readers.
var Hostile = map[string]string{
	"controls":     "a\x00b\x01c\x08d\x0be\x0cf\x1bg\x7fh\u0085i\u009bj",
	"bad UTF-8":    "a\xffb\xc3(\xed\xa0\x80c\xf8\x88",
	"noncharacter": "a\ufffeb\uffffc\ufdd0d",
	"cdata":        "x ]]> y <![CDATA[ z ]]>",
	"script":       `<script>alert("1")</script><img src=x onerror=alert(1)><svg/onload=alert(2)>`,
	"attribute":    `" onmouseover="alert(1)" x='`,
	"entity":       "&lt;b&gt; &amp;amp; &#0; &nbsp; &undefined;",
	"doctype":      `<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;`,
	"bidi":         "safe \u202e txet desrever \u2066 isolate \u2069 \u202c",
	"space":        "  a\n\n\tb \u00a0\u2003\u2028\u2029c\r\n ",
	"combining":    "e" + strings.Repeat("\u0301", 5000) + " OpenAI " + strings.Repeat("👩‍👩‍👧‍👦", 400),
	"template":     "{{.}} {{template \"main\"}} ${x} %s %!d(MISSING)",
	"empty":        "",
	"long":         strings.Repeat("OpenAI and Amazon <b> & ", 1<<20/24),
	"long word":    strings.Repeat("é", 1<<19),
}

// HostileLinks are addresses that no reader may be led to.
var HostileLinks = []string{
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>",
	"vbscript:x", "file:///etc/passwd", "ftp://example.org/x", "//example.org/x", "/relative", "", "http://", "https:///x",
	"https://user:pass@example.org/", "http://[::1", "https://example.org/\x00", "\x01https://example.org/",
}

// HostileEvents put each hostile text into every field, each hostile address into the
// link, and add far years, zero times and doubles.
func HostileEvents() []dealwatch.Event {
	var out []dealwatch.Event
	add := func(change func(*dealwatch.Event)) {
		ev := Event(Deals[len(out)%2].ID, 100+len(out))
		change(&ev)
		out = append(out, ev)
	}
	for _, name := range names() {
		text := Hostile[name]
		add(func(ev *dealwatch.Event) {
			ev.Title, ev.Snippet, ev.Flag.Title, ev.Flag.Snippet = text, text, text, text
			ev.Flag.Agency, ev.Flag.Kind, ev.Flag.PublishedOn, ev.Flag.URL = text, text, text, text
			for i := range ev.Mentions {
				ev.Mentions[i].Sentence = text
			}
			ev.Mentions = append(ev.Mentions, dealwatch.Mention{Party: text, Hit: text, Alias: text, Sentence: text})
		})
		add(func(ev *dealwatch.Event) {
			before := dealwatch.Shown{Snippet: "OpenAI said " + text + " before", Mentions: ev.Mentions}
			*ev = Then(Say(*ev, "OpenAI said "+text+" after"), dealwatch.Changed, dealwatch.Revised, 2, int(ev.ID)-1)
			ev.Before = before
		})
		add(func(ev *dealwatch.Event) {
			ev.EntryID, ev.Flag.DocumentID, ev.Flag.Source = "match/x/"+text, "s/"+text, text
			ev.Flag.DealID, ev.Flag.DealName = text, text
			ev.What, ev.Cause, ev.Closeness = dealwatch.What(text), dealwatch.Cause(text), dealwatch.Closeness(text)
		})
	}
	for _, link := range HostileLinks {
		add(func(ev *dealwatch.Event) { ev.Flag.URL = link })
	}
	for _, year := range []int{-4000, 0, 1, 1969, 9999, 10000, 200000} {
		add(func(ev *dealwatch.Event) { ev.HappenedAt = time.Date(year, 5, 6, 7, 8, 9, 987654321, time.UTC) })
	}
	add(func(ev *dealwatch.Event) { ev.HappenedAt = time.Time{} })
	add(func(ev *dealwatch.Event) { ev.HappenedAt = Day.In(time.FixedZone("far", -11*3600)) })
	return append(out, out[0], out[5]) // duplicates
}

func names() []string {
	return []string{
		"controls", "bad UTF-8", "noncharacter", "cdata", "script", "attribute", "entity", "doctype", "bidi", "space",
		"combining", "template", "empty", "long", "long word",
	}
}
