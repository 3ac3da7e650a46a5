package web

import (
	"sync"
	"time"
)

// mostDates bounds what is remembered. Of what is forgotten the date moves to that of the
// next answer; its tag stays.
const mostDates = 8192

// dates remember when the bytes of an address last changed, though they are not kept: the
// same bytes have the same date, and others a later one.
type dates struct {
	mu sync.Mutex
	of map[string]dated
}

type dated struct {
	tag string
	at  time.Time
}

// settle gives a content the date of its bytes.
func (d *dates) settle(key string, c *content) *content {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, known := d.of[key]
	at := c.modified
	switch {
	case !known:
	case was.tag == c.plain.tag:
		at = was.at
	case at.Before(was.at.Add(time.Second)):
		at = was.at.Add(time.Second)
	}
	for other := range d.of {
		if known || len(d.of) < mostDates {
			break
		}
		delete(d.of, other)
	}
	d.of[key] = dated{c.plain.tag, at}
	return c.of(at)
}
