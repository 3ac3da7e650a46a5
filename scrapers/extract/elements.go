package extract

// A role says what an element is to the text.
type role uint8

const (
	inline  role = iota // joins what stands on both sides
	spaced              // stands in a line, with a blank on both sides
	block               // a line of its own
	prose               // a paragraph of its own
	cell                // a line of its row
	row                 // a paragraph of cells
	table               // a paragraph, with rows in it
	rows                // some of its rows
	breaks              // br: ends a line, two of them a paragraph
	rule                // hr: ends a paragraph, and perhaps a page
	pre                 // its line ends count
	raised              // sup: a digit in it is no part of the word before
	frame               // nav, footer and the like: a paragraph, or dropped with a page's frame
	dropped             // not for the reader, with all that is in it
	vacuous             // has no content: nothing to drop
)

// roleOf is the role of the element name, in lower case.
func roleOf(name []byte) role {
	switch string(name) {
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "article", "section",
		"main", "figure", "center", "form", "fieldset", "address", "details", "hgroup",
		"body", "html", "dir", "menu":
		return prose
	case "nav", "footer", "header", "aside":
		return frame
	case "li", "dt", "dd", "summary", "figcaption", "legend", "option", "optgroup", "button":
		return block
	case "td", "th":
		return cell
	case "tr":
		return row
	case "table":
		return table
	case "thead", "tbody", "tfoot", "caption":
		return rows
	case "br":
		return breaks
	case "hr", "page": // <PAGE> is EDGAR's
		return rule
	case "pre", "listing", "xmp", "plaintext":
		return pre
	case "sup":
		return raised
	case "script", "style", "title", "noscript", "noframes", "noembed", "iframe", "template", "svg", "math", "object",
		"textarea", "select", "audio", "video", "canvas", "datalist", "ix:header", "ix:hidden":
		return dropped
	case "img", "input", "meta", "link", "base", "area", "col", "param", "source", "track", "wbr", "embed", "frame", "isindex":
		return vacuous
	}
	return inline
}
