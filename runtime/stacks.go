package runtime

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// maxStacks is how much is kept of the stacks of one declaration, and gatherEvery how often they are looked for at the most:
// a profile stops the whole program for a moment.
const (
	maxStacks   = 16 << 10
	gatherEvery = time.Second
)

// A stuckRun is one whose stacks are to be reported.
type stuckRun struct {
	row  ID
	node kernel.Node
	gen  uint64
}

// wantStacks has the stacks of a run that got stuck told, by a worker. Under the lock.
func (t *Tree) wantStacks(n kernel.Node, gen uint64) {
	t.stuck = append(t.stuck, stuckRun{t.members[n].row, n, gen})
	if t.gathering == nil {
		t.gathering = make(chan struct{})
		go t.gather(t.gathering)
	}
}

// gather tells the stacks of all that got stuck, until nothing has for a second. One profile is for all of them, and taken
// off the lock.
func (t *Tree) gather(done chan struct{}) {
	defer close(done)
	for {
		t.mu.Lock()
		stuck := t.stuck
		t.stuck = nil
		if len(stuck) == 0 {
			t.gathering = nil
			t.ring.signal() // to readers, who wait for no more
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		profile := goroutineProfile()
		t.mu.Lock()
		t.tellStacks(stuck, profile)
		t.mu.Unlock()
		pause := time.NewTimer(gatherEvery)
		select {
		case <-pause.C:
		case <-t.done: // nothing gets stuck any more
			pause.Stop()
		}
	}
}

// tellStacks is one event for each declaration of which something got stuck. Under the lock.
func (t *Tree) tellStacks(stuck []stuckRun, profile string) {
	slices.SortStableFunc(stuck, func(a, b stuckRun) int { return cmp.Compare(a.row, b.row) })
	for i, s := range stuck {
		if i > 0 && stuck[i-1].row == s.row {
			continue
		}
		text := stacksOf(profile, t.paths[s.row])
		if text == "" {
			continue // it has returned
		}
		if t.stacks == nil {
			t.stacks = make(map[string]string)
		}
		t.stacks[t.paths[s.row]] = text
		t.step(&kernel.Input{Kind: kernel.InputStacks, Node: s.node, Gen: s.gen, Cause: text})
	}
}

// gathered waits for the stacks of what got stuck last.
func (t *Tree) gathered() {
	t.mu.Lock()
	gathering := t.gathering
	t.mu.Unlock()
	if gathering != nil {
		<-gathering
	}
}

// goroutineProfile is one line for each goroutine's label, and its stack; goroutines that stand at the same place are one.
func goroutineProfile() string {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return ""
	}
	return b.String()
}

// stacksOf is what a profile says of the goroutines of a declaration, or of one of its children where their labels tell them
// apart. Those of several children that stand at the same place are one.
func stacksOf(profile, path string) string {
	declared, one, _ := strings.Cut(path, "[")
	one = strings.TrimSuffix(one, "]")
	if key, err := strconv.Unquote(one); err == nil {
		one = key
	}
	var places []string // in the order of the profile: the most goroutines first
	counts := make(map[string]int)
	for group := range strings.SplitSeq(profile, "\n\n") {
		count, group, _ := strings.Cut(group, " @ ")
		addresses, group, _ := strings.Cut(group, "\n# labels: ")
		labels, stack, _ := strings.Cut(group, "\n")
		of, rest := cutLabel(labels, pathLabel)
		index, rest := cutLabel(rest, indexLabel)
		key, rest := cutLabel(rest, keyLabel)
		if of != declared || one != "" && index+key != "" && index+key != one {
			continue
		}
		place := addresses + "\n"
		if rest != "{}" { // the user's
			place += "# labels: " + rest + "\n"
		}
		place += stack
		if counts[place] == 0 {
			places = append(places, place)
		}
		n, _ := strconv.Atoi(count[strings.LastIndexByte(count, '\n')+1:]) // before the first there is a heading
		counts[place] += n
	}
	var b strings.Builder
	for _, place := range places {
		if b.Len()+len(place) > maxStacks {
			b.WriteString("and more\n")
			break
		}
		fmt.Fprintf(&b, "%d @ %s\n", counts[place], place)
	}
	return b.String()
}

// cutLabel is the value of a label in a profile's list, "" if it has none, and the list without it.
func cutLabel(labels, name string) (value, rest string) {
	before, after, ok := strings.Cut(labels, strconv.Quote(name)+":")
	quoted, err := strconv.QuotedPrefix(after)
	if !ok || err != nil {
		return "", labels
	}
	value, _ = strconv.Unquote(quoted)
	rest, more := strings.CutPrefix(after[len(quoted):], ", ")
	if !more {
		before = strings.TrimSuffix(before, ", ")
	}
	return value, before + rest
}
