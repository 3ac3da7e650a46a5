package extract

import (
	"context"

	"github.com/dealwatch/dealwatch"
)

// File reads the documents of a file.
func File(ctx context.Context, name string, body []byte) ([]dealwatch.Version, error) {
	text, err := Document(ctx, "", name, body)
	if err != nil {
		return nil, err
	}
	return []dealwatch.Version{{Item: dealwatch.Item{Source: "file", Key: name, URL: name, Title: name}, Text: text}}, nil
}
