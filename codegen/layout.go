package codegen

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Gofmt decides by sizes and by neighbours what stands on one line, and what below what. All such decisions are made in
// this file, as go/printer makes them; the rest of the package writes what it writes as gofmt would. To have gofmt do
// that would take three times as long as all the rest.

// function writes a function that returns a value: on one line where that is short enough.
func (f *file) function(header, value string) {
	const most = 99 // it counts one more, the column behind the header
	if body := "return " + value; len(header)+len(body) > most {
		f.printf("%s {\n\t%s\n}\n", header, body)
	} else {
		f.printf("%s { %s }\n", header, body)
	}
}

// functionLiteral is a function in a statement that returns a value: on one line where that is short enough.
func functionLiteral(header, value string) string {
	const most = 100
	if body := "return " + value; len(header)+len(body) > most {
		return header + " {\n\t\t" + body + "\n\t}"
	}
	return header + " { return " + value + " }"
}

// structOf is the type of a struct with one field, on one line where its type is short enough.
func structOf(name, of string) string {
	const most = 29
	if len(of) > most {
		return "struct {\n\t" + name + " " + of + "\n}"
	}
	return "struct{ " + name + " " + of + " }"
}

// pair is an element of a composite literal, for keyed.
func pair(key, value string) []string {
	if strings.Contains(value, "\n") {
		return []string{key + ": " + value}
	}
	return []string{key + ":", value}
}

// keyed is the pairs of a composite literal that has each on a line of its own. Their values stand in a column, but for
// one of many lines and where a key is much longer or shorter than those above it.
func keyed(pairs [][]string) []string {
	var lines []string
	from, logs := 0, 0.0 // the column so far, and the logarithms of the sizes of its keys
	for i, p := range pairs {
		if i > from && !inColumn(pairs[i-1], p, math.Exp(logs/float64(i-from))) {
			lines = append(lines, aligned(pairs[from:i])...)
			from, logs = i, 0
		}
		logs += math.Log(keySize(p))
	}
	return append(lines, aligned(pairs[from:])...)
}

// inColumn reports whether p stands in a column with the pair above it. The geometric mean is that of the column's keys.
func inColumn(above, p []string, mean float64) bool {
	const small, much = 40, 2.5
	if len(above) == 1 || len(p) == 1 {
		return false
	}
	ratio := keySize(p) / mean
	return keySize(above) <= small && keySize(p) <= small || much*ratio > 1 && ratio < much
}

func keySize(p []string) float64 { return float64(len(p[0]) - len(":")) }

// aligned is lines of three cells at most. A cell with another one to its right is as wide as the widest such cell
// directly above and below it.
func aligned(lines [][]string) []string {
	text := make([]string, len(lines))
	for column := range 3 {
		for i := 0; i < len(lines); i++ {
			from, width := i, 0
			for ; i < len(lines) && len(lines[i]) > column+1; i++ {
				width = max(width, utf8.RuneCountInString(lines[i][column]))
			}
			for j, line := range lines[from:i] {
				pad := strings.Repeat(" ", width-utf8.RuneCountInString(line[column])+1)
				text[from+j] += line[column] + pad
			}
			if i < len(lines) && len(lines[i]) == column+1 {
				text[i] += lines[i][column]
			}
		}
	}
	return text
}
