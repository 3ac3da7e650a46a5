//go:build !unix

// Package storetest starts a real PostgreSQL for tests. On this system it can only be
// named.
package storetest

import (
	"os"
	"testing"
)

// Env names the variable that holds the address of a PostgreSQL.
const Env = "DEALWATCH_TEST_POSTGRES"

// Postgres skips the test: clusters are started on Unix only.
func Postgres(t testing.TB) string {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("tests start PostgreSQL on Unix only")
	}
	t.Skip("tests start PostgreSQL on Unix only")
	return ""
}
