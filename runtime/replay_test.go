package runtime

import (
	"encoding"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"pgregory.net/rapid"
)

// A history is a tree and what happened to it, as a text that can be read, saved and replayed:
//
//	# a comment
//	seed 7
//	row Root Role=supervisor Strategy=one_for_all
//	row DB Role=service Limit.N=2 Limit.In=5s On.panic=escalate
//	row Web Role=service Needs=DB Replicas=2
//	0s run
//	1s ended DB#1 error
//	1.5s pause Web[1]
//
// Between two inputs, time passes deadline by deadline; but "9s late tick" comes after a freeze.
//
// A row is a [Child], its fields that are not zero, and refers to other rows by their names. An input is its time, what
// happened, and to whom: a child is called by its row's name, its replica's index if it has replicas, a dynamic one by
// its number in the kernel; a run by its child and generation.
type history struct {
	seed   uint64
	table  []Child
	inputs []timed
}

// A timed is an input, when it came, and how it is written.
type timed struct {
	at   time.Duration
	late bool
	text string
}

// inputKinds are the first words of inputs that are no commands; those are called by their verbs.
var inputKinds = map[kernel.InputKind]string{
	kernel.InputTick: "tick", kernel.InputRun: "run", kernel.InputFailed: "failed", kernel.InputEnded: "ended", kernel.InputCleaned: "cleaned", kernel.InputReady: "ready",
	kernel.InputNotReady: "notready", kernel.InputBeat: "beat", kernel.InputChecked: "checked", kernel.InputAdd: "add",
}

// String is the history as [parseHistory] reads it.
func (h history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n", h.seed)
	for _, c := range h.table {
		b.WriteString("row " + c.Name)
		h.writeFields(&b, "", reflect.ValueOf(c))
		b.WriteString("\n")
	}
	for _, in := range h.inputs {
		late := ""
		if in.late {
			late = "late "
		}
		fmt.Fprintf(&b, "%s %s%s\n", in.at, late, in.text)
	}
	return b.String()
}

func (h history) writeFields(b *strings.Builder, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), prefix+v.Type().Field(i).Name
		switch {
		case name == "Name" || f.IsZero() || f.Kind() == reflect.Func:
		case f.Kind() == reflect.Struct:
			h.writeFields(b, name+".", f)
		case f.Type() == reflect.TypeFor[*AtStart]():
			h.writeFields(b, name+".", f.Elem())
		case f.Type() == reflect.TypeFor[*Terms]():
			h.writeRows(b, name, f.Elem())
		case f.Kind() == reflect.Array:
			h.writeRows(b, name, f)
		case f.Kind() == reflect.Slice:
			var all []string
			for i := range f.Len() {
				all = append(all, h.format(f.Index(i)))
			}
			fmt.Fprintf(b, " %s=%s", name, strings.Join(all, ","))
		default:
			fmt.Fprintf(b, " %s=%s", name, h.format(f))
		}
	}
}

func (h history) writeRows(b *strings.Builder, name string, rows reflect.Value) {
	for o := range rows.Len() {
		if !rows.Index(o).IsZero() {
			fmt.Fprintf(b, " %s.%s=%s", name, Outcome(o), h.format(rows.Index(o)))
		}
	}
}

func (h history) format(v reflect.Value) string {
	if id, ok := v.Interface().(ID); ok {
		return h.table[id].Name
	}
	return fmt.Sprint(v.Interface())
}

// parseHistory reads what String writes. Rows with checks get functions for them.
func parseHistory(text string) (h history, err error) {
	start := func(Launch) error { return nil }
	for line := range strings.SplitSeq(text, "\n") { // rows refer to each other
		if words := strings.Fields(line); len(words) > 1 && words[0] == "row" {
			h.table = append(h.table, Child{Name: words[1], ReadyCheck: start, HealthCheck: start})
		}
	}
	row := 0
	for number, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
			continue
		case words[0] == "seed" && len(words) == 2:
			h.seed, err = strconv.ParseUint(words[1], 10, 64)
		case words[0] == "row" && len(words) > 1:
			c := &h.table[row]
			row++
			for _, w := range words[2:] {
				if err == nil {
					err = h.setField(reflect.ValueOf(c).Elem(), w)
				}
			}
			if c.Role != Supervisor && c.Role != Group {
				c.Start = start
			}
		default:
			at, text, _ := strings.Cut(line, " ")
			in := timed{}
			in.text, in.late = strings.CutPrefix(text, "late ")
			in.at, err = time.ParseDuration(at)
			h.inputs = append(h.inputs, in)
		}
		if err != nil {
			return h, fmt.Errorf("line %d: %q: %w", number+1, line, err)
		}
	}
	return h, Validate(h.table)
}

