package web

import (
	"bytes"
	"context"
	"net"
)

// Listen gives connections that send an answer from memory in one piece: net/http sends
// its first 4 kB by themselves, which costs each reader and us a round of the network.
func Listen(ln net.Listener) net.Listener { return listener{ln} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// conn holds the beginning of an answer back until the rest of it is there. The server
// writes the answers of a connection one after another, so that nothing is locked.
type conn struct {
	net.Conn
	body int    // bytes of the body to come; 0 for nothing to hold back
	held []byte // of the answer
	rest int    // bytes that it lacks
}

type connKey struct{}

// withConn lets an answer know its connection.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// sendsWhole says that the next answer has a body of so many bytes, and is written at once.
func sendsWhole(ctx context.Context, body int) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.body = body
	}
}

// Write implements [net.Conn].
func (c *conn) Write(b []byte) (int, error) {
	switch {
	case c.rest > 0: // the end of an answer, or at least more of it
		all := net.Buffers{c.held, b}
		held := len(c.held)
		c.held, c.rest = c.held[:0], 0
		n, err := all.WriteTo(c.Conn)
		return max(int(n)-held, 0), err
	case c.body > 0:
		end := bytes.Index(b, []byte("\r\n\r\n"))
		if rest := end + 4 + c.body - len(b); end > 0 && rest > 0 {
			c.held, c.rest, c.body = append(c.held, b...), rest, 0
			return len(b), nil
		}
		c.body = 0
	}
	return c.Conn.Write(b)
}

// CloseWrite lets the server end an answer to a client that is still asking.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
