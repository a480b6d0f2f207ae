package lsp

import (
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/simulation"
)

// renamedInScripts are the edits that give a child its new path in the scripts beside the trees.
func (q *query) renamedInScripts(was, now *load.Package, d *tree.Definition, name string) (edits []diag.Edit, err error) {
	if d.Child == nil || was.Tree == nil || now.Tree == nil || !isFile(q.analysis.key) || strings.HasSuffix(q.analysis.key, load.Suffix) {
		return nil, nil
	}
	names, err := load.FilesIn([]string{q.analysis.key}, load.ScriptSuffix)
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		text, err := load.Read(file)
		if d := q.others[file]; d != nil {
			text, err = d.text.Bytes, nil
		}
		if err != nil {
			return nil, err
		}
		renamed := simulation.NewScript(file, text).Rename(d.Child.Path(), name, was.Tree, now.Tree)
		edits = append(edits, difference(file, text, []byte(renamed.Text()))...)
	}
	return edits, nil
}
