package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/tree"
)

// A side is one of the two versions that are compared: a directory or a file, or a directory at a revision of git.
type side struct {
	name     string
	revision bool
}

// sides are the two versions that the arguments of diff stand for. dash is how many of them stand before "--"; below zero, there is
// none.
func sides(ctx context.Context, args []string, dash int) (old, now side, err error) {
	if dash < 0 {
		if len(args) > 2 {
			return old, now, errors.New("there are three versions; diff compares two")
		}
		if old, err = sideOf(ctx, args[0]); err != nil || len(args) == 1 {
			return old, side{name: "."}, err
		}
		now, err = sideOf(ctx, args[1])
		return old, now, err
	}
	revs, paths := args[:dash], args[dash:]
	if len(revs) == 0 {
		if len(paths) > 2 {
			return old, now, errors.New("there are three versions; diff compares two")
		}
		return side{name: paths[0]}, side{name: append(paths, ".")[1]}, nil
	}
	if len(revs) > 2 || len(paths) > 1 {
		return old, now, errors.New(`use one or two revisions before "--", and one directory behind it`)
	}
	dir := append(paths, ".")[0]
	at := func(rev string) side {
		if !strings.Contains(rev, ":") && len(paths) > 0 {
			rev += ":" + fromHere(dir)
		}
		return side{rev, true}
	}
	if len(revs) == 1 {
		return at(revs[0]), side{name: dir}, nil
	}
	return at(revs[0]), at(revs[1]), nil
}

// fromHere is a path as git reads one that is seen from the current directory.
func fromHere(dir string) string {
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(dir) {
		if below, err := filepath.Rel(here, dir); err == nil {
			dir = below
		}
	}
	dir = filepath.ToSlash(filepath.Clean(dir))
	if dir == "." || strings.HasPrefix(dir, "../") || dir == ".." {
		return dir + "/"
	}
	return "./" + dir
}

// sideOf tells a file from a revision. What is both is refused, as git does.
func sideOf(ctx context.Context, arg string) (side, error) {
	_, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(arg, "..."):
		return side{arg, true}, nil
	case !strings.ContainsAny(arg[:1], "./") && isRevision(ctx, arg):
		return side{}, fmt.Errorf(`%q is both a file and a revision of git; write "%s --" for the revision, "./%[2]s" for the file`, arg, arg)
	}
	return side{name: arg}, nil
}

// isRevision reports whether git knows what a word stands for. Where there is no git, nothing is one.
func isRevision(ctx context.Context, arg string) bool {
	_, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", arg+"^{tree}")
	return err == nil
}

// load loads the one package that a side stands for.
func (s side) load(cmd *cobra.Command) (*tree.Tree, error) {
	if !s.revision {
		return loadTree(cmd, s.name)
	}
	source, err := loadRevision(cmd.Context(), s.name)
	if err != nil {
		if cmd.ArgsLenAtDash() >= 0 {
			return nil, fmt.Errorf("%q is not a revision of git: %w", s.name, err)
		}
		return nil, fmt.Errorf("%q is neither a file nor a revision of git: %w", s.name, err)
	}
	return source.onlyTree(cmd)
}
