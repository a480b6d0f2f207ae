package load

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// A sparse work tree has the sources that "git sparse-checkout" keeps off the disk, by their names in each real directory. Of these the
// index says what there is.
type sparse map[string]map[string]indexed

// indexed is a file in the index of git.
type indexed struct {
	id   string
	link bool
}

// sparseAt is the work tree that a directory is in; most lack nothing.
func sparseAt(ctx context.Context, dir string) sparse {
	top := workTree(dir)
	if top == "" {
		return nil
	}
	out, _ := gitIn(ctx, top, "ls-files", "-s", "-t", "-z", "--", "*"+Suffix) // others say what git has against it
	s := sparse{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		what, name, _ := strings.Cut(entry, "\t") // "S 100644 8baef1b 0"
		words := strings.Fields(what)
		if len(words) != 4 || words[0] != "S" || !isSource(path.Base(name)) {
			continue
		}
		name = filepath.Join(top, filepath.FromSlash(name))
		if _, err := os.Lstat(name); err == nil {
			continue
		}
		dir, base := filepath.Split(name)
		dir = filepath.Clean(dir)
		if s[dir] == nil {
			s[dir] = map[string]indexed{}
		}
		s[dir][base] = indexed{words[2], words[1] == "120000"}
	}
	return s
}

// load loads the package in a directory that lacks some of its sources, or all, or where links of it lead. Its Go files may be lacking too, and do not matter.
func (s sparse) load(ctx context.Context, dir string) (*Package, error) {
	real := realDirectory(dir)
	p := newPackage()
	names := slices.Collect(maps.Keys(s[real]))
	if here, err := FilesIn([]string{dir}, Suffix); err == nil {
		for _, name := range here {
			names = append(names, filepath.Base(name))
		}
	}
	slices.Sort(names)
	var files []*syntax.File
	for _, name := range names {
		text, err := s.read(ctx, filepath.Join(real, name), 10)
		if err != nil {
			return nil, err
		}
		file := p.parse(filepath.Join(dir, name), text)
		file.Unnamed = true
		files = append(files, file)
	}
	p.Tree, p.Diagnostics = dsl.Check(files, "")
	return p, nil
}

// read is what is in a file, here or in the index, at the end of so many links at most.
func (s sparse) read(ctx context.Context, name string, links int) ([]byte, error) {
	dir, base := filepath.Split(name)
	file, lacking := s[filepath.Clean(dir)][base]
	target, err := os.Readlink(name)
	isLink := err == nil
	if lacking {
		text, err := gitIn(ctx, workTree(dir), "cat-file", "blob", file.id)
		if err != nil || !file.link {
			return text, err
		}
		target, isLink = filepath.FromSlash(string(text)), true
	}
	switch {
	case !isLink, filepath.IsAbs(target):
		return Read(fromWorkingDirectory(name))
	case links == 0:
		return nil, &Error{fromWorkingDirectory(name), errors.New("is a link to itself")}
	}
	return s.read(ctx, filepath.Join(dir, target), links-1)
}

// addSparse has git put a directory on the disk.
const addSparse = "git sparse-checkout add "

// isSparse reports whether git keeps a file of the index off the disk. Its name is real.
func isSparse(name string) bool {
	top := workTree(filepath.Dir(name))
	if top == "" {
		return false
	}
	out, _ := gitIn(context.Background(), top, "--literal-pathspecs", "ls-files", "-t", "--", fromWithin(top, name))
	return strings.HasPrefix(string(out), "S ")
}

// linkError is an error about a name, which says where it leads if it is a link, with a hint if git keeps that file off the disk.
func linkError(name string, err error) error {
	link, notLink := os.Readlink(name)
	if notLink != nil {
		return err
	}
	why := fmt.Errorf("%w; it is a link to %s", errors.Unwrap(err), diag.Quoted(filepath.ToSlash(link)))
	target := filepath.Join(RealPath(filepath.Dir(name)), link)
	if filepath.IsAbs(link) || !isSparse(target) {
		return why
	}
	return fmt.Errorf("%w; see %q", why, addSparse+filepath.ToSlash(fromWorkingDirectory(filepath.Dir(target))))
}

// errSparse is of a module that go.work uses and that git keeps off the disk.
var errSparse = errors.New("it is not in the sparse checkout")

type lacking struct{ error }

func (lacking) Is(target error) bool { return target == errSparse }

// without is an error without those of what it joins that are target.
func without(err, target error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, err := range joined.Unwrap() {
			errs = append(errs, without(err, target))
		}
		return errors.Join(errs...)
	}
	if errors.Is(err, target) {
		return nil
	}
	return err
}
