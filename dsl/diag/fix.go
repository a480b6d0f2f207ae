package diag

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// A Fix is one way to mend what a [Diagnostic] reports. Its edits belong together: all of them are made, or none.
type Fix struct {
	Message string // what it does: "write restart permanent"
	Edits   []Edit
}

// An Edit puts a text in the place of a range. Where the range is empty it inserts, where the text is empty it removes.
// The range may go over several lines.
type Edit struct {
	Range
	New string
}

// Fix adds a way to mend it. A diagnostic has one where it is clear what was meant, several where somebody has to choose,
// and none where only the author knows.
func (d *Diagnostic) Fix(message string, edits ...Edit) *Diagnostic {
	d.Fixes = append(d.Fixes, Fix{message, edits})
	return d
}

// Write sets the hint and the fix in one: write this text at that place.
func (d *Diagnostic) Write(at Range, text string) *Diagnostic {
	d.Hint = "write " + text
	return d.Fix(d.Hint, Edit{at, text})
}

// Apply makes fixes in the texts of files, by their names, and reports which of them it made. A fix with an edit that
// overlaps one that was made before, or that is at the place of it, is left: its positions may mean something else now.
// The texts given are not changed.
func Apply(text map[string][]byte, fixes []Fix) (mended map[string][]byte, made []bool) {
	edits := map[string][]Edit{} // of each file, in order
	made = make([]bool, len(fixes))
	for i, fix := range fixes {
		made[i] = len(fix.Edits) > 0 && !slices.ContainsFunc(fix.Edits, func(e Edit) bool {
			return e.End.Offset < e.Pos.Offset || e.End.Offset > len(text[e.Pos.File]) || clashes(edits[e.Pos.File], e)
		})
		if !made[i] {
			continue
		}
		for _, e := range fix.Edits {
			file := e.Pos.File
			edits[file] = slices.Insert(edits[file], place(edits[file], e), e)
		}
	}
	mended = maps.Clone(text)
	for file, edits := range edits {
		mended[file] = edited(text[file], edits)
	}
	return mended, made
}

// place is where an edit belongs among others that are in order.
func place(edits []Edit, e Edit) int {
	i, _ := slices.BinarySearchFunc(edits, e, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Pos.Offset, b.Pos.Offset), cmp.Compare(a.End.Offset, b.End.Offset))
	})
	return i
}

// clashes reports whether an edit overlaps one of others that are in order. Two that remove something may touch; what is
// inserted may not touch anything.
func clashes(edits []Edit, e Edit) bool {
	i := place(edits, e)
	apart := func(a, b Edit) bool { // a before b
		return a.End.Offset < b.Pos.Offset || a.End.Offset == b.Pos.Offset && a.Pos != a.End && b.Pos != b.End
	}
	return i > 0 && !apart(edits[i-1], e) || i < len(edits) && !apart(e, edits[i])
}

// edited is a text with edits that are in order.
func edited(text []byte, edits []Edit) []byte {
	var b bytes.Buffer
	from := 0
	for _, e := range edits {
		b.Write(text[from:e.Pos.Offset])
		b.WriteString(e.New)
		from = e.End.Offset
	}
	b.Write(text[from:])
	return b.Bytes()
}

// maxChecks bounds how often a text is checked until it is mended.
const maxChecks = 100

// Mend makes the fixes of the diagnostics that are wanted, and of those that show up then, until there are none. It
// returns the text as it is then, the diagnostics that it mended, those that are left, wanted or not, and those whose fixes it refused.
//
// Of a diagnostic with several fixes somebody has to choose one, so that it is left. So is one whose fix brings an error
// with it: what check reports of the text decides. A line that can be read at last may have other mistakes, which the
// fix did not cause; so these lines are mended first, and what they hide counts for the other fixes.
func Mend(text map[string][]byte, check func(map[string][]byte) []Diagnostic, wanted func(Diagnostic) bool) (mended map[string][]byte, done, left []Diagnostic, refused Refused) {
	left = check(text)
	refused = Refused{}
	most := 0 // how many fixes to try at once; 0 is all
	for range maxChecks {
		var batch []Diagnostic
		var fixes []Fix
		for _, isUnread := range []bool{true, false} {
			for _, d := range left {
				_, tried := refused[mistakeOf(d)]
				if len(batch) < cmp.Or(most, len(left)) && d.Code.Unread() == isUnread && len(d.Fixes) == 1 && wanted(d) && !tried {
					batch, fixes = append(batch, d), append(fixes, d.Fixes[0])
				}
			}
			if len(batch) > 0 {
				break
			}
		}
		if len(batch) == 0 {
			break
		}
		tried, made := Apply(text, fixes)
		now := check(tried)
		switch {
		case isBetter(now, left):
			for i, d := range batch {
				if made[i] {
					done = append(done, d)
				}
			}
			text, left, most = tried, now, 0
		case len(batch) == 1:
			refused[mistakeOf(batch[0])], most = "", 0
			if brought := newErrors(now, left); len(brought) > 0 {
				refused[mistakeOf(batch[0])] = brought[0].Code
			}
		default:
			most = len(batch) / 2
		}
	}
	return text, done, left, refused
}

// Refused has the mistakes whose fixes [Mend] did not make, and why.
type Refused map[mistake]Code

// Brings is the code of an error that the fix of a diagnostic would bring, or "" if it was not refused for one.
func (r Refused) Brings(d Diagnostic) Code { return r[mistakeOf(d)] }

// A mistake is a diagnostic wherever the lines above have moved it.
type mistake struct {
	file    string
	code    Code
	message string
}

func mistakeOf(d Diagnostic) mistake { return mistake{d.Pos.File, d.Code, d.Message} }

// Unread reports whether the code is one of what could not be read. What such a line says is not judged, so that it may have
// other mistakes.
func (c Code) Unread() bool { return slices.Contains(unread, c) }

var unread = []Code{
	CodeSyntax, CodeUnknownStatement, CodeReservedWord, CodeBadCharacter, CodeBadLiteral, CodeMergeConflict, CodeUnclosedBlock,
	CodeStrayBrace, CodeDeepNesting, CodeUnknownValue, CodeBadType,
}

// isBetter reports whether less is reported than before: less that cannot be read, or else no error that was not there, and
// fewer of them or of all.
func isBetter(now, before []Diagnostic) bool {
	count := func(list []Diagnostic, of func(Diagnostic) bool) (n int) {
		for _, d := range list {
			if of(d) {
				n++
			}
		}
		return n
	}
	isUnread := func(d Diagnostic) bool { return d.Code.Unread() }
	if n, was := count(now, isUnread), count(before, isUnread); n != was {
		return n < was
	}
	isError := func(d Diagnostic) bool { return d.Severity == Error }
	return len(newErrors(now, before)) == 0 && cmp.Or(count(now, isError)-count(before, isError), len(now)-len(before)) < 0
}

// newErrors are the errors that were not there before.
func newErrors(now, before []Diagnostic) (found []Diagnostic) {
	known := map[mistake]int{}
	for _, d := range before {
		known[mistakeOf(d)]++
	}
	for _, d := range now {
		known[mistakeOf(d)]--
		if d.Severity == Error && known[mistakeOf(d)] < 0 {
			found = append(found, d)
		}
	}
	return found
}
