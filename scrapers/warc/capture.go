package warc

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Capture is a response in an archive's file, with its request: one that was looked at
// and is what it was said to be.
type Capture struct {
	path        string
	offset, end int64
}

// OtherError says that a sound file has something else where a capture was looked for:
// the archive is not the one that the capture was kept in. To [errors.Is] it is a
// [fs.ErrNotExist], as the capture is not there.
type OtherError struct {
	File   string
	Offset int64
	Err    error // what is there instead
}

func (e *OtherError) Error() string {
	return fmt.Sprintf("%s: another record than was kept is at byte %d: %v", e.File, e.Offset, e.Err)
}

func (e *OtherError) Unwrap() error { return e.Err }

// Is implements [errors.Is].
func (e *OtherError) Is(target error) bool { return target == fs.ErrNotExist }

// FindCapture looks at the response at offset of an archive's file, checks its digests,
// and compares it with the digest of the body and the instant that are known of it. Its
// error is an *OtherError where it is not that one, a *DamageError where the file is not
// as it was written, and fs.ErrNotExist where there is no file.
func FindCapture(path string, offset int64, sha256 string, at time.Time) (Capture, error) {
	e, end, err := captureAt(path, offset)
	var damage *DamageError
	if errors.As(err, &damage) {
		// In another archive the place may lie within a record: only a look at the whole
		// file tells that from damage.
		if _, broken := walk(path, func(*record, message) error { return nil }); broken == nil {
			err = &OtherError{path, offset, errors.New("no response begins there")}
		}
	}
	if err != nil {
		return Capture{}, err
	}
	if is := e.At.Truncate(time.Microsecond); e.SHA256 != sha256 || !is.Equal(at.Truncate(time.Microsecond)) {
		return Capture{}, &OtherError{path, offset, fmt.Errorf("%s, received %s, with the digest %s", e.URL, date(is), e.SHA256)}
	}
	return Capture{path, offset, end}, nil
}

// captureAt reads the response at offset, and says where it and its request end.
func captureAt(path string, offset int64) (Entry, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return Entry{}, 0, err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return Entry{}, 0, err
	}
	s := newScanner(path, f, offset)
	read := func() (*record, message, error) {
		rec, err := s.next()
		if err != nil {
			return nil, message{}, err
		}
		if s.gz == nil {
			return nil, message{}, errors.New("the file is not compressed by records")
		}
		m, err := check(rec)
		if err == nil {
			err = s.finish()
		}
		return rec, m, err
	}
	response, m, err := read()
	if err == nil && !response.is("response") {
		err = errors.New("there is no response there")
	}
	var e Entry
	if err == nil {
		e, err = newEntry(path, response, m)
	}
	if err != nil {
		return e, 0, &DamageError{path, offset, notEOF(err)}
	}
	end := s.file.n
	request, _, err := read()
	if err == nil && request.is("request") && request.fields.Get("WARC-Concurrent-To") == response.fields.Get("WARC-Record-ID") {
		end = s.file.n
	}
	return e, end, nil // what follows a response may be anything
}
