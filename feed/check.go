package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
)

// Check reports what would keep a reader from a feed that we wrote: that it cannot
// be parsed, holds another number of entries than it should, or two of one id.
func (f Format) Check(body []byte, entries int) error {
	ids, err := f.ids(body)
	if err != nil {
		return err
	}
	if len(ids) != entries {
		return fmt.Errorf("%d entries where %d were written", len(ids), entries)
	}
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if id == "" {
			return errors.New("an entry without an id")
		}
		if seen[id] {
			return fmt.Errorf("two entries with the id %s", id)
		}
		seen[id] = true
	}
	return nil
}

func jsonIDs(body []byte) ([]string, error) {
	var f struct {
		Items []struct{ ID string } `json:"items"`
	}
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, err
	}
	if f.Items == nil {
		return nil, errors.New("no list of items")
	}
	var ids []string
	for _, it := range f.Items {
		ids = append(ids, it.ID)
	}
	return ids, nil
}

// xmlIDs reads the text of each element id that stands right in an element entry.
func xmlIDs(entry, id string) func([]byte) ([]string, error) {
	return func(body []byte) ([]string, error) {
		var ids []string
		err := scanXML(body, func(path []string) {
			if path[len(path)-1] == entry {
				ids = append(ids, "")
			}
		}, func(path []string, text []byte) {
			if n := len(path); n > 1 && path[n-1] == id && path[n-2] == entry {
				ids[len(ids)-1] += html.UnescapeString(string(text))
			}
		})
		return ids, err
	}
}
