package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// drawn is prose in which some names stand, and the names.
func drawn(size, n int) (text string, terms []*term) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	common := strings.Fields(wordList)
	name := func() string {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			for range 1 + r.IntN(4) {
				b.WriteByte("bcdfghklmnprstvz"[r.IntN(16)])
				b.WriteString([]string{"a", "e", "i", "o", "u", "ar", "en", "on"}[r.IntN(8)])
			}
			b.WriteByte(' ')
		}
		return b.String() + common[r.IntN(len(common))]
	}
	names := make([]string, n)
	for i := range names {
		names[i] = name()
		t := newTerm(names[i], anyCase, false, false, false)
		t.id = i
		terms = append(terms, t)
	}
	var b strings.Builder
	for b.Len() < size {
		for range 5 + r.IntN(20) {
			b.WriteString(everyday[r.IntN(len(everyday))] + " " + common[r.IntN(len(common))] + " ")
		}
		if r.IntN(5) == 0 {
			b.WriteString(strings.ToUpper(names[r.IntN(n)]))
		}
		b.WriteString([]string{". ", "’s, ", ".\n", " – ", " $10,000;\n\n"}[r.IntN(5)])
	}
	return b.String(), terms
}

var everyday = strings.Fields("the of and to in for our on as that is by with or we are be from its at this which not any were have has may")

func BenchmarkScanDrawn(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000, 100000} {
		text, terms := drawn(1<<20, n)
		x := newIndex(terms)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				x.scan(text, func(*term, int, int) {})
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		_, terms := drawn(0, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newIndex(terms)
			}
		})
	}
}

// hostile are texts that a scan likes least.
var hostile = []struct{ name, piece string }{
	{"Chinese", "阿里巴巴集團控股有限公司"},
	{"accented French", "société générale à été créée près "},
	{"hyphens at line ends", "com-\npany "},
	{"no blanks", "abcdefghij"},
	{"no blanks, accented", "àbcdéfghij"},
	{"only hits", "Amazon Web Services "},
	{"only keys", "Amazon Services "},
	{"no-break spaces", "\u00a0\u00a0\u00a0"},
	{"soft hyphens", "Open\u00adAI and Ama\u00adzon "},
	{"only soft hyphens", "\u00ad"},
	{"no UTF-8", "\xff\xfe\x80abc\xc3 "},
	{"single letters", "a b c d "},
	{"only blanks", "          "},
	{"only marks", "& $ % "},
	{"combining marks", "e\u0301"},
	{"capitals", "AMAZON OF THE WEB "},
}

func hostileIndex() *index {
	_, terms := drawn(0, 10000)
	for _, s := range []string{"Amazon Web Services", "OpenAI", "company", "théâtre", "騰訊"} {
		t := newTerm(s, anyCase, false, false, false)
		t.id = len(terms)
		terms = append(terms, t)
	}
	return newIndex(terms)
}

func hostileTexts(size int) (texts []string) {
	for _, h := range hostile {
		texts = append(texts, strings.Repeat(h.piece, size/len(h.piece)))
	}
	return texts
}

// BenchmarkScanHostile gives speeds by the time computed too, for others may use the
// machine.
func BenchmarkScanHostile(b *testing.B) {
	x := hostileIndex()
	for i, text := range hostileTexts(1 << 20) {
		b.Run(hostile[i].name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			from := cpu()
			for b.Loop() {
				x.scan(text, func(*term, int, int) {})
			}
			b.ReportMetric(float64(b.N)*float64(len(text))/1e6/(cpu()-from).Seconds(), "cpu-MB/s")
		})
	}
}

// cpu is the time that this process has computed.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
