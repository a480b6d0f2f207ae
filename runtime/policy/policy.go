package policy

// Role is what a child is for. The zero Role is none.
type Role uint8

const (
	NoRole     Role = iota // the zero Role
	Supervisor             // has children of its own
	Service                // should always run
	Worker                 // may end; is restarted when it fails
	Job                    // runs once; completed is its good end
	Sidecar                // starts before its primary and stops after it
	Group                  // children of one supervisor that share a strategy and an intensity
)

var roles = []string{"none", "supervisor", "service", "worker", "job", "sidecar", "group"}

func (r Role) String() string { return Label(roles, uint8(r)) }

// MarshalText writes the label.
func (r Role) MarshalText() ([]byte, error) { return MarshalLabel("role", roles, uint8(r)) }

// UnmarshalText reads a label.
func (r *Role) UnmarshalText(text []byte) error {
	return UnmarshalLabel("role", roles, text, (*uint8)(r))
}

// Strategy says which siblings an automatic restart takes along (OTP's supervisor).
type Strategy uint8

const (
	OneForOne  Strategy = iota // the child alone
	OneForAll                  // all siblings
	RestForOne                 // the siblings declared after it; they also start and stop in that order
)

var strategies = []string{"one_for_one", "one_for_all", "rest_for_one"}

func (s Strategy) String() string { return Label(strategies, uint8(s)) }

// MarshalText writes the label.
func (s Strategy) MarshalText() ([]byte, error) {
	return MarshalLabel("strategy", strategies, uint8(s))
}

// UnmarshalText reads a label.
func (s *Strategy) UnmarshalText(text []byte) error {
	return UnmarshalLabel("strategy", strategies, text, (*uint8)(s))
}

// Outcome is how a run, a start or a policy ended: a row of a child's table.
type Outcome uint8

const (
	OutcomeNone        Outcome = iota // nothing has ended yet
	OutcomeSuccess                    // returned nil
	OutcomeError                      // returned an error
	OutcomePanic                      // panicked
	OutcomeGoexit                     // called runtime.Goexit
	OutcomeTimeout                    // was not ready in time, or a job ran too long
	OutcomeUnhealthy                  // its heartbeat died or its check failed too often
	OutcomeExternal                   // returned an ExternalDependency, or an error that is one by itself
	OutcomeAgain                      // returned an Again: not a failure, but what it handed over is not valid any more
	OutcomeFatalConfig                // returned a FatalConfig
	OutcomeFatalBug                   // returned a FatalBug
	OutcomeSkip                       // returned a Skip: switched off by configuration
	OutcomeStuck                      // did not stop within its budget
	OutcomeLimit                      // was restarted too often
	OutcomeIntensity                  // of a supervisor or a group: its children were restarted too often
)

var outcomes = []string{"none", "success", "error", "panic", "goexit", "timeout", "unhealthy", "external", "again", "fatal_config", "fatal_bug", "skip", "stuck", "limit", "intensity"}

func (o Outcome) String() string { return Label(outcomes, uint8(o)) }

// MarshalText writes the label.
func (o Outcome) MarshalText() ([]byte, error) { return MarshalLabel("outcome", outcomes, uint8(o)) }

// UnmarshalText reads a label.
func (o *Outcome) UnmarshalText(text []byte) error {
	return UnmarshalLabel("outcome", outcomes, text, (*uint8)(o))
}

// Action is what a table says to do about an outcome, in the order of strictness.
// The zero Action is none said: the role's own.
type Action uint8

const (
	ActionNone       Action = iota // nothing said: the role's own
	ActionRetry                    // start it again, and count that nowhere
	ActionRestart                  // start it again
	ActionStop                     // leave it stopped
	ActionQuarantine               // keep it out of automatic restart until an operator releases it, or its term is over
	ActionEscalate                 // its supervisor fails
	ActionShutdown                 // the whole tree ends
)

var actions = []string{"none", "retry", "restart", "stop", "quarantine", "escalate", "shutdown"}

func (a Action) String() string { return Label(actions, uint8(a)) }

// Starts reports whether what ended is started again.
func (a Action) Starts() bool { return a == ActionRetry || a == ActionRestart }

// MarshalText writes the label.
func (a Action) MarshalText() ([]byte, error) { return MarshalLabel("action", actions, uint8(a)) }

// UnmarshalText reads a label.
func (a *Action) UnmarshalText(text []byte) error {
	return UnmarshalLabel("action", actions, text, (*uint8)(a))
}
