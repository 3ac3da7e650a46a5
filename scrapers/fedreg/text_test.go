package fedreg

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestTexts(t *testing.T) {
	tests := []struct{ file, address, want string }{
		{"full-20001.xml", texts("2026-20001", "2026-10-06")[0], `Executive Order 14412 of September 30, 2026

Regarding the Supply of Computing Power

By the authority vested in me as President, it is hereby ordered:

Section 1. Policy. (a) Example Compute LLC and Sample Models, Inc. shall report on chips and other equipment (16 U.S.C. 1801 et seq.) and on CO2 of the Federal Register as a whole.

THE WHITE HOUSE,

September 30, 2026.`},
		{"full-20010.xml", texts("2026-20010", "2026-10-06")[0], `FEDERAL TRADE COMMISSION

[File No. 261–0116]

Example Compute LLC and Sample Models, Inc.; Analysis of Agreement Containing Consent Orders To Aid Public Comment

AGENCY:

Federal Trade Commission.

ACTION:

Proposed consent agreement; request for comment.

SUMMARY:

The consent agreement settles alleged violations of Federal law prohibiting unfair methods of competition.

See the complaint.

Example Compute LLC would acquire Sample Models, Inc., a maker of models.
Party
Share
Example Compute LLC
40

April Tabor,

Secretary.`},
		{"full-20020.txt", texts("2026-20020", "2026-10-06")[1], `DEPARTMENT OF JUSTICE

Antitrust Division

Notice Pursuant to the National Cooperative Research and Production Act of 1993--Example Consortium

Notice is hereby given that, on September 1, 2026, pursuant to section 6(a) of the Act, Example Consortium ("Example") has filed written notifications. Specifically, Example Compute LLC, Austin, TX; and Sample Models, Inc., San Francisco, CA, have been added, and Hewlett-Packard Company has withdrawn from the venture. No other changes have been made in the membership of the group.`},
		{"full-20021.html", texts("2026-20021", "2026-10-05")[2], `United States v. Example Compute LLC, et al.; Proposed Final Judgment and Competitive Impact Statement

Notice is hereby given that a proposed Final Judgment has been filed in United States v. Example Compute LLC.

[FR Doc. 2026-20021 Filed 10-2-26; 8:45 am]`},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got := textOf(t, tt.address, file(t, tt.file))
			if diff := cmp.Diff(tt.want, got.text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func textOf(t *testing.T, address, body string) text {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	found, err := textsIn(dealwatch.Capture{URL: address, Status: 200, Body: []byte(body)}, u)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d texts, %v, want one", len(found), err)
	}
	return found[0]
}

// A notice of which only the text is known still has its headline and kind.
func TestRawTextSaysWhatItIs(t *testing.T) {
	it := textOf(t, texts("2026-20020", "2026-10-06")[1], file(t, "full-20020.txt")).item
	want := "Notice Pursuant to the National Cooperative Research and Production Act of 1993--Example Consortium"
	if it.Title != want || it.Kind != "ncrpa-notice" || it.Agency != "DOJ" || it.Key != "2026-20020@2026-10-06" {
		t.Errorf("item %+v", it)
	}
}

func TestKey(t *testing.T) {
	tests := []struct{ name, number, want string }{
		{"as it is", "2026-19417", "2026-19417@D"},
		{"an en dash, as the printer wrote it before 2024", "2024–02801", "2024-02801@D"},
		{"short, when numbers were not padded", "2010-38", "2010-38@D"},
		{"padded on public inspection", "2012-07333", "2012-7333@D"},
		{"padded in both", "2013-00002", "2013-00002@D"},
		{"not padded where it should be", "2013-2", "2013-00002@D"},
		{"a correction", "C1-2014-25788", "C1-2014-25788@D"},
		{"of a year of two digits", "00-3331", "00-3331@D"},
		{"of a year of one", "E9-811", "E9-811@D"},
	}
	for _, tt := range tests {
		if got := key(tt.number, "D"); got != tt.want {
			t.Errorf("%s: key(%q) = %q, want %q", tt.name, tt.number, got, tt.want)
		}
	}
}

func TestKindOf(t *testing.T) {
	tests := []struct{ number, title, typ, subtype, want string }{
		{"2026-1", "T", "Presidential Document", "Executive Order", "executive-order"},
		{"2026-1", "T", "Presidential Document", "", "presidential-document"},
		{"C1-2026-1", "Correction", "Presidential Document", "Executive Order", "correction"},
		{"2026-1", "T", "Proposed Rule", "", "proposed-rule"},
		{"2026-1", "A and B; Analysis To Aid Public Comment", "Notice", "", "consent-agreement"},
		{"2026-1", "A; Analysis of Proposed Consent Order To Aid Public Comment", "Notice", "", "consent-agreement"},
		{"2026-1", "Privacy Impact Analysis", "Notice", "", "notice"},
		{"2026-1", "Revised Jurisdictional Thresholds for Section 8 of the Clayton Act", "Notice", "", "hsr-thresholds"},
		{"2026-1", "United States v. A; Proposed Final Judgment and Competitive Impact Statement", "Notice", "", "proposed-final-judgment"},
	}
	for _, tt := range tests {
		if got := kindOf(tt.number, tt.title, tt.typ, tt.subtype); got != tt.want {
			t.Errorf("kindOf(%q, %q, %q, %q) = %q, want %q", tt.number, tt.title, tt.typ, tt.subtype, got, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name, path string
		status     int
		body       string
		want       dealwatch.Outcome
		says       string
	}{
		{"a gate with status 200", "/api/v1/documents.json", 200, "<html><title>Federal Register :: Request Access</title>", dealwatch.Blocked, "gate"},
		{"an unknown field", "/api/v1/documents.json", 400, `{"status":400,"message":"field 'x' not valid"}`, dealwatch.Unparsed, "field 'x' not valid"},
		{"a bad condition", "/api/v1/documents.json", 400, `{"errors":{"year":"is no year"}}`, dealwatch.Unparsed, "is no year"},
		{"none of a batch", "/api/v1/documents/9999-99998,9999-99999.json", 200, `{"count":0,"results":[],"errors":{"not_found":["9999-99998"]}}`, dealwatch.Gone, "9999-99998"},
		{"a day without an issue", "/api/v1/issues/2026-10-04.json", 404, "<html>", dealwatch.Gone, ""},
		{"no hit", "/api/v1/documents.json", 200, `{"description":"x","count":0}`, dealwatch.OK, ""},
		{"a text file that is HTML", "/documents/full_text/text/2026/10/06/2026-1.txt", 200, "<html><body><pre>x", dealwatch.OK, ""},
		{"a page where XML was asked", "/documents/full_text/xml/2026/10/06/2026-1.xml", 200, "<!DOCTYPE html><html>", dealwatch.Blocked, ""},
	}
	for _, tt := range tests {
		err := judge(dealwatch.Capture{URL: home + tt.path, Status: tt.status, Body: []byte(tt.body)})
		got, said := dealwatch.OK, ""
		if err != nil {
			got, said = err.Outcome, err.Error()
		}
		if got != tt.want || !strings.Contains(said, tt.says) {
			t.Errorf("%s: %s (%s), want %s with %q", tt.name, got, said, tt.want, tt.says)
		}
	}
}

// FuzzReaders feeds every reader whatever there may be. What they give must be whole.
func FuzzReaders(f *testing.F) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 8<<10 {
			f.Add(b)
		}
	}
	addresses := append(texts("2026-20001", "2026-10-06"), "https://www.govinfo.gov/bulkdata/FR/2024/02/FR-2024-02-12.xml",
		api+"documents/2026-20001.json", api+"documents.json?order=newest", api+"public-inspection-documents/current.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, a := range addresses {
			s, ok := Documents{}.Recognise(dealwatch.Capture{URL: a, Status: 200, Body: body})
			if !ok {
				continue
			}
			for _, it := range append(s.Items, s.Documents...) {
				if !strings.Contains(it.Key, "@") || it.Agency == "" || it.URL == "" || len(it.Extra) == 0 {
					t.Errorf("%s: item %+v", a, it)
				}
			}
		}
	})
}
