package output

import (
	"os"
	"path/filepath"
	"strings"
)

// Places returns how formats for machines name a file: relative to the top of the git repository that the current
// directory is in, with slashes and through no symbolic link; absolute if it is not there. Without a repository it is
// relative to the directory in GITHUB_WORKSPACE, if the current one is in it, or else to the current one. What is not a
// file, as standard input or a file at a revision of git, keeps its name.
func Places() func(name string) string {
	top, places := top(), map[string]string{}
	return func(name string) string {
		place, ok := places[name]
		if !ok {
			place = placeOf(top, name)
			places[name] = place
		}
		return place
	}
}

func placeOf(top, name string) string {
	if name == "" || strings.HasPrefix(name, "<") {
		return name
	}
	path, err := realPath(name)
	if err != nil && strings.Contains(name, ":") && !filepath.IsAbs(name) {
		return name // git's, of a file at a revision: "HEAD:server/shop.sup"
	}
	gone := ""
	for dir := name; err != nil; path, err = realPath(dir) {
		if dir == filepath.Dir(dir) {
			return name
		}
		dir, gone = filepath.Dir(dir), filepath.Join(filepath.Base(dir), gone)
	}
	path = filepath.Join(path, gone)
	if place, ok := below(top, path); ok {
		return place
	}
	return filepath.ToSlash(path)
}

// top is the directory that files are named from.
func top() string {
	here, err := realPath(".")
	if err != nil {
		return ""
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		// A file in the work trees of "git worktree", and in submodules.
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if workspace, err := realPath(os.Getenv("GITHUB_WORKSPACE")); err == nil {
		if _, ok := below(workspace, here); ok {
			return workspace
		}
	}
	return here
}

// below is a path as seen from a directory that it is in or below, with slashes.
func below(dir, path string) (string, bool) {
	rel, err := filepath.Rel(dir, path)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// realPath is the absolute path of what is on disk, without symbolic links.
func realPath(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}
