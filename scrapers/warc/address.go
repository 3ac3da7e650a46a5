package warc

import (
	"net/url"
	"slices"
	"strings"
)

// addressKeys gives two keys under which equal addresses meet: one with all
// parameters, and one without fields[]. Parameters are a set, and percent signs are
// spelt in one way. Scheme, host and path must be the same.
func addressKeys(address string) (exact, loose string) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return address, address
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	base := scheme + "://" + host + respell(path, "/")

	var all, some []string
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		if p == "" {
			continue
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(p, "+", "%20"), "=")
		name = respell(name, "")
		pair := name + "=" + respell(value, "")
		all = append(all, pair)
		if name != "fields%5B%5D" {
			some = append(some, pair)
		}
	}
	return base + "?" + set(all), base + "?" + set(some)
}

func set(pairs []string) string {
	slices.Sort(pairs)
	return strings.Join(slices.Compact(pairs), "&")
}

// respell writes every byte but letters, digits, "-._~" and those of keep as %XX;
// a byte of keep that was encoded stays so.
func respell(s, keep string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c, encoded := s[i], false
		if c == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				c, encoded = byte(hi<<4|lo), true
				i += 2
			}
		}
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("-._~", c) >= 0 || !encoded && strings.IndexByte(keep, c) >= 0
		if plain {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
