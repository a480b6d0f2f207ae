package compare

import (
	"fmt"
	"strings"
)

// Text is the changes for a reader at a terminal, child by child.
func Text(changes []Change) string {
	if len(changes) == 0 {
		return "nothing has changed in meaning\n"
	}
	var b strings.Builder
	risks, path := 0, ""
	for _, c := range changes {
		if c.Path != path {
			if path != "" {
				b.WriteString("\n")
			}
			path = c.Path
			fmt.Fprintln(&b, path)
		}
		c.write(&b)
		if c.Risk != "" {
			risks++
			fmt.Fprintf(&b, "      riskier: %s\n", c.Risk)
		}
	}
	fmt.Fprintf(&b, "\n%s, %d of them riskier\n", plural(len(changes), "change"), risks)
	return b.String()
}

func (c Change) write(b *strings.Builder) {
	switch c.Kind {
	case Added:
		fmt.Fprintf(b, "  added, %s\n", c.New.Source)
	case Removed:
		fmt.Fprintf(b, "  removed, was %s\n", c.Old.Source)
	case Moved:
		fmt.Fprintf(b, "  moved, was %s, %s\n", c.Old.Value, c.Old.Source)
	case Renamed:
		fmt.Fprintf(b, "  probably renamed, was %s, %s\n", c.Old.Value, c.Old.Source)
	case Changed:
		fmt.Fprintf(b, "  %s\n", c.What)
		for _, side := range []struct {
			sign string
			said *Said
		}{{"-", c.Old}, {"+", c.New}} {
			if side.said != nil {
				fmt.Fprintf(b, "    %s %s  (%s)\n", side.sign, side.said.Value, side.said.Source)
			}
		}
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
