package top

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/supgen/supgen/internal/operate"
)

// A Model is what is shown.
type Model struct {
	Addr string
	View *operate.View

	trouble string        // why what is shown is not what is; "" if it is
	retry   time.Time     // when the connection is tried again
	heard   time.Time     // when the program was heard last
	ahead   time.Duration // of the program's clock against this one

	rows     []row
	arranged bool // rows are those of the view
	selected string
	at       int // of the selected row
	first    int // row on the screen
	page     int // rows on the screen
	folded   map[string]bool
	filter   string
	causes   bool // only these
	order    order

	screen     screen
	scroll     int // of details and help
	statements []operate.Statement
	events     []operate.Event // the last ones

	prompt  prompt
	text    string // typed at the prompt
	asked   string // the path that the prompt is about
	message string // about the last command
	wrong   bool   // it says what went wrong
	until   time.Time
}

type screen int

const (
	showTree screen = iota
	showDetails
	showHelp
)

type prompt int

const (
	promptNone prompt = iota
	promptFilter
	promptWhy
)

type order int

const (
	byTree order = iota
	byState
	byRestarts
	byTime
	orders
)

func (o order) String() string {
	return [...]string{"as the tree", "by state", "by restarts", "newest first"}[o]
}

// A row is a child in the table.
type row struct {
	child *operate.Child
	level int
	label string
}

// A Command is what an operator wants.
type Command struct{ Path, Verb, Why string }

// An Action is what a key asks for that the model cannot do.
type Action struct {
	Quit, Suspend, Redraw bool
	Command               *Command
	Details               string // the path whose statements are to be shown
}

// NewModel shows a view.
func NewModel(addr string, v *operate.View, now time.Time) *Model {
	m := &Model{Addr: addr, folded: map[string]bool{}}
	m.Show(v, now)
	return m
}

// Show shows another view.
func (m *Model) Show(v *operate.View, now time.Time) {
	m.View, m.arranged, m.heard, m.ahead = v, false, now, v.Tree.Time.Sub(now)
}

// maxEvents is how many events are kept for the details.
const maxEvents = 2000

// Apply brings what is shown up to an event.
func (m *Model) Apply(e operate.Event, now time.Time) {
	m.View.Apply(e)
	m.arranged, m.heard = false, now
	if m.events = append(m.events, e); len(m.events) > 2*maxEvents {
		m.events = slices.Clone(m.events[maxEvents:])
	}
}

// Lost says that the connection is lost, and tried again at a time.
func (m *Model) Lost(trouble string, retry time.Time) { m.trouble, m.retry = trouble, retry }

// Found says that the connection is there.
func (m *Model) Found(now time.Time) { m.trouble, m.heard = "", now }

// Say shows a message until a key is pressed, for a while at the most.
func (m *Model) Say(text string, wrong bool, now time.Time) {
	m.message, m.wrong, m.until = text, wrong, now.Add(15*time.Second)
}

// Explain shows statements with the details of a child.
func (m *Model) Explain(path string, statements []operate.Statement) {
	if path == m.selected {
		m.statements = statements
	}
}

// arrange makes the rows anew, and keeps the selected child.
func (m *Model) arrange() {
	if m.arranged {
		return
	}
	m.arranged, m.rows = true, m.rows[:0]
	if m.causes || m.order != byTree {
		m.list()
	} else {
		m.visit("", 0, m.kept())
	}
	i := slices.IndexFunc(m.rows, func(r row) bool { return r.child.Path == m.selected })
	if i < 0 {
		i = min(m.at, len(m.rows)-1)
	}
	m.move(i)
}

// visit adds what is below a path. With a filter only those that are kept, whatever is folded.
func (m *Model) visit(path string, level int, kept map[string]bool) {
	for _, c := range m.View.Below(path) {
		if kept != nil && !kept[c.Path] {
			continue
		}
		label := c.Path
		if c.Parent != "" {
			label = strings.TrimPrefix(strings.TrimPrefix(c.Path, c.Parent), ".")
		}
		m.rows = append(m.rows, row{c, level, label})
		if kept != nil || !m.folded[c.Path] {
			m.visit(c.Path, level+1, kept)
		}
	}
}

// kept are the children that the filter lets through, and all above them; nil without a filter.
func (m *Model) kept() map[string]bool {
	if m.filter == "" {
		return nil
	}
	kept := map[string]bool{}
	for i := range m.View.Children {
		if c := &m.View.Children[i]; m.matches(c) {
			for p := c; p != nil && !kept[p.Path]; p = m.View.Child(p.Parent) {
				kept[p.Path] = true
			}
		}
	}
	return kept
}

func (m *Model) matches(c *operate.Child) bool {
	want := strings.ToLower(m.filter)
	return slices.ContainsFunc(append([]string{c.Path, operate.StateWord(c), c.Role}, c.Tags...), func(text string) bool {
		return strings.Contains(strings.ToLower(text), want)
	})
}

// list adds children without their tree, in the order that was asked for.
func (m *Model) list() {
	var list []*operate.Child
	if m.causes {
		list = m.View.Causes()
	} else {
		for i := range m.View.Children {
			list = append(list, &m.View.Children[i])
		}
	}
	switch m.order {
	case byState:
		slices.SortStableFunc(list, func(a, b *operate.Child) int { return int(m.View.Tone(b) - m.View.Tone(a)) })
	case byRestarts:
		slices.SortStableFunc(list, func(a, b *operate.Child) int { return b.Restarts - a.Restarts })
	case byTime:
		slices.SortStableFunc(list, func(a, b *operate.Child) int { return b.Since.Compare(a.Since) })
	}
	for _, c := range list {
		if m.filter == "" || m.matches(c) {
			m.rows = append(m.rows, row{c, 0, c.Path})
		}
	}
}

