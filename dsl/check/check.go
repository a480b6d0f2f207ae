package check

import (
	"cmp"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// Check resolves the names in the .sup files of one package and holds them to the rules of the language.
// The Info is never nil, and has what could be made of the files, also where there are errors; [tree.Of] makes a Tree of
// one that has none.
//
// The diagnostics are all there are for the package, those of [syntax.Parse] included, sorted by position.
//
// goPackage is the name of the package that the directory's .go files declare; "" if there is none to hold the
// .sup files to. declared is what they declare beside, as far as it is known: nothing generated may be in its way.
func Check(files []*syntax.File, goPackage string, declared ...GoDecl) (*tree.Info, []diag.Diagnostic) {
	c := &checker{goPackage: goPackage, declared: declared, policies: map[string]*namedPolicy{}, rootOf: map[string]*subject{}, subjectOf: map[*tree.Child]*subject{},
		misplacedNames: map[string]bool{}, invalid: map[diag.Pos]bool{}, reached: map[*syntax.Stmt]bool{}, effective: map[tree.Source]bool{}, endings: map[*subject]*ending{}}
	c.declare(slices.SortedFunc(slices.Values(files), func(a, b *syntax.File) int { return cmp.Compare(a.Name, b.Name) }))
	c.goDecls = c.goNames()
	c.uses = make([]tree.Use, 0, 2*len(c.subjects)) // most use a policy and need a child
	c.usePolicies()
	for _, s := range c.subjects {
		c.layersOf(s)
	}
	c.references()
	c.noteWaiting()
	for _, s := range c.subjects {
		c.effectiveValues(s)
	}
	for _, s := range c.subjects {
		s.intensity()
	}
	c.causes()
	c.startsForever()
	c.shape()
	if c.order() {
		c.bounds()
	}
	c.clashes()
	c.limits()
	c.leftovers()
	c.unused()
	c.acceptIgnored()
	syntax.EndLines(c.List, files...)
	return c.info(), diag.Sorted(c.List)
}

// A checker holds what is known of a package while it is checked. The order of its slices is that of the text.
type checker struct {
	diag.Reports
	goPackage string
	declared  []GoDecl
	goDecls   *goNames
	files     []*fileScope
	policies  map[string]*namedPolicy
	policyOf  []*namedPolicy // the same, in order
	roots     []*subject
	rootOf    map[string]*subject // the first of each name
	subjects  []*subject          // every child, each after its supervisor and its group
	subjectOf map[*tree.Child]*subject

	misplacedNames map[string]bool   // declared where they cannot be: reported once, and not again where they are used
	invalid        map[diag.Pos]bool // statements with a value that was reported: nothing is concluded from it
	unmet          []unmet
	reached        map[*syntax.Stmt]bool // statements of defaults that some child can have
	effective      map[tree.Source]bool  // where children have from defaults what they have
	typeNames      []syntax.TypeName     // what Go types name without a package
	compared       int                   // how many names were compared with one that is unknown
	looked         int                   // how many diagnostics had a fix that takes a look at the text
	endings        map[*subject]*ending
	nested         *nested
	definitions    []*tree.Definition
	uses           []tree.Use
}

// A fileScope is what is known of a file.
type fileScope struct {
	file    *syntax.File
	tree    *tree.File
	pkg     *syntax.Stmt
	imports map[string]*tree.Definition // by the name that qualifies, the first of each
	// imported is what the imports may be called in types, those included that were reported; unread is set where one
	// could not even be read.
	imported []string
	misnamed []string // imports that types call by another name, which was reported
	unread   bool
	// qualifiers are the packages of its types that no import is called, once they have been asked for.
	qualifiers []string
}

// A namedPolicy is a declared policy.
type namedPolicy struct {
	*tree.Definition
	settings *settings
}

// A subject is a Child while it is checked. Its role is noRole if the line that declares it could not be read.
type subject struct {
	*tree.Child
	def       *tree.Definition
	decl      *syntax.ChildDecl
	stmt      *syntax.Stmt
	file      *fileScope
	parent    *subject // the supervisor; nil for a root
	group     *subject
	children  []*subject
	names     map[string]*subject // of a supervisor: its children, its groups and their members
	own       *settings
	defaults  *settings      // of a supervisor
	inherited []*namedPolicy // used by its defaults
	layers    []layer
	duplicate bool

	misreadNames []string // of children whose lines, or names, are not as they should be
	from, to     int      // where what is below it stands among the checker's subjects, right behind it

	unready, restless *subject     // of a supervisor: see unrest
	byRole            *tree.Source // see roleSource
}

// unsure reports whether something that could be of importance for the subject could not be read.
func (s *subject) unsure() bool {
	return s.Role == syntax.NoRole || s.stmt.Broken || s.own.broken ||
		slices.ContainsFunc(s.layers, func(l layer) bool { return l.settings.broken })
}

// index is where s stands among the checker's subjects.
func (s *subject) index() int { return s.from - 1 }

// below are the subjects below s.
func (c *checker) below(s *subject) []*subject { return c.subjects[s.from:s.to] }

// members are the children of a supervisor, its groups and their members.
func (s *subject) members() []*subject {
	var members []*subject
	for _, child := range s.children {
		members = append(members, child)
		members = append(members, child.groupMembers()...)
	}
	return members
}

func (s *subject) groupMembers() []*subject {
	if s.Role != policy.Group {
		return nil
	}
	return s.children
}

// isPart reports whether s is p, or somewhere below it.
func (s *subject) isPart(p *subject) bool {
	for ; s != nil; s = s.parent {
		if s == p {
			return true
		}
	}
	return false
}

// of is the subject of a child.
func (c *checker) of(child *tree.Child) *subject { return c.subjectOf[child] }
