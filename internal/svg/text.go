// Package svg writes what every drawing has to write in the same way.
package svg

import (
	"encoding/xml"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// Text is a text as SVG has it between tags and in attributes, with nothing left in it that a reader cannot see (see [diag.Visible]).
func Text(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(diag.Visible(text))); err != nil {
		panic("svg: " + err.Error()) // a strings.Builder takes everything
	}
	return b.String()
}
