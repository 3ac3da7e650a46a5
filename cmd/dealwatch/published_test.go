package main

import (
	"errors"
	"testing"
)

// Links lead somewhere, whatever address is listened on.
func TestPublished(t *testing.T) {
	named := func() (string, error) { return "watcher", nil }
	nameless := func() (string, error) { return "", errors.New("no name") }
	for _, tt := range []struct {
		given, listened string
		hostname        func() (string, error)
		want            string
		guessed         bool
	}{
		{"", "127.0.0.1:8080", named, "http://127.0.0.1:8080", false},
		{"", "[::1]:8080", named, "http://[::1]:8080", false},
		{"", "[::]:8080", named, "http://watcher:8080", true},
		{"", "0.0.0.0:8080", named, "http://watcher:8080", true},
		{"", "[::]:8080", nameless, "http://localhost:8080", true},
		{"https://watch.example.org/", "[::]:8080", named, "https://watch.example.org", false},
		{"https://watch.example.org/at", "[::]:8080", named, "https://watch.example.org/at", false},
	} {
		base, guessed := published(tt.given, tt.listened, tt.hostname)
		if base != tt.want || guessed != tt.guessed {
			t.Errorf("published(%q, %q) = %q, %v; want %q, %v", tt.given, tt.listened, base, guessed, tt.want, tt.guessed)
		}
	}
}
