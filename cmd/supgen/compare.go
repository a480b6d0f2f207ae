package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/supgen/supgen/cmd/supgen/internal/compare"
	"github.com/supgen/supgen/dsl"
)

// A comparison is what was asked of the diff command.
type comparison struct {
	format *choice
	failOn *choice
}

func newDiff() *cobra.Command {
	d := &comparison{}
	cmd := &cobra.Command{
		Use:   "diff OLD [NEW]",
		Short: "Tell what changed in meaning, and which of it is riskier",
		Long: `Diff compares the trees of two versions of a package child by child: who was added, removed, moved or probably
renamed, and which effective values changed, with who said them in each version. Of each change it says whether it
makes the tree riskier, and why.

OLD and NEW are directories, files that stand for their directory, or revisions of git: REV is the current directory
there, REV:path a directory seen from the top of the repository, REV:./path one seen from here. What exists as a file
is a file. Two files of one directory are compared as they are, each by itself. No NEW stands for the current
directory as it is.

It ends with status 0 whatever has changed, but for --fail-on.`,
		Example: `  supgen diff HEAD
  supgen diff main:internal/shop internal/shop
  supgen diff --fail-on risk v1.2.0 v1.3.0
  supgen diff --format json old.sup new.sup`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeSources,
		RunE:              d.run,
	}
	d.format = addFormat(cmd, "how to print", "text", "json")
	d.failOn = addChoice(cmd, "fail-on", "end with status 1 if there is a riskier change, or any change", "nothing", "risk", "change")
	return cmd
}

func (d *comparison) run(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		args = append(args, ".")
	}
	load := loadVersion
	if inOneDirectory(args[0], args[1]) {
		load = loadFile
	}
	var versions [2]*dsl.Tree
	for i, arg := range args {
		tree, err := load(cmd, arg)
		if err != nil {
			return err
		}
		versions[i] = tree
	}
	changes := compare.Trees(versions[0], versions[1])
	var err error
	if d.format.word == "json" {
		err = printJSON(cmd.OutOrStdout(), changes)
	} else {
		_, err = io.WriteString(cmd.OutOrStdout(), compare.Text(changes))
	}
	if err == nil && (d.failOn.word == "change" && len(changes) > 0 || d.failOn.word == "risk" && compare.Riskier(changes)) {
		err = errFound
	}
	return err
}

// loadVersion loads the one package that an argument of diff stands for.
func loadVersion(cmd *cobra.Command, arg string) (*dsl.Tree, error) {
	if _, err := os.Stat(arg); !errors.Is(err, fs.ErrNotExist) || strings.HasSuffix(arg, "...") {
		return loadTree(cmd, arg)
	}
	s, err := loadRevision(cmd.Context(), arg)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a file nor a revision of git: %w", arg, err)
	}
	return s.onlyTree(cmd)
}

// inOneDirectory reports whether both are sources of one directory, so that it cannot be what they stand for.
func inOneDirectory(a, b string) bool {
	for _, name := range []string{a, b} {
		if info, err := os.Stat(name); err != nil || info.IsDir() || !strings.HasSuffix(name, sourceSuffix) {
			return false
		}
	}
	return filepath.Dir(filepath.Clean(a)) == filepath.Dir(filepath.Clean(b))
}

// loadFile loads a file as if it were a package.
func loadFile(cmd *cobra.Command, name string) (*dsl.Tree, error) {
	text, err := read(name)
	if err != nil {
		return nil, err
	}
	s := &source{text: map[string][]byte{name: text}}
	file, _ := dsl.Parse(name, text) // Check returns its diagnostics too
	s.tree, s.diagnostics = dsl.Check([]*dsl.File{file}, "")
	return s.onlyTree(cmd)
}
