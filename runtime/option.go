package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/supgen/supgen/runtime/internal/bridge"
)

// An Option changes how a tree runs, not what it means.
type Option func(*options)

type options struct {
	logger    *slog.Logger
	chosen    bool // the logger, which may be nil
	seed      uint64
	seeded    bool
	ring      int
	overrides map[string][]func(*Child)
	clean     func(error) bool
	stubs     map[string]bridge.StandIn
	keyLabels bool
	replicas  map[string]int
}

// WithLogger has the tree log its events, and gives each run a logger that carries its path, generation and attempt.
// Records have the time of their event. The log's handler is called on a goroutine of its own, so that a slow one delays
// nobody; what it still has to write is written before Run returns, which waits a second at the most. What was dropped then,
// what came too fast, and the records on which the handler panicked, the last record and the [Report] count. With nil no event is
// logged, and runs log to slog.Default. So it is without this option, but in a program that [Main] runs: its tree logs to
// slog.Default.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) { o.logger, o.chosen = logger, true }
}

// WithSeed seeds the jitter, so that the delays of one history are those of another. Without it they are random.
func WithSeed(seed uint64) Option {
	return func(o *options) { o.seed, o.seeded = seed, true }
}

// WithEvents keeps the last n events for slow readers; the default is 1024. It must be positive.
func WithEvents(n int) Option { return func(o *options) { o.ring = n } }

// WithKeyLabels has the goroutines of dynamic children carry their key as the label supgen.key in profiles. A goroutine profile then
// has an entry for each child instead of one for all that stand at the same place: with many children it takes as much
// longer, and the program is stopped meanwhile. Keys may be personal data, and profiles are passed around.
func WithKeyLabels() Option { return func(o *options) { o.keyLabels = true } }

// WithReplicas has as many replicas of the child that is declared at path ("Shop.Consumer"), which declares a range of them,
// as a configuration says. A number out of the range is a mistake of the configuration: Run starts nothing, and returns a
// [FatalConfig]. So it does where there is no such child. Generated code has a function for each that checks the path:
// WithShopConsumer.
func WithReplicas(path string, n int) Option {
	return func(o *options) {
		if o.replicas == nil {
			o.replicas = make(map[string]int)
		}
		o.replicas[path] = n
	}
}

// chooseReplicas gives the children that declare a range of replicas their number.
func chooseReplicas(table []Child, chosen map[string]int) error {
	var errs []error
	known := make(map[string]bool)
	for i, path := range paths(table) {
		c := &table[i]
		if c.Fewest == 0 {
			continue
		}
		known[path] = true
		most := c.Replicas
		c.Replicas = c.Fewest
		n, ok := chosen[path]
		switch {
		case !ok:
		case n < c.Fewest || n > most:
			errs = append(errs, fmt.Errorf("supgen: %d replicas of %s: there are %d to %d", n, path, c.Fewest, most))
		default:
			c.Replicas = n
		}
	}
	for _, path := range slices.Sorted(maps.Keys(chosen)) {
		if !known[path] {
			errs = append(errs, fmt.Errorf("supgen: %d replicas of %s, which declares no range of them", chosen[path], path))
		}
	}
	if errs == nil {
		return nil
	}
	return FatalConfig(errors.Join(errs...))
}

// CleanStop says which errors, in addition to those that are known to ([docs/runtime.md], "Stopping"), a run may return that was
// asked to stop: of another pool's closed connections, say. Any other is an unclean stop: it is logged, and [Tree.Run]
// returns those of the last stop. Of several options, one is enough that accepts an error. It is asked on the goroutine of
// each run that ends with an error that is not known, asked to stop or not, so at any time and at the same time.
//
// [docs/runtime.md]: https://github.com/supgen/supgen/blob/main/docs/runtime.md
func CleanStop(accept func(error) bool) Option {
	return func(o *options) {
		before := o.clean
		o.clean = func(err error) bool { return accept(err) || before != nil && before(err) }
	}
}
