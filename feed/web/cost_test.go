//go:build linux

package web

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// A request costs at most this many times what nginx takes for the same bytes.
const mostOfNginx = 2.5

// TestCostAgainstNginx measures the CPU time of a request against nginx, in turns, on
// the same bytes: plain, compressed, and not modified. It is run by `make cost`, on a
// machine with wrk and nginx, and without the race detector.
func TestCostAgainstNginx(t *testing.T) {
	if os.Getenv("DEALWATCH_COST") == "" {
		t.Skip("set DEALWATCH_COST to compare the cost of a request with nginx")
	}
	wrk, nginx := tool(t, "wrk"), tool(t, "nginx")
	s := serve(t, feedtest.Events(100))
	body := s.fetch(t, "/feeds/all.atom")
	site := t.TempDir()
	if err := os.MkdirAll(filepath.Join(site, "feeds"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, site, "feeds/all.atom", string(body))
	write(t, site, "feeds/all.atom.gz", string(newContent("", "", body, time.Now()).gzip.bytes))

	theirs, cpuOfNginx := startNginx(t, nginx, site)
	cpu := map[string]func() time.Duration{s.base: ownCPU, theirs: cpuOfNginx}
	t.Logf("%d bytes, %d compressed", len(body), len(newContent("", "", body, time.Now()).gzip.bytes))
	for _, kind := range []string{"200", "gzip", "304"} {
		cost := map[string][]time.Duration{}
		rate := map[string]string{}
		for range 3 {
			for _, base := range []string{s.base, theirs} {
				args := []string{"-t1", "-c8", "-d2s", "--latency"}
				switch kind {
				case "gzip":
					args = append(args, "-H", "Accept-Encoding: gzip")
				case "304":
					args = append(args, "-H", "If-None-Match: "+tagOf(t, base+"/feeds/all.atom"))
				}
				before := cpu[base]()
				out := run(t, t.TempDir(), nil, wrk, append(args, base+"/feeds/all.atom")...)
				spent := cpu[base]() - before
				n, err := strconv.Atoi(regexp.MustCompile(`(\d+) requests in`).FindStringSubmatch(out)[1])
				if err != nil || n < 100 || strings.Contains(out, "Socket errors") {
					t.Fatalf("wrk at %s says:\n%s", base, out)
				}
				cost[base] = append(cost[base], spent/time.Duration(n))
				rate[base] = strings.Join(strings.Fields(regexp.MustCompile(`Requests/sec: *\S+`).FindString(out)+" p99 "+regexp.MustCompile(`99%\s+(\S+)`).FindStringSubmatch(out)[1]), " ")
			}
		}
		ours, other := slices.Min(cost[s.base]), slices.Min(cost[theirs])
		t.Logf("%s: %v a request, %s; nginx %v, %s: %.2f times", kind, ours, rate[s.base], other, rate[theirs], float64(ours)/float64(other))
		if float64(ours) > mostOfNginx*float64(other) {
			t.Errorf("%s costs %v, more than %.1f times the %v of nginx", kind, ours, mostOfNginx, other)
		}
	}
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // never fails for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// startNginx serves a folder as one process, and gives its address and CPU time.
func startNginx(t *testing.T, nginx, site string) (base string, cpu func() time.Duration) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir), site, filepath.Dir(site)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "nginx.conf", fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log;
events { worker_connections 512; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100;
  types { application/atom+xml atom; }
  client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
  server { listen %[2]s; root %[3]s; location / { gzip_static on; add_header Cache-Control "public, max-age=300"; } }
}
`, dir, addr, site))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, nginx, "-c", filepath.Join(dir, "nginx.conf"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	base = "http://" + addr
	for range 50 {
		if body, err := fetchAny(t, base+"/feeds/all.atom"); err == nil && len(body) > 1000 {
			return base, func() time.Duration { return cpuOf(t, cmd.Process.Pid) }
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("nginx does not answer: %s", errs.String())
	return "", nil
}

// cpuOf is the CPU time of a process, by hundredths of a second.
func cpuOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func tagOf(t *testing.T, url string) string {
	t.Helper()
	out := run(t, t.TempDir(), nil, tool(t, "curl"), "-sI", url)
	return strings.TrimSpace(regexp.MustCompile(`(?i)etag: (.*)`).FindStringSubmatch(out)[1])
}
