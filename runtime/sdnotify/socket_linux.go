package sdnotify

import (
	"cmp"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// barrier sends the end of a pipe, which systemd closes when it has read what was sent before.
func (s *socket) barrier() {
	wait, sent, err := os.Pipe()
	if err != nil {
		return
	}
	defer wait.Close()
	err = s.sendFile("BARRIER=1", sent)
	sent.Close()
	if err == nil && wait.SetReadDeadline(time.Now().Add(patience)) == nil {
		wait.Read(make([]byte, 1))
	}
}

// sendFile sends a message with a file, which a connection of package net takes with no message to where it is connected.
func (s *socket) sendFile(message string, f *os.File) error {
	conn, err := s.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	rights := syscall.UnixRights(int(f.Fd()))
	wrote := raw.Write(func(fd uintptr) bool {
		err = syscall.Sendmsg(int(fd), []byte(message), rights, nil, 0)
		return err != syscall.EAGAIN
	})
	return cmp.Or(wrote, err)
}

// monotonic is CLOCK_MONOTONIC in microseconds, which package time keeps to itself.
func monotonic() string {
	const clockMonotonic = 1
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return strconv.FormatInt(now.Nano()/int64(time.Microsecond), 10)
}
