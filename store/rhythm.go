package store

import (
	"slices"
	"time"

	"github.com/dealwatch/dealwatch"
)

const (
	fewOfDay   = 8  // pauses after the news of one weekday that tell that day's rhythm
	fewOfAll   = 20 // and of all days, where there are fewer
	shortQuiet = 6 * time.Hour
	rhythmPast = 400 // polls with news that are looked back at
)

// washington is the agencies' zone, without its summer time, which moves no weekday.
var washington = time.FixedZone("EST", -5*60*60)

// quietFrom is when a source will have been without news for longer than it usually is:
// longer than 95 of 100 pauses that followed news of the same weekday, so that a weekend
// surprises nobody, and never sooner than floor. news are the times of the polls that
// showed something new, newest first. It is zero where they are too few to tell.
func quietFrom(news []time.Time, floor time.Duration) time.Time {
	if len(news) == 0 {
		return time.Time{}
	}
	day := func(t time.Time) time.Weekday { return t.In(washington).Weekday() }
	var all, same []time.Duration
	for i := 1; i < len(news); i++ {
		pause := news[i-1].Sub(news[i])
		all = append(all, pause)
		if day(news[i]) == day(news[0]) {
			same = append(same, pause)
		}
	}
	pauses := same
	if len(same) < fewOfDay {
		if pauses = all; len(all) < fewOfAll {
			return time.Time{}
		}
	}
	slices.Sort(pauses)
	usual := pauses[(95*len(pauses)+99)/100-1]
	return news[0].Add(max(usual, floor))
}

// rhythm works out anew from when on the source of p is quiet, after a poll with news.
func (q *tx) rhythm(p dealwatch.Poll) error {
	if p.Fresh == 0 {
		return nil
	}
	var every []int64
	if err := q.all(&every, `SELECT every FROM source WHERE source = ?`, p.Source); err != nil || len(every) == 0 {
		return err
	}
	var began []int64
	err := q.all(&began, `SELECT started_at FROM poll WHERE source = ? AND fresh > 0 ORDER BY started_at DESC LIMIT ?`, p.Source, rhythmPast)
	if err != nil {
		return err
	}
	news := make([]time.Time, len(began))
	for i := range began {
		news[i] = time.UnixMicro(began[i])
	}
	floor := max(shortQuiet, 4*time.Duration(every[0])*time.Microsecond)
	return q.exec(`UPDATE source SET quiet_at = ? WHERE source = ?`, micros(quietFrom(news, floor)), p.Source)
}
