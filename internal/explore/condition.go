package explore

// A Condition is something that a tree may be required not to do.
type Condition struct {
	Name string
	Text string // what it finds

	meets func(*Trial) bool // nil is about the tree when nothing fails
}

// plain reports whether a trial is one failure that no child asks for, and that no operator has a part in.
func plain(t *Trial) bool {
	k := t.Failures[0].Kind
	return len(t.Failures) == 1 && !k.own() && !k.fatal() && k != Stuck && k != SlowStart && k != SlowStop
}

func single(t *Trial, k ...Kind) bool {
	if len(t.Failures) > 1 {
		return false
	}
	for _, k := range k {
		if t.Failures[0].Kind == k {
			return true
		}
	}
	return false
}

// Conditions are all there are.
var Conditions = []Condition{
	{"program ends by one failure", "an error, panic, goexit, timeout, unhealthy, external or again, once",
		func(t *Trial) bool { return plain(t) && t.Failures[0].Often == Once && t.Cost.Grade == Ends }},
	{"program ends by a repeated failure", "the same, again and again or from the start",
		func(t *Trial) bool { return plain(t) && t.Failures[0].Often != Once && t.Cost.Grade == Ends }},
	{"program ends by an external failure", "what is broken outside of the program, however often",
		func(t *Trial) bool { return single(t, External) && t.Cost.Grade == Ends }},
	{"program ends by a fatal error", "a fatal_config or fatal_bug",
		func(t *Trial) bool { return single(t, FatalConfig, FatalBug) && t.Cost.Grade == Ends }},
	{"program ends by a stuck run", "a run that does not stop",
		func(t *Trial) bool { return single(t, Stuck) && t.Cost.Grade == Ends }},
	{"program ends by two failures", "two that do not end it one by one",
		func(t *Trial) bool { return len(t.Failures) == 2 && t.Cost.Grade == Ends }},
	{"child stays down by one failure", "the same as for the program, once: it, or another, is not up an hour later",
		func(t *Trial) bool {
			return plain(t) && t.Failures[0].Often == Once && (t.Cost.Grade == Stay || t.Cost.Grade == ItStays)
		}},
	{"others stay down by one failure", "the same, of others",
		func(t *Trial) bool { return plain(t) && t.Failures[0].Often == Once && t.Cost.Grade == Stay }},
	{"optional takes others down", "a failure of what is optional, a sidecar or dynamic ends the program, or keeps others down",
		func(t *Trial) bool {
			f := t.Failures[0]
			return len(t.Failures) == 1 && f.Kind != Down && Missable(f.Child) && t.Cost.Grade >= Stay
		}},
	{"child is never up", "a child that does not start although nothing fails", nil},
}

// Meets is the trials that a condition finds, the worst first, and whom it finds without any failure.
func (r *Report) Meets(c Condition) (trials []*Trial, children []string) {
	if c.meets == nil {
		return nil, r.Missing
	}
	for _, t := range r.Trials {
		if c.meets(t) {
			trials = append(trials, t)
		}
	}
	return trials, nil
}
