package extract

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // EDGAR's clock is Eastern wherever we run

	"github.com/dealwatch/dealwatch"
)

// Part is one document of a submission.
type Part struct {
	Type        string // "8-K", "EX-99.1", "GRAPHIC", ...
	Sequence    string
	Filename    string // "" where the header names none, as in the 1990s
	Description string
	Body        []byte // content without its wrapper; nil for a part that is uuencoded
	Encoded     []byte // the uuencoded block of such a part; see Content
}

// Content is the part's body, decoded where it is uuencoded. One that breaks off is an
// error with the outcome Truncated.
func (p Part) Content() ([]byte, error) {
	if p.Body != nil || p.Encoded == nil {
		return p.Body, nil
	}
	return uudecode(p.Encoded)
}

// Submission is a filing as EDGAR keeps it: what its header says, and its parts.
type Submission struct {
	Accession  string // "0000320193-24-000005"
	Form       string
	FiledOn    string    // YYYY-MM-DD
	AcceptedAt time.Time // UTC; zero where the header does not say
	Filers     []dealwatch.Filer
	Docket     string // file number of the first filer that has one: "000-22513"
	// Items are the item numbers of an 8-K ("1.01"); the headers of full text files
	// have their titles instead.
	Items []string
	Parts []Part
}

// ParseSubmission takes a submission file apart: a full text file (.txt), a feed file
// (.nc), or a header alone (.hdr.sgml, the pre of an index-headers page), each with or
// without the privacy-enhanced block of the 1990s. A file without an EDGAR header is an
// error with the outcome Unparsed; one that breaks off within a part, Truncated.
func ParseSubmission(body []byte) (Submission, error) {
	if bytes.HasPrefix(body, []byte("-----BEGIN PRIVACY-ENHANCED MESSAGE-----")) {
		// Such a message has "- " before a line that begins with a dash.
		body = bytes.ReplaceAll(body, []byte("\n- -"), []byte("\n-"))
	}
	head, rest, found := bytes.Cut(body, []byte("<DOCUMENT>"))
	sub, ok := parseHeader(string(head))
	if !ok && (!found || len(bytes.TrimSpace(head)) > 0) {
		return Submission{}, readError(dealwatch.Unparsed, "", "no EDGAR header before the first document")
	}
	for found {
		inner, after, ended := bytes.Cut(rest, []byte("</DOCUMENT>"))
		if !ended {
			return sub, readError(dealwatch.Truncated, "", "part %d of %s has no end", len(sub.Parts)+1, sub.Accession)
		}
		sub.Parts = append(sub.Parts, parsePart(inner))
		_, rest, found = bytes.Cut(after, []byte("<DOCUMENT>"))
	}
	return sub, nil
}

// Unwrap takes a single document out of the <DOCUMENT> wrapper in which EDGAR serves
// it. It reports false, and gives nothing, where body does not begin with one.
func Unwrap(body []byte) (Part, bool) {
	body = bytes.TrimLeft(body, "\xef\xbb\xbf \t\r\n")
	inner, ok := bytes.CutPrefix(body, []byte("<DOCUMENT>"))
	if !ok || !bytes.HasPrefix(bytes.TrimLeft(inner, "\r\n "), []byte("<TYPE>")) {
		return Part{}, false
	}
	inner, _, _ = bytes.Cut(inner, []byte("</DOCUMENT>"))
	return parsePart(inner), true
}

// parsePart reads what stands between <DOCUMENT> and its end.
func parsePart(inner []byte) Part {
	head, body, _ := bytes.Cut(inner, []byte("<TEXT>"))
	part := Part{Body: bytes.TrimSpace(body)}
	for _, f := range headerFields(string(head)) {
		switch f.name {
		case "TYPE":
			part.Type = f.value
		case "SEQUENCE":
			part.Sequence = f.value
		case "FILENAME":
			part.Filename = f.value
		case "DESCRIPTION":
			part.Description = f.value
		}
	}
	part.Body = bytes.TrimSpace(bytes.TrimSuffix(part.Body, []byte("</TEXT>")))
	for _, tag := range []string{"XBRL", "XML", "PDF"} {
		if inner, ok := bytes.CutPrefix(part.Body, []byte("<"+tag+">")); ok {
			inner = bytes.TrimSpace(inner)
			part.Body = bytes.TrimSpace(bytes.TrimSuffix(inner, []byte("</"+tag+">")))
		}
	}
	if uuencoded(part.Body) {
		part.Body, part.Encoded = nil, part.Body
	}
	return part
}

// uuencoded reports whether body begins with the line "begin MODE NAME".
func uuencoded(body []byte) bool {
	first, _, _ := bytes.Cut(body, []byte("\n"))
	words := bytes.Fields(first)
	return len(words) == 3 && string(words[0]) == "begin" && len(words[1]) >= 3 && len(words[1]) <= 4 &&
		len(bytes.Trim(words[1], "01234567")) == 0
}

