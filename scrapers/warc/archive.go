package warc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
)

// ourName is the shape of an archive's file names.
var ourName = regexp.MustCompile(`^dealwatch-(\d{6})\.warc\.gz$`)

// rollAt is the size from which on a file gets no further record: small enough to
// look through for a torn tail at each start.
const rollAt = 64 << 20

// Archive appends exchanges to the WARC files of one directory. Its methods may be
// called from several goroutines, and several processes may share the directory:
// each appends only to a file that it holds a lock on.
type Archive struct {
	dir    string
	after  int // number that a file begun here exceeds
	opened time.Time

	mu     sync.Mutex
	file   *os.File // nil until the first exchange is kept
	unkept string   // the address of the last exchange, where it could not be kept
	size   int64    // of what is whole in file
	old    map[kept]dealwatch.Ref
	// looked is whether old has what stood in the archive when it was opened.
	looked bool
}

// kept names an exchange: one of the same name is not kept twice.
type kept struct {
	url    string
	at     int64 // Unix microseconds
	digest string
}

// Open makes the directory where it is missing, and fails where no file can be made
// in it. No WARC file is begun before the first exchange is kept.
func Open(dir string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if err := probe(dir, 0); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return &Archive{dir: dir, opened: time.Now(), old: map[kept]dealwatch.Ref{}}, nil
}

// NumberAfter gives each file that is begun from now on a higher number than the file
// named. Captures that were kept in another directory lie in files up to that one, and a
// place in a second file of the same name would mean either. A name that is not an
// archive's changes nothing.
func (a *Archive) NumberAfter(file string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.after = max(a.after, numberOf(file))
}

// numberOf is the number of one of an archive's files, 0 where the name is another's.
func numberOf(file string) int {
	m := ourName.FindStringSubmatch(filepath.Base(file))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // six digits
	return n
}

// Keep appends an exchange and returns the place of its response, which is on disk
// by then. An exchange with the address, time and body of one that is in the archive
// already gives the place of that one. Credentials and cookies are not kept.
//
// Its error is a *KeepError, and leaves the archive as it was before.
func (a *Archive) Keep(ex Exchange) (dealwatch.Ref, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ref, err := a.keep(ex)
	if err != nil {
		a.unkept = ex.URL
		return dealwatch.Ref{}, &KeepError{a.dir, ex.URL, err}
	}
	a.unkept = ""
	return ref, nil
}

// Ready fails, with a *KeepError, where the last exchange could not be kept and the
// next could not be either: there is no use in asking a site for it.
func (a *Archive) Ready() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.unkept == "" {
		return nil
	}
	if err := probe(a.dir, probeSize); err != nil {
		return &KeepError{a.dir, a.unkept, err}
	}
	a.unkept = ""
	return nil
}

// probeSize is room for most pages.
const probeSize = 1 << 20

// probe fails where no file of so many bytes can be made in a directory.
func probe(dir string, size int) error {
	f, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return err
	}
	if size > 0 {
		if _, err = f.Write(make([]byte, size)); err == nil {
			err = f.Sync()
		}
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func (a *Archive) keep(ex Exchange) (dealwatch.Ref, error) {
	ex.At = ex.At.UTC().Truncate(time.Microsecond)
	name := kept{ex.URL, ex.At.UnixMicro(), SHA256(ex.Body)}
	// Only a replay brings what was received before the archive was opened, and only
	// then is a look through all files worth its time.
	if !a.looked && ex.At.Before(a.opened) {
		if err := a.remember(); err != nil {
			return dealwatch.Ref{}, err
		}
		a.looked = true
	}
	if ref, ok := a.old[name]; ok {
		return ref, nil
	}
	if err := a.room(); err != nil {
		return dealwatch.Ref{}, err
	}
	var data []byte
	base := filepath.Base(a.file.Name())
	if a.size == 0 {
		data = appendInfo(data, base, ex.At)
	}
	ref := dealwatch.Ref{File: base, Offset: a.size + int64(len(data))}
	data = appendExchange(data, ex)
	if err := a.append(data); err != nil {
		return dealwatch.Ref{}, err
	}
	a.old[name] = ref
	return ref, nil
}

// append writes whole members after the last whole one, and syncs them.
func (a *Archive) append(data []byte) error {
	_, err := a.file.WriteAt(data, a.size)
	if err == nil {
		err = a.file.Sync()
	}
	if err != nil {
		// What stands after size is cut by the next process if not now.
		return errors.Join(err, a.file.Truncate(a.size))
	}
	a.size += int64(len(data))
	return nil
}

// room sees to a file that can take a record.
func (a *Archive) room() error {
	if a.file != nil && a.size < rollAt {
		return nil
	}
	if a.file != nil {
		if err := a.file.Close(); err != nil {
			return err
		}
		a.file = nil
	}
	files, err := a.files()
	if err != nil {
		return err
	}
	last := 0
	if n := len(files); n > 0 {
		last = numberOf(files[n-1])
		if last >= a.after { // the file that the store knows last may be this one
			a.file, a.size = takeOver(files[n-1])
		}
	}
	for next := max(last, a.after) + 1; a.file == nil; next++ {
		a.file, err = create(filepath.Join(a.dir, fmt.Sprintf("dealwatch-%06d.warc.gz", next)))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
		a.size = 0
	}
	return nil
}

// files lists the archive's files in the order of their numbers.
func (a *Archive) files() ([]string, error) {
	entries, err := os.ReadDir(a.dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if ourName.MatchString(e.Name()) && e.Type().IsRegular() {
			files = append(files, filepath.Join(a.dir, e.Name()))
		}
	}
	return files, nil
}

// remember notes what every file of the archive holds. What stands after damage is
// not known and would be kept again.
func (a *Archive) remember() error {
	files, err := a.files()
	if err != nil {
		return err
	}
	for _, path := range files {
		_, err := walk(path, func(rec *record, m message) error {
			if !rec.is("response") {
				return nil
			}
			e, err := newEntry(path, rec, m)
			if err == nil {
				a.old[kept{e.URL, e.At.UnixMicro(), e.SHA256}] = e.Ref()
			}
			return err
		})
		var damage *DamageError
		if err != nil && !errors.As(err, &damage) {
			return err
		}
	}
	return nil
}

// Close lets go of the file that is written.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	err := a.file.Close()
	a.file = nil
	return err
}
