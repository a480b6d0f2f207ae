package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

var parts = []string{"runtime", "kernel", "compiler"}

// A benchmark is what is measured together: a round of it is one sample of each contender.
type benchmark struct {
	part       string
	name       string
	contenders []string
	sample     func(contender string) (sample, error)
}

// benchmarks are all that there are, in the order in which they are measured.
func benchmarks(w *workshop, s size) []benchmark {
	inProcess := func(name string, contenders ...string) benchmark {
		return benchmark{"runtime", name, contenders, alone(name, s)}
	}
	all := []benchmark{
		inProcess("restart after an error", restarters...),
		inProcess("restart after a panic", restarters...),
		inProcess("restart among many", restarters...),
		inProcess("storm", restarters...),
		inProcess("start and stop", keepers...),
		inProcess("what a run says", "supgen"),
		inProcess("state", "supgen"),
	}
	if w.escript != "" {
		all = append(all, benchmark{"runtime", "Erlang/OTP", []string{"OTP"}, w.otp(s)})
	}
	all = append(all, benchmark{"kernel", "kernel steps", []string{"supgen"}, w.kernelSteps(s)})
	return append(all, w.compilerBenchmarks(s)...)
}

// measure takes the rounds of each benchmark, and tells log how it goes.
func measure(all []benchmark, s settings, log io.Writer) (*results, error) {
	r := &results{Machine: thisMachine(), Date: time.Now().UTC().Truncate(time.Second), Rounds: s.rounds, Values: make(map[string]map[string][]float64)}
	g := s.patience
	g.spin = spin
	g.calibrate()
	for _, b := range all {
		fmt.Fprintf(log, "%s: %s ", b.part, b.name)
		for range s.rounds {
			quiet, err := r.round(b, &g)
			if err != nil {
				fmt.Fprintln(log)
				return nil, fmt.Errorf("%s: %w", b.name, err)
			}
			fmt.Fprint(log, map[bool]string{true: ".", false: "~"}[quiet])
		}
		fmt.Fprintln(log)
	}
	return r, nil
}

// round takes one quiet round of a benchmark and keeps its samples. A round that never was quiet is kept and noted.
func (r *results) round(b benchmark, g *gauge) (quiet bool, err error) {
	var round map[string]sample
	tries := 0
	quiet, err = g.round(func() error {
		round = make(map[string]sample)
		tries++
		for _, who := range b.contenders {
			taken, err := b.sample(who)
			if err != nil {
				return fmt.Errorf("%s: %w", who, err)
			}
			round[who] = taken
		}
		return nil
	})
	r.Repeated += max(0, tries-1)
	if err == nil && !quiet {
		r.Disturbed = append(r.Disturbed, b.name)
	}
	for who, taken := range round {
		for key, value := range taken {
			r.add(key, who, value)
		}
	}
	return quiet, err
}

// noise says in a sentence how quiet the machine was.
func (r *results) noise() string {
	switch {
	case r.Repeated == 0 && len(r.Disturbed) == 0:
		return "The machine was quiet all the time."
	case len(r.Disturbed) == 0:
		return fmt.Sprintf("%s taken again because the machine was busy.", plural(r.Repeated, "round was", "rounds were"))
	}
	return fmt.Sprintf("**The machine was busy.** %s taken again; still disturbed, and kept: %s.",
		plural(r.Repeated, "round was", "rounds were"), strings.Join(counted(r.Disturbed), ", "))
}

// counted are the names, each once, with how often they occur.
func counted(names []string) (all []string) {
	times := make(map[string]int)
	for _, name := range names {
		times[name]++
	}
	for _, name := range names {
		if n := times[name]; n > 0 {
			all = append(all, fmt.Sprintf("%s (%s)", name, plural(n, "round", "rounds")))
			times[name] = 0
		}
	}
	return all
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
