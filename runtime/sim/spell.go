package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/supgen/supgen/internal/spelling"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// deedWords is how the text of a script calls a deed; an end is called by its outcome, and "ends" only where it never
// comes.
var deedWords = [deeds]string{
	Ready: "ready", Unready: "unready", Ends: "ends", Stops: "stops", Aborts: "aborts", Silent: "silent",
	ChecksPass: "checks pass", ChecksFail: "checks fail", ChecksHang: "checks hang", Hangs: "hangs",
}

// String is the deed's word.
func (d Deed) String() string {
	if d >= deeds {
		return strconv.Itoa(int(d))
	}
	return deedWords[d]
}

// endings are the outcomes that a run can end with; it is for its supervisor to find the others.
var endings = map[runtime.Outcome]bool{
	runtime.OutcomeSuccess: true, runtime.OutcomeError: true, runtime.OutcomePanic: true, runtime.OutcomeGoexit: true,
	runtime.OutcomeExternal: true, runtime.OutcomeAgain: true, runtime.OutcomeFatalConfig: true, runtime.OutcomeFatalBug: true, runtime.OutcomeSkip: true,
}

func endingWords() string {
	var words []string
	for o := range runtime.OutcomeIntensity {
		if endings[o] {
			words = append(words, o.String())
		}
	}
	return strings.Join(words, ", ")
}

// clauses are all words of deeds.
func clauses() string {
	words := slices.DeleteFunc(slices.Clone(deedWords[1:]), func(w string) bool { return w == "ends" })
	return strings.Join(words, ", ") + ", never ends, " + endingWords()
}

// String is the text of the script: Parse reads the same script from it, but for the lines.
func (s Script) String() string {
	var b strings.Builder
	if s.Seed != 0 {
		fmt.Fprintf(&b, "seed %d\n", s.Seed)
	}
	if s.Until != 0 {
		fmt.Fprintf(&b, "until %s\n", s.Until)
	}
	for _, r := range s.Rules {
		fmt.Fprintf(&b, "%s%s %s\n", r.Path, spellGenerations(r.First, r.Last), spellDeed(r))
	}
	for _, a := range s.Acts {
		fmt.Fprintf(&b, "at %s %s\n", a.At, spellAct(a))
	}
	for _, e := range s.Expects {
		fmt.Fprintf(&b, "at %s expect %s%s %s\n", e.At, e.Path, spellGenerations(e.First, e.Last), e.Is)
	}
	return b.String()
}

func spellGenerations(first, last uint64) string {
	switch {
	case first == 0 && last == 0:
		return ""
	case first == last:
		return fmt.Sprintf("#%d", first)
	case last == 0:
		return fmt.Sprintf("#%d..", first)
	}
	return fmt.Sprintf("#%d..%d", max(1, first), last)
}

// spellExpected is where a child is expected to stand: "#2, ready".
func spellExpected(e Expect) string {
	if g := spellGenerations(e.First, e.Last); g != "" {
		return g + ", " + e.Is.String()
	}
	return e.Is.String()
}

func lifecycleWords() string {
	var words []string
	for l := range runtime.LifecycleFailed + 1 {
		words = append(words, l.String())
	}
	return strings.Join(words, ", ")
}

// spellDeed is a rule without its path.
func spellDeed(r Rule) string {
	word, message := r.Does.String(), ""
	if r.Message != "" {
		message = " " + strconv.Quote(r.Message)
	}
	switch {
	case r.After == Never:
		return "never " + word
	case r.Does == Ends:
		return r.Outcome.String() + message + spellAfter(r.After)
	case r.Outcome != runtime.OutcomeNone:
		return word + spellAfter(r.After) + " with " + r.Outcome.String() + message
	}
	return word + spellAfter(r.After)
}

func spellAct(a Act) string {
	switch {
	case a.Verb == kernel.VerbNone:
		return a.Rule.Path + " " + spellDeed(a.Rule)
	case a.Verb == runtime.VerbStart && a.Who == "":
		return "start " + a.Path
	case a.Verb == runtime.VerbShutdown:
		return fmt.Sprintf("shutdown by %q %q", a.Who, a.Why)
	}
	return fmt.Sprintf("%s %s by %q %q", a.Verb, a.Path, a.Who, a.Why)
}

// keywords are the words of the language, as opposed to names, numbers and texts.
func keywords() []string {
	text := "seed until at expect never checks after with by " + clauses() + " " + lifecycleWords()
	for verb := range runtime.VerbShutdown {
		text += " " + (verb + 1).String()
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// meant asks whether somebody who wrote word meant a candidate that is near, or is "".
func meant(word string, candidates []string) string {
	if n := near(word, candidates); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// near is the candidate that somebody who wrote word may have meant, or "".
func near(word string, candidates []string) string {
	best, least := "", 3 // more than two mistakes are another word, and so is a name of which nothing is left
	name := len(word) - strings.LastIndex(word, ".") - 1
	for _, c := range candidates {
		if d := spelling.Distance(word, c); d < least && d < name {
			best, least = c, d
		}
	}
	return best
}
