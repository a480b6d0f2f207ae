package lanes

import (
	"math"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// A chart is a history laid out.
type chart struct {
	lanes   []*lane
	moments []time.Duration
	x       []float64 // of each moment, and of the end
	left    float64   // where time begins
	cut     bool      // there are more moments than are drawn
	quiet   int       // children without a lane, because nothing happens to them
}

// A lane is a child.
type lane struct {
	path  string
	spans []span
	marks []mark
	last  time.Duration // something happened
}

// A span is a state, until the next one.
type span struct {
	from time.Duration
	is   runtime.Lifecycle
	done bool // a job that is completed
}

// A mark is a moment of a child: a failure, or another end.
type mark struct {
	at   time.Duration
	text string // in short
	bad  bool
}

// Bounds of what is drawn.
const (
	mostLanes   = 40
	mostMoments = 40
)

// layOut reads events. Children to which nothing happens from a moment on have no lane.
func layOut(events []runtime.Event, from time.Duration) *chart {
	c := &chart{}
	of := map[string]*lane{}
	seen := map[time.Duration]bool{}
	for _, e := range events {
		if !seen[e.At] && len(c.moments) == mostMoments {
			c.cut = true
			break
		}
		l := of[e.Path]
		if l == nil {
			l = &lane{path: e.Path}
			of[e.Path] = l
			c.lanes = append(c.lanes, l)
		}
		if l.note(e) {
			l.last = e.At
			if !seen[e.At] {
				seen[e.At] = true
				c.moments = append(c.moments, e.At)
			}
		}
	}
	loud := slices.DeleteFunc(slices.Clone(c.lanes), func(l *lane) bool { return l.last < from })
	loud = loud[:min(len(loud), mostLanes)]
	c.quiet = len(c.lanes) - len(loud)
	c.lanes = loud
	c.measure()
	return c
}

// note reports whether an event is drawn.
func (l *lane) note(e runtime.Event) bool {
	drawn := false
	switch {
	case e.Decision != nil && (e.Kind == runtime.EventFailed || e.Kind == runtime.EventEnded):
		text := e.Outcome.String() + ": " + e.Decision.Action.String()
		if e.Outcome == policy.OutcomeSuccess && e.Decision.Action == policy.ActionStop {
			text = "" // the state's word says it
		}
		l.marks = append(l.marks, mark{e.At, text, e.Kind == runtime.EventFailed})
		drawn = true
	case e.Kind == runtime.EventStuck:
		l.marks = append(l.marks, mark{e.At, "stuck", true})
		drawn = true
	case e.Kind == runtime.EventCommand && e.Audit != nil:
		l.marks = append(l.marks, mark{e.At, e.Audit.Verb.String(), false})
		drawn = true
	}
	if e.From == e.To && len(l.spans) > 0 || e.Kind == runtime.EventPhase {
		return drawn
	}
	s := span{e.At, e.To, e.Stopped == runtime.StopCompleted}
	if n := len(l.spans); n > 0 && l.spans[n-1].from == e.At { // what it was in no time is not to be seen
		l.spans[n-1] = s
	} else {
		l.spans = append(l.spans, s)
	}
	return true
}

const (
	laneHeight = 34.0
	barHeight  = 16.0
	top        = 34.0
)

// measure gives each moment its place.
func (c *chart) measure() {
	longest := 0
	for _, l := range c.lanes {
		longest = max(longest, len([]rune(l.path)))
	}
	c.left = 24 + 7*float64(longest)
	x := c.left
	for i, at := range c.moments {
		if i > 0 {
			x += gap(at - c.moments[i-1])
		}
		c.x = append(c.x, x)
	}
	c.x = append(c.x, x+90)
}

// gap is how wide a time is drawn.
func gap(d time.Duration) float64 {
	return 14 + 24*math.Log10(1+float64(d)/float64(10*time.Millisecond))
}

// at is the place of a moment.
func (c *chart) at(t time.Duration) float64 {
	i, _ := slices.BinarySearch(c.moments, t)
	return c.x[min(i, len(c.x)-1)]
}

// end is where time ends.
func (c *chart) end() float64 { return c.x[len(c.x)-1] }
