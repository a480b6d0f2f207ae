package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
)

// A Version is one of the two versions of a package that are compared: a directory or a file, or a directory at a
// revision of git.
type Version struct {
	name     string
	revision bool
	dashed   bool   // it can be nothing but a revision
	alone    bool   // a file is meant, not its directory
	optional bool   // the other version is the same directory at another time: this may be before it was made, or after it was removed
	here     string // for a revision, the directory as it is named on disk; "" if it is not
	sparse   sparse // of what is on disk: the work tree that the directory is in, if it may lack some
}

// A Pair is the two versions of a package that are compared.
type Pair struct {
	Dir      string // of the package if a pattern found it, else ""
	Old, New Version
}

// Versions are what the arguments of diff stand for, as "supgen diff --help" says: two versions of one package, or of each that a
// pattern matches. dash is how many arguments stand before "--"; below zero, there is none. The error joins one for each
// directory that cannot be read, which costs no other.
func Versions(ctx context.Context, args []string, dash int) ([]Pair, error) {
	revs, dir, err := timesOf(ctx, args, dash)
	if err == nil && revs != nil {
		revs, err = withMergeBase(ctx, revs)
	}
	switch {
	case err != nil:
		return nil, err
	case revs != nil && isPattern(filepath.ToSlash(dir)):
		return matching(ctx, revs, filepath.ToSlash(dir))
	case revs != nil:
		p := atTimes(revs, dir)
		p.New.sparse = sparseAt(ctx, dir)
		p.Old.dashed = dash >= 0 || len(args) == 0
		return []Pair{p}, nil
	}
	old, now, err := versions(ctx, args, dash)
	switch {
	case err != nil:
		return nil, err
	case old.revision || now.revision:
		return []Pair{{Old: old, New: now}}, nil
	}
	if inOneDirectory(old.name, now.name) {
		old.alone, now.alone = true, true
	}
	if place := old.place(); place != "" && place == now.place() {
		dir := filepath.ToSlash(filepath.Clean(old.name))
		return nil, fmt.Errorf(`both versions are %s; "supgen diff HEAD -- %s" compares it with what was committed`, diag.Quoted(dir), dir)
	}
	return []Pair{{Old: old, New: now}}, nil
}

// timesOf are the revisions and the directory of arguments that compare a directory with itself at another time. Without
// revisions, they compare something else.
func timesOf(ctx context.Context, args []string, dash int) (revs []string, dir string, err error) {
	last := len(args) - 1
	endsInPattern := last >= 0 && isPattern(filepath.ToSlash(args[last]))
	switch {
	case len(args) > 2 && dash < 0, dash == 0 && len(args) > 2:
		return nil, "", errors.New("there are three versions; diff compares two")
	case dash > 2, dash > 0 && len(args) > dash+1:
		return nil, "", errors.New(`use one or two revisions before "--", and one directory behind it`)
	case dash >= 0 && len(args)-dash <= 1:
		revs, dir = args[:dash], append(args[dash:], ".")[0]
	case last < 0:
		dir = "."
	case dash < 0 && last == 0 && endsInPattern:
		dir = args[0]
	case dash < 0 && (last == 0 || last == 1 && endsInPattern):
		v, err := versionOf(ctx, args[0])
		if err != nil || !v.revision {
			return nil, "", err
		}
		revs, dir = args[:1], append(args[1:], ".")[0]
	default:
		return nil, "", nil
	}
	if strings.Contains(strings.Join(revs, ""), ":") {
		return nil, "", nil // it is a directory of another name
	}
	if len(revs) == 0 {
		revs = []string{"HEAD"}
	}
	return revs, dir, nil
}

// withMergeBase replaces "main..." by the merge base of main and HEAD, and "main...topic" by that of the two, and topic, as git does.
func withMergeBase(ctx context.Context, revs []string) ([]string, error) {
	one, other, ok := strings.Cut(revs[0], "...")
	if !ok || len(revs) > 1 {
		return revs, nil
	}
	sides := []string{cmp.Or(one, "HEAD"), cmp.Or(other, "HEAD")}
	for _, rev := range sides {
		if err := unknown(ctx, rev); err != nil {
			return nil, notRevision(ctx, rev, "not a revision of git", err)
		}
	}
	base, err := git(ctx, "merge-base", sides[0], sides[1])
	if err == nil {
		base, err = git(ctx, "rev-parse", "--short", strings.TrimSpace(string(base)))
	}
	if err != nil {
		return nil, fmt.Errorf("%s and %s have no merge base%s", diag.Quoted(sides[0]), diag.Quoted(sides[1]), fetching(ctx, ""))
	}
	revs = []string{strings.TrimSpace(string(base))}
	if other != "" {
		revs = append(revs, other)
	}
	return revs, nil
}

