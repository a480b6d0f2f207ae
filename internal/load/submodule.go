package load

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// An object is a file or a directory at a revision, as git keeps it.
type object struct {
	id   string // "" is nothing
	repo string // a directory of the repository that has it: "" is the current one, else that of a submodule
}

// find is what a path at a revision leads to, through the links that the revision has on the way, and into the commits of its submodules.
func find(ctx context.Context, rev, name string) (object, error) { return findIn(ctx, "", rev, name) }

func findIn(ctx context.Context, repo, rev, name string) (object, error) {
	out, err := ask(ctx, repo, rev+":"+name+"\n", "cat-file", "--batch-check", "--follow-symlinks")
	if err != nil {
		return object{}, err
	}
	words := strings.Fields(strings.TrimPrefix(string(out), rev+":"+name)) // "NAME missing"
	if len(words) == 3 && (words[1] == "tree" || words[1] == "blob") {
		return object{words[0], repo}, nil
	}
	at, commit := submoduleOn(ctx, repo, rev, name)
	if commit == "" {
		return object{}, nil
	}
	dir := filepath.Join(workTree(cmp.Or(repo, ".")), at)
	if err := isHere(ctx, dir, commit); err != nil {
		return object{}, err
	}
	return findIn(ctx, dir, commit, fromWithin(at, name))
}

// submoduleOn is the submodule that a path at a revision is in, and its commit; "" if there is none.
func submoduleOn(ctx context.Context, repo, rev, name string) (dir, commit string) {
	args := []string{"ls-tree", "--full-tree", "-z", rev, "--"}
	for dir = name; dir != "." && dir != ""; dir = path.Dir(dir) {
		args = append(args, dir)
	}
	out, _ := gitIn(ctx, repo, args...)
	for entry := range strings.SplitSeq(string(out), "\x00") {
		what, dir, _ := strings.Cut(entry, "\t")
		if commit, ok := strings.CutPrefix(what, "160000 commit "); ok && strings.HasPrefix(name+"/", dir+"/") {
			return dir, commit
		}
	}
	return "", ""
}

// filesAt are the files at and below a tree, and those of the submodules in it that are entered, as they are called on disk, where the
// tree is a directory. Submodules that are not here are missed.
func filesAt(ctx context.Context, tree object, dir string, enters func(dir, commit string) bool) (names []string, missed []error, err error) {
	out, err := gitIn(ctx, tree.repo, "ls-tree", "-r", "-z", "--full-tree", tree.id)
	if err != nil {
		return nil, nil, err
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		what, name, _ := strings.Cut(entry, "\t")
		name = filepath.Join(dir, name)
		commit, isSubmodule := strings.CutPrefix(what, "160000 commit ")
		switch {
		case !isSubmodule:
			names = append(names, name)
		case enters(name, commit):
			if err := isHere(ctx, name, commit); err != nil {
				missed = append(missed, err)
				continue
			}
			below, more, err := filesAt(ctx, object{commit, name}, name, enters)
			if err != nil {
				return nil, nil, err
			}
			names, missed = append(names, below...), append(missed, more...)
		}
	}
	return names, missed, nil
}

// isHere is an error if a submodule does not have a commit here.
func isHere(ctx context.Context, dir, commit string) error {
	name := filepath.ToSlash(fromWorkingDirectory(dir))
	if !isCheckedOut(dir) {
		return &Error{name, fmt.Errorf(`is a submodule that is not checked out; "git submodule update --init %s" does that`, name)}
	}
	if _, err := gitIn(ctx, dir, "cat-file", "-e", commit+"^{commit}"); err != nil {
		return &Error{name, fmt.Errorf(`is a submodule without its commit %.12s; "git -C %s fetch origin %[1]s" gets it`, commit, name)}
	}
	return nil
}

// isCheckedOut reports whether a submodule's directory is the top of a work tree.
func isCheckedOut(dir string) bool { return workTree(dir) == realDirectory(dir) }

// pins reports whether a revision, or the index if it is "", has a submodule at this commit.
func pins(ctx context.Context, rev, fromTop, commit string) bool {
	out, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+":"+fromTop)
	return err == nil && strings.TrimSpace(string(out)) == commit
}

// ofRepository is an error if a directory is neither in the work tree of the current directory nor in a submodule of it: what git
// says about the one says nothing about the other.
func ofRepository(ctx context.Context, dir string) error {
	here := workTree(".")
	for top := workTree(dir); top != here; {
		var above []byte
		if top != "" {
			above, _ = gitIn(ctx, top, "rev-parse", "--show-superproject-working-tree")
		}
		if len(above) == 0 {
			return elsewhere(filepath.ToSlash(dir))
		}
		top = RealPath(strings.TrimSpace(string(above)))
	}
	return nil
}

// elsewhere is the error about a directory that is not in the repository.
func elsewhere(dir string) error {
	dir = path.Clean(dir)
	return &Error{dir, fmt.Errorf(`is not in the git work tree of the current directory; "supgen -C %s diff REV" compares it in its own`, dir)}
}

// fromWithin is a path as seen from a directory above it, with slashes; "" is that itself.
func fromWithin(dir, name string) string {
	below, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(name))
	if err != nil || below == "." {
		return ""
	}
	return filepath.ToSlash(below)
}
