//go:build unix

package web

import "syscall"

// openFiles is how many files this process may have open at once.
func openFiles() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || uint64(r.Cur) > 1<<20 { //nolint:unconvert // it is an int64 on some systems
		return 1 << 20
	}
	return int(r.Cur)
}
