package edgar

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/dealwatch/dealwatch"
)

var _ dealwatch.Reconciler = Filings{}

const dailyIndex = "second: daily index"

// Second implements [dealwatch.Reconciler]: the index of each business day, which is
// made in the night after it and lists everything that came out that day. Letters and
// late paper bear an older filing date there, so sets of accession numbers are what is
// compared. A day that has none is an error, but for weekends and federal holidays.
func (f Filings) Second(ctx context.Context, r dealwatch.Range) iter.Seq[dealwatch.Look] {
	return func(yield func(dealwatch.Look) bool) {
		day, err := time.Parse(time.DateOnly, r.Since)
		last, err2 := time.Parse(time.DateOnly, r.Until)
		if err != nil || err2 != nil {
			return
		}
		for ; !day.After(last) && indexed(day, f.now()); day = day.AddDate(0, 0, 1) {
			look := dealwatch.Look{Stream: dailyIndex, From: day.Format(time.DateOnly), To: day.Format(time.DateOnly)}
			look.Proves = proves()
			if dealwatch.BusinessDay(day) {
				look.Items, look.Err = f.index(ctx, day)
			}
			if !yield(look) || dealwatch.OutcomeOf(look.Err) == dealwatch.Blocked {
				return
			}
		}
	}
}

// proves are the listings that an index proves: all.
func proves() []string {
	var all []string
	for _, s := range streams {
		all = append(all, s.name)
	}
	return all
}

// indexed reports whether the index of a day is to be expected: it is made from ten in
// the evening on, Washington time.
func indexed(day, now time.Time) bool {
	return now.After(time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 0, 0, eastern))
}

func (f Filings) index(ctx context.Context, day time.Time) ([]dealwatch.Item, error) {
	c, err := f.Client.Get(ctx, indexURL(day))
	if err != nil {
		if dealwatch.OutcomeOf(err) == dealwatch.Gone {
			re := readError(err, c)
			re.Err = fmt.Errorf("a business day without an index: %w", re.Err)
			return nil, re
		}
		return nil, err
	}
	m, err := parseMaster(bytes.NewReader(c.Body), func(form, _ string) bool { return wants(every, form) })
	if err != nil {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: err}
	}
	return m.items(), nil
}

func indexURL(day time.Time) string {
	return fmt.Sprintf("https://www.sec.gov/Archives/edgar/daily-index/%d/QTR%d/master.%s.idx",
		day.Year(), (int(day.Month())+2)/3, day.Format("20060102"))
}
