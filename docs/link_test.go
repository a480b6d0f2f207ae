package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	link   = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	image  = regexp.MustCompile(`(?:src|srcset|href)="([^"]+)"`)
	fence  = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")
	blocks = regexp.MustCompile("(?ms)^```.*?^```$")
	head   = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// TestLinks holds that each link from a page to a file of the repository, and to a heading, leads there.
func TestLinks(t *testing.T) {
	anchors := make(map[string]map[string]bool) // by page
	headings := func(page string) map[string]bool {
		if anchors[page] == nil {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			anchors[page] = make(map[string]bool)
			for _, m := range head.FindAllSubmatch(blocks.ReplaceAll(text, nil), -1) {
				name := slug(string(m[1]))
				for n := 1; anchors[page][name]; n++ {
					name = fmt.Sprintf("%s-%d", slug(string(m[1])), n)
				}
				anchors[page][name] = true
			}
			for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)"`).FindAllSubmatch(text, -1) {
				anchors[page][string(m[1])] = true
			}
		}
		return anchors[page]
	}
	checked := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text = fence.ReplaceAll(text, nil)
		for _, m := range append(link.FindAllSubmatch(text, -1), image.FindAllSubmatch(text, -1)...) {
			target := string(m[1])
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			checked++
			file, fragment, _ := strings.Cut(target, "#")
			to := filepath.Join(filepath.Dir(page), file)
			if file == "" {
				to = page
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %s leads to no file", page, target)
			} else if fragment != "" && filepath.Ext(to) == ".md" && !headings(to)[fragment] {
				t.Errorf("%s: %s leads to no heading", page, target)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d links were found", checked)
	}
}

// slug is the anchor of a heading, as GitHub makes it.
func slug(heading string) string {
	var b strings.Builder
	heading = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(heading, "$1")
	for _, c := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case c == ' ':
			b.WriteByte('-')
		case c == '-', c == '_', unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(c)
		}
	}
	return b.String()
}
