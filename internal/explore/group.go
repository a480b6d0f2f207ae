package explore

import (
	"fmt"
	"slices"
	"strings"
)

// A Group is trials that come to the same: of one child by several kinds of failure, or of several children by the same.
type Group struct {
	Trials   []*Trial // the worst first
	What     string   // "error or panic, once"; of two failures, joined by " with "
	Subjects []string // whom it concerns; of two failures, "Shop.DB with Shop.HTTP"
}

// Groups are the trials grouped by what they have in common, in the order of the worst of each.
func (r *Report) Groups() []*Group {
	whats := map[*Trial]string{}
	var firsts []*Trial
	members := map[*Trial][]*Trial{}
	for _, trials := range r.Alike() {
		first := trials[0]
		firsts, whats[first], members[first] = append(firsts, first), What(trials), trials
	}
	var groups []*Group
	for _, like := range collect(firsts, func(t *Trial) string {
		key := fmt.Sprint(t.Cost.Grade, whats[t])
		if g := t.Cost.Grade; g == Stay || g == Fall { // who else goes down is the child's own matter
			key += t.Subject()
		}
		return key
	}) {
		g := &Group{What: whats[like[0]]}
		for _, first := range like {
			g.Trials = append(g.Trials, members[first]...)
			g.Subjects = append(g.Subjects, first.Subject())
		}
		slices.SortFunc(g.Trials, func(a, b *Trial) int { return a.Number - b.Number })
		groups = append(groups, g)
	}
	return groups
}

// Alike are the trials, those together that differ in nothing but the kind of failure, in the order of the worst of each.
func (r *Report) Alike() [][]*Trial {
	return collect(r.Trials, func(t *Trial) string {
		key := fmt.Sprint(t.Cost.Grade, t.Cost.Unfinished, t.Cost.Fall, t.Cost.Stay, t.Cost.Last, t.Cost.Own.Lasts, t.Cost.Launches > 0, len(t.Failures))
		for i, f := range t.Failures {
			key += fmt.Sprint(" ", f.Path, f.Kind.sort())
			if len(t.Failures) > 1 {
				key += f.Often.String()
			}
			if i > 0 { // so that of two failures only the first differs
				key += f.Kind.String()
			}
		}
		for _, o := range t.Cost.Others {
			key += fmt.Sprint(" ", o.Path, o.Stays, o.Lasts)
		}
		return key
	})
}

// collect groups trials by a key, in their order.
func collect(trials []*Trial, key func(*Trial) string) (groups [][]*Trial) {
	index := map[string]int{}
	for _, t := range trials {
		k := key(t)
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

// sort is what a kind is reported together with: what fails, what is stuck, what is fatal, and so on.
func (k Kind) sort() int { return weight(&Trial{Failures: []Failure{{Kind: k}}}) }

// Subject is whom a trial concerns.
func (t *Trial) Subject() string {
	var of []string
	for _, f := range t.Failures {
		of = append(of, f.Subject())
	}
	return strings.Join(of, " with ")
}

// What is the failures of trials that are alike: "error or panic, again and again; skip, once".
func What(trials []*Trial) string {
	var parts []string
	for i := range trials[0].Failures {
		var often [kinds]string // how, of each kind
		var order []string
		for o := range oftens {
			for k := range kinds {
				if slices.ContainsFunc(trials, func(t *Trial) bool { return t.Failures[i].Kind == k && t.Failures[i].Often == o }) {
					often[k] = join(often[k], k.often(o))
				}
			}
		}
		of := map[string][]string{}
		for k := range kinds {
			if !slices.ContainsFunc(trials, func(t *Trial) bool { return t.Failures[i].Kind == k }) {
				continue
			}
			if of[often[k]] == nil {
				order = append(order, often[k])
			}
			of[often[k]] = append(of[often[k]], k.String())
		}
		var words []string
		for _, o := range order {
			text := strings.Join(of[o], ", ")
			if n := len(of[o]); n > 1 {
				text = strings.Join(of[o][:n-1], ", ") + " or " + of[o][n-1]
			}
			if o != "" {
				text += ", " + o
			}
			words = append(words, text)
		}
		parts = append(parts, strings.Join(words, "; "))
	}
	return strings.Join(parts, " with ")
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " or " + b
}
