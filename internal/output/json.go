package output

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// JSON prints a value so that a person can read it too.
func JSON(w io.Writer, v any) error { return encoder(w, "").Encode(v) }

// JSONArray prints values as JSON would print a list of them, and holds one at a time.
func JSONArray[T any](w io.Writer, values iter.Seq[T]) error {
	var b bytes.Buffer
	e := encoder(&b, "\t")
	before, end := "[\n\t", "[]\n"
	for v := range values {
		b.WriteString(before)
		if err := e.Encode(v); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // it ends the line
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
		before, end = ",\n\t", "\n]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

// encoder indents all lines but the first by a prefix.
func encoder(w io.Writer, prefix string) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // messages hold "<" and "&", and no browser reads this
	e.SetIndent(prefix, "\t")
	return e
}
