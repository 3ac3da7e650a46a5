package edgar

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// An address is where a file of a filing stands. A filing hangs under the CIK of
// each of its filers, with and without a folder of its own, so addresses are taken
// apart and compared by accession number.
type address struct {
	cik       int
	accession string // "0001045810-26-000024"
	name      string // "nvda-20260302.htm"
}

var (
	inFolder   = regexp.MustCompile(`^/Archives/edgar/data/(\d{1,10})/(\d{10})(\d{2})(\d{6})/((?:xsl\w+/)?[^/]+)$`)
	withoutOne = regexp.MustCompile(`^/Archives/edgar/data/(\d{1,10})/((\d{10})-(\d{2})-(\d{6})[^/]*)$`)
	accessions = regexp.MustCompile(`\d{10}-\d{2}-\d{6}`)
)

// parseAddress takes apart the address of a file of a filing. The viewer's address of
// an inline XBRL document is that of the document.
func parseAddress(s string) (address, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Host != "" && u.Hostname() != "www.sec.gov" && u.Hostname() != "sec.gov" {
		return address{}, false
	}
	p := u.Path
	if p == "/ix" || p == "/ix.xhtml" {
		p = u.Query().Get("doc")
	}
	var a address
	if m := inFolder.FindStringSubmatch(p); m != nil {
		a = address{accession: m[2] + "-" + m[3] + "-" + m[4], name: m[5]}
		a.cik, _ = strconv.Atoi(m[1])
	} else if m := withoutOne.FindStringSubmatch(p); m != nil {
		a = address{accession: m[3] + "-" + m[4] + "-" + m[5], name: m[2]}
		a.cik, _ = strconv.Atoi(m[1])
	}
	return a, a.accession != ""
}

// folder is the folder of a filing under one of its filers.
func folder(cik int, accession string) string {
	return fmt.Sprintf("https://www.sec.gov/Archives/edgar/data/%d/%s/", cik, strings.ReplaceAll(accession, "-", ""))
}

// short is the address of a file of a filing without a folder.
func short(cik int, name string) string {
	return fmt.Sprintf("https://www.sec.gov/Archives/edgar/data/%d/%s", cik, name)
}

// is reports whether the address is that of the filing's own file with this ending.
func (a address) is(endings ...string) bool {
	for _, e := range endings {
		if a.name == a.accession+e {
			return true
		}
	}
	return false
}

// indexAddresses are the places of a filing's list of documents, best first.
func indexAddresses(cik int, accession string) []string {
	dir := folder(cik, accession) + accession
	return []string{dir + "-index.htm", dir + "-index.html", short(cik, accession+"-index.html"), dir + ".txt", dir + "-index-headers.html"}
}

// submissions are the places of a filing's full text.
func submissions(cik int, accession string) []string {
	return []string{folder(cik, accession) + accession + ".txt", short(cik, accession+".txt")}
}

// bare is an address without the stylesheet's folder: the XML document itself.
func bare(s string) string {
	dir, name := path.Split(s)
	if strings.HasPrefix(path.Base(strings.TrimSuffix(dir, "/")), "xsl") {
		return dir[:strings.LastIndex(strings.TrimSuffix(dir, "/"), "/")+1] + name
	}
	return s
}
