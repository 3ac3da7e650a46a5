package dealwatch

import "time"

// BusinessDay reports whether the agencies work on a day, a date in UTC: EDGAR takes
// filings and the Federal Register comes out on weekdays that are no federal holiday
// (5 U.S.C. 6103). Days on which the government closed for some other reason are not known.
func BusinessDay(day time.Time) bool {
	if weekend(day) {
		return false
	}
	for _, year := range []int{day.Year(), day.Year() + 1} { // New Year may be kept in December
		for _, h := range holidays(year) {
			if h.Equal(day) {
				return false
			}
		}
	}
	return true
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// holidays are the days on which the federal holidays of a year are kept.
func holidays(year int) []time.Time {
	on := func(m time.Month, d int) time.Time {
		day := time.Date(year, m, d, 0, 0, 0, 0, time.UTC)
		switch day.Weekday() {
		case time.Saturday:
			return day.AddDate(0, 0, -1)
		case time.Sunday:
			return day.AddDate(0, 0, 1)
		}
		return day
	}
	nth := func(m time.Month, n int, w time.Weekday) time.Time {
		day := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
		return day.AddDate(0, 0, (int(w-day.Weekday())+7)%7+7*(n-1))
	}
	last := time.Date(year, time.June, 0, 0, 0, 0, 0, time.UTC) // of May
	days := []time.Time{
		on(time.January, 1), nth(time.January, 3, time.Monday), nth(time.February, 3, time.Monday),
		last.AddDate(0, 0, -(int(last.Weekday())+6)%7), on(time.July, 4), nth(time.September, 1, time.Monday),
		nth(time.October, 2, time.Monday), on(time.November, 11), nth(time.November, 4, time.Thursday), on(time.December, 25),
	}
	if year > 2021 {
		days = append(days, on(time.June, 19)) // a holiday since the middle of 2021
	}
	return days
}
