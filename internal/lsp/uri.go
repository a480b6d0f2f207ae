package lsp

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/supgen/supgen/internal/lsp/protocol"
)

// nameOf is the name of the file that a URI is of. What is not on a disk, as a buffer that was never saved, is called as its URI is.
func nameOf(uri protocol.DocumentURI) string {
	u, err := url.Parse(string(uri))
	if err != nil || u.Scheme != "file" {
		return string(uri)
	}
	name := u.Path
	switch elsewhere := u.Host != "" && u.Host != "localhost"; {
	case elsewhere && runtime.GOOS == "windows":
		name = "//" + u.Host + name
	case elsewhere:
		return string(uri)
	case runtime.GOOS == "windows":
		name = strings.TrimPrefix(name, "/")
		if len(name) > 1 && name[1] == ':' { // VS Code has "c%3A", others "C:"
			name = strings.ToUpper(name[:1]) + name[1:]
		}
	}
	if name = filepath.FromSlash(name); !isFile(name) {
		return string(uri)
	}
	return filepath.Clean(name)
}

// isFile reports whether a name is that of a file on a disk.
func isFile(name string) bool { return filepath.IsAbs(name) }

// uriOf is the URI of a file that is not open.
func uriOf(name string) protocol.DocumentURI {
	if !isFile(name) {
		return protocol.DocumentURI(name)
	}
	path := filepath.ToSlash(name)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return protocol.DocumentURI((&url.URL{Scheme: "file", Path: path}).String())
}
