package feed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// changesIn writes quotes with their hits in brackets, what came in plus signs and what went
// in minus signs.
func changesIn(quotes []Quote) string {
	var out []string
	for _, q := range quotes {
		var b strings.Builder
		for _, s := range q {
			around := map[Change]string{Come: "+", Gone: "-"}[s.Change]
			b.WriteString(around + shown(Quote{s}) + around)
		}
		out = append(out, b.String())
	}
	return strings.Join(out, " | ")
}

func TestTell(t *testing.T) {
	says := func(sentences ...string) dealwatch.Shown {
		s := dealwatch.Shown{Snippet: sentences[0]}
		for _, x := range sentences {
			for party, hit := range map[string]string{"o": "OpenAI", "a": "AWS"} {
				if strings.Contains(x, hit) {
					s.Mentions = append(s.Mentions, mention(party, hit, x))
				}
			}
		}
		return s
	}
	far := strings.Repeat("and so on it goes with many words ", 30)
	for _, tt := range []struct {
		name                    string
		what                    dealwatch.What
		cause                   dealwatch.Cause
		now, then               dealwatch.Shown
		wantNow, lead, wantThen string
	}{
		{"a first match", dealwatch.Raised, dealwatch.New, says("OpenAI pays AWS."), dealwatch.Shown{}, "[OpenAI] pays [AWS].", "", ""},
		{"one word", dealwatch.Changed, dealwatch.Revised, says("OpenAI pays AWS 40 billion."), says("OpenAI pays AWS 38 billion."),
			"[OpenAI] pays [AWS] +40+ billion.", "The version before said:", "[OpenAI] pays [AWS] -38- billion."},
		{"words between and at the end", dealwatch.Changed, dealwatch.Revised, says("OpenAI will not pay AWS, it said."), says("OpenAI will pay AWS."),
			"[OpenAI] will +not+ pay [AWS], +it said.+", "The version before said:", "[OpenAI] will pay [AWS]."},
		{"a hit that came", dealwatch.Closer, dealwatch.Revised, says("OpenAI pays AWS for its servers."), says("OpenAI pays for its servers.", "AWS hosts."),
			"[OpenAI] pays +[AWS]+ for its servers.", "The version before said:", "[OpenAI] pays for its servers. | [AWS] hosts."},
		{"nothing alike", dealwatch.Returned, dealwatch.Revised, says("AWS hosts what OpenAI makes."), says("OpenAI pays AWS."),
			"[AWS] hosts what [OpenAI] makes.", "When it last matched, it said:", "[OpenAI] pays [AWS]."},
		{"the snippet stands, another sentence changed", dealwatch.Changed, dealwatch.Revised,
			says("OpenAI pays AWS.", "Then OpenAI said yes to it."), says("OpenAI pays AWS.", "Here OpenAI lost.", "Then OpenAI said no to it."),
			"Then [OpenAI] said +yes+ to it. | [OpenAI] pays [AWS].", "The version before said:", "Then [OpenAI] said -no- to it."},
		{"a sentence more", dealwatch.Changed, dealwatch.Revised, says("OpenAI pays AWS.", "AWS is glad."), says("OpenAI pays AWS."),
			"[AWS] is glad. | [OpenAI] pays [AWS].", "All that had matched before is still there.", ""},
		{"a sentence less", dealwatch.Changed, dealwatch.Revised, says("OpenAI pays AWS."), says("OpenAI pays AWS.", "AWS is glad."),
			"[OpenAI] pays [AWS].", "The version before said:", "[AWS] is glad."},
		{"another rule", dealwatch.Changed, dealwatch.Rematch, says("OpenAI pays AWS."), says("AWS hosts OpenAI."),
			"[OpenAI] pays [AWS].", "What had matched before:", "[AWS] hosts [OpenAI]."},
		{"far from the hit", dealwatch.Changed, dealwatch.Revised, says("OpenAI and AWS " + far + "agreed at last."), says("OpenAI and AWS " + far + "parted at last."),
			"… so on it goes with many words and so on it goes with many words and so on it goes with many words +agreed+ at last.", "The version before said:",
			"… so on it goes with many words and so on it goes with many words and so on it goes with many words -parted- at last."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Tell(dealwatch.Event{What: tt.what, Cause: tt.cause, Snippet: tt.now.Snippet, Mentions: tt.now.Mentions, Before: tt.then})
			want := []string{tt.wantNow, tt.lead, tt.wantThen}
			if diff := cmp.Diff(want, []string{changesIn(got.Now), got.Lead, changesIn(got.Before)}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Two passages of a megabyte are told of in no time, and in as little room as any.
func TestTellLong(t *testing.T) {
	first := feedtest.Event("openai-aws", 1)
	long := feedtest.Say(first, "OpenAI and Amazon Web Services "+strings.Repeat("a <b> ", 1<<17)+"end.")
	for name, end := range map[string]string{"one word": "stop.", "all": strings.Repeat("c &d ", 1<<17)} {
		now := feedtest.Say(feedtest.Then(long, dealwatch.Changed, dealwatch.Revised, 2, 2), strings.TrimSuffix(long.Snippet, "end.")+end)
		for feed, entries := range feedsOf([]dealwatch.Event{first, now}) {
			if e := entries[0]; !strings.Contains(e.HTML, "The version before said:") || len(e.HTML) > entryBytes || len(e.Summary) > 4*revisedRunes {
				t.Errorf("%s, %s: %d bytes, %d of a summary", feed, name, len(e.HTML), len(e.Summary))
			}
		}
	}
}

// What is told of an event does not change with what comes later.
func TestRevisionStays(t *testing.T) {
	events := story()
	for n := 3; n <= 6; n++ {
		before, after := feedsOf(events[:n]), feedsOf(events)
		for name, entries := range before {
			byID := map[string]Entry{}
			for _, e := range after[name] {
				byID[e.ID] = e
			}
			for _, e := range entries {
				if got := byID[e.ID]; fmt.Sprint(got) != fmt.Sprint(e) {
					t.Errorf("%s: %s changed from\n%v\nto\n%v", name, e.ID, e, got)
				}
			}
		}
	}
}
