package extract

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dealwatch/dealwatch"
)

const fullText = `<SEC-DOCUMENT>0000000001-25-000002.txt : 20250110
<SEC-HEADER>0000000001-25-000002.hdr.sgml : 20250110
<ACCEPTANCE-DATETIME>20250109173112
ACCESSION NUMBER:		0000000001-25-000002
CONFORMED SUBMISSION TYPE:	SC TO-T/A
PUBLIC DOCUMENT COUNT:		3
FILED AS OF DATE:		20250110

SUBJECT COMPANY:

	COMPANY DATA:
		COMPANY CONFORMED NAME:			ACME & CO
		CENTRAL INDEX KEY:			0000319256
		EIN:				000000000
	FILING VALUES:
		FORM TYPE:		SC TO-T/A
		SEC ACT:		1934 Act
		SEC FILE NUMBER:	000-22513
		FILM NUMBER:		25519000
	FORMER COMPANY:
		FORMER CONFORMED NAME:	OLD ACME INC

SUBJECT COMPANY:

	COMPANY DATA:
		COMPANY CONFORMED NAME:			ACME & CO
		CENTRAL INDEX KEY:			0000319256

FILED BY:

	COMPANY DATA:
		COMPANY CONFORMED NAME:			BETA HOLDINGS L.P.
		CENTRAL INDEX KEY:			0001034563
	FILING VALUES:
		SEC FILE NUMBER:	005-12345
</SEC-HEADER>
<DOCUMENT>
<TYPE>SC TO-T/A
<SEQUENCE>1
<FILENAME>a.htm
<TEXT>
<XBRL>
<?xml version="1.0"?><html><body><p>Beta offers to buy Acme.</p></body></html>
</XBRL>
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>EX-99.(A)(1)
<SEQUENCE>2
<DESCRIPTION>PRESS RELEASE
<TEXT>
<PAGE>   1
Acme agreed.
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>GRAPHIC
<SEQUENCE>3
<FILENAME>g.jpg
<TEXT>
begin 644 g.jpg
M_]C_X AWS 1$"OpenAI0$!
end
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
`

const feedDialect = `<SUBMISSION>
<ACCESSION-NUMBER>0000000001-25-000002
<TYPE>8-K
<ITEMS>1.01
<ITEMS>9.01
<ITEMS>1.01
<FILING-DATE>20250110
<FILER>
<COMPANY-DATA>
<CONFORMED-NAME>ACME &amp; CO
<CIK>0000319256
</COMPANY-DATA>
<FILING-VALUES>
<FORM-TYPE>8-K
<FILE-NUMBER>001-22513
</FILING-VALUES>
</FILER>
<DOCUMENT>
<TYPE>8-K
<SEQUENCE>1
<TEXT>
Text.
</TEXT>
</DOCUMENT>
</SUBMISSION>
`

func TestParseSubmission(t *testing.T) {
	full := Submission{
		Accession: "0000000001-25-000002", Form: "SC TO-T/A", FiledOn: "2025-01-10",
		AcceptedAt: time.Date(2025, 1, 9, 22, 31, 12, 0, time.UTC),
		Filers:     []dealwatch.Filer{{CIK: 319256, Name: "ACME & CO", Role: "Subject"}, {CIK: 1034563, Name: "BETA HOLDINGS L.P.", Role: "Filed by"}},
		Docket:     "000-22513",
		Parts: []Part{
			{Type: "SC TO-T/A", Sequence: "1", Filename: "a.htm", Body: []byte(`<?xml version="1.0"?><html><body><p>Beta offers to buy Acme.</p></body></html>`)},
			{Type: "EX-99.(A)(1)", Sequence: "2", Description: "PRESS RELEASE", Body: []byte("<PAGE>   1\nAcme agreed.")},
			{Type: "GRAPHIC", Sequence: "3", Filename: "g.jpg"},
		},
	}
	feed := Submission{
		Accession: "0000000001-25-000002", Form: "8-K", FiledOn: "2025-01-10", Items: []string{"1.01", "9.01"},
		Filers: []dealwatch.Filer{{CIK: 319256, Name: "ACME & CO", Role: "Filer"}},
		Docket: "001-22513",
		Parts:  []Part{{Type: "8-K", Sequence: "1", Body: []byte("Text.")}},
	}
	headOnly := full
	headOnly.Parts = nil
	tests := []struct {
		name, in string
		want     Submission
	}{
		{"full text", fullText, full},
		{"with the block of the 1990s", "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\nMIC-Info: RSA-MD5,RSA,\n P55d5X9Q\n\n" + fullText, full},
		{"line ends of Windows", strings.ReplaceAll(fullText, "\n", "\r\n"), full},
		{"feed dialect", feedDialect, feed},
		{"feed dialect without line ends", strings.ReplaceAll(feedDialect, "\n", ""), feed},
		{"parts alone", "<DOCUMENT>\n<TYPE>S-3\n<TEXT>\na\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-1\n<TEXT>\nb\n</TEXT>\n</DOCUMENT>\n",
			Submission{Parts: []Part{{Type: "S-3", Body: []byte("a")}, {Type: "EX-1", Body: []byte("b")}}}},
		{"the header alone", fullText[:strings.Index(fullText, "<DOCUMENT>")], headOnly},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseSubmission([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			for i := range got.Parts {
				got.Parts[i].Body = []byte(strings.ReplaceAll(string(got.Parts[i].Body), "\r\n", "\n"))
				got.Parts[i].Encoded = nil // see TestContentDecodes
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("ParseSubmission (-want +got):\n%s", diff)
			}
		})
	}
	if got, _ := ParseSubmission([]byte(fullText)); got.Parts[2].Body != nil {
		t.Errorf("a uuencoded part has a body: %q", got.Parts[2].Body)
	}
}

