package load

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
)

// What is here reports names that not every system can have: Windows refuses some, and it and macOS take two that differ in case
// alone for one.

// alike are names by what they are where case does not count.
type alike map[string][]string

func alikeOf(entries []fs.DirEntry) alike {
	names := alike{}
	for _, entry := range entries {
		folded := strings.ToLower(entry.Name())
		names[folded] = append(names[folded], entry.Name())
	}
	return names
}

// others are those that are the same as a name where case does not count.
func (a alike) others(name string) []string {
	return slices.DeleteFunc(slices.Clone(a[strings.ToLower(name)]), func(other string) bool { return other == name })
}

// listed is a name as the directory that holds it lists it: where case does not count, a file has a name by other spellings too.
func (a alike) listed(name string) string {
	same := a[strings.ToLower(name)]
	if len(same) == 1 {
		return same[0]
	}
	return name
}

func startOf(file string) diag.Pos { return diag.Pos{File: file, Line: 1, Column: 1} }

// unportable reports the sources, the Go generated from them and the scripts of a directory that not every system can have beside its
// other files. Scripts are warnings: the program does not need them. What [check.Impossible] says of sources is reported already.
func unportable(p *Package, dir string, entries []fs.DirEntry) []diag.Diagnostic {
	here := alikeOf(entries)
	var r diag.Reports
	twins := func(at diag.Pos, base, other string) *diag.Diagnostic {
		return r.Reportf(diag.CodeFileName, at, at, "on Windows and macOS %q and %q beside it are one file", base, other).Hintf("rename one of them")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Text)) {
		source := filepath.Base(name)
		for _, base := range []string{source, source + ".go"} {
			for _, other := range here.others(base) {
				if !isGenerated(other) && (!isSource(other) || other < base) { // or it is an orphan, or reported there
					twins(startOf(name), base, other)
				}
			}
		}
	}
	for _, entry := range entries {
		script := entry.Name()
		if !strings.HasSuffix(script, ScriptSuffix) || isLeftover(script) {
			continue
		}
		at := startOf(filepath.Join(dir, script))
		if why := check.Impossible(script); why != "" {
			r.Reportf(diag.CodeFileName, at, at, "Windows cannot have a file of this name: %s", why).Hintf("rename the file").Severity = diag.Warning
		}
		for _, other := range here.others(script) {
			if other < script {
				twins(at, script, other).Severity = diag.Warning
			}
		}
	}
	return r.List
}

// judged is which directories were judged, by their absolute paths.
type judged struct {
	dirs    map[string]bool
	entries map[string]alike // what is in those that they are in
}

func newJudged() judged { return judged{map[string]bool{}, map[string]alike{}} }

// unportable warns of the directories from that of the module to that of a package that not every system can have, each once.
func (j judged) unportable(p *Package) []diag.Diagnostic {
	dir, err := filepath.Abs(p.Dir())
	if err != nil || len(p.Text) == 0 {
		return nil
	}
	at := startOf(slices.Min(slices.Collect(maps.Keys(p.Text))))
	var r diag.Reports
	warn := func(format string, args ...any) {
		r.Reportf(diag.CodeFileName, at, at, format, args...).Hintf("rename the directory").Severity = diag.Warning
	}
	for top := ModuleOf(dir); top != "" && dir != top && !j.dirs[dir]; dir = filepath.Dir(dir) {
		j.dirs[dir] = true
		parent := filepath.Dir(dir)
		beside, ok := j.entries[parent]
		if !ok {
			entries, _ := os.ReadDir(parent)
			beside = alikeOf(entries)
			j.entries[parent] = beside
		}
		name := beside.listed(filepath.Base(dir))
		if why := check.Impossible(name); why != "" {
			warn("Windows cannot have the directory %q: %s", name, why)
		}
		for _, other := range beside.others(name) {
			if !j.dirs[filepath.Join(parent, other)] { // or it is reported there
				warn("on Windows and macOS the directory %q and %q beside it are one", name, other)
			}
		}
	}
	return r.List
}