// atTimes is a directory at a revision, and at another or as it is.
func atTimes(revs []string, dir string) Pair {
	at := func(rev string) Version {
		return Version{name: rev + ":" + fromHere(dir), revision: true, dashed: true, optional: true, here: dir}
	}
	if len(revs) > 1 {
		return Pair{Old: at(revs[0]), New: at(revs[1])}
	}
	return Pair{Old: at(revs[0]), New: Version{name: dir, optional: true}}
}

// matching are the packages that a pattern matches in one of two versions.
func matching(ctx context.Context, revs []string, pattern string) ([]Pair, error) {
	top := topOf(pattern)
	var dirs []string
	var missed []error
	for i, rev := range revs {
		other := ""
		if len(revs) > 1 {
			other = revs[1-i]
		}
		at, more, err := directoriesAt(ctx, rev, other, top)
		if err != nil {
			return nil, err
		}
		dirs = append(at, dirs...)
		missed = append(missed, more...)
	}
	var failed error
	trees := map[string]sparse{}
	if len(revs) == 1 {
		here, err := Directories([]string{pattern})
		_, gone := os.Stat(top)
		allGone := errors.Is(err, errMissing) || errors.Is(gone, fs.ErrNotExist)
		if len(dirs) == 0 || !allGone {
			failed = without(err, errSparse)
		}
		tree := sparseAt(ctx, top)
		if trees[workTree(top)] = tree; len(tree) > 0 && revs[0] != "HEAD" {
			at, _, _ := directoriesAt(ctx, "HEAD", "", top) // for what is in the index alone, and not at the revision
			for _, dir := range at {
				if tree[realDirectory(dir)] != nil {
					dirs = append(dirs, dir)
				}
			}
		}
		dirs = append(here, dirs...)
	} else if len(dirs) == 0 {
		failed = &Error{pattern, errors.New("matches no .sup files at these revisions")}
	}
	dirs = distinct(dirs, realDirectory) // by the name that go.work has for it now
	slices.Sort(dirs)
	var pairs []Pair
	for _, dir := range dirs {
		p := atTimes(revs, dir)
		if tree := workTree(dir); len(revs) == 1 {
			if _, ok := trees[tree]; !ok {
				trees[tree] = sparseAt(ctx, dir)
			}
			p.New.sparse = trees[tree]
		}
		p.Dir = filepath.ToSlash(dir)
		pairs = append(pairs, p)
	}
	return pairs, errors.Join(failed, errors.Join(missed...))
}

// Outside are the packages in modules that no go.work uses, and in directories that go.mod says to ignore, below a pattern among the
// arguments of diff. A package of the pairs, which are what [Versions] has found, may have moved to or from one. What cannot be read has none.
func Outside(ctx context.Context, args []string, dash int, pairs []Pair) (outside []Pair) {
	revs, pattern, err := timesOf(ctx, args, dash)
	if pattern = filepath.ToSlash(pattern); err != nil || revs == nil || !isPattern(pattern) {
		return nil
	}
	if revs, err = withMergeBase(ctx, revs); err != nil {
		return nil
	}
	top := topOf(pattern)
	var names []string
	for _, rev := range revs {
		if _, tree, err := topAt(ctx, rev, top); err == nil {
			at, _, _ := filesAt(ctx, tree, top, func(string, string) bool { return false })
			names = append(names, at...)
		}
	}
	if len(revs) == 1 {
		everywhere(top, mostLinked, func(name string, _ fs.DirEntry) { names = append(names, name) })
	}
	known := map[string]bool{}
	for _, p := range pairs {
		known[realDirectory(p.Dir)] = true
	}
	for _, name := range names {
		below, _ := filepath.Rel(top, filepath.Dir(name))
		dir := filepath.Dir(name)
		if real := realDirectory(dir); isSource(filepath.Base(name)) && !known[real] && !slices.ContainsFunc(strings.Split(below, string(filepath.Separator)), isPassedOver) {
			known[real] = true
			p := atTimes(revs, dir)
			p.Dir = filepath.ToSlash(dir)
			outside = append(outside, p)
		}
	}
	return outside
}

