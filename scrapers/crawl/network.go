package crawl

import (
	"errors"
	"net"
	"strings"
)

// networkError is a failure of the network in words that may be published: feeds and
// pages tell it, and package net would name this machine's address and its resolver's.
type networkError struct{ err error }

// hushed makes a networkError of what package net says; any other error stays.
func hushed(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &op) || errors.As(err, &dns) {
		return networkError{err}
	}
	return err
}

func (e networkError) Error() string {
	var dns *net.DNSError
	if errors.As(e.err, &dns) {
		return "look up " + dns.Name + ": " + dns.Err
	}
	var op *net.OpError
	if !errors.As(e.err, &op) || op.Err == nil {
		return "the network failed"
	}
	said := op.Op + ": " + op.Err.Error()
	if op.Source != nil {
		said = strings.ReplaceAll(said, op.Source.String(), "here")
	}
	return said
}

func (e networkError) Unwrap() error { return e.err }