// uudecode gives the bytes of a uuencoded block. EDGAR cuts blanks off the ends of its
// lines, which stand for zeros.
func uudecode(block []byte) ([]byte, error) {
	_, block, _ = bytes.Cut(block, []byte("\n"))
	out := make([]byte, 0, len(block)*3/4)
	for line := range bytes.Lines(block) {
		line = bytes.TrimRight(line, "\r\n")
		if string(line) == "end" {
			return out, nil
		}
		if len(line) == 0 {
			continue
		}
		n := int(line[0]-' ') & 63
		var group [4]byte
		for i := 1; n > 0; i += 4 {
			for j := range group {
				group[j] = 0
				if i+j < len(line) {
					group[j] = (line[i+j] - ' ') & 63
				}
			}
			all := [3]byte{group[0]<<2 | group[1]>>4, group[1]<<4 | group[2]>>2, group[2]<<6 | group[3]}
			out = append(out, all[:min(n, 3)]...)
			n -= 3
		}
	}
	return nil, readError(dealwatch.Truncated, "", "the uuencoded part breaks off after %d bytes", len(out))
}

// A field of a header: "KEY: value" and "<KEY>value" are the same, and a section
// is a field without a value. Names have "-" for blanks.
type field struct{ name, value string }

// headerFields reads both dialects, and tags that follow each other on one line.
func headerFields(head string) []field {
	var fields []field
	for text := range strings.Lines(head) {
		text = strings.TrimSpace(text)
		if !strings.HasPrefix(text, "<") {
			if name, value, ok := strings.Cut(text, ":"); ok {
				name = strings.ReplaceAll(strings.TrimSpace(name), " ", "-")
				fields = append(fields, field{name, Line(value)})
			}
			continue
		}
		for text != "" {
			name, rest, ok := strings.Cut(text[1:], ">")
			if !ok {
				break
			}
			value, next := rest, ""
			if i := nextTag(rest); i >= 0 {
				value, next = rest[:i], rest[i:]
			}
			fields = append(fields, field{name, Line(unescape(value))})
			text = next
		}
	}
	return fields
}

// nextTag is the index of the next header tag in s, or -1.
func nextTag(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '<' {
			continue
		}
		j := i + 1
		for j < len(s) && (s[j] >= 'A' && s[j] <= 'Z' || s[j] >= '0' && s[j] <= '9' || s[j] == '-' || s[j] == '/') {
			j++
		}
		if j > i+1 && j < len(s) && s[j] == '>' {
			return i
		}
	}
	return -1
}

var unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace

// roles are the sections of a header that name a registrant.
var roles = map[string]string{
	"FILER": "Filer", "SUBJECT-COMPANY": "Subject", "FILED-BY": "Filed by", "FILED-FOR": "Filer", "ISSUER": "Issuer",
	"REPORTING-OWNER": "Reporting owner", "DEPOSITOR": "Depositor", "SECURITIZER": "Securitizer", "ISSUING-ENTITY": "Issuing entity",
	"ISSUING_ENTITY": "Issuing entity", "SERIAL-COMPANY": "Serial company",
}

func parseHeader(head string) (Submission, bool) {
	var sub Submission
	var filer *dealwatch.Filer
	docket, known := "", false // docket is that of filer
	add := func() {
		if filer != nil && filer.CIK != 0 && !slices.Contains(sub.Filers, *filer) {
			sub.Filers = append(sub.Filers, *filer)
		}
		if filer != nil && filer.CIK != 0 {
			sub.Docket = cmp.Or(sub.Docket, docket)
		}
		filer, docket = nil, ""
	}
	for _, f := range headerFields(head) {
		switch f.name {
		case "ACCESSION-NUMBER":
			sub.Accession, known = f.value, true
		case "CONFORMED-SUBMISSION-TYPE", "TYPE":
			sub.Form, known = f.value, true
		case "FILED-AS-OF-DATE", "FILING-DATE":
			sub.FiledOn = isoDate(f.value)
		case "ACCEPTANCE-DATETIME":
			sub.AcceptedAt = easternTime(f.value)
		case "ITEMS":
			if !slices.Contains(sub.Items, f.value) {
				sub.Items = append(sub.Items, f.value)
			}
		case "COMPANY-CONFORMED-NAME", "CONFORMED-NAME":
			if filer != nil {
				filer.Name = f.value
			}
		case "CENTRAL-INDEX-KEY", "CIK":
			if filer != nil {
				filer.CIK = number(f.value)
			}
		case "SEC-FILE-NUMBER", "FILE-NUMBER":
			docket = cmp.Or(docket, f.value)
		default:
			if role, ok := roles[strings.ToUpper(f.name)]; ok && f.value == "" {
				add()
				filer = &dealwatch.Filer{Role: role}
			}
		}
	}
	add()
	return sub, known
}

func isoDate(digits string) string {
	if t, err := time.Parse("20060102", digits); err == nil {
		return t.Format(time.DateOnly)
	}
	return ""
}

var eastern = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err) // the zone is built in
	}
	return loc
}()

func easternTime(digits string) time.Time {
	t, err := time.ParseInLocation("20060102150405", digits, eastern)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func number(digits string) int {
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' || n > 1e10 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
