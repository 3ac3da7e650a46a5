package rules

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations end no sentence, as lower case without the last full stop.
var abbreviations = set(`
	inc corp co cos ltd llc llp lp plc bros intl assn mfg dept div no nos vs v al etc cf viz
	u.s u.s.c u.k u.n e.u d.c l.p l.l.c l.l.p n.v s.a b.v s.p.a s.r.l p.l.c n.a a.g p.c c.f.r i.e e.g a.m p.m et.al d/b/a
	mr mrs ms dr drs prof profs jr sr st ste gen sen sens rep reps gov govs hon pres capt col lt sgt rev esq messrs
	art arts sec secs para paras cl ch fig figs ex exh exhs app pt vol ed eds ann supp
	fed reg cir ct stat pub exec pp rptr cong sess res stds comm
	dkt rel rec mem op tr decl def defs br resp pl pls opp mot dep aff compl civ crim evid bankr proc misc sup stip ltr
	jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thurs fri
	ave blvd rd hwy bldg fl mt ft approx est avg max min tel ca mio mrd
`)

// states are the abbreviations of states and their courts, some of which are words too.
var states = set(`Ala Ariz Ark Cal Calif Colo Conn Del Fla Ga Haw Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev
	Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc Wyo
	Com Super`)

// lawWords go on from the state whose court or statute they name: "Del. Ch.".
var lawWords = set(`Admin Ann App Bus Ch Chancery Cir Civ Code Const Corp Court Ct Gen Lab Penal Pl Rev Rptr Stat Sup Super Supreme`)

// closing are the abbreviations that often stand at the end of a sentence, too. There
// it is one that an opener goes on from.
var closing = set(`inc corp co cos ltd llc llp lp plc bros etc al jr sr esq st ave blvd rd rec mem op tr decl br`)

// openers begin sentences and hardly a name.
var openers = set(`The This That These Those There Their They Then It Its He His She Her We Our You In On At By For If An As
	When While Where Although Though However After Before Because Since Both Such Neither Nobody Nothing Instead Also Later Today`)

// surnames are the openers that may be a surname after an initial.
var surnames = set(`An As By He Her In On She You`)

// abbreviated reports whether the word at the end of s, which begins a sentence, takes
// its full stop with it, where next follows.
func abbreviated(s, next string) bool {
	before := strings.TrimRightFunc(s, func(r rune) bool {
		return r == '.' || r == '/' || unicode.IsLetter(r) || unicode.IsDigit(r)
	})
	word := strings.TrimLeft(s[len(before):], "./")
	before = s[:len(s)-len(word)]
	if r, size := utf8.DecodeRuneInString(word); size == len(word) {
		return unicode.IsLetter(r) && initial(before, r, next)
	}
	switch {
	case word == "SEC": // the commission, but for the heading SEC. 2
		return numbered(next)
	case states[word]:
		return !openers[firstToken(next)] && (follows(before, ".(") || lawWords[firstToken(next)])
	case isLower(word[0]) && strings.HasSuffix(before, "-"): // co-op
		return false
	}
	return !ends(word, next) && (dotted(word) || abbreviations[strings.ToLower(word)])
}

// ends reports whether an abbreviation ends its sentence, for what follows begins one.
func ends(word, next string) bool {
	if !openers[firstToken(next)] {
		return false
	}
	word = strings.ToLower(word)
	return closing[word] || dotted(word) && word != "i.e" && word != "e.g" && word != "d/b/a"
}

// initial reports whether the letter r after before is that of a name or an item, or
// short for a word, such as v., and so ends no sentence.
func initial(before string, r rune, next string) bool {
	rest, whole := joined(before, r)
	thing := ""
	if !whole && r != 'v' {
		thing = lettered.FindString(rest[max(0, len(rest)-64):])
	}
	switch first := firstToken(next); {
	case whole:
		return goesOn[first]
	case thing != "":
		heading := thing == strings.ToUpper(thing)
		return heading || goesOn[first] || first != "" && isDigit(first[0])
	case follows(before, ":;0123456789") || strings.TrimSpace(before) == "":
		return true
	case unicode.IsUpper(r) && openers[first] && !surnames[first]:
		return false
	case r == 'I': // "he and I."
		before = strings.TrimRight(before, " ")
		return !isLower(before[len(before)-1])
	}
	return r != 'a' && r != 'i'
}

// joined reports whether the letter r is the end of a longer word, as in AT&T, 10-K and
// Alpha's, and gives what stands before it. J-P may be initials, and Regulation S-K is
// called by letters.
func joined(before string, r rune) (rest string, whole bool) {
	mark, size := utf8.DecodeLastRuneInString(before)
	rest = before[:len(before)-size]
	last, size := utf8.DecodeLastRuneInString(rest)
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return before, mark == '='
	}
	switch mark {
	case '&', '_', '=', '+':
		return rest, true
	case '\'', '’':
		return rest, strings.ContainsRune("sStTdDmM", r)
	case '-', '‑', '–':
		cut := rest[:len(rest)-size]
		if end, _ := utf8.DecodeLastRuneInString(cut); unicode.IsLetter(last) && (cut == "" || unicode.IsSpace(end)) {
			return cut, false
		}
		return rest, true
	}
	return before, false
}

// lettered matches what ends in a thing that is called by a letter: "Class ",
// "Exhibits A and ".
var lettered = regexp.MustCompile(`(?:^|[^\pL\pN])(?i:annex|appendix|appendices|article|attachment|building|category|chapter|class|clause|` +
	`company|exhibit|figure|form|group|grade|hepatitis|item|level|loan|model|note|option|paragraph|part|party|phase|plan|regulation|rule|` +
	`schedule|section|series|subpart|table|tier|title|tranche|type|unit|version|vitamin|zone)(?:e?s)?\s+` +
	`(?:\p{Lu}(?:-\d)?(?:,|,? and|,? or| to| through)\s+)*$`)

// goesOn are words that go on from a thing called by a letter: a citation, and the kind
// of stock.
var goesOn = set(`See Common Preferred Ordinary`)

// numbered reports whether s begins with the number of a section.
func numbered(s string) bool {
	word := firstToken(s)
	return word != "" && (isDigit(word[0]) || strings.Trim(word, "IVX") == "" && strings.HasPrefix(s[len(word):], "."))
}

var citationEnd = regexp.MustCompile(`^(?:\p{Lu}\pL{2,8}\.? \d{1,2}, )?(?:1[89]|20)\d\d\)`)

// closesCitation reports whether s begins with the date that closes a bracket, as after
// the court in "(9th Cir. June 5, 2020)".
func closesCitation(s string) bool {
	return strings.IndexByte(s[:min(len(s), 24)], ')') > 0 && citationEnd.MatchString(s)
}

// follows reports whether s ends in one of marks before its last blanks.
func follows(s, marks string) bool {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	return s != "" && strings.IndexByte(marks, s[len(s)-1]) >= 0
}

func firstToken(s string) string {
	start, end := nextToken(s, 0)
	return s[start:end]
}

// dotted reports whether word is letters joined by full stops, as in U.S.A or Ph.D.
func dotted(word string) bool {
	n, last := 0, 0
	for part := range strings.SplitSeq(word, ".") {
		if last = utf8.RuneCountInString(part); last > 2 || part == "" || strings.IndexFunc(part, notLetter) >= 0 {
			return false
		}
		n++
	}
	return n > 1 && last == 1
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }
