package rules

import _ "embed" // the schema

// Schema is the JSON Schema (2020-12) of a watchlist, for editors. It is generated
// from the types in the test beside it, which keeps both the same. It knows the shape
// of a watchlist; unknown parties, classes that do not fit and mistakes in a rule are
// what Parse finds.
//
//go:embed watchlist.schema.json
var Schema []byte