// Name is the directory that both versions are of, as place names it, or their two names.
func (p Pair) Name(place func(string) string) string {
	return cmp.Or(place(p.Dir), place(filepath.ToSlash(p.Old.here)), p.Old.name+" and "+p.New.name)
}

// place is where a version that is not a revision is on disk: a file or a directory, "" if there is none.
func (v Version) place() string {
	info, err := os.Stat(v.name)
	switch {
	case err == nil && v.alone:
		return realFile(v.name)
	case err != nil || !info.IsDir() && SourceOf(v.name) == "":
		return ""
	case !info.IsDir():
		return RealPath(filepath.Dir(v.name))
	}
	return RealPath(v.name)
}

// versions are two versions that need not be of one directory.
func versions(ctx context.Context, args []string, dash int) (old, now Version, err error) {
	if dash == 0 {
		return Version{name: args[0]}, Version{name: args[1]}, nil
	}
	at := func(i int) (Version, error) {
		switch {
		case i < dash:
			return Version{name: args[i], revision: true, dashed: true}, nil
		case i >= len(args):
			return Version{name: "."}, nil
		case dash > 0:
			return Version{name: args[i]}, nil
		}
		return versionOf(ctx, args[i])
	}
	if old, err = at(0); err == nil {
		now, err = at(1)
	}
	return old, now, err
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
	case !isFile && !isPattern(filepath.ToSlash(arg)):
		return Version{name: arg, revision: true}, nil
	case !strings.ContainsAny(arg[:1], "./") && isRevision(ctx, arg):
		return Version{}, fmt.Errorf(`%s is both a file and a revision of git; write "%s --" for the revision, "./%[2]s" for the file`, diag.Quoted(arg), arg)
	}
	return Version{name: arg}, nil
}

// IsRevision reports whether a word is a revision of git and not a file.
func IsRevision(ctx context.Context, arg string) bool {
	v, err := versionOf(ctx, arg)
	return err == nil && v.revision && isRevision(ctx, arg)
}

// isRevision reports whether git knows what a word stands for. Where there is no git, nothing is one.
func isRevision(ctx context.Context, arg string) bool { return unknown(ctx, arg) == nil }

// unknown is why git does not know what a word stands for, which may be git's own trouble; nil if it does.
func unknown(ctx context.Context, arg string) error {
	_, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", arg+"^{tree}")
	if errors.Is(err, errQuiet) {
		return errors.New("git does not know it")
	}
	return err
}

// Load loads both versions. One that is missing because the package is new, or gone, has no files, and a tree of nothing;
// so has the old version of one that is new and cannot be read, beside the error.
func (p Pair) Load(ctx context.Context) (old, now *Package, err error) {
	old, missing := p.Old.load(ctx)
	if missing != nil && !(p.Old.optional && errors.Is(missing, errMissing)) {
		return nil, nil, missing
	}
	now, err = p.New.load(ctx)
	if p.New.optional && !p.New.revision {
		err = cmp.Or(ofRepository(ctx, p.New.name), err)
	}
	switch {
	case err == nil:
	case missing != nil && !errors.Is(err, errMissing):
		return nothing(), nil, err
	case !p.New.optional || !errors.Is(err, errMissing):
		return nil, nil, err
	case missing != nil && p.Dir == "" && !p.New.revision && isDirectory(p.New.name):
		return nil, nil, err // which says where there are some
	case missing != nil && p.Dir == "":
		return nil, nil, missing
	}
	return cmp.Or(old, nothing()), cmp.Or(now, nothing()), nil
}

// nothing is a package without files.
func nothing() *Package {
	p := newPackage()
	p.Tree, p.Diagnostics = dsl.Check(nil, "")
	return p
}

// errMissing says that there is no package.
var errMissing = errors.New("there is no package")

// missing is an error that is errMissing, in other words.
type missing struct{ error }

func (missing) Is(target error) bool { return target == errMissing }

// IsRevision reports whether the version is one of git's, which names files in a way of its own.
func (v Version) IsRevision() bool { return v.revision }

