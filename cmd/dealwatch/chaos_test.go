package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/store/storetest"
)

// TestDatabaseRestart stops PostgreSQL in the middle of a replay and starts it
// again: the run may fail, but the next one ends as if nothing had happened.
func TestDatabaseRestart(t *testing.T) {
	args, _ := disturbed(t)
	srv := storetest.Start(t)
	calm, shaken := srv.Schema(t), srv.Schema(t)
	began := time.Now()
	if _, errs, code := cli(t, append(args, "--db", calm)...); code != exitSome {
		t.Fatalf("undisturbed: exit %d\n%s", code, errs)
	}
	whole := time.Since(began)

	type end struct {
		errs string
		code int
	}
	done := make(chan end, 1)
	go func() {
		_, errs, code := cli(t, append(args, "--db", shaken)...)
		done <- end{errs, code}
	}()
	time.Sleep(whole / 3) // the moment of the outage, not a wait for something
	srv.Stop(t)
	srv.Start(t)
	e := <-done
	t.Logf("during the restart: exit %d\n%s", e.code, e.errs)
	if e.code != exitSome && e.code != exitStore {
		t.Errorf("a run whose database went away: exit %d, want %d", e.code, exitStore)
	}
	if _, errs, code := cli(t, append(args, "--db", shaken)...); code != exitSome {
		t.Fatalf("finishing run: exit %d\n%s", code, errs)
	}
	for _, view := range []string{"flagged_items", "flag_events", "documents", "document_versions", "mentions", "items"} {
		if diff := cmp.Diff(rows(t, calm, comparable[view]), rows(t, shaken, comparable[view])); diff != "" {
			t.Errorf("%s differs after a restart (-undisturbed +restarted):\n%.3000s", view, diff)
		}
	}
}

// TestBrokenCaptures refuses damaged WARC files with one clear error that names the
// file, and stores nothing.
func TestBrokenCaptures(t *testing.T) {
	dir := t.TempDir()
	if err := writeWARCs(dir); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, "dealwatch-000001.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0x10
	for name, data := range map[string][]byte{
		"cut.warc.gz":     good[:len(good)*2/3],
		"flipped.warc.gz": flipped,
		"garbage.warc.gz": []byte("neither gzip nor WARC"),
		"empty.warc.gz":   nil,
		"page.warc":       []byte("<html><body>not a WARC file</body></html>"),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			db := filepath.Join(t.TempDir(), "x.db")
			out, errs, code := cli(t, "scrape", "--no-archive", "--db", db, "--replay", file)
			if code != exitUsage || !strings.Contains(errs, name) || strings.Contains(errs, "goroutine") || out != "" {
				t.Errorf("exit %d, want %d\nstdout: %s\nstderr: %s", code, exitUsage, out, errs)
			}
			if n := strings.Count(strings.TrimSpace(errs), "\n"); n > 1 {
				t.Errorf("the error takes %d lines:\n%s", n+1, errs)
			}
			if _, err := os.Stat(db); err == nil {
				t.Error("a database was made for nothing")
			}
		})
	}
}

// TestFullDisk fills a small disk: one clear error, exit 3, and once there is room
// the same command ends well.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no small disk can be mounted: %v %s", err, out)
		}
		t.Skipf("no small disk can be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", disk).Run() })
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := writeWARCs(dir); err != nil {
		t.Fatal(err)
	}
	args := []string{"scrape", "--archive", filepath.Join(disk, "archive"), "--db", filepath.Join(disk, "x.db"),
		"--replay", filepath.Join(dir, "dealwatch-000001.warc.gz")}
	out, errs, code := cli(t, args...)
	if code != exitStore || !strings.Contains(errs, "full") && !strings.Contains(errs, "no space") || strings.Contains(errs, "goroutine") {
		t.Errorf("on a full disk: exit %d, want %d\nstdout: %s\nstderr: %s", code, exitStore, out, errs)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mount", "-o", "remount,size=32m", disk).Run(); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := cli(t, args...); code != 0 {
		t.Fatalf("with room again: exit %d\n%s", code, errs)
	}
	if n := rows(t, filepath.Join(disk, "x.db"), "SELECT entry_id FROM flag_events"); len(n) != 6 {
		t.Errorf("%d events, want 6: %v", len(n), n)
	}
}

// TestNotADirectory refuses a database or archive where no directory is.
func TestNotADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"scrape", "ftc-press", "--db", filepath.Join(file, "x.db")},
		{"scrape", "--db", filepath.Join(t.TempDir(), "x.db"), "--archive", filepath.Join(file, "archive")},
	} {
		_, errs, code := cli(t, args...)
		if code != exitStore || !strings.Contains(errs, file) || !strings.Contains(errs, "hint:") {
			t.Errorf("%v: exit %d, want %d\n%s", args, code, exitStore, errs)
		}
	}
}
