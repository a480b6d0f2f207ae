package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// perFile is how many children are in one file, and under one root.
const perFile = 10_000

// program is a package with so many children, a hundred to a supervisor, of which every tenth provides what the nine
// after it need. It keeps every rule, the strict ones too.
func program(children int) (files []string) {
	for from := 0; from < children; from += perFile {
		files = append(files, root(len(files), from, min(from+perFile, children)))
	}
	return files
}

// root is one file, with the children from one to another.
func root(nth, from, to int) string {
	var out strings.Builder
	fmt.Fprintf(&out, "package large\n\nimport \"bytes\"\n\npolicy steady%d {\n\tbackoff 100ms..30s jitter full\n\tlimit   10 in 10m\n}\n\nsupervisor Large%d {\n", nth, nth)
	for i := from; i < to; i++ {
		if i%100 == 0 {
			fmt.Fprintf(&out, "\tsupervisor Part%d {\n", i/100)
			if to-i > 2 { // whose limits would be exceeded first
				out.WriteString("\t\tintensity 20 in 1m\n")
			}
		}
		declare(&out, nth, i)
		if i%100 == 99 || i == to-1 {
			out.WriteString("\t}\n")
		}
	}
	out.WriteString("}\n")
	return out.String()
}

// writeProgram writes a program to a folder.
func writeProgram(dir string, children int) error {
	for i, text := range program(children) {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("large%d.sup", i)), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// declare writes child i, which is in the nth file.
func declare(out *strings.Builder, nth, i int) {
	provider := i - i%10
	switch i % 10 {
	case 0:
		fmt.Fprintf(out, "\t\t// Store%d keeps what its neighbours need.\n\t\tservice Store%d {\n\t\t\tprovides *bytes.Buffer\n\t\t\tready    explicit within 10s\n\t\t\tuse      steady%d\n\t\t}\n", i, i, nth)
	case 1, 2, 3:
		fmt.Fprintf(out, "\t\tworker Work%d needs Store%d\n", i, provider)
	case 4, 5:
		fmt.Fprintf(out, "\t\tservice Serve%d needs Store%d {\n\t\t\tready    explicit within 5s\n\t\t\thealth   heartbeat 1s stale 5s\n\t\t\tshutdown 15s abort 2s\n\t\t\ton panic escalate\n\t\t}\n", i, provider)
	case 6:
		fmt.Fprintf(out, "\t\tjob Prepare%d needs Store%d {\n\t\t\ttimeout 1m\n\t\t}\n", i, provider)
	default:
		fmt.Fprintf(out, "\t\tworker Work%d[4] needs Store%d {\n\t\t\tuse steady%d\n\t\t}\n", i, provider, nth)
	}
}

// functions is Go with so many functions, each what the method of a child that does nothing is.
func functions(n int) string {
	var out strings.Builder
	out.WriteString("package large\n\nimport \"context\"\n")
	for i := range n {
		fmt.Fprintf(&out, "\n// Child%d waits for its end.\nfunc Child%d(ctx context.Context) error {\n\t<-ctx.Done()\n\treturn context.Cause(ctx)\n}\n", i, i)
	}
	return out.String()
}

// page is one of ten small templates, for templ.
func page(i int) string {
	return fmt.Sprintf(`package pages

// Page%d greets.
templ Page%[1]d(name string, items []string) {
	<section id="page%[1]d">
		<h1>Hello, { name }</h1>
		<ul>
			for _, item := range items {
				<li>{ item }</li>
			}
		</ul>
		if name == "" {
			<p>Who are you?</p>
		}
	</section>
}
`, i)
}
