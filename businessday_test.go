package dealwatch_test

import (
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

func TestBusinessDay(t *testing.T) {
	for date, want := range map[string]bool{
		"2025-04-18": true,                                           // Good Friday is none
		"2026-11-26": false, "2026-11-27": true, "2026-07-03": false, // the 4th is a Saturday
		"2021-12-31": false, "2023-01-02": false, "2026-05-25": false, "2026-01-19": false, "2026-02-16": false,
		"2026-09-07": false, "2026-10-12": false, "2026-11-11": false, "2026-12-25": false, "2020-06-19": true, "2026-06-19": false,
		"2026-03-07": false, "2026-03-09": true,
	} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if got := dealwatch.BusinessDay(day); got != want {
			t.Errorf("BusinessDay(%s) = %v, want %v", date, got, want)
		}
	}
}
