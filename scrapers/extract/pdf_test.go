package extract

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// pdf writes a PDF of pages, each a content stream.
func pdf(trailer string, pages ...string) []byte {
	var b strings.Builder
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 4+2*i))
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [%s] >>", len(pages), strings.Join(kids, " "))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i, page := range pages {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(page), page)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, trailer, start)
	return []byte(b.String())
}

// lines sets lines of 12 points, 14 apart; an empty one leaves room.
func lines(text ...string) string {
	var b strings.Builder
	b.WriteString("BT /F1 12 Tf 14 TL 72 720 Td\n")
	for _, l := range text {
		fmt.Fprintf(&b, "(%s) Tj T*\n", strings.NewReplacer("(", `\(`, ")", `\)`).Replace(l))
	}
	b.WriteString("ET")
	return b.String()
}

func TestPDF(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"lines and paragraphs", pdf("", lines("FEDERAL TRADE COMMISSION", "", "The Commission alleges that Acme Corp. would, by its purchase of the", "shares of Beta Inc., harm competition.", "", "It asks for relief.")),
			"FEDERAL TRADE COMMISSION\n\nThe Commission alleges that Acme Corp. would, by its purchase of the shares of Beta Inc., harm competition.\n\nIt asks for relief."},
		{"a page break ends no sentence, and stamps and numbers are left out", pdf("",
			lines("Case 1:26-cv-1 Page 1 of 3", "", "The Commission alleges that Acme Corp. would, by its purchase of the", "", "1"),
			lines("Case 1:26-cv-1 Page 2 of 3", "", "shares of Beta Inc., harm competition in the sale of sand and", "", "2"),
			lines("Case 1:26-cv-1 Page 3 of 3", "", "gravel. It asks for relief.", "", "3")),
			"The Commission alleges that Acme Corp. would, by its purchase of the shares of Beta Inc., harm competition in the sale of sand and gravel. It asks for relief."},
		{"a new page with a new paragraph", pdf("", lines("The first page ends here with a full stop."), lines("The second begins with a capital.")),
			"The first page ends here with a full stop.\n\nThe second begins with a capital."},
		{"columns", pdf("", "BT /F1 12 Tf 72 720 Td (Sales) Tj 200 0 Td (500) Tj 100 0 Td (400) Tj ET"), "Sales\n500\n400"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := PDF(context.Background(), test.in)
			if err != nil || got != test.want {
				t.Errorf("PDF = %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestPDFErrors(t *testing.T) {
	good := pdf("", lines("Text."))
	locked := pdf("/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"+strings.Repeat("41", 32)+"> /U <"+strings.Repeat("42", 32)+"> >>", lines("Text."))
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		name    string
		ctx     context.Context
		in      []byte
		outcome dealwatch.Outcome
		words   string
	}{
		{"a scan", context.Background(), pdf("", "q 1 0 0 1 0 0 cm 0 0 100 100 re f Q", ""), dealwatch.Empty, "2 pages and no text"},
		{"broken", context.Background(), good[:40], dealwatch.Unparsed, "broken"},
		{"garbage", context.Background(), []byte("%PDF-1.4\n" + strings.Repeat("x\xff", 100)), dealwatch.Unparsed, "broken"},
		{"encrypted", context.Background(), locked, dealwatch.Unparsed, "encrypted"},
		{"no time", canceled, good, dealwatch.Failed, "context canceled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, err := PDF(test.ctx, test.in)
			if dealwatch.OutcomeOf(err) != test.outcome || err == nil || !strings.Contains(err.Error(), test.words) {
				t.Errorf("PDF = %q, %v, want the outcome %s and %q", text, err, test.outcome, test.words)
			}
		})
	}
	if text, err := PDF(context.Background(), good); text != "Text." {
		t.Errorf("PDF after the failures = %q, %v", text, err)
	}
}

// A PDF whose time is over is given up in the middle, and harms no other.
func TestPDFStops(t *testing.T) {
	page := lines(strings.Split(strings.Repeat("The agreement is long.\n", 50), "\n")...)
	pages := make([]string, 1000)
	for i := range pages {
		pages[i] = page
	}
	body := pdf("", pages...)
	if _, err := PDF(context.Background(), pdf("", page)); err != nil {
		t.Fatal(err) // the sandbox is made
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := PDF(ctx, body)
	if took := time.Since(start); err == nil || !strings.Contains(err.Error(), "deadline") || took > 10*time.Second {
		t.Errorf("PDF = %v after %v, want that the deadline is over", err, took)
	}
	if text, err := PDF(context.Background(), pdf("", lines("Text."))); text != "Text." {
		t.Errorf("PDF after that = %q, %v", text, err)
	}
}

func TestPDFsAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			want := fmt.Sprintf("Text %d.", i)
			if text, err := PDF(context.Background(), pdf("", lines(want))); text != want {
				t.Errorf("PDF = %q, %v, want %q", text, err, want)
			}
		})
	}
	all.Wait()
}
