package httpsup

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// The page's files are at the root, "/" being index.html, and the schemas in schema/.
//
//go:embed page schema
var files embed.FS

// types are what the files of the page may be.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".json": "application/schema+json",
}

// addFiles adds a route for each file.
func (h *handler) addFiles() {
	fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		at := "/" + strings.TrimPrefix(name, "page/")
		if at == "/index.html" {
			at = "/"
		}
		kind := types[path.Ext(name)]
		h.routes[at] = guarded(h, route{method: http.MethodGet, serve: func(_ *http.Request, w http.ResponseWriter) error {
			w.Header().Set("Content-Type", kind)
			w.Write(text)
			return nil
		}})
		return nil
	})
}
