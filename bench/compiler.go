package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// compilerBenchmarks measure whole processes: from the start of the command to its end.
func (w *workshop) compilerBenchmarks(s size) []benchmark {
	return []benchmark{
		{"compiler", "first page", []string{"supgen", "hello world", "templ"}, w.firstPage(s)},
		{"compiler", "large files", []string{"supgen"}, w.largeFiles(s)},
		{"compiler", "go build", []string{"supgen", "plain functions"}, w.goBuild(s)},
		{"compiler", "cold build", []string{"supgen", "hello world"}, w.coldBuild},
	}
}

// firstPage measures a generator on the little that a day's work changes: supgen on the file of the manual's first
// page, templ on ten small files, and a program that does nothing.
func (w *workshop) firstPage(s size) func(string) (sample, error) {
	return func(who string) (sample, error) {
		dir, err := w.folder("first page")
		if err != nil {
			return nil, err
		}
		switch who {
		case "templ":
			return w.templPages(dir, s)
		case "hello world":
			hello, err := w.hello()
			if err != nil {
				return nil, err
			}
			took, err := processes(s.Processes, nil, exec.Command(hello))
			return sample{"nothing to do": took, "everything to do": took}, err
		}
		supgen, err := w.supgen()
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(filepath.Join(w.root, "examples", "shop", "shop.sup"))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "shop.sup"), text, 0o666); err != nil {
			return nil, err
		}
		return generators(s.Processes, exec.Command(supgen, "generate", dir), filepath.Join(dir, "*.sup.go"))
	}
}

// templPages measures templ; if it cannot be had that is noted, and no error.
func (w *workshop) templPages(dir string, s size) (sample, error) {
	templ, err := w.templ()
	if err != nil {
		w.leave("templ: it cannot be installed here")
		return nil, nil
	}
	for i := range 10 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("page%d.templ", i)), []byte(page(i)), 0o666); err != nil {
			return nil, err
		}
	}
	return generators(s.Processes, exec.Command(templ, "generate", "-path", dir), filepath.Join(dir, "*_templ.go"))
}

// leave notes, once, that something is left out.
func (w *workshop) leave(why string) {
	for _, known := range w.left {
		if known == why {
			return
		}
	}
	w.left = append(w.left, why)
}

// generators measures a generator whose output is there already, and without it.
func generators(times int, c *exec.Cmd, output string) (sample, error) {
	everything, err := processes(times, func() error { return removeAll(output) }, c)
	if err != nil {
		return nil, err
	}
	if made, _ := filepath.Glob(output); len(made) == 0 {
		return nil, fmt.Errorf("%s wrote no %s", c, output)
	}
	nothing, err := processes(times, nil, c)
	return sample{"nothing to do": nothing, "everything to do": everything}, err
}

func removeAll(pattern string) error {
	files, err := filepath.Glob(pattern)
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return err
}

// processes runs a command so many times, each after before, and is the median of how many milliseconds it took.
func processes(times int, before func() error, c *exec.Cmd) (float64, error) {
	took := make([]float64, times)
	for i := range took {
		if before != nil {
			if err := before(); err != nil {
				return 0, err
			}
		}
		p, err := process(exec.Command(c.Path, c.Args[1:]...))
		if err != nil {
			return 0, err
		}
		took[i] = millis(p.took)
	}
	return median(took), nil
}

// spent is what a process took.
type spent struct {
	took       time.Duration
	processors time.Duration // of all of them together
	memory     float64       // the most it had, in bytes; 0 is not known
}

// process runs a command to its end.
func process(c *exec.Cmd) (spent, error) {
	began := time.Now()
	_, err := output(c)
	took := time.Since(began)
	if err != nil {
		return spent{}, err
	}
	return spent{took, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), maxMemory(c.ProcessState)}, nil
}

