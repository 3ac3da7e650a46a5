//go:build !amd64

package rules

func setWide(int) {}
