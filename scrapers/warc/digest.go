package warc

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// SHA256 is the lower-case hex digest of b.
func SHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// newHash gives the function that a digest such as "sha1:3I42H3S6..." names, and
// nil where it is one that we do not know.
func newHash(digest string) hash.Hash {
	name, _, _ := strings.Cut(digest, ":")
	switch strings.ReplaceAll(strings.ToLower(name), "-", "") {
	case "sha256":
		return sha256.New()
	case "sha1":
		return sha1.New()
	case "md5":
		return md5.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// sameDigest compares a stated digest, in hex or base32, with a sum.
func sameDigest(digest string, sum []byte) bool {
	_, value, _ := strings.Cut(digest, ":")
	value = strings.TrimSpace(value)
	return strings.EqualFold(value, hex.EncodeToString(sum)) ||
		strings.EqualFold(strings.TrimRight(value, "="), strings.TrimRight(base32.StdEncoding.EncodeToString(sum), "="))
}

// checkDigest compares parts, any one of which may be what was meant, with a stated
// digest. An empty or unknown one proves nothing and passes.
func checkDigest(what, digest string, parts ...[]byte) error {
	h := newHash(digest)
	if h == nil {
		return nil
	}
	for _, p := range parts {
		h.Reset()
		h.Write(p)
		if sameDigest(digest, h.Sum(nil)) {
			return nil
		}
	}
	return fmt.Errorf("wrong %s digest: the record says %s", what, digest)
}
