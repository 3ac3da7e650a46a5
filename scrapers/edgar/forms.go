package edgar

import (
	"regexp"
	"slices"
	"strings"
)

// A stream is one question to getcurrent. The site takes a type as a prefix: 8-K
// brings 8-K/A and 8-K12B, but D brings DEF 14A too. So forms says which are meant.
type stream struct {
	name   string
	prefix string
	forms  []string // each also with /A
	rare   bool     // a list without one is no fault
}

var streams = []stream{
	{name: "8-K", prefix: "8-K", forms: []string{"8-K", "8-K12B", "8-K12G3", "8-K15D5"}},
	{name: "6-K", prefix: "6-K", forms: []string{"6-K"}},
	{name: "425", prefix: "425", forms: []string{"425"}, rare: true},
	{name: "S-4", prefix: "S-4", forms: []string{"S-4", "S-4 POS", "S-4EF", "S-4MEF"}, rare: true},
	{name: "F-4", prefix: "F-4", forms: []string{"F-4", "F-4 POS", "F-4EF", "F-4MEF"}, rare: true},
	{name: "PREM14A", prefix: "PREM14A", forms: []string{"PREM14A"}, rare: true},
	{name: "DEFM14A", prefix: "DEFM14A", forms: []string{"DEFM14A"}, rare: true},
	{name: "DEFA14A", prefix: "DEFA14A", forms: []string{"DEFA14A"}, rare: true},
	{name: "SC TO", prefix: "SC TO-", forms: []string{"SC TO-T", "SC TO-I", "SC TO-C"}, rare: true},
	{name: "SC 14D9", prefix: "SC 14D9", forms: []string{"SC 14D9"}, rare: true},
	{name: "SCHEDULE 13D", prefix: "SCHEDULE 13D", forms: []string{"SCHEDULE 13D"}, rare: true},
	{name: "SC 13D", prefix: "SC 13D", forms: []string{"SC 13D"}, rare: true}, // the name before December 2024
	{name: "10-K", prefix: "10-K", forms: []string{"10-K", "10-KT", "10-K405"}, rare: true},
	{name: "10-Q", prefix: "10-Q", forms: []string{"10-Q", "10-QT"}, rare: true},
	{name: "20-F", prefix: "20-F", forms: []string{"20-F"}, rare: true},
	{name: "S-1", prefix: "S-1", forms: []string{"S-1", "S-1MEF"}, rare: true},
	{name: "D", prefix: "D", forms: []string{"D"}},
}

// every names the listing without a type, which is not polled but may be captured.
const every = "all"

// wants reports whether a listing of that name is read for form. A listing that is
// none of the streams is read for every wanted form.
func wants(name, form string) bool {
	base := strings.TrimSuffix(form, "/A")
	i := slices.IndexFunc(streams, func(s stream) bool { return s.name == name })
	if i >= 0 {
		return slices.Contains(streams[i].forms, base)
	}
	return slices.ContainsFunc(streams, func(s stream) bool { return slices.Contains(s.forms, base) })
}

// exhibit matches the types of the exhibits that carry news: plans of merger,
// contracts, and press releases and slides. EX-23 and EX-101 are none of them.
var exhibit = regexp.MustCompile(`^(EX-(?:2|10|99))(?:[^0-9].*)?$`)

// family is the kind of an exhibit, without its number, so that kinds are a list that
// one can choose from; "" for one that is not read.
func family(kind string) string {
	if m := exhibit.FindStringSubmatch(kind); m != nil {
		return m[1]
	}
	return ""
}

// kinds are the kinds of the source's documents.
func kinds() []string {
	var all []string
	for _, s := range streams {
		for _, form := range s.forms {
			all = append(all, form, form+"/A")
		}
	}
	return append(all, "EX-2", "EX-10", "EX-99")
}
