package gotypes

import (
	"cmp"
	"errors"
	"fmt"
	"go/build"
	"go/build/constraint"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
	"golang.org/x/tools/go/packages"
)

// A target is what the go command is asked about at once: a module, and a system with build tags.
type target struct {
	module   string // its directory, as the go command calls it
	platform string // "windows/amd64"; "" is this machine's
	tags     string // separated by commas, beside those of this machine
}

func (t target) compare(u target) int {
	return cmp.Or(cmp.Compare(t.module, u.module), cmp.Compare(t.platform, u.platform), cmp.Compare(t.tags, u.tags))
}

// config is how the go command is asked about the target. The error says that it would refuse.
func (t target) config() (*packages.Config, error) {
	config := &packages.Config{Dir: t.module, Env: os.Environ()}
	work, use, err := load.Workspace(t.module)
	if err != nil {
		return nil, err
	}
	if work != "" {
		if load.IsModule(t.module) && use == "" {
			return nil, fmt.Errorf("%q does not use its module; see %q", shown(work), "go work use "+shown(t.module))
		}
		config.Dir = "" // what the go command says names files from there
		config.Env = append(config.Env, "GOWORK="+work)
	}
	if goos, goarch, ok := strings.Cut(t.platform, "/"); ok {
		config.Env = append(config.Env, "GOOS="+goos, "GOARCH="+goarch)
	}
	if t.tags != "" {
		config.BuildFlags = []string{"-tags=" + t.tags}
	}
	return config, readOnly(config)
}

// readOnly keeps the go command from writing go.mod, as it would where GOFLAGS has -mod=mod. The error says that it cannot be run.
func readOnly(config *packages.Config) error {
	cmd := exec.Command("go", "env", "GOFLAGS", "GOMODCACHE")
	cmd.Dir, cmd.Env = config.Dir, config.Env
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return errors.New(oneLine(string(exit.Stderr)))
	}
	if err != nil {
		return err
	}
	flags, cache, _ := strings.Cut(string(out), "\n")
	if strings.TrimSpace(cache) == "" {
		return errors.New("the go command has no directory for modules; set HOME, GOPATH or GOMODCACHE")
	}
	if strings.Contains(flags, "-mod=mod") {
		config.BuildFlags = append(config.BuildFlags, "-mod=readonly")
	}
	return nil
}

// shown is a path as seen from the current directory, with slashes.
func shown(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if below, err := filepath.Rel(load.RealPath(here), load.RealPath(path)); err == nil {
		path = below
	}
	return filepath.ToSlash(path)
}

// elsewhere asks about files that the question's target does not build, for targets that do by the files' constraints.
func (q *question) elsewhere(files []*tree.File) (left []*question, err error) {
	together := map[target]*question{}
	for _, file := range files {
		t, ok := target{}, false
		if q.target.platform+q.target.tags == "" {
			t, ok = targetOf(file.Constraint)
		}
		if !ok {
			return nil, fmt.Errorf("no system builds %q, for which %q", filepath.Base(file.Name), "//go:build "+file.Constraint)
		}
		t.module = q.target.module
		if together[t] == nil {
			next := &question{index: q.index, of: q.of, tree: q.tree, shown: q.shown, dir: q.dir, target: t, generated: q.generated, fset: token.NewFileSet()}
			together[t] = next
			left = append(left, next)
		}
		together[t].files = append(together[t].files, spell(q.of, file))
	}
	return left, nil
}

// targetOf is a target that a build constraint allows, the nearest to this machine: another system rather than tags that
// somebody has to set.
func targetOf(text string) (t target, ok bool) {
	expr, err := constraint.Parse("//go:build " + text)
	if err != nil {
		return t, false
	}
	var tags []string
	expr.Eval(func(tag string) bool {
		if !load.IsSystem(tag) && tag != "ignore" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
		return false // all are asked for
	})
	here := build.Default.GOOS + "/" + build.Default.GOARCH
	list, _ := exec.Command("go", "tool", "dist", "list").Output()
	platforms := strings.Fields(string(list))
	rank := func(platform string) int { // the same architecture first, then the most common one
		switch path.Base(platform) {
		case build.Default.GOARCH:
			return 0
		case "amd64":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(platforms, func(a, b string) int {
		return rank(a) - rank(b)
	})
	for _, tags := range [][]string{nil, tags} {
		for _, platform := range append([]string{here}, platforms...) {
			t = target{platform: platform, tags: strings.Join(tags, ",")}
			if platform == here {
				t.platform = ""
			}
			if t != (target{}) && allows(text, platform, platform == here, tags) {
				return t, true
			}
		}
	}
	return target{}, false
}

// allows reports whether a file with a build constraint is built for a platform.
func allows(text, platform string, here bool, tags []string) bool {
	ctxt := build.Default
	ctxt.GOOS, ctxt.GOARCH, _ = strings.Cut(platform, "/")
	ctxt.CgoEnabled = here && ctxt.CgoEnabled // without a compiler for other systems
	ctxt.BuildTags = tags
	ctxt.OpenFile = func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("//go:build " + text + "\n\npackage p\n")), nil
	}
	match, err := ctxt.MatchFile("", "x.go")
	return err == nil && match
}
