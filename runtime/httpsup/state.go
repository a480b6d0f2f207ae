package httpsup

import (
	"bufio"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
)

// state answers /state: the tree as it is, or ?under= a path, ?depth= levels of it.
func (h *handler) state(r *http.Request, w http.ResponseWriter) error {
	query := r.URL.Query()
	depth := -1
	if text := query.Get("depth"); text != "" {
		n, ok := parseNumber(text)
		if !ok || n > 1000 {
			return refuse(http.StatusBadRequest, "depth is a number of levels, from 0 to 1000")
		}
		depth = int(n)
	}
	s, err := h.now()
	if err != nil {
		return err
	}
	tag := `"` + s.tag() + `"`
	w.Header().Set("ETag", "W/"+tag) // weak, since the time is another
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	pieces, ok := s.part(query.Get("under"), depth, h.choice.authorises())
	if !ok && h.declared(query.Get("under")) < 0 {
		return refuse(http.StatusNotFound, "there is no child below that path")
	}
	return answerIn(w, pieces)
}

// matches reports whether an If-None-Match has a tag.
func matches(header, tag string) bool {
	for want := range strings.SplitSeq(header, ",") {
		if want = strings.TrimPrefix(strings.TrimSpace(want), "W/"); want == tag || want == "*" {
			return true
		}
	}
	return false
}

// declared is the row of the declaration of a path, -1 if there is none.
func (f *follower) declared(path string) int {
	declared, _, _ := strings.Cut(path, "[")
	if id, ok := f.ids[declared]; ok {
		return id
	}
	return -1
}

// answer writes a body of JSON.
func answer(w http.ResponseWriter, body []byte) error {
	return answerIn(w, slices.Values([][]byte{body}))
}

// answerIn answers with JSON in pieces, and keeps little of it while the client reads.
func answerIn(w http.ResponseWriter, pieces iter.Seq[[]byte]) error {
	size := 0
	for piece := range pieces {
		size += len(piece)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(size))
	b := bufio.NewWriterSize(w, min(size, 32<<10))
	for piece := range pieces {
		if _, err := b.Write(piece); err != nil {
			return nil // the client is gone
		}
	}
	b.Flush()
	return nil
}

// A declaration is what the program says of a child, which does not change while it runs.
type declaration struct {
	ID          runtime.ID       `json:"id"`
	Path        string           `json:"path"`
	Parent      string           `json:"parent,omitempty"`
	Group       string           `json:"group,omitempty"`
	Name        string           `json:"name"`
	Role        runtime.Role     `json:"role"`
	Of          string           `json:"of,omitempty"` // of a sidecar: its primary
	Linked      bool             `json:"linked,omitempty"`
	Optional    bool             `json:"optional,omitempty"`
	Dynamic     bool             `json:"dynamic,omitempty"`
	Max         int              `json:"max,omitempty"`
	Replicas    int              `json:"replicas,omitempty"`
	Needs       []string         `json:"needs,omitempty"`
	Wants       []string         `json:"wants,omitempty"`
	After       []string         `json:"after,omitempty"`
	Tags        []string         `json:"tags,omitempty"`
	Strategy    runtime.Strategy `json:"strategy"`
	Limit       *limit           `json:"limit,omitempty"`     // of its restarts; not of the root, which is not restarted
	Intensity   *limit           `json:"intensity,omitempty"` // of a supervisor or group: of those of its children
	Shutdown    shutdown         `json:"shutdown"`
	From        string           `json:"from,omitempty"` // where its policies come from
	CountsReady bool             `json:"counts_ready"`   // /readyz waits for it
}

// A limit is how many restarts are allowed within a window.
type limit struct {
	N  int           `json:"n"`
	In time.Duration `json:"in"` // in nanoseconds
}

// A shutdown is a stop budget, in nanoseconds.
type shutdown struct {
	Drain     time.Duration `json:"drain"`
	Abort     time.Duration `json:"abort"`
	Unlimited bool          `json:"unlimited,omitempty"`
}

// declarations are those of a tree as JSON, with whether the handler takes commands.
func (h *handler) declarationsOf() []byte {
	list := []declaration{}
	names := func(ids []runtime.ID) (paths []string) {
		for _, id := range ids {
			paths = append(paths, h.paths[id])
		}
		return paths
	}
	limitOf := func(l runtime.Limit) *limit {
		if l == (runtime.Limit{}) {
			return nil
		}
		return &limit{l.N, l.In}
	}
	for id := range h.rows {
		c := &h.rows[id]
		d := declaration{
			ID: runtime.ID(id), Path: h.paths[id], Name: c.Name, Role: c.Role, Linked: c.Linked, Optional: c.Optional, Dynamic: c.Dynamic,
			Max: c.Max, Replicas: c.Replicas, Needs: names(c.Needs), Wants: names(c.Wants), After: names(c.After), Tags: c.Tags, Strategy: c.Strategy,
			Intensity: limitOf(c.Intensity),
			Shutdown:  shutdown{c.Shutdown.Drain, c.Shutdown.Abort, c.Shutdown.Unlimited}, CountsReady: h.counts[id],
		}
		if id > 0 {
			d.Parent, d.Limit = h.paths[c.Parent], limitOf(c.Limit)
		}
		if c.Group > 0 {
			d.Group = h.rows[c.Group].Name
		}
		if c.Role == runtime.Sidecar {
			d.Of = h.paths[c.Of]
		}
		if p, err := h.tree.Policy(d.Path); err == nil && d.Path != "" {
			d.From = p.From
		}
		list = append(list, d)
	}
	return encoded(map[string]any{
		"incarnation": h.current.get().state.Incarnation, "operate": h.choice.authorises(), "declarations": list,
	})
}

// declarations answers /declarations.
func (h *handler) declarations(r *http.Request, w http.ResponseWriter) error {
	return answer(w, h.declares())
}

// statements answers /statements?path=: by which the last decision about a child was made.
func (h *handler) statements(r *http.Request, w http.ResponseWriter) error {
	path := r.URL.Query().Get("path")
	s, err := within(h, func() (runtime.ChildState, error) {
		s, err := h.tree.Handle(path).State()
		if err != nil {
			return s, refuse(http.StatusNotFound, "there is no child with that path")
		}
		return s, nil
	})
	if err != nil {
		return err
	}
	list := []runtime.Statement{}
	if s.Decision != nil {
		list = append(list, h.tree.Statements(path, *s.Decision)...)
	}
	return answer(w, encoded(map[string]any{"path": path, "decision": s.Decision, "statements": list}))
}
