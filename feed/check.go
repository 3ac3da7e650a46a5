package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
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
		var ids, path []string
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			t, err := d.RawToken()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			switch t := t.(type) {
			case xml.StartElement:
				path = append(path, t.Name.Local)
				if t.Name.Local == entry {
					ids = append(ids, "")
				}
			case xml.EndElement:
				if len(path) == 0 || path[len(path)-1] != t.Name.Local {
					return nil, fmt.Errorf("element %s closed out of turn", t.Name.Local)
				}
				path = path[:len(path)-1]
			case xml.CharData:
				if n := len(path); n > 1 && path[n-1] == id && path[n-2] == entry {
					ids[len(ids)-1] += string(t)
				}
			}
		}
		if len(path) > 0 {
			return nil, fmt.Errorf("element %s is not closed", path[len(path)-1])
		}
		return ids, nil
	}
}
