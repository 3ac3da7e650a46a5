package edgar

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dealwatch/dealwatch"
)

var _ dealwatch.Quarterly = Filings{}

const (
	quarterIndex = "second: quarterly index"
	// quarterMost is more than any quarter's index has, unpacked: it is 30 to 60 MB.
	quarterMost = 512 << 20
)

// Quarter implements [dealwatch.Quarterly]: the index of all filings since the quarter
// began, which is made anew every night and corrected at weekends. It is read packed, and
// unpacked line by line. Filings of a day that it does not know of yet are not compared.
func (f Filings) Quarter(ctx context.Context, r dealwatch.Range) dealwatch.Look {
	look := dealwatch.Look{Stream: quarterIndex, From: r.Since, To: f.lastIndexed(r.Until), Proves: proves()}
	if look.To < look.From {
		return look
	}
	packed, plain := quarterURLs(look.From)
	c, err := f.Client.Get(ctx, packed)
	if o := dealwatch.OutcomeOf(err); o == dealwatch.Gone || o == dealwatch.Absent {
		c, err = f.Client.Get(ctx, plain)
	}
	if err != nil {
		look.Err = err
		return look
	}
	body, err := unpacked(c.Body)
	if err == nil {
		var m master
		m, err = parseMaster(body, func(form, on string) bool {
			return look.From <= on && on <= look.To && wants(every, form)
		})
		look.Items = m.items()
		if m.upTo != "" && m.upTo < look.To {
			look.To = max(m.upTo, look.From)
		}
	}
	if err != nil {
		outcome := dealwatch.Unparsed
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) {
			outcome = dealwatch.Truncated
		}
		look.Items, look.Err = nil, &dealwatch.ReadError{Outcome: outcome, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: err}
	}
	return look
}

// lastIndexed is the last business day up to one of which an index is to be expected.
func (f Filings) lastIndexed(until string) string {
	day, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return ""
	}
	for !indexed(day, f.now()) || !dealwatch.BusinessDay(day) {
		day = day.AddDate(0, 0, -1)
	}
	return day.Format(time.DateOnly)
}

func quarterURLs(date string) (packed, plain string) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", ""
	}
	plain = fmt.Sprintf("https://www.sec.gov/Archives/edgar/full-index/%d/QTR%d/master", day.Year(), (int(day.Month())+2)/3)
	return plain + ".gz", plain + ".idx"
}

// unpacked reads a body that is packed, or one from which the server's transport has
// taken the packing off already.
func unpacked(body []byte) (io.Reader, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return bytes.NewReader(body), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return &bounded{from: z, left: quarterMost}, nil
}

// bounded is a reader that fails where there is more than it may give.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("the index unpacks to more than any index has")
	}
	return n, err
}
