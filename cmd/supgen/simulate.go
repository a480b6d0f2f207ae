package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/lanes"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// A simulation is what was asked of the simulate command.
type simulation struct {
	format *choice
	tree   string
	seed   uint64
}

func newSimulate() *cobra.Command {
	s := &simulation{}
	cmd := &cobra.Command{
		Use:   "simulate [DIR | FILE] [SCRIPT]",
		Short: "Tell what a tree would do, in virtual time",
		Long: `Simulate runs a tree in virtual time, as the runtime would, and prints what happens. Nothing is compiled, and
no child is called: what they would do is in the script, a file or "-" for standard input. An hour takes milliseconds,
and the same tree, script and seed print the same.

Without a script all goes well: it shows who starts when, having waited for whom, and who stops when. A script says
what goes wrong, a statement a line. Whoever it says nothing about does well.

` + statements + `
What a child does is ready, unready, success, error, panic, goexit, external, again, fatal_config, fatal_bug, skip,
stops, aborts, silent, "checks pass", "checks fail", "checks hang" or hangs, with "after DURATION" behind it or "never" before
it. All of it is told in https://pkg.go.dev/github.com/supgen/supgen/runtime/sim.

With --format svg it is drawn, a lane for each child; no other program is needed. With --format json each thing that happens is an object on a line of its own:

  at      nanoseconds since the start
  path    the child; the root for what concerns the whole tree
  text    what is printed of it
  event   the runtime's event, as Tree.Events and its JSON, if it is one
  answer  the answer to an operator's command, if it was accepted
  error   why a command was refused or something is not as expected; of a tree that ended, what Run returns

It ends with status 1 if something is not as the script expects, and if there are mistakes in it.`,
		Example: `  supgen simulate
  supgen simulate . failover.sim
  echo 'at 5s Shop.DB panic' | supgen simulate ./internal/shop -
  supgen simulate --tree Shop --seed 7 --format json . failover.sim`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeSimulate,
		RunE:              s.run,
	}
	s.format = addFormat(cmd, "how to print", "text", "json", "svg")
	cmd.Flags().StringVar(&s.tree, "tree", "", "the `name` of the tree, where there are several")
	cmd.Flags().Uint64Var(&s.seed, "seed", 0, "seed of the jitter; 0 is the script's, or 1")
	if err := cmd.RegisterFlagCompletionFunc("tree", completeTree); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

// statements are what help shows of the language of scripts: one by itself.
const statements = `  until 1m                                // ends the simulation; an hour if it is not said
  Shop.DB ready after 200ms               // each run of that child
  Shop.DB#2..4 error "no route" after 3s  // its second to fourth run
  Shop.HTTP stops after 1s                // when it is asked to
  at 5s Shop.HTTP hangs                   // once
  at 9s pause Shop.DB by ada "new disk"   // an operator's command
  at 9s start Shop.Session["a"]           // a dynamic child
  at 30s expect Shop.HTTP#1 ready         // or it ends with status 1
`

func (s *simulation) run(cmd *cobra.Command, args []string) error {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() && !strings.HasSuffix(dir, sourceSuffix) {
		return fmt.Errorf("%q is no .sup file; a script comes behind the directory: supgen simulate . %s", dir, dir)
	}
	tree, err := loadTree(cmd, dir)
	if err != nil {
		return err
	}
	root, err := rootOf(tree, dir, s.tree)
	if err != nil {
		return err
	}
	if len(args) < 2 {
		result, err := sim.Run(sim.Tree(table.Of(root)), sim.MustParse(calm))
		if err != nil {
			return err
		}
		tellWaits(result.Timeline, root)
		return s.print(cmd.OutOrStdout(), root, sim.MustParse(calm), result.Timeline)
	}
	script, err := readScript(cmd, args[1])
	if err != nil {
		return err
	}
	return s.play(cmd, root, script)
}

// calm is the script if there is none.
const calm = `
at 1m shutdown by supgen "there is no script"
until 1h
`

// play prints what a script makes of a tree.
func (s *simulation) play(cmd *cobra.Command, root *tree.Child, script *script) error {
	parsed, err := sim.Parse(script.text)
	if err != nil {
		return script.mistakes(cmd.ErrOrStderr(), err)
	}
	if s.seed != 0 {
		parsed.Seed = s.seed
	}
	result, err := sim.Run(sim.Tree(table.Of(root)), parsed)
	if err != nil {
		return script.mistakes(cmd.ErrOrStderr(), err)
	}
	if err := s.print(cmd.OutOrStdout(), root, parsed, result.Timeline); err != nil {
		return err
	}
	for _, unmet := range result.Unmet {
		if _, err := io.WriteString(cmd.ErrOrStderr(), script.told(unmet)); err != nil {
			return err
		}
	}
	if len(result.Unmet) > 0 {
		return errFound
	}
	return nil
}

// rootOf is the tree of a package that has this name; without a name, the only one.
func rootOf(tree *tree.Tree, dir, name string) (*tree.Child, error) {
	all := tree.Roots()
	var names []string
	for _, root := range all {
		if root.Name == name || name == "" && len(all) == 1 {
			return root, nil
		}
		names = append(names, root.Name)
	}
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("there is no supervisor in %q", dir)
	case name == "":
		return nil, fmt.Errorf("there are several trees in %q; say --tree %s", dir, alternatives(names))
	}
	return nil, fmt.Errorf("there is no tree %q in %q; use %s", name, dir, alternatives(names))
}

// tellWaits adds to the first line of each child what it has waited for.
func tellWaits(timeline sim.Timeline, root *tree.Child) {
	rows := map[string]*tree.Child{}
	for c := range root.All() {
		rows[c.Path()] = c
	}
	waits := effective.WaitsIn(root)
	told := map[string]bool{}
	for i, line := range timeline {
		row, _, _ := strings.Cut(line.Path, "[")
		if told[line.Path] || rows[row] == nil {
			continue
		}
		told[line.Path] = true
		var paths []string
		for _, wait := range waits[rows[row]] {
			if !slices.Contains(paths, wait.Path) {
				paths = append(paths, wait.Path)
			}
		}
		if len(paths) > 0 {
			timeline[i].Text += "; waited for " + strings.Join(paths, ", ")
		}
	}
}

// A happening is a line of a timeline as JSON. The names are API, as those of a report.Finding.
type happening struct {
	At     time.Duration   `json:"at"`
	Path   string          `json:"path"`
	Text   string          `json:"text"`
	Event  *runtime.Event  `json:"event,omitempty"`
	Answer *runtime.Answer `json:"answer,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func (s *simulation) print(w io.Writer, root *tree.Child, script sim.Script, timeline sim.Timeline) error {
	switch s.format.word {
	case "text":
		_, err := io.WriteString(w, timeline.String())
		return err
	case "svg":
		return drawLanes(w, root, script)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, l := range timeline {
		h := happening{At: l.At, Path: l.Path, Text: l.Text, Event: l.Event, Answer: l.Answer}
		if l.Err != nil {
			h.Error = l.Err.Error()
		}
		if err := e.Encode(h); err != nil {
			return err
		}
	}
	return nil
}

// drawLanes draws what a script makes of a tree. What is drawn is bounded, and so is what is kept for it.
func drawLanes(w io.Writer, root *tree.Child, script sim.Script) error {
	var events []runtime.Event
	_, err := sim.Watch(sim.Tree(table.Of(root)), script, func(e runtime.Event) bool {
		events = append(events, e)
		return len(events) < 100_000
	})
	if err == nil {
		_, err = io.WriteString(w, lanes.SVG(events, "What happens in "+root.Name))
	}
	return err
}