// setField sets what one word of a row says: "Limit.N=2".
func (h history) setField(v reflect.Value, word string) error {
	name, value, _ := strings.Cut(word, "=")
	for part := range strings.SplitSeq(name, ".") {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		switch v.Kind() {
		case reflect.Array:
			var o Outcome
			if err := o.UnmarshalText([]byte(part)); err != nil {
				return err
			}
			v = v.Index(int(o))
		case reflect.Struct:
			v = v.FieldByName(part)
		}
		if !v.IsValid() {
			return fmt.Errorf("there is no field %s", name)
		}
	}
	if v.Kind() != reflect.Slice {
		return h.set(v, value)
	}
	for part := range strings.SplitSeq(value, ",") {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := h.set(e, part); err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
	}
	return nil
}

func (h history) set(v reflect.Value, text string) error {
	switch x := v.Addr().Interface().(type) {
	case *ID:
		i := slices.IndexFunc(h.table, func(c Child) bool { return c.Name == text })
		if i < 0 {
			return fmt.Errorf("there is no row %s", text)
		}
		*x = ID(i)
		return nil
	case *time.Duration:
		d, err := time.ParseDuration(text)
		*x = d
		return err
	case encoding.TextUnmarshaler:
		return x.UnmarshalText([]byte(text))
	}
	_, err := fmt.Sscan(text, v.Addr().Interface())
	return err
}

// spell is an input as histories have it.
func (w *world) spell(in kernel.Input) string {
	run := fmt.Sprintf("%s#%d", w.name(in.Node), in.Gen)
	switch in.Kind {
	case kernel.InputCommand:
		text := fmt.Sprintf("%s %s", in.Verb, w.name(in.Node))
		if in.Served {
			text += " served"
		}
		return text
	case kernel.InputRun:
		if in.Verb == VerbShutdown {
			return "run asked to stop"
		}
		return inputKinds[in.Kind]
	case kernel.InputTick:
		return inputKinds[in.Kind]
	case kernel.InputAdd:
		return "add " + w.table[in.Row].Name
	case kernel.InputFailed:
		return fmt.Sprintf("failed %s %s", run, in.Outcome)
	case kernel.InputEnded:
		if in.Cleanups {
			run += " cleanups"
		}
		return fmt.Sprintf("ended %s %s", run, in.Outcome)
	case kernel.InputNotReady:
		if in.Cause != nil {
			run += fmt.Sprint(" ", in.Cause)
		}
	case kernel.InputBeat:
		return fmt.Sprintf("beat %s %s", run, in.At)
	case kernel.InputChecked:
		text := fmt.Sprintf("checked %s %d %s", run, in.Check, in.Outcome)
		if in.Cause != nil {
			text += fmt.Sprint(" ", in.Cause)
		}
		return text
	}
	return inputKinds[in.Kind] + " " + run
}

// name is what a history calls a node.
func (w *world) name(n kernel.Node) string {
	c := w.table[w.k.Row(n)]
	switch {
	case c.Dynamic, c.Role == Group:
		return strconv.Itoa(int(n))
	case c.Replicas > 0:
		return fmt.Sprintf("%s[%d]", c.Name, w.k.View(n).Index)
	}
	return c.Name
}

// understand is the input that a text spells.
func (w *world) understand(text string) (in kernel.Input, err error) {
	words := append(strings.Fields(text), "", "", "", "", "")
	for kind, word := range inputKinds {
		if word == words[0] {
			in.Kind = kind
		}
	}
	if words[0] == "run" && words[1] != "" {
		in.Verb = VerbShutdown
		return in, nil
	}
	if words[0] == "add" {
		in.Row = ID(slices.IndexFunc(w.table, func(c Child) bool { return c.Name == words[1] && c.Dynamic }))
		if in.Row < 0 {
			err = fmt.Errorf("there is no dynamic row %q", words[1])
		}
		return in, err
	}
	if inputKinds[in.Kind] != words[0] {
		in.Kind = kernel.InputCommand
		err = in.Verb.UnmarshalText([]byte(words[0]))
	}
	if words[1] == "" || err != nil {
		return in, err
	}
	name, gen, _ := strings.Cut(words[1], "#")
	in.Gen, _ = strconv.ParseUint(gen, 10, 64)
	if in.Node, err = w.lookup(name); err != nil {
		return in, err
	}
	if in.Cleanups = words[2] == "cleanups"; in.Cleanups {
		words = slices.Delete(words, 2, 3)
	}
	switch in.Kind {
	case kernel.InputCommand:
		in.Served = words[2] == "served"
	case kernel.InputEnded, kernel.InputFailed:
		err = in.Outcome.UnmarshalText([]byte(words[2]))
	case kernel.InputNotReady:
		if words[2] != "" {
			in.Cause = words[2]
		}
	case kernel.InputBeat:
		in.At, err = time.ParseDuration(words[2])
	case kernel.InputChecked:
		_, err = fmt.Sscan(words[2], &in.Check)
		if err == nil {
			err = in.Outcome.UnmarshalText([]byte(words[3]))
		}
		if words[4] != "" {
			in.Cause = words[4]
		}
	}
	return in, err
}

