package httpsup

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// counting says of each row whether /readyz waits for its children: they are part of the program as it starts, and with tags, have
// one of those.
func counting(rows []runtime.Child, tags []string) []bool {
	counts := make([]bool, len(rows))
	base := make([]bool, len(rows)) // without the tags
	for id := range rows {
		c := &rows[id]
		base[id] = !c.Optional && !c.Dynamic && c.Role != runtime.Sidecar && c.Role != runtime.Group && (id == 0 || base[c.Parent])
		counts[id] = base[id] && (len(tags) == 0 || slices.ContainsFunc(tags, func(tag string) bool { return slices.Contains(c.Tags, tag) }))
	}
	return counts
}

// A verdict is the answer of a probe.
type verdict struct {
	OK       bool            `json:"ok"`
	Word     string          `json:"verdict"`
	Children []childToWaitOn `json:"children,omitempty"` // that are not ready, the first of them
	More     int             `json:"more,omitempty"`     // and how many more there are
}

// A childToWaitOn is a child that is not ready, and what it waits for.
type childToWaitOn struct {
	Path      string            `json:"path"`
	Lifecycle runtime.Lifecycle `json:"lifecycle"`
	Waits     string            `json:"waits,omitempty"`
	Wait      *runtime.Wait     `json:"wait,omitempty"`
	Failure   string            `json:"failure,omitempty"` // why it says that it is not ready, or the last one; for those who may read
}

// livez says whether the machinery that supervises still moves.
func (h *handler) livez(r *http.Request, w http.ResponseWriter) error {
	v := verdict{OK: true, Word: "alive"}
	if err := h.alive.Err(); err != nil {
		v = verdict{Word: "dead: " + err.Error()}
	}
	select {
	case <-h.done:
		v = verdict{Word: "ended"}
	default:
	}
	return h.tell(w, r, v)
}

// startupz says whether the start was over once: of the root, or with tags, of each child that counts.
func (h *handler) startupz(r *http.Request, w http.ResponseWriter) error {
	v, err := within(h, func() (verdict, error) {
		seen, _ := bridge.Watch(h.tree, true)
		if seen.Started || len(h.tags) > 0 && bridge.Begun(h.tree, h.counts) {
			return verdict{OK: true, Word: "started"}, nil
		}
		v := h.verdict(h.current.get().children, nil)
		v.OK, v.Word = false, "starting"
		return v, nil
	})
	if err != nil {
		return err
	}
	return h.tell(w, r, v)
}

// readyz says whether all children that count are ready, or have done their work.
func (h *handler) readyz(r *http.Request, w http.ResponseWriter) error {
	only := r.URL.Query()["child"]
	if len(only) > maxOnly {
		return refuse(http.StatusBadRequest, "a probe asks about %d children at the most", maxOnly)
	}
	allowed := !slices.ContainsFunc(only, func(path string) bool { return !h.mayRead(r, path) })
	v, err := within(h, func() (verdict, error) {
		if !allowed || slices.ContainsFunc(only, func(path string) bool { return !h.countsAt(path) }) { // which of that nobody is to know
			return verdict{}, refuse(http.StatusNotFound, "there is no child with that path that counts")
		}
		if seen, _ := bridge.Watch(h.tree, true); seen.Phase != runtime.TreeRunning {
			return verdict{Word: seen.Phase.String()}, nil
		}
		v := h.verdict(h.current.get().children, only)
		if v.OK { // unless a stop was asked for meanwhile
			if phase := bridge.Serve(h.tree); phase != runtime.TreeRunning {
				return verdict{Word: phase.String()}, nil
			}
		}
		return v, nil
	})
	if err != nil {
		return err
	}
	return h.tell(w, r, v)
}

// maxOnly is how many children a probe may ask about.
const maxOnly = 16

// mayRead reports whether a request may read about a child, if anybody is asked that.
func (h *handler) mayRead(r *http.Request, path string) bool {
	if h.choice == nil {
		return true
	}
	_, err := h.choice.allow(r, Access{Path: path})
	return err == nil
}

// countsAt reports whether there is a child at a path that counts, or something below it does.
func (h *handler) countsAt(path string) bool {
	if _, err := h.tree.Policy(path); err != nil {
		return false
	}
	declared, _, _ := strings.Cut(path, "[")
	for id, p := range h.paths {
		if _, in := level(p, declared); in && h.counts[id] {
			return true
		}
	}
	return false
}

// verdict judges the children that count, or of them those that are asked for, with what is below them.
func (h *handler) verdict(children []runtime.ChildState, only []string) verdict {
	const most = 50
	v := verdict{OK: true, Word: "ready"}
	for i := range children {
		c := &children[i]
		if !h.counts[c.ID] || serves(c) || len(only) > 0 && !slices.ContainsFunc(only, func(p string) bool { _, in := level(c.Path, p); return in }) {
			continue
		}
		v.OK, v.Word = false, "not ready"
		if len(v.Children) == most {
			v.More++
			continue
		}
		told := childToWaitOn{Path: c.Path, Lifecycle: c.Lifecycle, Waits: c.Waits, Wait: c.Wait}
		if f := cmp.Or(c.NotReady, c.Failure); f != nil {
			told.Failure = f.Kind.String() + ": " + f.Message
		}
		v.Children = append(v.Children, told)
	}
	return v
}

// serves reports whether a child is ready, or has done its work.
func serves(c *runtime.ChildState) bool {
	switch {
	case c.Lifecycle == runtime.LifecycleReady:
		return true
	case c.Lifecycle != runtime.LifecycleStopped:
		return false
	case c.Stopped == runtime.StopEnded: // its table said so, perhaps of a failure
		return c.Decision == nil || c.Decision.Row == runtime.OutcomeSuccess || c.Decision.Row == runtime.OutcomeSkip || c.Decision.Row == runtime.OutcomeAgain
	}
	return c.Stopped == runtime.StopCompleted
}

// tell answers a probe: in a word, and with ?verbose with what keeps the tree. What children wrote is for those who may read.
func (h *handler) tell(w http.ResponseWriter, r *http.Request, v verdict) error {
	status := http.StatusOK
	if !v.OK {
		status = http.StatusServiceUnavailable
	}
	if !r.URL.Query().Has("verbose") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		word, _, _ := strings.Cut(v.Word, ":")
		fmt.Fprintln(w, word)
		return nil
	}
	if err := h.knowsHost(r); err != nil {
		return err
	}
	if _, err := h.choice.allow(r, Access{}); err != nil {
		for i := range v.Children {
			v.Children[i].Failure = ""
		}
	}
	if accepts(r, "application/json") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	v.write(w)
	return nil
}

// write writes a line for each child, each text of others without what a terminal would obey.
func (v verdict) write(w io.Writer) {
	fmt.Fprintln(w, v.Word)
	for _, c := range v.Children {
		line := fmt.Sprintf("%s is %s", c.Path, c.Lifecycle)
		if c.Waits != "" {
			line += ": waits for " + c.Waits
		}
		if c.Wait != nil && !c.Wait.Until.IsZero() {
			line += ", until " + c.Wait.Until.UTC().Format(time.RFC3339)
		}
		if c.Failure != "" {
			line += fmt.Sprintf(" (%q)", cut(c.Failure, 200))
		}
		fmt.Fprintln(w, line)
	}
	if v.More > 0 {
		fmt.Fprintf(w, "and %d more\n", v.More)
	}
}

// cut is a text of so many bytes at the most.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