// largeFiles measures validate and generate on packages of all sizes: generate with everything to do, and then with
// nothing.
func (w *workshop) largeFiles(s size) func(string) (sample, error) {
	return func(string) (sample, error) {
		supgen, err := w.supgen()
		if err != nil {
			return nil, err
		}
		r := make(sample)
		for _, n := range s.Files {
			dir, err := w.folder("large")
			if err != nil {
				return nil, err
			}
			if err := writeProgram(dir, n); err != nil {
				return nil, err
			}
			for _, m := range []struct{ key, verb string }{
				{"validate", "validate"}, {"generate", "generate"}, {"generate nothing", "generate"},
			} {
				p, err := process(exec.Command(supgen, m.verb, dir))
				if err != nil {
					return nil, err
				}
				r[fileKey(m.key, n)] = p.took.Seconds()
				switch {
				case n != s.Large:
				case m.verb == "validate":
					r[m.key] = p.took.Seconds()
				default:
					r[m.key] = p.processors.Seconds()
					r["generate memory"] = max(r["generate memory"], p.memory/1e6)
				}
			}
		}
		each := func(n int) float64 { return r[fileKey("generate", n)] / float64(n) }
		r["growth"] = each(last(s.Files)) / each(s.base())
		return r, nil
	}
}

func fileKey(verb string, n int) string { return fmt.Sprintf("%s %d", verb, n) }

// goBuild measures go build of generated Go, and of as many plain functions. What they import is built already.
func (w *workshop) goBuild(s size) func(string) (sample, error) {
	edits := 0
	return func(who string) (sample, error) {
		dir, err := w.module("build")
		if err != nil {
			return nil, err
		}
		file, text := filepath.Join(dir, "large.go"), []byte(functions(s.Build))
		if who == self {
			if file, text, err = w.generated(dir, s.Build); err != nil {
				return nil, err
			}
		}
		build := func() (took time.Duration, err error) {
			edits++ // or the go command would not build it again
			if err := os.WriteFile(file, fmt.Appendf(text, "\n// Edit %d of %d.\n", edits, os.Getpid()), 0o666); err != nil {
				return 0, err
			}
			began := time.Now()
			err = w.goRun(dir, []string{"GOWORK=off"}, "build", ".")
			return time.Since(began), err
		}
		if _, err := build(); err != nil { // and what it imports
			return nil, err
		}
		took, err := build()
		return sample{"go build": millis(took)}, err
	}
}

// generated is what supgen makes of a program that is one file.
func (w *workshop) generated(dir string, children int) (file string, text []byte, err error) {
	supgen, err := w.supgen()
	if err != nil {
		return "", nil, err
	}
	if err := writeProgram(dir, children); err != nil {
		return "", nil, err
	}
	if _, err := output(exec.Command(supgen, "generate", dir)); err != nil {
		return "", nil, err
	}
	file = filepath.Join(dir, "large0.sup.go")
	text, err = os.ReadFile(file)
	return file, text, err
}

// module makes an empty module that can import this checkout's runtime.
func (w *workshop) module(name string) (string, error) {
	dir, err := w.folder(name)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("module example.com/large\n\ngo 1.26.0\n\nrequire github.com/supgen/supgen v0.0.0\n\nreplace github.com/supgen/supgen => %q\n", w.root)
	return dir, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o666)
}

// coldBuild measures go tool supgen on a machine that has built nothing before, and what it builds; and how long such a
// machine takes for a program that does nothing.
func (w *workshop) coldBuild(who string) (sample, error) {
	cache, err := w.folder("empty cache")
	if err != nil {
		return nil, err
	}
	env := []string{"GOCACHE=" + cache}
	if who == "hello world" {
		hello, err := w.hello()
		if err != nil {
			return nil, err
		}
		began := time.Now()
		err = w.goRun(w.dir, append(env, "GOWORK=off"), "build", "-o", filepath.Join(cache, "hello"), hello+".go")
		return sample{"cold build": time.Since(began).Seconds()}, err
	}
	began := time.Now()
	if err := w.goRun(filepath.Join(w.root, "examples"), env, "tool", "supgen", "version"); err != nil {
		return nil, err
	}
	took := time.Since(began)
	supgen, err := w.supgen()
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(supgen)
	if err != nil {
		return nil, err
	}
	return sample{"cold build": took.Seconds(), "binary": float64(info.Size()) / 1e6}, nil
}
