package load

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// Input is how a text from standard input is called.
const Input = "<standard input>"

// Unsaved loads a text as what a .sup file will hold, among the other files of its directory; the file need not be there. With the
// name [Input] it is a package by itself. The diagnostics are those of this text, and those of other files with a note in it: an
// editor shows what is in its buffer, so these are placed at the note.
func Unsaved(name string, text []byte) (*Package, error) {
	switch {
	case len(text) > maxSize:
		return nil, tooLarge(name)
	case name == Input:
		return alone(name, text), nil
	case !strings.HasSuffix(name, Suffix):
		return nil, &Error{name, errors.New("is not a .sup file" + miscasedHint(name))}
	case isDirectory(name):
		return nil, &Error{name, errors.New("is a directory")}
	case StandsAlone(name):
		return alone(name, text), nil
	}
	name = filepath.Clean(name)
	p, err := Overlaid(filepath.Dir(name), map[string][]byte{name: text})
	if err != nil {
		return nil, err
	}
	withoutNeededIn(true, p)
	var here []diag.Diagnostic
	for _, d := range p.Diagnostics {
		if d.Pos.File != name {
			i := slices.IndexFunc(d.Notes, func(n diag.Note) bool { return n.Pos.File == name })
			if i < 0 {
				continue
			}
			d = turned(d, i)
		}
		here = append(here, d)
	}
	p.Diagnostics = diag.Sorted(here)
	return p, nil
}

// turned is a diagnostic at the place of one of its notes, with its own place as a note. What its fixes change is in another file.
func turned(d diag.Diagnostic, note int) diag.Diagnostic {
	at := d.Notes[note]
	other := diag.Note{Range: d.Range, Message: "the other place"}
	d.Notes = append([]diag.Note{other}, slices.Delete(slices.Clone(d.Notes), note, note+1)...)
	d.Range, d.Message, d.Fixes = at.Range, at.Message+": "+d.Message, nil
	return d
}
