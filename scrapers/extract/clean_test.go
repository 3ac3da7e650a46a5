package extract

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"already clean", "FTC sues Acme Corp.", "FTC sues Acme Corp."},
		{"blanks folded", "  FTC\t sues\n\nAcme  ", "FTC sues Acme"},
		{"a hyphen before a line end", "the mer-\nger", "the mer- ger"},
		{"no-break, thin and narrow blanks", "Rule\u00a0425,\u2009$5\u202fbillion", "Rule 425, $5 billion"},
		{"soft hyphen and joiners", "Open\u00adAI and A\u200dW\u2060S\ufeff", "OpenAI and AWS"},
		{"zero-width space in a word", "Open\u200bAI", "OpenAI"},
		{"zero-width space beside a blank", "Item 1.01 \u200bEntry", "Item 1.01 Entry"},
		{"zero-width space at an end", "\u200bItem\u200b", "Item"},
		{"control characters", "a\x00b\x1b[31mc\x7fd\u0085e", "ab[31mcd e"},
		{"bidi tricks", "\u202etxt.exe\u202c \u2067x\u2069 \u200f", "txt.exe x"},
		{"tag characters and noncharacters", "a\U000e0041b\ufffec\U0010ffffd", "abcd"},
		{"broken UTF-8", "a\xff\xc3(b", "a\ufffd\ufffd(b"},
		{"what a reader sees stays", "OpenAI–AWS “deal” ﬁne ＡＷＳ é 日本", "OpenAI–AWS “deal” ﬁne ＡＷＳ é 日本"},
		{"nothing", " \u200b\u00ad\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Line(test.in); got != test.want {
				t.Errorf("Line(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"lines stay", "a\nb\n\nc", "a\nb\n\nc"},
		{"many empty lines are one", "a\n\n \n\t\nb", "a\n\nb"},
		{"blanks round line ends", " a \n  b ", "a\nb"},
		{"other line ends", "a\r\nb\rc\u2028d\u2029e\ff\vg", "a\nb\nc\nd\ne\nf\ng"},
		{"empty lines of Windows", "a\r\n\r\nb", "a\n\nb"},
		{"ends", "\n\na\n\n", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Clean(test.in); got != test.want {
				t.Errorf("Clean(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

// What is clean stays as it is, and is what the package promises.
func TestCleanIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("aB. \n\t\r\u00a0\u200b\u00ad\u202e\ufffd\u2029")))).Draw(t, "s")
		for name, f := range map[string]func(string) string{"Line": Line, "Clean": Clean} {
			once := f(s)
			if twice := f(once); twice != once {
				t.Errorf("%s(%q) = %q, and of that %q", name, s, once, twice)
			}
			if !utf8.ValidString(once) {
				t.Errorf("%s(%q) = %q, which is not UTF-8", name, s, once)
			}
		}
	})
}
