//go:build !amd64

package rules

const wide = 0

func see(m *bitmaps, b window, n int, _ *nibbles) { seePlainly(m, b, n) }

func choose(c *chunk, x *index, b window) int { return c.listPlainly(x, b) }
