package kit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/supgen/supgen/runtime"
)

// Listen is net.Listen, with errors that say what to do: an address that cannot be had, because it is in use for example, is an
// external failure, so that the child waits for it; one that makes no sense, or that is not permitted, is a
// [runtime.FatalConfig], and so is a network that does not exist.
func Listen(ctx context.Context, network, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, network, address)
	if makesNoSense(err) || errors.Is(err, fs.ErrPermission) {
		return nil, runtime.FatalConfig(err)
	}
	return l, runtime.ExternalDependency(err)
}

// makesNoSense reports whether an address, or a network, is none at all, and will not be later.
func makesNoSense(err error) bool {
	if _, bad := errors.AsType[*net.AddrError](err); bad {
		return true
	}
	if _, bad := errors.AsType[net.UnknownNetworkError](err); bad {
		return true
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.Err == "unknown port" // the name of a service, which is looked up on this machine alone
	}
	return errors.Is(err, syscall.EINVAL) // too long for a Unix socket, or without its zone
}

// Beating returns a listener that calls Heartbeat while a server waits for a connection, and when it gets one; l itself if the
// child declares no heartbeat. l needs a method SetDeadline, which listeners of package net have: wrap it in one of crypto/tls
// after this, and not before. Without the method, the error is a [runtime.FatalBug].
func Beating(run Run, l net.Listener) (net.Listener, error) {
	p := pulseOf(run)
	if p.beat == nil {
		return l, nil
	}
	deadline, ok := l.(interface{ SetDeadline(time.Time) error })
	if !ok {
		return nil, runtime.FatalBug(fmt.Errorf("kit: a heartbeat needs a listener with a method SetDeadline, which %T does not have", l))
	}
	return beating{l, deadline, p}, nil
}

type beating struct {
	net.Listener
	deadline interface{ SetDeadline(time.Time) error }
	pulse
}

func (b beating) Accept() (net.Conn, error) {
	for {
		b.beat()
		if err := b.deadline.SetDeadline(time.Now().Add(b.every)); err != nil {
			return nil, err
		}
		if conn, err := b.Listener.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
			return conn, err
		}
	}
}