// lookup is the node that a history calls name.
func (w *world) lookup(name string) (kernel.Node, error) {
	if n, err := strconv.Atoi(name); err == nil {
		return kernel.Node(n), nil
	}
	name, index, replicated := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	for id, c := range w.table {
		if c.Name != name || c.Role == Group || c.Dynamic {
			continue
		}
		nodes, i := w.k.Nodes(ID(id)), 0
		if replicated {
			i, _ = strconv.Atoi(index)
		}
		if i < len(nodes) {
			return nodes[i], nil
		}
	}
	return kernel.None, fmt.Errorf("there is no child %q", name)
}

// TestReplay replays the histories in testdata/histories: bugs that were, and what random histories rarely find.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no histories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			h, err := parseHistory(string(text))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			w := newWorld(t, h.table, h.seed)
			w.replay(h)
			if testing.Verbose() {
				t.Log(w.story())
			}
		})
	}
}

// replay brings the inputs of a history to the kernel.
func (w *world) replay(h history) {
	w.replaying = true // beats are among the inputs
	for _, i := range h.inputs {
		in, err := w.understand(i.text)
		if err != nil {
			w.failf("%s %s: %v", i.at, i.text, err)
		}
		for at, ok := w.k.Deadline(); ok && at < i.at && !i.late; at, ok = w.k.Deadline() {
			w.now = max(w.now, at)
			w.step(kernel.Input{Kind: kernel.InputTick})
		}
		w.now, w.late = max(w.now, i.at), i.late
		w.step(in)
	}
}

// describe is an effect in words.
func (w *world) describe(e kernel.Effect) string {
	kind := [...]string{"launch", "ask", "abort", "cleanup", "sample", "check", "uncheck", "drop", "gone", "ended"}[e.Kind]
	return fmt.Sprintf("%s %s#%d %d %v", kind, w.name(e.Node), e.Gen, e.Check, e.Until)
}

// A recorder stands in for a test, and keeps why it failed.
type recorder struct {
	rapid.TB
	why string
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.why = fmt.Sprintf(format, args...)
	panic(r)
}

// verdict replays a history and says why it fails, or "".
func verdict(text string) (why string) {
	h, err := parseHistory(text)
	if err != nil {
		return ""
	}
	r := &recorder{}
	defer func() {
		if p := recover(); p != nil && p != any(r) {
			why = fmt.Sprint("I8: panic: ", p)
		} else {
			why = r.why
		}
	}()
	newWorld(r, h.table, h.seed).replay(h)
	return ""
}

// shrink leaves lines, and words of rows, out of a history while it fails for the same reason.
func shrink(text string) string {
	reason := func(why string) string { return strings.Join(append(strings.Fields(why), "", "")[:2], " ") }
	want := reason(verdict(text))
	if want == reason("") {
		return text
	}
	for size := 1 << 10; size > 0; size /= 2 {
		for again := true; again; {
			again = false
			for i := strings.Count(text, "\n") - size; i >= 0; i-- {
				lines := strings.Split(text, "\n")
				if i+size > len(lines) {
					continue
				}
				less := strings.Join(slices.Delete(lines, i, i+size), "\n")
				if reason(verdict(less)) == want {
					text, again = less, size == 1
				}
			}
		}
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		for j := strings.Count(lines[i], " "); j > 1 && strings.HasPrefix(lines[i], "row"); j-- {
			words := strings.Split(lines[i], " ")
			less := slices.Clone(lines)
			less[i] = strings.Join(slices.Delete(words, j, j+1), " ")
			if reason(verdict(strings.Join(less, "\n"))) == want {
				lines = less
			}
		}
	}
	return strings.Join(lines, "\n")
}
