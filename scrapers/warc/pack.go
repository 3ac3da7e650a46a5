package warc

import (
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
	seen map[Capture]bool
}

// NewPack begins a file of that name, dated at.
func NewPack(w io.Writer, name string, at time.Time) *Pack {
	p := &Pack{w: w, seen: map[Capture]bool{}}
	p.put(appendInfo(nil, name, at))
	return p
}

// Capture copies a response and its request, byte by byte. A capture that is in the pack
// already is not copied again.
func (p *Pack) Capture(c Capture) error {
	if p.err != nil || p.seen[c] {
		return p.err
	}
	f, err := os.Open(c.path)
	if err != nil {
		p.err = err
		return err
	}
	defer func() { _ = f.Close() }()
	p.seen[c] = true
	_, p.err = io.Copy(p.w, io.NewSectionReader(f, c.offset, c.end-c.offset))
	return p.err
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
