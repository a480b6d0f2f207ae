package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// A Version is one of the two versions of a package that are compared: a directory or a file, or a directory at a
// revision of git.
type Version struct {
	name     string
	revision bool
	dashed   bool   // "--" says that it is a revision
	alone    bool   // a file is meant, not its directory
	here     string // for a revision, the directory as it is named on disk; "" if it is not
}

// Versions are the two versions that the arguments of diff stand for, as "supgen diff --help" says. dash is how many
// arguments stand before "--"; below zero, there is none.
func Versions(ctx context.Context, args []string, dash int) (old, now Version, err error) {
	old, now, err = versions(ctx, args, dash)
	if err != nil || old.revision || now.revision {
		return old, now, err
	}
	if inOneDirectory(old.name, now.name) {
		old.alone, now.alone = true, true
	}
	if place := old.place(); place != "" && place == now.place() {
		dir := filepath.ToSlash(filepath.Clean(old.name))
		err = fmt.Errorf(`both versions are %s; "supgen diff HEAD -- %s" compares it with what was committed`, diag.Quoted(dir), dir)
	}
	return old, now, err
}

// place is where a version that is not a revision is on disk: a file or a directory, "" if there is none.
func (v Version) place() string {
	info, err := os.Stat(v.name)
	switch {
	case err != nil || !info.IsDir() && SourceOf(v.name) == "":
		return ""
	case v.alone:
		return realFile(v.name)
	case !info.IsDir():
		return RealPath(filepath.Dir(v.name))
	}
	return RealPath(v.name)
}

func versions(ctx context.Context, args []string, dash int) (old, now Version, err error) {
	if len(args) == 0 {
		return Version{name: "HEAD", revision: true, dashed: true}, Version{name: "."}, nil
	}
	if dash < 0 {
		if len(args) > 2 {
			return old, now, errors.New("there are three versions; diff compares two")
		}
		if old, err = versionOf(ctx, args[0]); err != nil || len(args) == 1 {
			return old, Version{name: "."}, err
		}
		now, err = versionOf(ctx, args[1])
		return old, now, err
	}
	revs, paths := args[:dash], args[dash:]
	switch {
	case len(revs) == 0 && len(paths) > 2:
		return old, now, errors.New("there are three versions; diff compares two")
	case len(revs) == 0 && len(paths) == 2:
		return Version{name: paths[0]}, Version{name: paths[1]}, nil
	case len(revs) == 0:
		revs = []string{"HEAD"}
	}
	if len(revs) > 2 || len(paths) > 1 {
		return old, now, errors.New(`use one or two revisions before "--", and one directory behind it`)
	}
	dir := append(paths, ".")[0]
	at := func(rev string) Version {
		if strings.Contains(rev, ":") || len(paths) == 0 {
			return Version{name: rev, revision: true, dashed: true}
		}
		return Version{name: rev + ":" + fromHere(dir), revision: true, dashed: true, here: dir}
	}
	if len(revs) == 1 {
		return at(revs[0]), Version{name: dir}, nil
	}
	return at(revs[0]), at(revs[1]), nil
}

// fromHere is a path as git reads one that is seen from the current directory.
func fromHere(dir string) string {
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(dir) {
		if below, err := filepath.Rel(RealPath(here), realFile(dir)); err == nil {
			dir = below
		}
	}
	dir = filepath.ToSlash(filepath.Clean(dir))
	if dir == "." || strings.HasPrefix(dir, "../") || dir == ".." {
		return dir + "/"
	}
	return "./" + dir
}

// versionOf tells a file from a revision. What is both is refused, as git does.
func versionOf(ctx context.Context, arg string) (Version, error) {
	// What cannot be the name of a file is not one either: on Windows "main:./shop", elsewhere "shop/fix" beside a file "shop".
	_, err := os.Stat(arg)
	isFile := err == nil || errors.Is(err, fs.ErrPermission)
	switch {
	case !isFile && !strings.HasSuffix(arg, "..."):
		return Version{name: arg, revision: true}, nil
	case !strings.ContainsAny(arg[:1], "./") && isRevision(ctx, arg):
		return Version{}, fmt.Errorf(`%s is both a file and a revision of git; write "%s --" for the revision, "./%[2]s" for the file`, diag.Quoted(arg), arg)
	}
	return Version{name: arg}, nil
}

// isRevision reports whether git knows what a word stands for. Where there is no git, nothing is one.
func isRevision(ctx context.Context, arg string) bool {
	_, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", arg+"^{tree}")
	return err == nil
}

// Load loads the package.
func (v Version) Load(ctx context.Context) (*Package, error) {
	switch {
	case v.alone:
		return File(v.name)
	case !v.revision:
		return One(v.name)
	}
	p, err := revision(ctx, v.name)
	if real := RealPath(v.here); err != nil && v.here != "" && isDirectory(v.here) {
		// A link that the revision does not have leads to a directory that it may have.
		rev, _, _ := strings.Cut(v.name, ":")
		if p, err := revision(ctx, rev+":"+fromHere(real)); err == nil {
			return p, nil
		}
	}
	if _, of := errors.AsType[*Error](err); err != nil && !of {
		what := "neither a file nor a revision of git"
		if v.dashed {
			what = "not a revision of git"
		}
		err = fmt.Errorf("%s is %s: %w", diag.Quoted(v.name), what, err)
	}
	return p, err
}

// inOneDirectory reports whether both are sources of one directory, so that it cannot be what they stand for.
func inOneDirectory(a, b string) bool {
	for _, name := range []string{a, b} {
		if info, err := os.Stat(name); err != nil || info.IsDir() || !strings.HasSuffix(name, Suffix) {
			return false
		}
	}
	return filepath.Dir(filepath.Clean(a)) == filepath.Dir(filepath.Clean(b))
}
