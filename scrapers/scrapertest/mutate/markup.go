package mutate

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

var (
	anyTag    = regexp.MustCompile(`<(/?)([A-Za-z][\w:-]*)((?:\s+[^<>\s=/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*(/?)>`)
	attribute = regexp.MustCompile(`([^<>\s=/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?`)
	between   = regexp.MustCompile(`>\s*([A-Za-z][^<>]{3,40}?)\s*<`)
	bracketed = regexp.MustCompile(`(?m)^\[{1,2}([A-Z][A-Za-z]+)\b`)
	oneClass  = regexp.MustCompile(`[^\s]+`)
)

// single are the tags of HTML that hold one field, and are taken out with it.
var single = map[string]bool{"title": true, "time": true, "h1": true, "h2": true, "h3": true, "meta": true, "link": true}

var void = map[string]bool{
	"meta": true, "link": true, "img": true, "br": true, "hr": true, "input": true, "source": true, "area": true, "base": true, "col": true, "wbr": true,
}

// A tag is a start tag of a page, and what it opens.
type tag struct {
	name       string
	at, end    int     // of the name in it and in its end tag, which is 0 where there is none
	attributes [][]int // submatches of attribute
	inner      span    // what stands in the element
	whole      span
}

// tagsOf finds the start tags of a page and pairs them with their ends.
func tagsOf(body []byte) []*tag {
	var all []*tag
	open := map[string][]*tag{}
	for _, m := range anyTag.FindAllSubmatchIndex(body, -1) {
		name := strings.ToLower(string(body[m[4]:m[5]]))
		if m[3] > m[2] { // an end tag
			if n := len(open[name]); n > 0 {
				t := open[name][n-1]
				open[name] = open[name][:n-1]
				t.end, t.inner.to, t.whole.to = m[4], m[0], m[1]
			}
			continue
		}
		t := &tag{name: name, at: m[4], inner: span{m[1], m[1]}, whole: span{m[0], m[1]}}
		for _, a := range attribute.FindAllSubmatchIndex(body[m[6]:m[7]], -1) {
			for i := range a {
				if a[i] >= 0 {
					a[i] += m[6]
				}
			}
			t.attributes = append(t.attributes, a)
		}
		all = append(all, t)
		if m[9] == m[8] && !void[name] {
			open[name] = append(open[name], t)
		}
	}
	return all
}

// place is that of the tag's name. The element may be taken out where it holds one
// field: what else stood in it would go with it.
func (t *tag) place(field bool) place {
	p := place{names: []int{t.at}}
	if t.end > 0 {
		p.names = append(p.names, t.end)
	}
	if field {
		p.whole = t.whole
	}
	return p
}

func (w Words) inXML(body []byte) []Target {
	var c collection
	cdata := []byte("<![CDATA[")
	for _, t := range tagsOf(body) {
		name := string(body[t.at : t.at+len(t.name)])
		if w[name] {
			leaf := !bytes.Contains(bytes.ReplaceAll(body[t.inner.from:t.inner.to], cdata, nil), []byte("<"))
			c.add("<"+name+">", t.place(leaf))
		}
		for _, a := range t.attributes {
			if name := string(body[a[2]:a[3]]); w[name] {
				c.add("["+name+"]", place{names: []int{a[2]}})
			}
		}
	}
	return c.targets()
}

func (w Words) inHTML(body []byte) []Target {
	var c collection
	for _, t := range tagsOf(body) {
		if w[t.name] && t.name != "html" {
			c.add("<"+t.name+">", t.place(single[t.name]))
		}
		for _, a := range t.attributes {
			name := strings.ToLower(string(body[a[2]:a[3]]))
			if w[name] {
				c.add("["+name+"]", place{names: []int{a[2]}})
			}
			for i := 4; i < len(a); i += 2 {
				if a[i] >= 0 {
					w.inValue(&c, body, t, name, span{a[i], a[i+1]})
				}
			}
		}
	}
	for _, m := range between.FindAllSubmatchIndex(body, -1) {
		// What is in capitals is a value, such as a form, and no label.
		if text := string(body[m[2]:m[3]]); w[text] && strings.ToUpper(text) != text {
			c.add("text "+strconv.Quote(text), place{names: []int{m[2]}})
		}
	}
	for _, m := range bracketed.FindAllSubmatchIndex(body, -1) {
		if text := string(body[m[2]:m[3]]); w[text] {
			c.add("line "+strconv.Quote(text), place{names: []int{m[2]}})
		}
	}
	return c.targets()
}

// inValue gives the classes of an attribute, or its value where the readers ask for that.
func (w Words) inValue(c *collection, body []byte, t *tag, name string, at span) {
	if name != "class" {
		if v := string(body[at.from:at.to]); len(v) > 1 && w[v] {
			mark := "[" + name + "=" + v + "]"
			if name == "id" {
				mark = "#" + v
			}
			c.add(mark, place{names: []int{at.from}, whole: t.whole})
		}
		return
	}
	for _, m := range oneClass.FindAllIndex(body[at.from:at.to], -1) {
		class := string(body[at.from+m[0] : at.from+m[1]])
		if !w.has(class) {
			continue
		}
		if !w[class] {
			class = stem(class) + "*"
		}
		p := place{names: []int{at.from + m[0]}, whole: t.whole}
		if t.name == "body" {
			p.whole = span{}
		}
		c.add("."+class, p)
	}
}