func (v Version) load(ctx context.Context) (*Package, error) {
	switch {
	case v.alone:
		return File(v.name)
	case v.revision:
		return v.loadRevision(ctx)
	}
	if v.sparse[realDirectory(v.name)] != nil {
		return v.sparse.load(ctx, v.name)
	}
	p, err := One(v.name)
	if err != nil && len(v.sparse) > 0 {
		if p, err := v.sparse.load(ctx, v.name); err == nil && len(p.Text) > 0 { // its links lead to what is not on the disk
			return p, nil
		}
	}
	if err != nil && v.optional && !isPattern(filepath.ToSlash(v.name)) && isEmpty(v.name) {
		err = missing{err}
	}
	return p, err
}

// isEmpty reports whether there is no directory of this name, or no .sup file in it.
func isEmpty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isSource(e.Name()) })
}

func (v Version) loadRevision(ctx context.Context) (*Package, error) {
	p, err := revision(ctx, v.name)
	rev, _, _ := strings.Cut(v.name, ":")
	if real := realDirectory(v.here); err != nil && v.here != "" {
		// A link that the revision does not have leads to a directory that it may have.
		if p, err := revision(ctx, rev+":"+fromHere(real)); err == nil {
			return p, nil
		}
	}
	if _, of := errors.AsType[*Error](err); err != nil && !of {
		what := "neither a file nor a revision of git"
		if v.dashed {
			what = "not a revision of git"
		}
		err = notRevision(ctx, rev, what, err)
	}
	return p, err
}

// realDirectory is [RealPath] of a directory that may be gone: what is above it need not be.
func realDirectory(dir string) string {
	path, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for above := path; above != filepath.Dir(above); above = filepath.Dir(above) {
		if real, err := filepath.EvalSymlinks(above); err == nil {
			return real + strings.TrimPrefix(path, above)
		}
	}
	return path
}

// notRevision is an error about what git does not know, with what would have it known.
func notRevision(ctx context.Context, rev, what string, err error) error {
	return fmt.Errorf("%s is %s: %w%s", diag.Quoted(rev), what, err, fetching(ctx, rev))
}

// fetching is what to do where a clone does not have all of its repository, as those that CI services make.
func fetching(ctx context.Context, rev string) string {
	if one, other, ok := strings.Cut(rev, ".."); ok {
		return fmt.Sprintf(`; two revisions are "%s %s --", and "%[1]s..." is their merge base`, cmp.Or(one, "HEAD"), cmp.Or(other, "HEAD"))
	}
	if rev != "" {
		out, err := git(ctx, "for-each-ref", "--count=1", "--format=%(refname:short)", "refs/remotes/*/"+rev)
		if err == nil && len(out) > 0 {
			return fmt.Sprintf("; did you mean %q?", strings.TrimSpace(string(out)))
		}
	}
	if i := strings.IndexAny(rev, "~^@"); i >= 0 { // of main~3 the branch is fetched
		rev = rev[:i]
	}
	if rev == "HEAD" || isCommit.MatchString(rev) {
		rev = ""
	}
	what, all := "", ""
	if out, err := git(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(string(out)) == "true" {
		what, all = "; this clone is shallow", " --unshallow"
		if rev != "" && !strings.Contains(rev, "/") {
			rev = "origin/" + rev
			what += fmt.Sprintf(", and a branch is %q in it", rev)
		}
	}
	if remote, branch, ok := strings.Cut(rev, "/"); ok && remote != "" && !strings.HasPrefix(remote, "-") {
		if _, err := git(ctx, "remote", "get-url", remote); err == nil {
			all += fmt.Sprintf(" %s %s:refs/remotes/%s", remote, branch, rev)
		}
	}
	if all == "" {
		return ""
	}
	return fmt.Sprintf(`%s; "fetch-depth: 0" of actions/checkout gets what is missing, or "git fetch%s"`, what, all)
}

// isCommit matches what is probably the id of a commit, and not a name.
var isCommit = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// inOneDirectory reports whether both are files of one directory, such as an editor's "shop.sup~", so that it cannot be what they stand
// for. A Go file stands for its source.
func inOneDirectory(a, b string) bool {
	for _, name := range []string{a, b} {
		if info, err := os.Stat(name); err != nil || info.IsDir() || strings.HasSuffix(name, ".go") {
			return false
		}
	}
	return filepath.Dir(filepath.Clean(a)) == filepath.Dir(filepath.Clean(b))
}