func TestParseSubmissionErrors(t *testing.T) {
	tests := []struct {
		name, in string
		want     dealwatch.Outcome
	}{
		{"nothing", "", dealwatch.Unparsed},
		{"a page", "<html><body>ACCESS DENIED</body></html>", dealwatch.Unparsed},
		{"a page with a document in it", "<p><DOCUMENT>\n<TYPE>8-K\n<TEXT>\nx\n</TEXT>\n</DOCUMENT>", dealwatch.Unparsed},
		{"broken off in a part", fullText[:strings.Index(fullText, "AWS")], dealwatch.Truncated},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ParseSubmission([]byte(test.in)); dealwatch.OutcomeOf(err) != test.want {
				t.Errorf("ParseSubmission = %v, want the outcome %s", err, test.want)
			}
		})
	}
}

func TestUnwrap(t *testing.T) {
	part, ok := Unwrap([]byte("\n<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n<FILENAME>a.htm\n<DESCRIPTION>NEWS\n<TEXT>\n<html><p>x</html>\n</TEXT>\n</DOCUMENT>\n"))
	want := Part{Type: "EX-99.1", Sequence: "2", Filename: "a.htm", Description: "NEWS", Body: []byte("<html><p>x</html>")}
	if diff := cmp.Diff(want, part); !ok || diff != "" {
		t.Errorf("Unwrap = %v (-want +got):\n%s", ok, diff)
	}
	for _, in := range []string{"", "<html><DOCUMENT><TYPE>x", "<DOCUMENT>x", fullText} {
		if part, ok := Unwrap([]byte(in)); ok {
			t.Errorf("Unwrap(%.20q…) = %v, want nothing", in, part)
		}
	}
}

func TestContentDecodes(t *testing.T) {
	wrap := func(block string) string {
		return "<DOCUMENT>\n<TYPE>EX-99\n<FILENAME>a.pdf\n<TEXT>\n<PDF>\n" + block + "\n</PDF>\n</TEXT>\n</DOCUMENT>"
	}
	tests := []struct {
		name, block, want string
		outcome           dealwatch.Outcome
	}{
		{"whole", "begin 644 a.pdf\n#0V%T\n`\nend", "Cat", dealwatch.OK},
		{"without the blanks at the end of its line", "begin 644 a.pdf\n&0V%T\n \nend", "Cat\x00\x00\x00", dealwatch.OK},
		{"with carriage returns", "begin 644 a.pdf\r\n#0V%T\r\n`\r\nend\r\n", "Cat", dealwatch.OK},
		{"one byte", "begin 644 a.pdf\n!0P``\n`\nend", "C", dealwatch.OK},
		{"cut", "begin 644 a.pdf\n#0V%T\n", "", dealwatch.Truncated},
		{"garbage", "begin 644 a.pdf\n\xff\x00\x01\nend", "", dealwatch.OK},
		{"no block", "Cat", "Cat", dealwatch.OK},
	}
	for _, tt := range tests {
		part, ok := Unwrap([]byte(wrap(tt.block)))
		got, err := part.Content()
		if o := dealwatch.OutcomeOf(err); !ok || o != tt.outcome || tt.name != "garbage" && string(got) != tt.want {
			t.Errorf("%s: %q, %v; want %q, %s", tt.name, got, err, tt.want, tt.outcome)
		}
	}
}
