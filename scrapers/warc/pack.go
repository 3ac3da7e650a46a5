package warc

import (
	"errors"
	"io"
	"os"
	"time"
)

// Pack writes a WARC file of its own for one purpose, such as the evidence of a
// document: captures as they lie in an archive, and records about them. The same calls
// give the same bytes. Its methods do nothing once one has failed; Err says why.
type Pack struct {
	w    io.Writer
	err  error
	seen map[captureAt]bool
}

type captureAt struct {
	path   string
	offset int64
}

// NewPack begins a file of that name, dated at.
func NewPack(w io.Writer, name string, at time.Time) *Pack {
	p := &Pack{w: w, seen: map[captureAt]bool{}}
	p.put(appendInfo(nil, name, at))
	return p
}

// Capture copies the response at offset of an archive's file, and its request, byte by
// byte, after their digests were checked. A capture that is in the pack already is not
// copied again. Its error is a *DamageError where the record is not as it was written.
func (p *Pack) Capture(path string, offset int64) error {
	if p.err != nil || p.seen[captureAt{path, offset}] {
		return p.err
	}
	end, err := endOfCapture(path, offset)
	if err != nil {
		p.err = err
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		p.err = err
		return err
	}
	defer func() { _ = f.Close() }()
	p.seen[captureAt{path, offset}] = true
	_, p.err = io.Copy(p.w, io.NewSectionReader(f, offset, end-offset))
	return p.err
}

// endOfCapture is where the response at offset and its request end.
func endOfCapture(path string, offset int64) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	s := newScanner(path, f, offset)
	read := func() (*record, error) {
		rec, err := s.next()
		if err != nil {
			return nil, err
		}
		if s.gz == nil {
			return nil, errors.New("the file is not compressed by records")
		}
		if _, err = check(rec); err == nil {
			err = s.finish()
		}
		return rec, err
	}
	response, err := read()
	if err == nil && !response.is("response") {
		err = errors.New("there is no response there")
	}
	if err != nil {
		return 0, &DamageError{path, offset, notEOF(err)}
	}
	end := s.file.n
	request, err := read()
	if err == nil && request.is("request") && request.fields.Get("WARC-Concurrent-To") == response.fields.Get("WARC-Record-ID") {
		end = s.file.n
	}
	return end, nil // what follows a response may be anything
}

// Resource adds something that we made, under an address of its own.
func (p *Pack) Resource(uri, contentType string, at time.Time, block []byte) {
	p.add("resource", uri, contentType, at, block)
}

// Metadata adds what we know about the captures.
func (p *Pack) Metadata(uri, contentType string, at time.Time, block []byte) {
	p.add("metadata", uri, contentType, at, block)
}

func (p *Pack) add(kind, uri, contentType string, at time.Time, block []byte) {
	digest := "sha256:" + SHA256(block)
	p.put(appendRecord(nil, block,
		"WARC-Type", kind,
		"WARC-Record-ID", recordID(kind, uri, date(at), digest),
		"WARC-Date", date(at),
		"WARC-Target-URI", uri,
		"WARC-Block-Digest", digest,
		"Content-Type", contentType))
}

func (p *Pack) put(data []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(data)
	}
}

// Err is what went wrong first; nil where the file is whole.
func (p *Pack) Err() error { return p.err }
