// Package report renders diagnostics for machines: as JSON for scripts, as SARIF for code scanning, and as the
// commands that annotate a change on GitHub. It prints nothing by itself.
//
// What a reader at a terminal sees is [diag.Diagnostic]'s own Text.
package report

import "github.com/supgen/supgen/dsl/diag"

// A Report is what was found in some directories.
type Report struct {
	Diagnostics []diag.Diagnostic // in the order they are to be shown in
	Text        map[string][]byte // of each file that a position is in, by its name there
}
