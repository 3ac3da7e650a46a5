package web

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// sink is a connection that keeps what is written to it.
type sink struct {
	net.Conn
	bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) { return s.Buffer.Write(b) }
func (s *sink) Read([]byte) (int, error)    { return 0, io.EOF }

func TestAnswerInOnePiece(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
	for _, tt := range []struct {
		name   string
		body   int
		writes []string
		first  string // what is sent after the first write
	}{
		{"in two parts", 10, []string{head + "12345", "67890"}, ""},
		{"whole at once", 5, []string{head + "12345"}, head + "12345"},
		{"the head by itself", 5, []string{head, "12345"}, ""},
		{"in three parts", 10, []string{head + "123", "45", "67890"}, ""},
		{"without a body to come", 0, []string{head, "later"}, head},
		{"what is no head", 10, []string{"12345", "67890"}, "12345"},
		{"two answers", 3, []string{head + "1", "23", head + "1", "23"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s sink
			c := &conn{Conn: &s}
			want := ""
			c.body = tt.body
			for i, w := range tt.writes {
				if n, err := c.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("write %d gives %d, %v", i, n, err)
				}
				want += w
				if i == 0 && s.String() != tt.first {
					t.Errorf("after the first write %q is sent, want %q", s.String(), tt.first)
				}
			}
			if s.String() != want {
				t.Errorf("sent %q, want %q", s.String(), want)
			}
		})
	}
}

// Answers of all kinds come whole over one connection.
func TestAnswersOverOneConnection(t *testing.T) {
	s := serve(t, feedtest.Events(100))
	plain := s.fetch(t, "/feeds/all.atom")
	c := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxConnsPerHost: 1}}
	defer c.CloseIdleConnections()
	tag := ""
	for i := range 12 {
		req, err := http.NewRequestWithContext(t.Context(), []string{"GET", "GET", "HEAD", "GET"}[i%4], s.base+"/feeds/all.atom", nil)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 4 {
		case 1:
			req.Header.Set("Accept-Encoding", "gzip")
		case 3:
			req.Header.Set("If-None-Match", tag)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		tag = resp.Header.Get("Etag")
		want := [][]byte{plain, compress(plain), nil, nil}[i%4]
		if !bytes.Equal(body, want) || resp.StatusCode != []int{200, 200, 200, 304}[i%4] {
			t.Errorf("answer %d: %d with %d bytes, want %d", i, resp.StatusCode, len(body), len(want))
		}
	}
}
