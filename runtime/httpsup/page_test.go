package httpsup

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
)

// The page's files are served as what they are, and all that the page links to is there.
func TestPage(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		page := get(h, "/")
		want(t, page, 200, "<!doctype html>")
		links := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1)
		if len(links) < 3 {
			t.Fatalf("the page has the links %q", links)
		}
		for _, link := range links {
			if link[1] == "events" { // goes on
				continue
			}
			w := get(h, "/"+link[1])
			if w.Code != 200 {
				t.Errorf("the page links to %s, which is answered %d %s", link[1], w.Code, w.Body)
			}
			kind := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(link[1])]
			if got := w.Header().Get("Content-Type"); kind != "" && got != kind {
				t.Errorf("%s is %q, not %q", link[1], got, kind)
			}
		}
	})
}

// What comes from children reaches the document as text alone, and the policy of content has nothing to refuse: the page's files
// have none of what makes elements or programs of text, no script or style within, and no other host.
func TestPageIsText(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		".js": regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|DOMParser|createContextualFragment|srcdoc|javascript:` +
			`|setAttribute\('style'|[ {]style: |https?://`),
		".html": regexp.MustCompile(`<script[^>]*>[^<]|<style| style=| on[a-z]+=|https?://|"/`),
		".css":  regexp.MustCompile(`https?:|@import|url\(`),
		".svg":  regexp.MustCompile(`<script|<style| style=| on[a-z]+=|href`),
	}
	seen := 0
	err := fs.WalkDir(files, "page", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		search := forbidden[path.Ext(name)]
		if search == nil {
			t.Fatalf("%s is of no kind that this test knows", name)
		}
		said := strings.ReplaceAll(string(text), "'http://www.w3.org/2000/svg'", "") // the name of SVG
		said = strings.ReplaceAll(said, `"http://www.w3.org/2000/svg"`, "")
		if found := search.FindString(said); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		return nil
	})
	if err != nil || seen < 4 {
		t.Errorf("%d files were looked at: %v", seen, err)
	}
}
