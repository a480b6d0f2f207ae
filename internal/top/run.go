package top

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/supgen/supgen/internal/operate"
)

// Once prints the tree as it is, in lines of so many columns; 0 is as many as it takes.
func Once(ctx context.Context, c *operate.Client, w io.Writer, columns int) error {
	v, err := c.View(ctx)
	if err != nil {
		return err
	}
	if columns == 0 {
		columns = 1 << 16
	}
	m := NewModel("", v, time.Now())
	for _, l := range m.Draw(columns, 0, time.Now()) {
		if _, err := fmt.Fprintln(w, l.cut(columns).Plain()); err != nil {
			return err
		}
	}
	return nil
}

// Run shows the tree on a terminal until the user quits, or the process is asked to end. The terminal is as it was before, then.
func Run(ctx context.Context, c *operate.Client, in, out *os.File, colour bool) error {
	v, err := c.View(ctx)
	if err != nil {
		return err // before the screen is taken
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u := &ui{client: c, ctx: ctx, term: &terminal{in: in, out: out}, colour: colour, model: NewModel(c.Addr(), v, time.Now()),
		answers: make(chan func(*Model), 16), crashed: make(chan any, 1), keys: make(chan []byte), asks: make(chan os.Signal, 1), changes: make(chan os.Signal, 1)}
	signal.Notify(u.asks, endSignals...)
	defer signal.Stop(u.asks)
	if len(changeSignals) > 0 {
		signal.Notify(u.changes, changeSignals...)
		defer signal.Stop(u.changes)
	}
	if err := u.term.enter(); err != nil {
		return err
	}
	defer u.term.leave()
	u.spawn(func() { u.read(in) })
	return u.loop(listen(ctx, c, v, u.spawn))
}

// A ui brings together what happens: keys, news, signals and time.
type ui struct {
	client *operate.Client
	ctx    context.Context
	term   *terminal
	colour bool
	model  *Model

	pending []operate.Event // after the state that was asked for last
	answers chan func(*Model)
	crashed chan any // what goroutines panicked with
	keys    chan []byte
	asks    chan os.Signal // to end
	changes chan os.Signal // the size, or back from a suspension
	input   []byte         // which is not a whole key yet

	drawn []string // the lines on the screen
	w, h  int
}

// spawn runs a goroutine whose panic is the loop's.
func (u *ui) spawn(f func()) {
	go func() {
		defer func() {
			if v := recover(); v != nil {
				u.crashed <- v
			}
		}()
		f()
	}()
}

// read hands on what is typed. It stays behind in a read when the screen is left.
func (u *ui) read(in io.Reader) {
	for {
		b := make([]byte, 256)
		n, err := in.Read(b)
		if n > 0 {
			select {
			case u.keys <- b[:n]:
			case <-u.ctx.Done():
				return
			}
		}
		if err != nil {
			close(u.keys)
			return
		}
	}
}

const (
	frame  = 100 * time.Millisecond // from one drawing to the next, at the least
	second = time.Second            // times and countdowns go on
	escape = 50 * time.Millisecond  // after which an escape is the key, and not the beginning of a sequence
)

// loop draws, waits until something happens, and does what that means.
func (u *ui) loop(l *listener) error {
	var alone <-chan time.Time // an escape that nothing follows
	var last time.Time         // when the screen was drawn
	var took time.Duration
	for due := time.Now(); ; {
		if time.Until(due) <= 0 {
			last = time.Now()
			if err := u.draw(last); err != nil {
				return err
			}
			took, due = time.Since(last), last.Add(second)
		}
		select {
		case n := <-l.out:
			u.hear(n)
			for range len(l.out) {
				u.hear(<-l.out)
			}
			// When much happens, drawing takes a fifth of the time at the most.
			if next := last.Add(max(frame, 5*took)); next.Before(due) {
				due = next
			}
		case answer := <-u.answers:
			answer(u.model)
			due = time.Now()
		case b, ok := <-u.keys:
			if !ok {
				return nil // the terminal is gone
			}
			u.input = append(u.input, b...)
			if u.press(false) {
				return nil
			}
			alone = nil
			if len(u.input) > 0 {
				alone = time.After(escape)
			}
			due = time.Now()
		case <-alone:
			if alone = nil; u.press(true) {
				return nil
			}
			due = time.Now()
		case s := <-u.changes:
			if s == continued {
				u.resume()
			}
			due = time.Now()
		case <-u.asks:
			return nil
		case <-u.ctx.Done():
			return nil
		case v := <-u.crashed:
			panic(v) // here, where the screen is given back
		case <-time.After(time.Until(due)):
		}
	}
}

// hear shows news.
func (u *ui) hear(n news) {
	now := time.Now()
	m := u.model
	switch {
	case n.lost != "":
		m.Lost(n.lost, now.Add(n.retry))
		return
	case n.view != nil:
		m.Show(n.view, now)
		m.events = nil
	case n.state != nil:
		if n.state.Tree.Incarnation != m.View.Tree.Incarnation {
			break // the stream is reset, and all is asked for
		}
		m.Show(m.View.Next(n.state), now)
		kept := u.pending[:0]
		for _, e := range u.pending { // it may be older than what was heard
			if e.Sequence > n.state.Tree.Sequence {
				m.View.Apply(e)
				kept = append(kept, e)
			}
		}
		u.pending = kept
	case n.event != nil:
		m.Apply(*n.event, now)
		if u.pending = append(u.pending, *n.event); len(u.pending) > maxPending {
			u.pending = nil // the next state makes up for it
		}
	}
	m.Found(now)
}

// maxPending is how many events are kept that a state may not know yet.
const maxPending = 10_000

// press does what was typed means. It reports whether that is to quit.
func (u *ui) press(all bool) (quit bool) {
	for len(u.input) > 0 {
		k, n := ParseKey(u.input)
		if n == 0 {
			if !all {
				return false
			}
			k, n = Key(u.input[0]), 1 // an escape that nothing follows
			if u.input[0] != byte(KeyEscape) {
				k = KeyNone
			}
		}
		u.input = u.input[n:]
		a := u.model.Key(k, time.Now())
		switch {
		case a.Quit:
			return true
		case a.Suspend:
			u.term.leave()
			suspend()
			u.resume()
		case a.Redraw:
			u.drawn = nil
		case a.Command != nil:
			u.spawn(func() { u.command(*a.Command) })
		case a.Details != "":
			u.spawn(func() { u.explain(a.Details) })
		}
	}
	return false
}

func (u *ui) resume() {
	u.term.leave()
	u.term.enter()
	u.drawn = nil
}

// answer has the loop do something with the model.
func (u *ui) answer(f func(*Model)) {
	select {
	case u.answers <- f:
	case <-u.ctx.Done():
	}
}

func (u *ui) command(c Command) {
	a, err := operate.Decode[operate.Answer](u.client.Command(u.ctx, c.Path, c.Verb, c.Why))
	u.answer(func(m *Model) {
		if err != nil {
			m.Say("refused: "+err.Error(), true, time.Now())
			return
		}
		m.Say(a.Text(), false, time.Now())
	})
}

// explain asks what the details need, and the state has not.
func (u *ui) explain(path string) {
	statements, err := u.client.Statements(u.ctx, path)
	past, _, err2 := u.client.Past(u.ctx, 50, path)
	u.answer(func(m *Model) {
		if err == nil {
			m.Explain(path, statements)
		}
		if err2 == nil {
			m.Remember(past)
		}
	})
}

// draw writes the lines that have changed.
func (u *ui) draw(now time.Time) error {
	if w, h, ok := size(u.term.out); ok && (w != u.w || h != u.h) {
		u.w, u.h, u.drawn = w, h, nil
	} else if u.w == 0 {
		u.w, u.h = 80, 24
	}
	lines := u.model.Draw(u.w, u.h, now)
	var b []byte
	if len(u.drawn) != len(lines) {
		b = append(b, "\x1b[0m\x1b[2J"...)
		u.drawn = make([]string, len(lines))
	}
	for i, l := range lines {
		if text := l.ANSI(u.w, u.colour); text != u.drawn[i] {
			b = fmt.Appendf(b, "\x1b[%d;1H%s", i+1, text)
			u.drawn[i] = text
		}
	}
	if len(b) == 0 {
		return nil
	}
	_, err := u.term.out.Write(b)
	return err
}
