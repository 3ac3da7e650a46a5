package rules

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Class says how much an alias proves by itself.
type Class string

const (
	// Plain is a name that is nothing else.
	Plain Class = "plain"
	// Acronym is capitals that others use too: it counts in exact case, and never inside
	// a host name or an encoded block.
	Acronym Class = "acronym"
	// Common is a name that is a word too, such as Amazon: it counts only with another
	// party of the deal or a company cue in its sentence.
	Common Class = "common"
)

var classes = []string{string(Plain), string(Acronym), string(Common)}

//go:embed words.txt
var wordList string

// english holds the words that make a name common when it has no other.
var english = set(wordList)

// infer gives the class of an alias that states none: capitals up to five letters are
// an acronym; one or two English words are common. Three words with capitals are no
// accident.
func infer(alias string) Class {
	if isAcronym(alias) {
		return Acronym
	}
	n := 0
	for start, end := nextToken(alias, 0); start < len(alias); start, end = nextToken(alias, end) {
		w := string(appendFold(nil, alias[start:end]))
		if !isEnglish(w) || n > 0 && legalForm(w) {
			return Plain
		}
		n++
	}
	if n > 2 {
		return Plain
	}
	return Common
}

func isAcronym(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			n++
		} else if !unicode.IsDigit(r) && r != '&' && r != '.' {
			return false
		}
	}
	return n > 0 && utf8.RuneCountInString(s) <= 5
}

// isEnglish reports whether a folded word, or its stem, is an English word or a number.
func isEnglish(w string) bool {
	if english[w] || strings.Trim(w, "0123456789") == "" {
		return true
	}
	for _, ending := range []string{"s", "es", "d", "ed", "ing"} {
		if stem, ok := strings.CutSuffix(w, ending); ok && len(stem) > 2 && (english[stem] || english[stem+"e"]) {
			return true
		}
	}
	return false
}

var legalForms = set(`inc incorporated corp corporation co company llc ltd limited lp llp plc pbc nv sa ag se gmbh
	holdings holding group pte pty bv kk`)

// legalForm reports whether word is what a company's name ends in.
func legalForm(word string) bool { return legalForms[strings.ToLower(word)] }
