package rules

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPeers times the scan over a text and a file of aliases, and prints one line in
// the form of the programs that it is compared with:
//
//	go test -c -o ours.test ./rules && ./ours.test -test.run TestPeers TEXT ALIASES REPS
func TestPeers(t *testing.T) {
	if flag.NArg() != 3 {
		t.Skip("no text, aliases and repetitions given")
	}
	text, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(flag.Arg(1))
	if err != nil {
		t.Fatal(err)
	}
	reps, err := strconv.Atoi(flag.Arg(2))
	if err != nil {
		t.Fatal(err)
	}
	var terms []*term
	for _, line := range strings.Split(string(list), "\n") {
		if x := newTerm(line, anyCase, false, false, false); x != nil {
			terms = append(terms, x)
		}
	}
	start := cpu()
	x := newIndex(terms)
	compile := cpu() - start
	s := string(text)
	hits := 0
	var times, chars []time.Duration
	for range reps {
		hits = 0
		start := cpu()
		x.scan(s, func(*term, int, int) { hits++ })
		times = append(times, cpu()-start)
		start = cpu()
		if bytes.IndexByte(text, 0) >= 0 {
			t.Fatal("text has a zero byte")
		}
		chars = append(chars, cpu()-start)
	}
	slices.Sort(times)
	slices.Sort(chars)
	rate := func(d time.Duration) float64 { return float64(len(s)) / 1e6 / max(d.Seconds(), 1e-9) }
	fmt.Printf("ours N=%d MB/s=%.0f best=%.0f memchr=%.0f hits=%d compile_s=%.4f\n",
		len(terms), rate(times[reps/2]), rate(times[0]), rate(chars[reps/2]), hits, compile.Seconds())
}

// cpu is the time that this process has computed.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
