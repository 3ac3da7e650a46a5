package fedreg

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

const issueOfTuesday = `{"agencies": [
 {"name": "Agriculture Department", "slug": "agriculture-department", "document_categories": [
  {"type": "Notices", "documents": [{"subject_1": "Meetings", "document_numbers": ["2026-20050"]}]}]},
 {"name": "Antitrust Division", "slug": "antitrust-division", "document_categories": [
  {"type": "Notices", "documents": [{"subject_1": "National Cooperative Research and Production Act of 1993:", "subject_2": "Example Consortium", "document_numbers": ["2026-20010", "2026-20011"]}]}]},
 {"name": "Executive Office of the President", "slug": "executive-office-of-the-president", "document_categories": [
  {"type": "Executive Orders", "documents": [{"subject_1": "Regarding Supply", "document_numbers": ["2026-20001"]}]},
  {"type": "Notices", "documents": [{"subject_1": "Requests for Comments", "document_numbers": ["2026-20060"]}]}]},
 {"name": "Federal Trade Commission", "slug": "federal-trade-commission", "document_categories": [
  {"type": "Proposed Rules", "documents": [{"subject_1": "A Rule", "document_numbers": ["2026–20020"]}]}]}]}`

func TestSecond(t *testing.T) {
	at := func(day int) string { return fmt.Sprintf("%sissues/2026-10-%02d.json", api, day) }
	d := Documents{
		Now: func() time.Time { return time.Date(2026, 10, 8, 8, 0, 0, 0, time.UTC) },
		Client: served(t, map[string]string{
			at(4): "404", at(5): `{"agencies": []}`, at(6): issueOfTuesday, at(7): "404", at(8): "404",
		}),
	}
	var got []string
	for look := range d.Second(t.Context(), dealwatch.Range{Since: "2026-10-04", Until: "2026-10-09"}) {
		var items []string
		for _, it := range look.Items {
			items = append(items, strings.Join([]string{it.Key, it.Agency, it.Kind}, " "))
		}
		got = append(got, fmt.Sprintf("%s %s: %s", look.From, dealwatch.OutcomeOf(look.Err), strings.Join(items, ", ")))
	}
	want := []string{
		"2026-10-04 ok: ", // a Sunday: no issue
		"2026-10-05 unparsed: ",
		"2026-10-06 ok: 2026-20010@2026-10-06 DOJ ncrpa-notice, 2026-20011@2026-10-06 DOJ ncrpa-notice, " +
			"2026-20001@2026-10-06 White House presidential-document, 2026-20020@2026-10-06 FTC proposed-rule",
		"2026-10-07 gone: ", // a Wednesday
	} // today's may still come
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("looks:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
