package rules

type limit struct{ field string }
