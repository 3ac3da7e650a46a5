package extract

import (
	"strings"
	"testing"
	"time"
)

func TestPlain(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a margin's lines are one", "The Federal Trade Commission today charged Acme Corp. with a breach of\nthe Hart-Scott-Rodino Act and asked a court to block the merger with\nBeta Inc.\n", "The Federal Trade Commission today charged Acme Corp. with a breach of the Hart-Scott-Rodino Act and asked a court to block the merger with Beta Inc."},
		{"a name over the margin", "Under the agreement that was signed on the third of June of this year The Kroger\nCo. agreed to buy the shares.", "Under the agreement that was signed on the third of June of this year The Kroger Co. agreed to buy the shares."},
		{"lines that end early", "UNITED STATES\nSECURITIES AND EXCHANGE COMMISSION\nWashington, D.C. 20549", "UNITED STATES\nSECURITIES AND EXCHANGE COMMISSION\nWashington, D.C. 20549"},
		{"empty lines part paragraphs", "one\n\n\n  \ntwo", "one\n\ntwo"},
		{"indents part paragraphs", "     The first paragraph ends with a short line, and goes on over to the\nnext.\n     The second one is set in.", "The first paragraph ends with a short line, and goes on over to the next.\n\nThe second one is set in."},
		{"items of a list", "The terms are:\n- cash of five\n- shares of six", "The terms are:\n- cash of five\n- shares of six"},
		{"a mark in a sentence is no item", "a transaction of foreign persons as that term is defined in subsection\n(a) of section 721, as amended", "a transaction of foreign persons as that term is defined in subsection (a) of section 721, as amended"},
		{"columns are cells", "California        0-18225        77-0059951\n(State)           (File No.)     (IRS No.)", "California\n0-18225\n77-0059951\n\n(State)\n(File No.)\n(IRS No.)"},
		{"dots lead to a cell", "ARTICLE 1 Definitions ......................... 5\nARTICLE 2 Closing . . . . . . . . . . . . . 12", "ARTICLE 1 Definitions\n5\n\nARTICLE 2 Closing\n12"},
		{"a number before a paragraph is no cell", "  11.    My name is Hill, and I am an economist at the Antitrust Division of the\nDepartment of Justice.", "11. My name is Hill, and I am an economist at the Antitrust Division of the Department of Justice."},
		{"bars part cells", "Item 1. | Business | 1\n| 2022 | | 2021 |", "Item 1.\nBusiness\n1\n\n2022\n2021"},
		{"a table of EDGAR", "<TABLE>\n<CAPTION>\n            1999    1998\n<S>         <C>     <C>\nSales       $5      $4\n</TABLE>\nText.", "1999\n1998\n\nSales\n$5\n$4\n\nText."},
		{"a page break ends no sentence", "the nonvoting shares of the registrant and the\n\n                 27\n<PAGE>   28\npreferred stock outstanding was 5.", "the nonvoting shares of the registrant and the preferred stock outstanding was 5."},
		{"a form feed is a page break", "the nonvoting shares of the registrant and the\n- 3 -\n\fpreferred stock outstanding was 5.", "the nonvoting shares of the registrant and the preferred stock outstanding was 5."},
		{"a name after a page break", "The company entered into a definitive merger agreement with\n\n- 3 -\n\fBetasoft, Inc. for cash.", "The company entered into a definitive merger agreement with Betasoft, Inc. for cash."},
		{"a list over a page break", "The order was sent to the banks that the agency had asked, to Alphard,\n\fBetasoft and Gamma.", "The order was sent to the banks that the agency had asked, to Alphard, Betasoft and Gamma."},
		{"a heading after a page break", "The company did not say what it would do then\n\fItem 2. Properties", "The company did not say what it would do then\n\nItem 2. Properties"},
		{"a bullet after a page break", "The company has to show its vendors, partners and customers, and\n\f•employee errors or the intentional acts of others harm it.", "The company has to show its vendors, partners and customers, and\n\n•employee errors or the intentional acts of others harm it."},
		{"a signature over a page break", "Very truly yours,\n\fJane Roe", "Very truly yours,\n\nJane Roe"},
		{"a list item after a page break", "The parties agreed to sell the shares of\n\f(a) the mill, and", "The parties agreed to sell the shares of\n\n(a) the mill, and"},
		{"the register's page marker", "to be performed by the Director of the Office of Management and Budget under\n\n[[Page 65647]]\n\nthis order.", "to be performed by the Director of the Office of Management and Budget under this order."},
		{"the register's page marker in a line", "as the Secretary of Commerce shall determine in the matter of the sale of\n[[Page 65647]]\nthe mill.", "as the Secretary of Commerce shall determine in the matter of the sale of the mill."},
		{"a hyphen that the text elsewhere leaves out", "The shares of Ama-\nzon rose. Amazon is large.", "The shares of Amazon rose. Amazon is large."},
		{"a hyphen that may belong there", "It made a merger-\nrelated payment.", "It made a merger-\nrelated payment."},
		{"a hyphen that the text elsewhere writes", "It made a merger-\nrelated payment. Others are merger-related.", "It made a merger-related payment. Others are merger-related."},
		{"a hyphen before a capital", "as a member of the committee that reviewed the amendments to the Manual for Courts-\nMartial, United States", "as a member of the committee that reviewed the amendments to the Manual for Courts-Martial, United States"},
		{"a dash is no hyphen", "The agency that reviewed the merger of the two largest makers of it--\nThe Commission--agreed.", "The agency that reviewed the merger of the two largest makers of it-- The Commission--agreed."},
		{"items that are set in are paragraphs", "    (a) The sale is prohibited to any person who owns a share of the\nmill.\n    (b) The order is effective.", "(a) The sale is prohibited to any person who owns a share of the mill.\n\n(b) The order is effective."},
		{"very long lines are paragraphs", strings.Repeat("word ", 40) + "end.\n" + strings.Repeat("more ", 40) + "end.\nHeading\n", strings.Repeat("word ", 40) + "end.\n\n" + strings.Repeat("more ", 40) + "end.\n\nHeading"},
		{"line ends of Windows", "one\r\ntwo.\r\n\r\nthree", "one two.\n\nthree"},
		{"facts left by a converter", strings.Repeat("msft:OpenAIGlobalLlcMember2023-07-01", 5) + "UNITED STATES", "STATES"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Plain([]byte(test.in)); got != test.want {
				t.Errorf("Plain(%q) =\n%q, want\n%q", test.in, got, test.want)
			}
		})
	}
}

