package warc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	magic    = "WARC/"
	maxHead  = 1 << 20   // bytes of the fields of one record
	maxBlock = 256 << 20 // bytes of a block that is held in memory
)

// counter is a buffered reader that knows how far it has been read. It is an
// io.ByteReader, so that gzip takes no byte beyond the member it reads.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// record is one record of a WARC file. Its block can be read until the next call
// of scanner.next.
type record struct {
	fields http.Header
	offset int64 // of its gzip member; of the record itself where nothing is compressed
	inner  int64 // bytes into that member: not 0 only in files compressed as a whole
	length int64 // of the block
	block  io.Reader
}

func (r *record) is(kind string) bool { return strings.EqualFold(r.fields.Get("WARC-Type"), kind) }

func (r *record) target() string {
	return strings.Trim(strings.TrimSpace(r.fields.Get("WARC-Target-URI")), "<>")
}

// scanner reads the records of one file, in order.
type scanner struct {
	file   *counter
	ours   bool         // gzip headers must be those that this package writes
	gz     *gzip.Reader // nil where nothing is compressed
	data   *counter     // what records are read from; nil between two members
	member int64        // where the member begins
	block  *io.LimitedReader
}

// newScanner reads from r, whose first byte stands at offset of the named file.
func newScanner(name string, r io.Reader, offset int64) *scanner {
	return &scanner{
		file: &counter{r: bufio.NewReaderSize(r, 1<<16), n: offset},
		ours: ourName.MatchString(filepath.Base(name)),
	}
}

// next gives the next record, or io.EOF after the last whole one.
func (s *scanner) next() (*record, error) {
	if err := s.finish(); err != nil {
		return nil, err
	}
	if s.data == nil {
		if err := s.open(); err != nil {
			return nil, err
		}
	}
	rec := &record{offset: s.member, inner: s.data.n}
	if s.gz == nil {
		rec.offset, rec.inner = s.data.n, 0
		s.member = rec.offset
	}
	var err error
	if rec.fields, err = readHead(s.data); err != nil {
		return nil, err
	}
	rec.length, err = strconv.ParseInt(rec.fields.Get("Content-Length"), 10, 64)
	if err != nil || rec.length < 0 {
		return nil, errors.New("a record without a Content-Length")
	}
	s.block = &io.LimitedReader{R: s.data, N: rec.length}
	rec.block = s.block
	return rec, nil
}

// open begins the next gzip member, or the file where nothing is compressed.
func (s *scanner) open() error {
	head, err := s.file.r.Peek(len(gzipHead))
	if len(head) == 0 {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return err
	}
	s.member = s.file.n
	if len(head) < len(gzipHead) && bytes.HasPrefix(gzipHead, head[:min(len(head), 2)]) {
		return io.ErrUnexpectedEOF
	}
	if !bytes.HasPrefix(head, gzipHead[:2]) {
		if begin := min(len(head), len(magic)); s.gz != nil || string(head[:begin]) != magic[:begin] {
			return errors.New("neither a gzip member nor a WARC record")
		}
		s.data = s.file
		return nil
	}
	if s.ours && !bytes.Equal(head, gzipHead) {
		return errors.New("a gzip header that is not as it was written")
	}
	if s.gz == nil {
		s.gz, err = gzip.NewReader(s.file)
	} else {
		err = s.gz.Reset(s.file)
	}
	if err != nil {
		return notEOF(err)
	}
	s.gz.Multistream(false)
	s.data = &counter{r: bufio.NewReaderSize(s.gz, 1<<16)}
	return nil
}

// finish reads what is left of the record before, up to the next record or the end
// of the member, whose checksum is thereby checked.
func (s *scanner) finish() error {
	if s.block == nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, s.block); err != nil {
		return notEOF(err)
	}
	if s.block.N > 0 {
		return fmt.Errorf("a block that ends %d bytes early: %w", s.block.N, io.ErrUnexpectedEOF)
	}
	s.block = nil
	for {
		next, err := s.data.r.Peek(1)
		switch {
		case errors.Is(err, io.EOF) && s.gz == nil:
			return nil // head reading tells the end
		case errors.Is(err, io.EOF):
			s.data = nil
			return nil
		case err != nil:
			return notEOF(err)
		case next[0] != '\r' && next[0] != '\n':
			return nil
		}
		if _, err := s.data.ReadByte(); err != nil {
			return err
		}
	}
}

// readHead reads the version line and the fields of a record. It gives io.EOF only
// where not one byte is left.
func readHead(r *counter) (http.Header, error) {
	var read int
	line := func() (string, error) {
		var b []byte
		for {
			c, err := r.ReadByte()
			if err != nil {
				if read == 0 {
					return "", err
				}
				return "", notEOF(err)
			}
			if read++; read > maxHead {
				return "", errors.New("record fields without an end")
			}
			if c == '\n' {
				return strings.TrimSuffix(string(b), "\r"), nil
			}
			b = append(b, c)
		}
	}
	version, err := line()
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(version, magic) {
		return nil, errors.New("no WARC record where one should begin")
	}
	var lines []string
	for {
		l, err := line()
		if err != nil {
			return nil, err
		}
		if l == "" {
			return parseFields(lines), nil
		}
		lines = append(lines, l)
	}
}

// parseFields reads header lines as leniently as browsers do: folded lines are
// joined, and a line that is no field is passed over.
func parseFields(lines []string) http.Header {
	h := http.Header{}
	last := ""
	for _, l := range lines {
		if l == "" {
			continue
		}
		if (l[0] == ' ' || l[0] == '\t') && last != "" {
			values := h[last]
			values[len(values)-1] += " " + strings.TrimSpace(l)
			continue
		}
		name, value, ok := strings.Cut(l, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			continue
		}
		last = http.CanonicalHeaderKey(name)
		h[last] = append(h[last], strings.TrimSpace(value))
	}
	return h
}

// notEOF makes the end of a file in the middle of something an error.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
