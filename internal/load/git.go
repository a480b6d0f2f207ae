package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// revision loads the package in a directory of a revision of git, as "supgen diff --help" says how
// they are written. Files are named as git names them, "HEAD:shop/shop.sup". The directory's Go files do not matter:
// no code is generated from what is past. An [Error] is about what a revision has; any other says that there is no such revision.
func revision(ctx context.Context, arg string) (*Package, error) {
	rev, dir, ok := strings.Cut(arg, ":")
	if !ok {
		dir = "./"
	}
	if rev == "" || strings.HasPrefix(rev, "-") {
		return nil, errors.New("it does not begin with a revision")
	}
	dir, tree, err := treeAt(ctx, rev, dir)
	if err != nil {
		return nil, err
	}
	entries, err := gitIn(ctx, tree.repo, "ls-tree", "--full-tree", "-z", tree.id)
	if err != nil {
		return nil, &Error{rev, fmt.Errorf("has a file %s, and not a directory", diag.Quoted(dir))}
	}
	p := newPackage()
	var files []*syntax.File
	for entry := range strings.SplitSeq(string(entries), "\x00") {
		what, name, _ := strings.Cut(entry, "\t") // "100644 blob 8baef1b"
		if !isSource(name) || !strings.Contains(what, " blob ") {
			continue
		}
		name = path.Join(dir, name)
		file := object{strings.Fields(what)[2], tree.repo}
		if link := strings.HasPrefix(what, "120000"); link {
			if file, err = find(ctx, rev, name); err == nil && file.id == "" {
				err = &Error{rev + ":" + name, errors.New("is a link to nothing of this revision")}
			}
		}
		if err != nil {
			return nil, err
		}
		text, err := gitIn(ctx, file.repo, "cat-file", "blob", file.id)
		if err != nil {
			return nil, err
		}
		source := p.parse(rev+":"+name, text)
		source.Unnamed = true
		files = append(files, source)
	}
	if len(files) == 0 {
		return nil, &Error{rev, missing{fmt.Errorf("has no .sup files in %s", diag.Quoted(cmp.Or(dir, ".")))}}
	}
	p.Tree, p.Diagnostics = dsl.Check(files, "")
	for i := range p.Diagnostics {
		p.Diagnostics[i].Fixes = nil // what is past stays as it is
	}
	return p, nil
}

// treeAt is a directory at a revision, and how it is called as seen from the top.
func treeAt(ctx context.Context, rev, dir string) (fromTop string, tree object, err error) {
	dir = filepath.ToSlash(dir)
	if strings.HasPrefix(dir, "./") || strings.HasPrefix(dir, "../") || dir == "." {
		prefix, err := git(ctx, "rev-parse", "--show-prefix")
		if err != nil {
			return "", object{}, err
		}
		seen := path.Join(strings.TrimSpace(string(prefix)), dir)
		if !filepath.IsLocal(seen) && seen != "" {
			return "", object{}, elsewhere(dir)
		}
		dir = seen
	}
	if strings.HasSuffix(dir, Suffix) {
		dir = path.Dir(dir)
	}
	dir = strings.TrimPrefix(path.Clean("/"+dir), "/")
	tree, err = find(ctx, rev, dir)
	if err == nil && tree.id == "" {
		err = &Error{rev, missing{fmt.Errorf("has no directory %s", diag.Quoted(dir))}}
		if !isRevision(ctx, rev) {
			err = unknown(ctx, rev)
		}
	}
	return dir, tree, err
}

// directoriesAt are the directories with .sup files at and below one, at a revision, as they are called on disk. Those are passed over
// that patterns pass over, and submodules that are not here and are the same in the other version, which is a revision, or "" for
// that on disk. What else cannot be looked into is missed, and costs no other.
func directoriesAt(ctx context.Context, rev, other, top string) (dirs []string, missed []error, err error) {
	if strings.HasPrefix(rev, "-") {
		return nil, nil, notRevision(ctx, rev, "not a revision of git", errors.New("it begins with a flag"))
	}
	fromTop, tree, err := topAt(ctx, rev, top)
	if errors.Is(err, errMissing) {
		return nil, nil, nil
	}
	if _, of := errors.AsType[*Error](err); err != nil && !of {
		err = notRevision(ctx, rev, "not a revision of git", err)
	}
	if err != nil {
		return nil, nil, err
	}
	entered, err := modulesAt(ctx, rev, top, fromTop)
	if err != nil {
		return nil, nil, err
	}
	names, missed, err := filesAt(ctx, tree, top, func(dir, pinned string) bool {
		return isEntered(dir, entered, nil) && (isCheckedOut(dir) || !pins(ctx, other, path.Join(fromTop, fromWithin(top, dir)), pinned))
	})
	if err != nil {
		return nil, missed, err
	}
	modules := map[string]bool{}
	for _, name := range names {
		if filepath.Base(name) == "go.mod" {
			modules[filepath.Dir(name)] = true
		}
	}
	for _, name := range names {
		if dir := filepath.Dir(name); isSource(filepath.Base(name)) && isEntered(dir, entered, modules) {
			dirs = append(dirs, dir)
		}
	}
	return slices.Compact(dirs), missed, nil
}

// topAt is [treeAt] of the top of a pattern.
func topAt(ctx context.Context, rev, top string) (fromTop string, tree object, err error) {
	fromTop, tree, err = treeAt(ctx, rev, fromHere(top))
	if here, _ := filepath.Abs(top); RealPath(top) != here {
		// A link, which the revision may not have, leads to a directory that it may have.
		dir, real, missing := treeAt(ctx, rev, fromHere(RealPath(top)))
		if missing == nil && (err != nil || real == tree) {
			fromTop, tree, err = dir, real, nil
		}
	}
	return fromTop, tree, err
}

// isEntered reports whether a pattern enters a directory, as [walk] does from the nearest of those that are entered in any case.
func isEntered(dir string, entered map[string]ignoring, modules map[string]bool) bool {
	var below []string
	for {
		if ignore, ok := entered[dir]; ok {
			return !slices.ContainsFunc(below, ignore.has)
		}
		if isPassedOver(filepath.Base(dir)) || modules[dir] {
			return false
		}
		below = append(below, dir)
		dir = filepath.Dir(dir)
	}
}

// git asks git, and answers with what it prints.
func git(ctx context.Context, args ...string) ([]byte, error) { return ask(ctx, "", "", args...) }

// gitIn is [git] in another directory.
func gitIn(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return ask(ctx, dir, "", args...)
}

// ask is [gitIn] with a text on standard input.
func ask(ctx context.Context, dir, input string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = environment()
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		first, rest, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		switch _, remedy, ok := strings.Cut(rest, "git config "); {
		case first == "":
			return nil, errQuiet
		case ok: // of a repository that belongs to somebody else
			remedy, _, _ = strings.Cut(remedy, "\n")
			first += fmt.Sprintf("; \"git config %s\" accepts it", remedy)
		}
		return nil, fmt.Errorf("git: %s", strings.TrimPrefix(first, "fatal: "))
	}
	return out, err
}

// errQuiet is of a git that fails and says nothing.
var errQuiet = errors.New("git: it failed")

// environment is git's. In a hook, and under "git rebase --exec", it says which repository and work tree there are, and that the
// current directory is the top of that. Here the directory says so, if it is in a work tree.
func environment() []string {
	if workTree(".") == "" {
		return os.Environ()
	}
	elsewhere := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE"}
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(elsewhere, name)
	})
}

// workTree is the top of the work tree of git that a directory is in, "" if it is in none. The directory need not be there.
func workTree(dir string) string {
	for dir = realDirectory(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
