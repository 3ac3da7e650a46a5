package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// child names, in its environment, the store that a further process of this test works on.
const child = "DEALWATCH_TEST_CHILD"

// TestChild is what that process does: it records documents of a source, each with all
// that hangs on it, until it is killed or has recorded enough.
func TestChild(t *testing.T) {
	args := strings.Split(os.Getenv(child), "\n")
	if len(args) != 3 {
		t.Skip("runs in a process of its own")
	}
	name, source := args[0], args[1]
	var documents int
	_, err := fmt.Sscan(args[2], &documents)
	must(t, err)
	s := open(t, name)
	l, err := s.Claim(t.Context(), source)
	must(t, err)
	due, err := l.Due(t.Context(), time.Time{})
	must(t, err)
	if len(due) == 0 {
		var items []dealwatch.Item
		for i := range documents {
			items = append(items, dealwatch.Item{Source: source, Key: fmt.Sprintf("%03d", i), URL: "https://example.gov/"})
		}
		_, err = l.Note(t.Context(), "news", items, day0, true)
		must(t, err)
		due = items
	}
	fmt.Println("working") // the parent waits for it
	for _, it := range due {
		if it.ParentKey != "" {
			continue
		}
		v := version(it, strings.Repeat("text of "+it.Key+"\n", 200), day0)
		v.Found = []dealwatch.Item{{Source: source, Key: it.Key + "/a", URL: "https://example.gov/a"}}
		_, err := l.Record(t.Context(), v, []dealwatch.Match{match("d", dealwatch.InTitle, "s", 0)}, reach(dealwatch.New, day0, "d"))
		must(t, err)
	}
	must(t, l.Release(t.Context()))
}

func startChild(t *testing.T, dsn, source string, documents int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s\n%s\n%d", child, dsn, source, documents))
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	said := ""
	for buf := make([]byte, 4096); !strings.Contains(said, "working"); {
		n, err := out.Read(buf)
		if said += string(buf[:n]); err != nil {
			t.Fatalf("the child said %q: %v", said, err)
		}
	}
	go func() { // what it says later must not block it
		for buf := make([]byte, 4096); ; {
			if _, err := out.Read(buf); err != nil {
				return
			}
		}
	}()
	return cmd
}

// TestKill kills a process that records, again and again, and looks for half documents.
func TestKill(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			s := open(t, name)
			const documents = 60
			kills := 6
			if testing.Short() {
				kills = 2
			}
			for i := range kills {
				cmd := startChild(t, name, "ftc-press", documents)
				for len(table(t, s, "SELECT document_id FROM documents")) < (i+1)*documents/(kills+1) {
				} // it is killed at another document each time
				must(t, cmd.Process.Kill())
				_ = cmd.Wait()
				complete(t, s)
			}
			cmd := startChild(t, name, "ftc-press", documents)
			must(t, cmd.Wait())
			complete(t, s)
			got := table(t, s, "SELECT COUNT(*), COUNT(DISTINCT entry_id), MIN(event_id), MAX(event_id) FROM flag_events")
			if want := fmt.Sprintf("[]interface {}{%d, %d, 1, %d}", documents, documents, documents); got[0] != want {
				t.Errorf("events: %s, want %s", got[0], want)
			}
		})
	}
}

// complete fails unless each document on record has all that was recorded with it.
func complete(t *testing.T, s *Store) {
	t.Helper()
	for _, q := range []string{
		"SELECT document_id FROM documents d WHERE NOT EXISTS (SELECT 1 FROM flagged_items f WHERE f.document_id = d.document_id)",
		"SELECT document_id FROM flagged_items f WHERE NOT EXISTS (SELECT 1 FROM flag_events e WHERE e.flag_id = f.flag_id)",
		"SELECT document_id FROM flagged_items f WHERE 2 <> (SELECT COUNT(*) FROM mentions m WHERE m.flag_id = f.flag_id)",
		"SELECT document_id FROM documents d WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.source = d.source AND i.key = d.key || '/a')",
		"SELECT key FROM items i WHERE state = 'read' AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source = i.source AND d.key = i.key)",
		"SELECT key FROM items i WHERE state = 'pending' AND EXISTS (SELECT 1 FROM documents d WHERE d.source = i.source AND d.key = i.key)",
	} {
		if half := table(t, s, q); len(half) > 0 {
			t.Errorf("half documents: %s gives %s", q, half)
		}
	}
}

// TestTwoProcesses has two processes write to one store at once.
func TestTwoProcesses(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			s := open(t, name)
			const documents = 40
			a, b := startChild(t, name, "source-a", documents), startChild(t, name, "source-b", documents)
			// A third worker of a source that is taken is told by whom.
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			defer cancel()
			if l, err := s.Claim(ctx, "source-a"); err == nil {
				must(t, l.Release(t.Context())) // the child was done already
			} else if held := (*HeldError)(nil); errors.As(err, &held) && !strings.Contains(held.Error(), fmt.Sprintf("process %d on ", a.Process.Pid)) {
				t.Errorf("%v does not name process %d", held, a.Process.Pid)
			}
			must(t, a.Wait())
			must(t, b.Wait())
			complete(t, s)
			got := table(t, s, "SELECT COUNT(*), MAX(event_id) FROM flag_events")
			if want := fmt.Sprintf("[]interface {}{%d, %d}", 2*documents, 2*documents); got[0] != want {
				t.Errorf("events: %s, want %s", got[0], want)
			}
		})
	}
}
