package operate

import "time"

// What the server answers, as far as it is used. Words that it may say tomorrow, of states, kinds and actions, are strings.
type (
	// A State is the answer to /state, and to /history?at=.
	State struct {
		Tree     Tree    `json:"tree"`
		Report   *Report `json:"report"` // of a tree that stops
		Children []Child `json:"children"`
		Known    *bool   `json:"known"` // of one of the past
		Why      string  `json:"why"`   // it is not
	}

	Tree struct {
		Path        string    `json:"path"`
		Incarnation string    `json:"incarnation"`
		Phase       string    `json:"phase"`
		Ready       bool      `json:"ready"`
		Sequence    uint64    `json:"sequence"`
		Time        time.Time `json:"time"`
		Leaked      []string  `json:"leaked"`
	}

	// A Report says what has not come down yet.
	Report struct {
		Children []struct {
			Path    string `json:"path"`
			Outcome string `json:"outcome"`
			Stacks  string `json:"stacks" text:"lines"`
		} `json:"children"`
	}

	Child struct {
		Path       string    `json:"path"`
		Parent     string    `json:"parent"`
		Key        string    `json:"key"`
		Role       string    `json:"role"`
		Lifecycle  string    `json:"lifecycle"`
		Health     string    `json:"health"`
		Readiness  string    `json:"readiness"`
		Generation uint64    `json:"generation"`
		Starts     uint64    `json:"starts"`
		Failures   uint64    `json:"failures"`
		Attempt    int       `json:"attempt"`
		Restarts   int       `json:"restarts"`
		Stopped    string    `json:"stopped"`
		Since      time.Time `json:"since"`
		Waits      string    `json:"waits"`
		Wait       *Wait     `json:"wait"`
		Tags       []string  `json:"tags"`
		Failure    *Failure  `json:"failure"`
		Decision   *Decision `json:"decision"`
		NotReady   *Failure  `json:"not_ready"`
		Unclean    *Failure  `json:"unclean"`
	}

	Wait struct {
		Kind  string    `json:"kind"`
		On    string    `json:"on"`
		Until time.Time `json:"until"`
	}

	Failure struct {
		Kind     string `json:"kind"`
		Category string `json:"category"`
		Message  string `json:"message" text:"lines"`
		Stack    string `json:"stack" text:"lines"`
	}

	Decision struct {
		Action string        `json:"action"`
		Delay  time.Duration `json:"delay"`
		Reason string        `json:"reason"`
		Since  time.Time     `json:"since"`
		At     string        `json:"at"`
		Row    string        `json:"row"`
	}

	Event struct {
		Sequence   uint64    `json:"sequence"`
		Time       time.Time `json:"time"`
		Path       string    `json:"path"`
		Kind       string    `json:"kind"`
		From       string    `json:"from"`
		To         string    `json:"to"`
		Health     string    `json:"health"`
		Readiness  string    `json:"readiness"`
		Stopped    string    `json:"stopped"`
		Generation uint64    `json:"generation"`
		Attempt    int       `json:"attempt"`
		Restarts   int       `json:"restarts"`
		Phase      string    `json:"phase"`
		Outcome    string    `json:"outcome"`
		Failure    *Failure  `json:"failure"`
		Decision   *Decision `json:"decision"`
		Audit      *Audit    `json:"audit"`
		With       string    `json:"with"`
		Waits      string    `json:"waits"`
		Lost       uint64    `json:"lost"`
	}

	Audit struct {
		Verb string `json:"verb"`
		Who  string `json:"who"`
		Why  string `json:"why"`
	}

	// Declarations are the answer to /declarations.
	Declarations struct {
		Operate      bool          `json:"operate"` // there are commands
		Declarations []Declaration `json:"declarations"`
	}

	Declaration struct {
		Path      string   `json:"path"`
		Optional  bool     `json:"optional"`
		Dynamic   bool     `json:"dynamic"`
		Needs     []string `json:"needs"`
		Limit     *Limit   `json:"limit"`
		Intensity *Limit   `json:"intensity"`
		From      string   `json:"from"`
	}

	Limit struct {
		N  int           `json:"n"`
		In time.Duration `json:"in"`
	}

	// A Statement is one of those that decided.
	Statement struct {
		Of     string `json:"of"`
		Text   string `json:"text"`
		Source string `json:"source"`
	}

	// A Profile is where the goroutines of a declaration stand.
	Profile struct {
		Path   string    `json:"path"`
		Time   time.Time `json:"time"`
		Stacks string    `json:"stacks" text:"lines"`
	}

	// History is what is kept of the past.
	History struct {
		Incarnation string  `json:"incarnation"`
		First       uint64  `json:"first"`   // the first event that is kept
		Horizon     *uint64 `json:"horizon"` // the first sequence whose state is known
		Last        uint64  `json:"last"`
		Gaps        []struct {
			From uint64 `json:"from"`
			To   uint64 `json:"to"`
		} `json:"gaps"`
	}

	// An Answer says what an accepted command leads to.
	Answer struct {
		Path    string `json:"path"`
		Verb    string `json:"verb"`
		Changed bool   `json:"changed"`
		Before  string `json:"before"`
		Next    string `json:"next"`
	}
)
