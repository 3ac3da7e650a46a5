package edgar

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"time"

	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var (
	headerItem = regexp.MustCompile(`(?m)^ITEM INFORMATION:[ \t]*(?:ITEM INFORMATION:[ \t]*)*(\S.*)$`)
	// headerNumber finds the CIK of each registrant and the file number after it.
	headerNumber = regexp.MustCompile(`(CENTRAL INDEX KEY:|<CIK>)[ \t]*(\d+)|(SEC FILE NUMBER:|<FILE-NUMBER>)[ \t]*([\w-]+)`)
)

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
	return f, sub.Parts, nil
}

// fileName is the last part of a path, "" for none.
func fileName(s string) string {
	if s = extract.Line(s); s == "" {
		return ""
	}
	return path.Base(s)
}