func BenchmarkPlain(b *testing.B) {
	body := []byte(strings.Repeat("     The Federal Trade Commission today charged Acme Corp. with a breach of\nthe Hart-Scott-Rodino Act and asked a court to block the merger with\nBeta Inc., the second largest.\n\nSales      $5     $4\n", 5000))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Plain(body)
	}
}

// isLinear fails where read takes far more than eight times as long for in as for an
// eighth of it, three times in a row: work in the square of the length takes sixty-four
// times as long. What is done at once proves nothing.
func isLinear(t *testing.T, in string, read func(string)) {
	t.Helper()
	timed := func(in string) time.Duration {
		began := time.Now()
		read(in)
		return time.Since(began)
	}
	var short, long time.Duration
	for range 3 {
		short, long = timed(in[:len(in)/8]), timed(in)
		if long < max(24*short, 200*time.Millisecond) {
			return
		}
	}
	t.Errorf("%.8q… of %d bytes takes %v, and an eighth of it %v", in, len(in), long, short)
}

func TestPlainIsLinear(t *testing.T) {
	const n = 1 << 17
	for _, in := range []string{strings.Repeat("x", 10*n), strings.Repeat("a-\n", n), strings.Repeat("\n", n), strings.Repeat(" .", n),
		strings.Repeat("<PAGE>", n), strings.Repeat("so it goes and\n\f", n), strings.Repeat("| ", n), strings.Repeat("\t", n) + "x", strings.Repeat("(a) ", n)} {
		isLinear(t, in, func(in string) { Plain([]byte(in)) })
	}
}