// move selects the row at an index, or the nearest.
func (m *Model) move(i int) {
	m.at = max(0, min(i, len(m.rows)-1))
	path := ""
	if m.at < len(m.rows) {
		path = m.rows[m.at].child.Path
	}
	if path != m.selected {
		m.selected, m.statements, m.scroll = path, nil, 0
	}
}

// Key does what a key means.
func (m *Model) Key(k Key, now time.Time) (a Action) {
	switch k {
	case KeyInterrupt:
		return Action{Quit: true}
	case KeySuspend:
		return Action{Suspend: true}
	case KeyRedraw:
		return Action{Redraw: true}
	}
	m.arrange()
	m.message = "" // it is read
	switch {
	case m.prompt != promptNone:
		return m.typed(k, now)
	case k == 'q' && m.screen == showTree:
		return Action{Quit: true}
	case k == 'q' || k == KeyEscape:
		if m.screen == showTree {
			m.filter, m.causes, m.arranged = "", false, false
		}
		m.screen, m.scroll = showTree, 0
	case k == '?':
		m.screen, m.scroll = showHelp, 0
	case k == 'r':
		m.ask(now)
	case m.screen != showTree:
		return m.scrolled(k)
	default:
		return m.moved(k)
	}
	return a
}

// moved is a key of the table.
func (m *Model) moved(k Key) (a Action) {
	switch k {
	case KeyUp, 'k':
		m.move(m.at - 1)
	case KeyDown, 'j':
		m.move(m.at + 1)
	case KeyPageUp:
		m.move(m.at - m.page)
	case KeyPageDown, ' ':
		m.move(m.at + m.page)
	case KeyHome, 'g':
		m.move(0)
	case KeyEnd, 'G':
		m.move(len(m.rows) - 1)
	case KeyLeft, 'h':
		m.fold(true)
	case KeyRight, 'l':
		m.fold(false)
	case KeyEnter:
		if m.selected != "" {
			m.screen, m.scroll = showDetails, 0
			return Action{Details: m.selected}
		}
	case '/':
		m.prompt, m.text = promptFilter, m.filter
	case 's':
		m.order, m.arranged = (m.order+1)%orders, false
	case 'c':
		m.causes, m.arranged = !m.causes, false
	}
	return a
}

// fold folds the selected supervisor, or goes to the one above what has nothing to fold; or unfolds it.
func (m *Model) fold(in bool) {
	c := m.View.Child(m.selected)
	switch {
	case c == nil:
		return
	case !in:
		delete(m.folded, c.Path)
	case len(m.View.Below(c.Path)) > 0 && !m.folded[c.Path] && m.order == byTree && !m.causes && m.filter == "":
		m.folded[c.Path] = true
	case m.View.Child(c.Parent) != nil:
		m.selected = c.Parent
	}
	m.arranged = false
}

// scrolled is a key of the details, and of help.
func (m *Model) scrolled(k Key) (a Action) {
	switch k {
	case KeyUp, 'k':
		m.scroll--
	case KeyDown, 'j':
		m.scroll++
	case KeyPageUp:
		m.scroll -= m.page
	case KeyPageDown, ' ':
		m.scroll += m.page
	case KeyHome, 'g':
		m.scroll = 0
	case KeyEnter, KeyLeft, 'h':
		m.screen, m.scroll = showTree, 0
	}
	m.scroll = max(0, m.scroll)
	return a
}

// ask asks why the selected child is to be restarted.
func (m *Model) ask(now time.Time) {
	switch {
	case m.selected == "":
	case !m.View.Operate:
		m.Say("this program takes no commands: it shows its state alone (see httpsup.Authorise)", true, now)
	default:
		m.prompt, m.text, m.asked = promptWhy, "", m.selected
	}
}

// maxTyped is how long a text at the prompt may be, in bytes.
const maxTyped = 500

// typed is a key at the prompt.
func (m *Model) typed(k Key, now time.Time) (a Action) {
	was := m.prompt
	switch {
	case k == KeyEscape:
		if m.prompt = promptNone; was == promptFilter {
			m.filter, m.arranged = "", false
		}
		return a
	case k == KeyEnter && was == promptFilter:
		m.prompt = promptNone
		return a
	case k == KeyEnter:
		if strings.TrimSpace(m.text) == "" {
			m.Say("say why: the program keeps it with the command; Esc cancels", true, now)
			return a
		}
		m.prompt = promptNone
		m.Say(fmt.Sprintf("%s: restart …", m.asked), false, now)
		return Action{Command: &Command{m.asked, "restart", m.text}}
	case k == KeyBackspace:
		_, n := utf8.DecodeLastRuneInString(m.text)
		m.text = m.text[:len(m.text)-n]
	case k == KeyClear:
		m.text = ""
	case k > 0 && unicode.IsPrint(rune(k)) && len(m.text) < maxTyped:
		m.text += string(rune(k))
	}
	if was == promptFilter && m.filter != m.text {
		m.filter, m.arranged = m.text, false
		m.arrange()
		m.move(slices.IndexFunc(m.rows, func(r row) bool { return m.matches(r.child) }))
	}
	return a
}

// Remember puts events of the past before those that were heard.
func (m *Model) Remember(past []operate.Raw) {
	var list []operate.Event
	for _, e := range past {
		list = append(list, e.Event)
	}
	list = append(list, m.events...)
	slices.SortStableFunc(list, func(a, b operate.Event) int { return cmp.Compare(a.Sequence, b.Sequence) })
	m.events = slices.CompactFunc(list, func(a, b operate.Event) bool { return a.Sequence == b.Sequence })
}
