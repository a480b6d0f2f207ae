package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// period is how often watch looks, and share which part of its time it may look at the most. Polling finds every
// save on every file system, which the notifications of the kernels do not, and asks for no dependency.
const (
	period = 500 * time.Millisecond
	share  = 10
)

// watch acts, and acts again whenever what look answers has changed, until ctx ends or the process is interrupted.
// What cannot be looked at is looked at again later, and what goes wrong with acting, a panic too, is handed to failed.
func watch(ctx context.Context, look func() (string, error), act func() error, failed func(error)) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	before, first := "", true
	for {
		start := time.Now()
		now, err := look()
		pause := max(period, share*time.Since(start))
		if err == nil && (first || now != before) {
			before, first = now, false
			if err := survive(act); err != nil {
				failed(err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// saved tells the .sup files that the arguments of a command stand for, with the time and size of each: it differs
// when one was saved, came or went.
func saved(args []string) (string, error) {
	dirs, err := directories(args)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return "", err
		}
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), sourceSuffix) || leftover(entry.Name()) {
				continue
			}
			name := filepath.Join(dir, entry.Name())
			info, err := os.Stat(name) // of what a link points to
			if errors.Is(err, fs.ErrNotExist) {
				continue // it went meanwhile
			}
			if err != nil {
				return "", err
			}
			fmt.Fprintln(&all, name, info.ModTime().UnixNano(), info.Size())
		}
	}
	return all.String(), nil
}
