package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/unified"
)

// fixFlags are those of the fix command.
type fixFlags struct {
	diff  bool
	write bool
	codes map[diag.Code]bool // that are wanted; none is all

	done      map[string]bool // files, by their real names
	unfixable int             // errors without a fix
}

func newFix() *cobra.Command {
	f := &fixFlags{codes: map[diag.Code]bool{}, done: map[string]bool{}}
	cmd := &cobra.Command{
		Use:   "fix [DIR | FILE | DIR/... | CODE]...",
		Short: "Fix mistakes that have a clear fix",
		Long: `Fix lists the fixes for the mistakes and warnings in .sup files. With -d it shows what they change, with -w it
applies them; both list what is left, -d on standard error. A file stands for its directory; without arguments it is the current directory. The codes of rules select
the fixes of these rules. If a directory has the name of a code, write ./NAME. A diff names files as they are, and what links lead to:
"git apply -p0" takes it.

A fix that would cause another error is not applied. In a file that directories share by links that counts for each of them, named or not, and
what one of them needs stays. If there are several ways to fix something, you have to choose: they are listed.

The exit status is 1 if there are fixes, with -w only if some are left, and if there are errors without a fix.`,
		Example: `  supgen fix                        what can be fixed?
  supgen fix -d ./...
  supgen fix -w ./... unused-import unused-policy`,
		ValidArgsFunction: completeFix,
		RunE:              f.run,
	}
	cmd.Flags().BoolVarP(&f.diff, "diff", "d", false, "print what the fixes change, as diffs")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "make the fixes in the files, and list those that are left")
	return cmd
}

func (f *fixFlags) run(cmd *cobra.Command, args []string) error {
	dirs, err := f.parse(args)
	if err != nil {
		return err
	}
	notePassedOver(cmd, dirs)
	packages, err := load.Packages(dirs)
	errs := []error{err}
	found := false
	if f.diff || f.write {
		found, err = f.fixAll(cmd, packages)
		errs = append(errs, err)
	} else {
		for _, p := range packages {
			f.count(p.Diagnostics)
			found = f.list(cmd.OutOrStdout(), p.Diagnostics, diag.Refused{}.Brings) || found
		}
	}
	if n := f.unfixable; n > 0 {
		found = true
		validate := "supgen validate"
		if len(dirs) <= 3 { // of more, the line would show little else
			validate = strings.Join(append([]string{validate}, dirs...), " ")
		}
		what := fmt.Sprintf(`%d errors have no fix; "%s" reports them`, n, diag.VisibleLine(validate))
		if n == 1 {
			what = fmt.Sprintf(`1 error has no fix; "%s" reports it`, diag.VisibleLine(validate))
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "supgen:", what)
	}
	return outcome(found, errors.Join(errs...))
}

// parse takes the codes out of the arguments.
func (f *fixFlags) parse(args []string) (dirs []string, err error) {
	for _, arg := range args {
		rule, ok := rules.Lookup(diag.Code(arg))
		if ok {
			f.codes[rule.Code] = true
			continue
		}
		if _, err := os.Stat(arg); err != nil && !strings.ContainsAny(arg, `./\`) {
			if rule.Code == "" {
				return nil, fmt.Errorf(`%s is neither the code of a rule nor a directory; "supgen explain" lists the codes`, diag.Quoted(arg))
			}
			return nil, fmt.Errorf("there is no rule %q; did you mean %q?", arg, rule.Code)
		}
		dirs = append(dirs, arg)
	}
	return dirs, nil
}

func (f *fixFlags) wants(d diag.Diagnostic) bool { return len(f.codes) == 0 || f.codes[d.Code] }

// fixAll prints or writes what was made of packages, and reports whether there is a fix that is not made.
func (f *fixFlags) fixAll(cmd *cobra.Command, packages []*load.Package) (found bool, err error) {
	mended, kept := load.Mend(packages, f.wants)
	for _, k := range kept {
		say(cmd, "supgen:", diag.Quoted(filepath.ToSlash(k.File)), k.Why)
	}
	var errs []error
	for i, p := range packages {
		some, err := f.fix(cmd, p, mended[i])
		found, errs = found || some, append(errs, err)
	}
	return found, errors.Join(errs...)
}

// fix prints or writes what was made of one package, and reports whether it has a fix that is not made.
func (f *fixFlags) fix(cmd *cobra.Command, p *load.Package, mended load.Mended) (found bool, err error) {
	f.count(mended.Left)
	for _, name := range slices.Sorted(maps.Keys(mended.Text)) {
		old, now, file := p.Text[name], mended.Text[name], load.RealPath(name)
		if bytes.Equal(old, now) || f.done[file] {
			continue
		}
		f.done[file] = true
		name = load.WithoutLinks(name)
		if f.diff {
			slashed := diag.VisibleLine(filepath.ToSlash(name))
			if _, err := output.Exact(cmd.OutOrStdout()).Write(unified.Diff(slashed, old, slashed+" (fixed)", now)); err != nil {
				return false, err
			}
		}
		if !f.write {
			found = true
		} else if err := atomicfile.Write(name, now); err != nil {
			return false, err
		} else {
			say(cmd, "supgen: fixed", diag.VisibleLine(name))
		}
	}
	if f.write {
		return f.list(cmd.OutOrStdout(), mended.Left, mended.Brings), nil
	}
	return f.list(cmd.ErrOrStderr(), mended.Left, mended.Brings) || found, nil
}

// count counts the errors that are wanted and have no fix.
func (f *fixFlags) count(diagnostics []diag.Diagnostic) {
	for _, d := range diagnostics {
		if d.Severity == diag.Error && len(d.Fixes) == 0 && f.wants(d) {
			f.unfixable++
		}
	}
}

// list prints the fixes of what is wanted, with the errors for which they were not made, and reports whether there are any.
func (f *fixFlags) list(w io.Writer, diagnostics []diag.Diagnostic, brings func(diag.Diagnostic) diag.Code) (found bool) {
	for _, d := range diagnostics {
		if len(d.Fixes) == 0 || !f.wants(d) {
			continue
		}
		found = true
		ways := make([]string, len(d.Fixes))
		for i, fix := range d.Fixes {
			ways[i] = diag.VisibleLine(fix.Message)
		}
		if code := brings(d); code != "" {
			ways[0] += ", not applied: it would bring " + string(code)
		}
		fmt.Fprintf(w, "%s: %s [%s]\n", d.Pos, strings.Join(ways, ", or "), d.Code)
	}
	return found
}
