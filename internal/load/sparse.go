package load

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
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

// load loads the package in a directory that lacks some of its sources, or all. Its Go files may be lacking too, and do not matter.
func (s sparse) load(ctx context.Context, dir string) (*Package, error) {
	real := realDirectory(dir)
	p, texts := &Package{Text: map[string][]byte{}}, map[string][]byte{}
	if isDirectory(dir) {
		here, err := Dir(dir)
		if err != nil {
			return nil, err
		}
		texts = here.Text
	}
	for base := range s[real] {
		text, err := s.read(ctx, filepath.Join(real, base), 10)
		if err != nil {
			return nil, err
		}
		texts[filepath.Join(dir, base)] = text
	}
	var files []*syntax.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file := p.parse(name, texts[name])
		file.Unnamed = true
		files = append(files, file)
	}
	p.Tree, p.Diagnostics = dsl.Check(files, "")
	return p, nil
}

// read is what is in a file, here or in the index, at the end of so many links at most.
func (s sparse) read(ctx context.Context, name string, links int) ([]byte, error) {
	dir, base := filepath.Split(name)
	file, ok := s[filepath.Clean(dir)][base]
	switch {
	case !ok:
		return Read(fromWorkingDirectory(name))
	case links == 0:
		return nil, &Error{fromWorkingDirectory(name), errors.New("is a link to itself")}
	}
	text, err := gitIn(ctx, workTree(dir), "cat-file", "blob", file.id)
	if err == nil && file.link {
		return s.read(ctx, filepath.Join(dir, filepath.FromSlash(string(text))), links-1)
	}
	return text, err
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
