package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// clean makes s storable in both databases: PostgreSQL refuses NUL and invalid UTF-8,
// which SQLite takes. Each bad byte becomes one byte, so that offsets into s hold.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	b := []byte(s)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			b[i] = '?'
			n = 1
		case r == 0:
			b[i] = ' '
		}
		i += n
	}
	return string(b)
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// textDigest is the digest of text alone, as anybody would work it out.
func textDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// micros is t in microseconds since 1970, nil for the zero time and for years that a
// date cannot be written of.
func micros(t time.Time) *int64 {
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return nil
	}
	m := t.UnixMicro()
	if m < 0 {
		m -= m % 1_000_000 // whole seconds, so that the views' arithmetic holds
	}
	return &m
}

// instantOf is micros for a column that always holds a value.
func instantOf(t time.Time) int64 {
	if m := micros(t); m != nil {
		return *m
	}
	return 0
}

func timeOf(m *int64) time.Time {
	if m == nil || *m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(*m).UTC()
}

// jsonOf is list as JSON, "" for an empty list.
func jsonOf[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return clean(string(b))
}

func listOf[T any](s string) []T {
	var list []T
	if s != "" {
		_ = json.Unmarshal([]byte(s), &list) // we wrote it
	}
	return list
}
