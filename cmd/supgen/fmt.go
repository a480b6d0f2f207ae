package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
)

// A formatting is what was asked of the fmt command.
type formatting struct {
	list  bool
	diff  bool
	write bool
}

func newFmt() *cobra.Command {
	f := &formatting{}
	cmd := &cobra.Command{
		Use:   "fmt [FILE | DIR | DIR/...]...",
		Short: "Give .sup files their canonical form",
		Long: `Fmt prints .sup files in their canonical form, or does with it what the flags say, as gofmt does. A directory
stands for its .sup files, DIR/... for those below it too, and no argument for standard input.

A file with syntax errors is left alone, and they are reported.

It ends with status 1 if there are syntax errors, and under -l and -d if something is not in its canonical form and
stays so: without -w.`,
		Example: `  supgen fmt -l -w ./...       format all, and name what has changed
  supgen fmt -d ./...          in CI: is anything not formatted?
  supgen fmt < shop.sup        in an editor`,
		ValidArgsFunction: completeSources,
		RunE:              f.run,
	}
	cmd.Flags().BoolVarP(&f.list, "list", "l", false, "print the names of files that are not formatted, not their text")
	cmd.Flags().BoolVarP(&f.diff, "diff", "d", false, "print diffs, not the text")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the text to the files, do not print it")
	return cmd
}

func (f *formatting) run(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		if f.write {
			return errors.New("standard input cannot be written to; name files, or leave -w away")
		}
		text, err := readAll("standard input", cmd.InOrStdin())
		if err != nil {
			return err
		}
		return f.result(f.format(cmd, "<standard input>", text))
	}
	names, err := sourceFiles(args)
	if err != nil {
		return err
	}
	found := false
	for _, name := range names {
		text, err := read(name)
		if err != nil {
			return err
		}
		bad, err := f.format(cmd, name, text)
		if err != nil {
			return err
		}
		found = found || bad
	}
	return f.result(found, nil)
}

func (f *formatting) result(found bool, err error) error {
	if err == nil && found {
		return errFound
	}
	return err
}

// format does what was asked with one file, and reports whether there is something to complain of.
func (f *formatting) format(cmd *cobra.Command, name string, text []byte) (found bool, err error) {
	formatted, diagnostics := dsl.Format(name, text)
	if len(diagnostics) > 0 {
		s := &source{text: map[string][]byte{name: text}, diagnostics: diagnostics}
		return printDiagnostics(cmd, "text", []*source{s})
	}
	out := cmd.OutOrStdout()
	differs := !bytes.Equal(text, formatted)
	if f.list && differs {
		fmt.Fprintln(out, diag.VisibleLine(name))
	}
	if f.diff {
		slashed := diag.VisibleLine(filepath.ToSlash(name))
		_, err = exact(out).Write(unified(slashed, text, slashed+" (formatted)", formatted))
	}
	switch {
	case err != nil:
		return false, err
	case f.write && differs:
		return false, rewrite(name, formatted)
	case !f.write && !f.list && !f.diff:
		_, err = exact(out).Write(formatted)
		return false, err
	}
	return differs, nil
}

// sourceFiles are the files that arguments stand for, each once.
func sourceFiles(args []string) ([]string, error) {
	var names []string
	seen := make(map[string]bool)
	for _, arg := range args {
		found := []string{filepath.Clean(arg)}
		if info, err := os.Stat(arg); err != nil || info.IsDir() {
			if found, err = sourcesIn(arg); err != nil {
				return nil, err
			}
		}
		for _, name := range found {
			if !seen[name] {
				names = append(names, name)
			}
			seen[name] = true
		}
	}
	return names, nil
}

// sourcesIn are the .sup files in a directory, or in those that DIR/... stands for.
func sourcesIn(arg string) ([]string, error) {
	dirs, err := directories([]string{arg})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if filepath.Ext(entry.Name()) == sourceSuffix && !entry.IsDir() && !leftover(entry.Name()) {
				names = append(names, filepath.Join(dir, entry.Name()))
			}
		}
	}
	return names, nil
}

// readAll reads what a .sup file may be at most.
func readAll(name string, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err == nil && len(text) > maxSource {
		err = fmt.Errorf("%s is larger than %d MiB", name, maxSource>>20)
	}
	return text, err
}
