package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// settled is how long a listing that has lost a field is told of. What it still lacks
// then, it has given up: its new shape is the one to compare with.
const settled = 3 * 24 * time.Hour

// A drift compares the pages of one source's listings with how they were last read well.
type drift struct {
	store  *store.Store
	source string
	now    func() time.Time
}

// lost says what a page of a listing has lost: fields that most of its items had. How
// many items there are is left to known ground, which knows better, but on the first
// page of a listing that is never short.
func (d drift) lost(ctx context.Context, s dealwatch.Stream, page int, items []dealwatch.Item) (string, error) {
	if len(items) == 0 {
		return "", nil
	}
	name := "poll: " + s.Name
	before, at, err := d.store.Shape(ctx, d.source, name)
	if err != nil {
		return "", err
	}
	is := shapeOf(nil, items)
	if before != "" {
		var was shape
		if err := json.Unmarshal([]byte(before), &was); err != nil {
			return "", fmt.Errorf("read the shape of %s/%s: %w", d.source, s.Name, err)
		}
		said := was.emptied(is)
		if page == 0 && !s.Quiet && is.Items*4 < was.Items {
			said = append(said, fmt.Sprintf("%d items, where %d were", is.Items, was.Items))
		}
		if len(said) > 0 && d.now().Sub(at) < settled {
			return "the listing has lost something since " + at.Format("2006-01-02") + ": " + strings.Join(said, "; "), nil
		}
	}
	if page > 0 {
		return "", nil
	}
	after, err := json.Marshal(is)
	if err != nil || string(after) == before && d.now().Sub(at) < time.Hour {
		return "", err // known, and lately seen
	}
	return "", d.store.SetShape(ctx, d.source, name, string(after), d.now())
}
