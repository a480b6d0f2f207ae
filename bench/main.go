// Bench measures supgen: its runtime beside bare goroutines and other supervisors, its kernel alone, and its compiler
// beside another generator. From the root of the repository:
//
//	go run ./bench
//
// One sample is one process. A round takes one sample of each contender in turn, and is taken again when the machine
// was busy with something else. What is printed are medians over rounds, beside the goals that they are held to.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const usage = `Bench measures supgen beside its peers and prints one table.

	go run ./bench                           everything; takes about half an hour, on a machine with nothing else to do
	go run ./bench -only kernel              one part of it
	go run ./bench -case 'restart|storm'     some cases; -list names them
	go run ./bench -quick                    small sizes, one round: to see that it works
	go run ./bench -write                    also writes docs/performance.md, its plots, and bench/results
	go run ./bench -compare OLD.json         measures, and compares with an earlier run
	go run ./bench -compare OLD.json NEW.json

Flags:
`

// settings are what the command line says.
type settings struct {
	rounds   int
	only     string
	match    *regexp.Regexp
	quick    bool
	list     bool
	write    bool
	json     bool
	compare  string
	with     string // of -compare: another file, instead of measuring
	patience gauge
}

func main() {
	if sampling(os.Args) {
		return
	}
	s, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := bench(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// parse reads the command line; what is wrong with it is written to out.
func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	pattern := f.String("case", "", "measure only the cases whose names match this `regexp`")
	f.IntVar(&s.rounds, "rounds", 5, "how many samples of each contender are taken")
	f.StringVar(&s.only, "only", "", "measure only this `part`: "+strings.Join(parts, ", "))
	f.BoolVar(&s.quick, "quick", false, "small sizes, one round; the figures mean nothing")
	f.BoolVar(&s.list, "list", false, "name the cases, and measure nothing")
	f.BoolVar(&s.write, "write", false, "write docs/performance.md, docs/performance/*.svg and bench/results/DATE.json")
	f.BoolVar(&s.json, "json", false, "print the samples as JSON instead of the table")
	f.StringVar(&s.compare, "compare", "", "compare with the results in this `file`")
	f.Float64Var(&s.patience.percent, "noise", 10, "take a round again when the machine was slower than this many `percent`")
	f.IntVar(&s.patience.again, "again", 3, "how often at the most")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	return s, s.check(f, *pattern, out)
}

// check holds the flags to each other.
func (s *settings) check(f *flag.FlagSet, pattern string, out io.Writer) (err error) {
	s.with = f.Arg(0)
	s.match, err = regexp.Compile(pattern)
	switch {
	case err != nil:
	case s.only != "" && !slices.Contains(parts, s.only):
		err = fmt.Errorf("there is no part %q; write one of %s", s.only, strings.Join(parts, ", "))
	case s.rounds < 1:
		err = fmt.Errorf("%d rounds measure nothing; write 1 or more", s.rounds)
	case s.quick && s.write:
		err = fmt.Errorf("what -quick measures means nothing; leave out -write or -quick")
	case s.write && (s.only != "" || pattern != ""):
		err = errors.New("the manual shows everything; leave out -write, or -only and -case")
	case f.NArg() > 1 || f.NArg() == 1 && s.compare == "":
		err = fmt.Errorf("%q stands alone; only -compare OLD.json takes a second file", f.Arg(f.NArg()-1))
	}
	if err != nil {
		fmt.Fprintln(out, "bench:", err)
	}
	return err
}

// bench does what the settings say.
func bench(s settings, out io.Writer) error {
	if s.with != "" {
		return compareFiles(s.compare, s.with, out)
	}
	root, err := repository()
	if err != nil {
		return err
	}
	w, err := newWorkshop(root)
	if err != nil {
		return err
	}
	defer w.close()
	size := whole
	if s.quick {
		size, s.rounds = small, 1
	}
	all := s.choose(benchmarks(w, size))
	if s.list {
		for _, b := range all {
			fmt.Fprintf(out, "%-10s %s: %s\n", b.part, b.name, strings.Join(b.contenders, ", "))
		}
		return nil
	}
	r, err := measure(all, s, os.Stderr)
	if err != nil {
		return err
	}
	r.Size, r.Left = size, w.left
	return tell(r, s, root, out)
}

// choose leaves what the settings want.
func (s settings) choose(all []benchmark) []benchmark {
	return slices.DeleteFunc(all, func(b benchmark) bool {
		return s.only != "" && b.part != s.only || !s.match.MatchString(b.name)
	})
}

// tell prints results, and writes what is to be kept.
func tell(r *results, s settings, root string, out io.Writer) error {
	if s.write {
		if err := publish(r, root); err != nil {
			return err
		}
	}
	switch {
	case s.json:
		e := json.NewEncoder(out)
		e.SetIndent("", "\t")
		return e.Encode(r)
	case s.compare != "":
		old, err := load(s.compare)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, comparison(old, r))
		return err
	}
	_, err := io.WriteString(out, document(r))
	return err
}

func compareFiles(before, after string, out io.Writer) error {
	old, err := load(before)
	if err != nil {
		return err
	}
	now, err := load(after)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, comparison(old, now))
	return err
}

// publish writes the manual's page, its plots and the samples.
func publish(r *results, root string) error {
	docs := filepath.Join(root, "docs")
	if err := paint(r, filepath.Join(docs, "performance")); err != nil {
		return err
	}
	if err := insert(filepath.Join(docs, "performance.md"), document(r)); err != nil {
		return err
	}
	return r.store(filepath.Join(root, "bench", "results"))
}
