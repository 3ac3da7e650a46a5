package edgar

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var (
	headerItem = regexp.MustCompile(`(?m)^ITEM INFORMATION:[ \t]*(?:ITEM INFORMATION:[ \t]*)*(\S.*)$`)
	// headerNumber finds the CIK of each registrant and the file number after it.
	headerNumber = regexp.MustCompile(`(CENTRAL INDEX KEY:|<CIK>)[ \t]*(\d+)|(SEC FILE NUMBER:|<FILE-NUMBER>)[ \t]*([\w-]+)`)
)

// named is since when every document of a submission has a file name.
const named = "2001-07-01"

// parseSubmission reads a full submission, and gives its parts in the order of the
// filing's documents.
func parseSubmission(body []byte) (filing, []extract.Part, error) {
	if bytes.HasPrefix(body, []byte("-----BEGIN PRIVACY-ENHANCED MESSAGE-----")) {
		// Such a message puts "- " before a line that begins with a dash.
		body = bytes.ReplaceAll(body, []byte("\n- -"), []byte("\n-"))
	}
	sub, err := extract.ParseSubmission(body)
	if err != nil {
		return filing{}, nil, err
	}
	f := filing{
		accession: sub.Accession, form: sub.Form, filedOn: sub.FiledOn, acceptedAt: sub.AcceptedAt, dockets: make(map[int]string),
	}
	head, _, _ := bytes.Cut(body, []byte("<DOCUMENT>"))
	for _, m := range headerItem.FindAllSubmatch(head, -1) {
		f.items = append(f.items, extract.Line(string(m[1])))
	}
	cik := 0
	for _, m := range headerNumber.FindAllSubmatch(head, -1) {
		if len(m[2]) > 0 {
			cik, _ = strconv.Atoi(string(m[2]))
			if !slices.ContainsFunc(sub.Filers, func(who dealwatch.Filer) bool { return who.CIK == cik }) {
				return filing{}, nil, fmt.Errorf("the submission's header does not say what part %d has in it", cik)
			}
		} else if f.dockets[cik] == "" {
			f.dockets[cik] = string(m[4])
		}
	}
	f.add(sub.Filers...)
	for _, p := range sub.Parts {
		f.documents = append(f.documents, document{
			kind: extract.Line(p.Type), sequence: extract.Line(p.Sequence), name: fileName(p.Filename),
			description: extract.Line(p.Description),
		})
	}
	if _, err := time.Parse(time.DateOnly, f.filedOn); err != nil || !accessions.MatchString(f.accession) || f.form == "" {
		return filing{}, nil, fmt.Errorf("the submission's header lacks its form, accession number or filing date")
	}
	for _, who := range f.filers {
		if who.CIK == 0 || who.Name == "" {
			return filing{}, nil, fmt.Errorf("the submission's header lacks the name or number of a filer")
		}
	}
	if len(f.documents) == 0 && bytes.Contains(body, []byte("<TEXT>")) {
		return filing{}, nil, fmt.Errorf("the submission holds texts, but no document")
	}
	if len(f.filers) == 0 {
		return filing{}, nil, fmt.Errorf("the submission's header lacks its filer")
	}
	for i, d := range f.documents {
		if d.kind == "" || d.name == "" && f.filedOn >= named {
			return filing{}, nil, fmt.Errorf("document %d of the submission lacks its type or file name", i+1)
		}
	}
	return f, sub.Parts, nil
}

// fileName is the last part of a path, "" for none.
func fileName(s string) string {
	if s = extract.Line(s); s == "" {
		return ""
	}
	return path.Base(s)
}
