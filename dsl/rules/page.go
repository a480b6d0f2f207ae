package rules

import (
	"fmt"
	"strings"
)

// Index lists all rules for a terminal, with one line per rule.
func Index() string {
	var b strings.Builder
	for i, chapter := range All() {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n\n", chapter.Title)
		for _, rule := range chapter.Rules {
			fmt.Fprintf(&b, "  %-24s %s\n", rule.Code, rule.Text)
		}
	}
	return b.String()
}

// Page is all about the rule for a terminal: what it is called, and its Help.
func (r Rule) Page() string {
	return fmt.Sprintf("%s (%s)\n\n%s", r.Code, r.Code.Severity(), r.Help())
}

// Help is the rule, why it exists, and for one of the checker's its examples, with what it reports about the bad one.
func (r Rule) Help() string { return r.help("") }

// Markdown is Help in Markdown: what is code there is indented.
func (r Rule) Markdown() string { return r.help("\t") }

// help begins the lines of what is reported with an indent.
func (r Rule) help(indent string) string {
	var b strings.Builder
	wrap(&b, r.Text)
	b.WriteString("\n")
	wrap(&b, r.Why)
	if !r.IsChecked() {
		return b.String()
	}
	b.WriteString("\nThis breaks it:\n\n")
	bad := r.Bad()
	quote(&b, bad.Text)
	b.WriteString("\n")
	for _, d := range bad.Diagnostics() {
		for line := range strings.Lines(d.Text([]byte(bad.Text))) {
			b.WriteString(indent + line)
		}
	}
	b.WriteString("\nThis follows it:\n\n")
	quote(&b, r.Good().Text)
	return b.String()
}

// quote prints an example. Of a long one the middle says nothing.
func quote(b *strings.Builder, example string) {
	lines := strings.SplitAfter(strings.TrimSuffix(example, "\n"), "\n")
	const most, ends = 40, 5
	for i, line := range lines {
		switch {
		case line == "\n":
			b.WriteString(line)
		case len(lines) <= most || i < ends || i >= len(lines)-ends:
			b.WriteString("\t" + line)
		case i == ends:
			fmt.Fprintf(b, "\t... (%d lines)\n", len(lines)-2*ends)
		}
	}
	b.WriteString("\n")
}

// wrap breaks text into lines that fit a terminal.
func wrap(b *strings.Builder, text string) {
	const width = 80
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+len(word) >= width:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteString("\n")
}
