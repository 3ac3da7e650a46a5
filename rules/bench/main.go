//go:build unix

// Command bench times the search for names, to be set beside other matchers:
//
//	bench TEXT NAMES REPS
//
// TEXT is a file, NAMES a file of one name a line. It prints one line: the median and
// the best of REPS scans in 10^6 bytes a second of thread CPU time, a pass of
// bytes.IndexByte over the same text, how many names were found, the time to build
// the index from the names, and the memory that it holds.
//
// Beside a matcher of \bname\b it finds a few more: to \b an underscore is a letter, to
// us it separates, as in the "__________Alphabet Inc." of a form's signature.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dealwatch/dealwatch/rules"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: bench TEXT NAMES REPS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(textFile, namesFile, repeat string) error {
	runtime.LockOSThread() // the clock is the thread's
	text, err := os.ReadFile(textFile)
	if err != nil {
		return err
	}
	list, err := os.ReadFile(namesFile)
	if err != nil {
		return err
	}
	reps, err := strconv.Atoi(repeat)
	if err != nil || reps < 1 {
		return fmt.Errorf("REPS is %q; give a number of scans", repeat)
	}
	lines := strings.Split(strings.TrimSuffix(string(list), "\n"), "\n")

	before := heap()
	from := now()
	names := rules.NewNames(lines)
	built := now() - from
	held := heap() - before

	s := string(text)
	var speeds, bounds []float64
	hits := 0
	for range reps {
		from := now()
		if bytes.IndexByte(text, 1) >= 0 {
			return fmt.Errorf("%s has a byte 1, which the pass of IndexByte must not find", textFile)
		}
		bounds = append(bounds, speed(len(s), now()-from))
		hits = 0
		from = now()
		names.Find(s, func(name, start, end int) { hits++ })
		speeds = append(speeds, speed(len(s), now()-from))
	}
	slices.Sort(speeds)
	slices.Sort(bounds)
	fmt.Printf("ours N=%d MB/s=%.0f best=%.0f memchr=%.0f hits=%d compile_s=%.4f heap_MB=%.2f\n",
		len(lines), speeds[reps/2], speeds[reps-1], bounds[reps/2], hits, built.Seconds(), float64(held)/1e6)
	runtime.KeepAlive(names)
	return nil
}

func speed(size int, took time.Duration) float64 { return float64(size) / 1e6 / took.Seconds() }

// now is the CPU time of this thread, for other programs share the machine.
func now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
