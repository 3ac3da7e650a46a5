package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// BenchmarkRecord records documents of 5 kB, each with a flag and ten mentions.
func BenchmarkRecord(b *testing.B) {
	for _, db := range []string{"sqlite", "postgres"} {
		b.Run(db, func(b *testing.B) {
			name := b.TempDir() + "/dealwatch.db"
			if db == "postgres" {
				name = storetest.Postgres(b)
			}
			s, err := Open(b.Context(), name)
			must(b, err)
			defer s.Close()
			l, err := s.Claim(b.Context(), "ftc-press")
			must(b, err)
			m := match("d", dealwatch.InSentence, "s", 0)
			for len(m.Mentions) < 10 {
				m.Mentions = append(m.Mentions, m.Mentions[0])
			}
			for n := 0; b.Loop(); n++ {
				v := version(item(fmt.Sprint(n)), strings.Repeat(fmt.Sprintf("text %d ", n), 600), day0)
				_, err := l.Record(b.Context(), v, []dealwatch.Match{m}, reach(dealwatch.New, day0, "d"))
				must(b, err)
			}
			must(b, l.Release(b.Context()))
		})
	}
}
