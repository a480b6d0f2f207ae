package main

import (
	"context"
	"errors"
)

// A contender keeps children running: each is run again whenever it returns an error or panics, until stop. A
// contender is started once.
type contender interface {
	// start runs child i of n with run(ctx, i). ctx ends when the child is to stop.
	start(n int, run child)
	// stop returns when no child runs any more.
	stop()
}

type child func(ctx context.Context, i int) error

var errFailed = errors.New("failed")

var contenders = map[string]func() contender{
	"supgen":       func() contender { return &trees{} },
	"bare":         func() contender { return &bare{} },
	"bare+ctx":     func() contender { return &bare{contexts: true} },
	"bare-central": func() contender { return &central{} },
	"suture":       func() contender { return &sutures{} },
	"oklog/run":    func() contender { return &group{} },
}

// restarters are those that restart children; oklog/run does not.
var restarters = []string{"supgen", "bare", "bare+ctx", "bare-central", "suture"}

// keepers are those that start, hold and stop them.
var keepers = append(restarters[:len(restarters):len(restarters)], "oklog/run")
