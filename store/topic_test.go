package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// TestSubject shows which documents share a subject, whichever of them comes first.
func TestSubject(t *testing.T) {
	doc := func(source, key, title, on, subject string) dealwatch.Version {
		return dealwatch.Version{Item: dealwatch.Item{Source: source, Key: key, URL: "https://example.gov/" + key, Title: title, PublishedOn: on, Subject: subject},
			Text: title, Channel: "page", ReadAt: day0}
	}
	const wh, fr = "whitehouse", "federal-register"
	docs := []dealwatch.Version{
		doc(wh, "1", "Ensuring A “National” Policy Framework & More", "2026-02-27", ""),
		doc(fr, "2026-1", "Ensuring a National Policy Framework and More", "2026-03-04", "eo-14430"),
		doc(wh, "2", "Continuation of the National Emergency", "2025-03-01", ""),
		doc(fr, "2025-2", "Continuation of the National Emergency", "2025-03-05", ""),
		doc(wh, "3", "Continuation of the National Emergency", "2026-03-01", ""),
		doc(fr, "2026-3", "Continuation of the National Emergency", "2026-03-05", ""),
		doc(wh, "4", "Never printed", "2026-03-01", ""),
		doc(fr, "2026-5", "Notice of the FTC", "2026-03-05", ""),
		doc("ftc-press", "6", "Never printed", "2026-03-01", ""),
		doc(wh, "7", "By number", "2026-03-01", "eo-14431"),
		doc(fr, "2026-7", "By number, and another title", "2026-03-05", "eo-14431"),
		doc(wh, "8", "Presidential Executive Order on the Continuance of Certain Federal Advisory Committees", "2017-09-29", ""),
		doc(fr, "2017-8", "Continuance of Certain Federal Advisory Committees", "2017-10-04", "eo-13811"),
		doc(wh, "11", "A Proclamation on World Trade Week, 2021", "2021-05-14", ""),
		doc(fr, "2021-11", "World Trade Week, 2021", "2021-05-19", "proclamation-10210"),
		doc(wh, "12", "Order Regarding the Proposed Acquisition of Lattice", "2017-09-13", ""),
		doc(fr, "2017-12", "Regarding the Proposed Acquisition of Lattice", "2017-09-18", ""),
		doc(wh, "9", strings.Repeat("Long ", 40)+"one", "2026-03-01", ""),
		doc(wh, "10", strings.Repeat("Long ", 40)+"other", "2026-03-01", ""),
	}
	long := strings.Repeat("long", 17) + "lon-"
	want := []string{
		`[]interface {}{"federal-register/2017-12", "2017-09-13-regardingtheproposedacquisitionoflattice"}`,
		`[]interface {}{"federal-register/2017-8", "eo-13811"}`,
		`[]interface {}{"federal-register/2021-11", "proclamation-10210"}`,
		`[]interface {}{"federal-register/2025-2", "2025-03-01-continuationofthenationalemergency"}`,
		`[]interface {}{"federal-register/2026-1", "eo-14430"}`,
		`[]interface {}{"federal-register/2026-3", "2026-03-01-continuationofthenationalemergency"}`,
		`[]interface {}{"federal-register/2026-5", interface {}(nil)}`,
		`[]interface {}{"federal-register/2026-7", "eo-14431"}`,
		`[]interface {}{"ftc-press/6", interface {}(nil)}`,
		`[]interface {}{"whitehouse/1", "eo-14430"}`,
		`[]interface {}{"whitehouse/10", "2026-03-01-` + long + digest(strings.Repeat("long", 40) + "other")[:8] + `"}`,
		`[]interface {}{"whitehouse/11", "proclamation-10210"}`,
		`[]interface {}{"whitehouse/12", "2017-09-13-regardingtheproposedacquisitionoflattice"}`,
		`[]interface {}{"whitehouse/2", "2025-03-01-continuationofthenationalemergency"}`,
		`[]interface {}{"whitehouse/3", "2026-03-01-continuationofthenationalemergency"}`,
		`[]interface {}{"whitehouse/4", "2026-03-01-neverprinted"}`,
		`[]interface {}{"whitehouse/7", "eo-14431"}`,
		`[]interface {}{"whitehouse/8", "eo-13811"}`,
		`[]interface {}{"whitehouse/9", "2026-03-01-` + long + digest(strings.Repeat("long", 40) + "one")[:8] + `"}`,
	}
	each(t, func(t *testing.T, s *Store) {
		workers := map[string]*worker{wh: claim(t, s, wh), fr: claim(t, s, fr), "ftc-press": claim(t, s, "ftc-press")}
		for turn := range 2 {
			for i := range docs {
				v := docs[i]
				if turn == 1 {
					v = docs[len(docs)-1-i]
				}
				v.Text += fmt.Sprint(turn)
				v.ReadAt = day0.Add(time.Duration(turn) * hour)
				workers[v.Source].record(v, reach(dealwatch.New, day0))
				if turn == 0 && i == 0 { // alone, before its partner is there
					if got := table(t, s, "SELECT subject_id FROM documents"); got[0] != `[]interface {}{"2026-02-27-ensuringanationalpolicyframeworkandmore"}` {
						t.Errorf("subject_id of a page alone is %s", got)
					}
				}
			}
			if diff := cmp.Diff(want, table(t, s, "SELECT document_id, subject_id FROM documents ORDER BY document_id")); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
		}
	})
}
