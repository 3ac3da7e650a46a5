package extract

import (
	"context"

	"github.com/dealwatch/dealwatch"
)

// PDF gives the text of a PDF.
func PDF(ctx context.Context, body []byte) (string, error) {
	return "", readError(dealwatch.Unparsed, "", "not read yet")
}
