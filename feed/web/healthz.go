package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dealwatch/dealwatch"
)

// serveHealthz says whether the feeds can be trusted to be up to date: by its status and
// first line, which are about this program alone. A line for each source, listing and
// second channel follows, so that one look shows how fresh each is; a source that
// cannot be read is no reason to start the program anew.
func (h *Handler) serveHealthz(w http.ResponseWriter, r *http.Request) {
	up := h.cache.refresh(waitWell)
	s := h.cache.state.Load()
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=utf-8")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-cache")
	var b bytes.Buffer
	switch {
	case !up:
		b.WriteString("the store cannot be read\n")
	case len(s.failed) > 0:
		b.WriteString("feeds could not be made\n")
	default:
		b.WriteString("ok\n")
		s.list(&b, h.overdueSince)
	}
	if !up || len(s.failed) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes())
	}
}

// list writes a line of name=value pairs for each source, listing and second channel.
func (s *state) list(w io.Writer, overdue func(dealwatch.Health) time.Time) {
	for _, h := range s.health {
		fmt.Fprintf(w, "source=%s state=%s last_ok=%s last_new=%s quiet_from=%s next_poll=%s overdue_since=%s pending=%d open_gaps=%d incident=%q\n", line(h.Source), line(h.State),
			seconds(h.LastOKAt), seconds(h.LastNewAt), seconds(h.QuietAt), seconds(h.NextPollAt), seconds(overdue(h)), h.Pending, h.OpenGaps, line(h.Incident))
		for _, r := range h.Streams {
			fmt.Fprintf(w, "source=%s stream=%q outcome=%s last_poll=%s last_ok=%s complete=%s\n", line(h.Source), line(r.Name), r.Outcome,
				seconds(r.EndedAt), seconds(r.LastOKAt), seconds(r.CompleteAt))
		}
		for _, c := range h.Second {
			fmt.Fprintf(w, "source=%s second=%q outcome=%s looked=%s from=%s to=%s second_listed=%d first_listed=%d late=%d lacking=%d all_late=%d\n",
				line(h.Source), line(channelName(c.Stream)), c.Outcome, seconds(c.LookedAt), line(c.From), line(c.To), c.Second, c.First, c.Late, c.Lacking, c.AllLate)
		}
	}
}

// seconds is an instant in RFC 3339, "never" for none.
func seconds(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
