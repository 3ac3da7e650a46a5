package store

import "testing"

func TestShape(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		if shape, at, err := s.Shape(t.Context(), "ftc-press", "all"); shape != "" || !at.IsZero() || err != nil {
			t.Errorf("before the first: %q, %s, %v", shape, at, err)
		}
		must(t, s.SetShape(t.Context(), "ftc-press", "all", `{"items":9}`, day0))
		must(t, s.SetShape(t.Context(), "ftc-press", "competition", `{"items":1}`, day0))
		must(t, s.SetShape(t.Context(), "ftc-press", "all", `{"items":8}`, day0.Add(hour)))
		shape, at, err := s.Shape(t.Context(), "ftc-press", "all")
		must(t, err)
		if shape != `{"items":8}` || !at.Equal(day0.Add(hour)) {
			t.Errorf("Shape = %q, %s; want the newer one", shape, at)
		}
	})
}
