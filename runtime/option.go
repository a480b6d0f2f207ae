package runtime

import (
	"log/slog"

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
