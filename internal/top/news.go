package top

import (
	"context"
	"time"

	"github.com/supgen/supgen/internal/operate"
)

// news is one thing that is heard of the program.
type news struct {
	view  *operate.View  // all of it, at the beginning or when events were missed
	state *operate.State // a later state
	event *operate.Event
	lost  string        // why there is no connection
	retry time.Duration // until it is tried again
}

// A listener asks a program for what it has to say, and no more: events as they come, and the state after events, once in a
// second, and a tenth of the time at the most. A tree in which nothing happens is not asked.
type listener struct {
	client *operate.Client
	out    chan news
	whole  chan struct{} // all has to be asked for anew
	later  chan struct{} // the state has changed
}

// listen listens from a view on, in goroutines that spawn runs.
func listen(ctx context.Context, c *operate.Client, v *operate.View, spawn func(func())) *listener {
	l := &listener{c, make(chan news, 256), make(chan struct{}, 1), make(chan struct{}, 1)}
	at := operate.Position{Incarnation: v.Tree.Incarnation, Sequence: v.Tree.Sequence}
	spawn(func() { l.follow(ctx, at) })
	spawn(func() { l.refresh(ctx) })
	return l
}

func (l *listener) tell(ctx context.Context, n news) {
	select {
	case l.out <- n:
	case <-ctx.Done():
	}
}

// note has something done, once for all notes before that.
func note(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow tells the events.
func (l *listener) follow(ctx context.Context, at operate.Position) {
	for m := range l.client.Follow(ctx, at) {
		switch {
		case m.Live:
			note(l.later)
		case m.Reset != nil:
			note(l.whole)
		case m.End != "":
			l.tell(ctx, news{lost: m.End})
		case m.Err != nil:
			l.tell(ctx, news{lost: m.Err.Error(), retry: m.Retry})
		default:
			l.tell(ctx, news{event: &m.Event})
			note(l.later)
		}
	}
}

const (
	shortestPause = time.Second
	share         = 10 // of the time, one part is for asking
)

// refresh tells the state.
func (l *listener) refresh(ctx context.Context) {
	for {
		whole := false
		select {
		case <-ctx.Done():
			return
		case <-l.whole:
			whole = true
		case <-l.later:
		}
		began := time.Now()
		if err := l.ask(ctx, whole); err != nil && whole {
			note(l.whole) // again; without a connection, the stream says why
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(shortestPause, (share-1)*time.Since(began))):
		}
	}
}

func (l *listener) ask(ctx context.Context, whole bool) error {
	if whole {
		v, err := l.client.View(ctx)
		if err == nil {
			l.tell(ctx, news{view: v})
		}
		return err
	}
	s, err := operate.Decode[operate.State](l.client.Get(ctx, "state", nil))
	if err == nil {
		l.tell(ctx, news{state: s})
	}
	return err
}
