package warc

import (
	"errors"
	"io"
	"os"
)

// create makes a file that did not exist, and locks it.
func create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if !lock(f) { // another process took it over at once: it is theirs
		return nil, errors.Join(os.ErrExist, f.Close())
	}
	return f, syncDir(path)
}

// takeOver opens a file to append to, its torn tail cut, and returns nil where that
// is not safe: another process holds it, it is full, or it is damaged before its end.
func takeOver(path string) (*os.File, int64) {
	if !canLock {
		return nil, 0
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, 0
	}
	if lock(f) {
		if size, ok := whole(f); ok && size < rollAt && f.Truncate(size) == nil {
			return f, size
		}
	}
	_ = f.Close()
	return nil, 0
}

// whole gives the length of the whole members that a file begins with. It is false
// where what follows them is no torn tail but damage, which is not ours to cut.
func whole(f *os.File) (int64, bool) {
	s := newScanner(f.Name(), f, 0)
	for {
		_, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return s.file.n, true
		case err == nil:
			continue
		case errors.Is(err, io.ErrUnexpectedEOF):
			return s.member, true
		}
		// A power failure may leave zeros where data was to be.
		return s.member, zeros(f, s.member)
	}
}

func zeros(f *os.File, from int64) bool {
	buf := make([]byte, 1<<16)
	r := io.NewSectionReader(f, from, 1<<62)
	for {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			if b != 0 {
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
