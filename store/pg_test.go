package store

import (
	"context"
	"testing"

	"github.com/dealwatch/dealwatch/store/storetest"
)

func TestPG(t *testing.T) {
	s, err := Open(context.Background(), storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	smoke(t, s)
}
