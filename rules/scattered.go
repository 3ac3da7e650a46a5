package rules

import "slices"

// scattered gives a chain for each unit in which every operand has a place of its own and
// none was found. What stands closest may leave an operand without one, where operands look
// for the same words: in "merger, bank, merger" the two of merger /s (merger OR bank) are
// not the first two words if a bank is asked for too.
func (n *near) scattered(lists [][]span, found []chain) []chain {
	var out []chain
	for _, g := range gather(lists, n.unit) {
		if slices.ContainsFunc(found, func(c chain) bool { return c.p == g.p && c.start < g.end && g.start < c.end }) {
			continue
		}
		inside := make([][]span, len(g.lists))
		for i, list := range g.lists {
			inside[i] = slices.DeleteFunc(slices.Clone(list), func(s span) bool { return !g.holds(s.extent) })
		}
		if parts := ownPlaces(inside); parts != nil {
			c := chainsOf(parts[:1])[0]
			for _, s := range parts[1:] {
				c = c.with(s)
			}
			out = append(out, c)
		}
	}
	return out
}

// mostTries bounds the search for places. Only a chain of many operands that look for the
// same words, of which there are too few, needs more.
const mostTries = 100_000

// ownPlaces chooses one span of each list so that no two overlap: those of the shortest list
// first, each as early as may be. It is nil where there is no such choice.
func ownPlaces(lists [][]span) []span {
	slices.SortStableFunc(lists, func(a, b []span) int { return len(a) - len(b) })
	chosen, tries := make([]span, 0, len(lists)), 0
	var choose func(lists [][]span) bool
	choose = func(lists [][]span) bool {
		if len(lists) == 0 {
			return true
		}
		for _, s := range lists[0] {
			if tries++; tries > mostTries {
				return false
			}
			if slices.ContainsFunc(chosen, func(o span) bool { return s.start < o.end && o.start < s.end || s.extent == o.extent }) {
				continue
			}
			if chosen = append(chosen, s); choose(lists[1:]) {
				return true
			}
			chosen = chosen[:len(chosen)-1]
		}
		return false
	}
	if !choose(lists) {
		return nil
	}
	return chosen
}
