package compare

import "strings"

// An effect is what a change means. Whatever is worse when it is made is better when it is taken back.
type effect struct {
	risk    string // what is worse in the new version
	benefit string // what is better
	note    string // what there is to say beside that
}

func trade(risk, benefit string) effect { return effect{risk: risk, benefit: benefit} }
func worse(risk string) effect          { return effect{risk: risk} }
func better(benefit string) effect      { return effect{benefit: benefit} }
func neither(note string) effect        { return effect{note: note} }

// either is the first effect under a condition, and else the second.
func either(is bool, a, b effect) effect {
	if is {
		return a
	}
	return b
}

// and is both effects.
func (e effect) and(others ...effect) effect {
	for _, o := range others {
		e = effect{join(e.risk, o.risk), join(e.benefit, o.benefit), join(e.note, o.note)}
	}
	return e
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// A Verdict is whether the new version is riskier for a change.
type Verdict string

const (
	Riskier Verdict = "riskier" // something is worse, and nothing is better
	Safer   Verdict = "safer"   // the other way round
	Depends Verdict = "depends" // on what goes wrong: something is worse, and something is better
	Neither Verdict = "neither" // nothing is worse or better
)

func (e effect) verdict() Verdict {
	switch {
	case e.risk != "" && e.benefit != "":
		return Depends
	case e.risk != "":
		return Riskier
	case e.benefit != "":
		return Safer
	}
	return Neither
}

// list is "A, B and C".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
