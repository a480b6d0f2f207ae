//go:build !linux

package sdnotify

func (s *socket) barrier() {}

// monotonic is 0: systemd runs on Linux alone.
func monotonic() string { return "0" }
