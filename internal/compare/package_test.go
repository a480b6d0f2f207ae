package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/internal/compare"
)

// Each line is a directory with its old and its new tree, written "Root: child child; Other: child", with "!" behind a child of a riskier policy.
func TestPackages(t *testing.T) {
	tests := []struct{ name, packages, want string }{
		{"moved", "a | Shop: One Two | -\nb | - | Shop: One Two", "b Shop moved, was in a"},
		{"moved and changed", "a | Shop: One Two | -\nb | - | Shop: One! Three", "b Shop moved, was in a\nb Shop.One changed\nb Shop.Three renamed"},
		{"moved with a child less", "a | Shop: One! Two | -\nb | - | Shop: Two", "b Shop moved, was in a\nb Shop.One removed"},
		{"moved and renamed", "a | Shop: One Two | -\nb | - | Store: One Two", "b Store moved, was in a\nb Store renamed"},
		{"of another name", "a | Shop: One | -\nb | - | Store: Two", "a Shop removed\na Shop.One removed\nb Store added\nb Store.Two added"},
		{"of another make", "a | App: One Two! | -\nb | - | App: Three",
			"a App removed\na App.One removed\na App.Two removed\nb App added\nb App.Three added"},
		{"still there", "a | Shop: One | Shop: One\nb | - | Shop: One", "b Shop added\nb Shop.One added"},
		{"the most alike", "a | App: One | -\nb | App: Two! Three! | -\nc | - | App: Two! Three!\nd | - | App: One",
			"c App moved, was in b\nd App moved, was in a"},
		{"alike, and called alike", "v1/x | App: One | -\nv1/y | App: One | -\nv2/y | - | App: One\nv2/x | - | App: One",
			"v2/y App moved, was in v1/y\nv2/x App moved, was in v1/x"},
		{"alike, one beside where it was", "a/s | App: One | -\nb/s | App: One | -\na/p | - | App: One\nc/s | - | App: One",
			"a/p App moved, was in a/s\nc/s App moved, was in b/s"},
		{"split", "a | Shop: One; App: Two Three! | App: Two Three!\nb | - | Shop: One", "b Shop moved, was in a"},
		{"split and changed", "a | Shop: One Two; App: Three | App: Three\nb | Job: Three | Job: Three; Shop: One Two!", "b Shop moved, was in a\nb Shop.Two changed"},
		{"split in two", "a | Shop: One; App: Two; Job: Three | Job: Three\nb | - | Shop: One\nc | - | App: Two", "b Shop moved, was in a\nc App moved, was in a"},
		{"joined", "a | Shop: One | -\nb | App: Two! | App: Two!; Shop: One", "b Shop moved, was in a"},
		{"another of the name", "a | Shop: One Two!; App: Two | App: Two\nb | - | Shop: Three",
			"a Shop removed\na Shop.One removed\na Shop.Two removed\nb Shop added\nb Shop.Three added"},
		{"one of two of the name", "a | Shop: One; App: Two | App: Two\nb | - | Shop: One\nc | - | Shop: One",
			"a Shop removed, may be Shop in b, may be Shop in c\na Shop.One removed\n" +
				"b Shop added, may be what Shop in a was\nb Shop.One added\nc Shop added, may be what Shop in a was\nc Shop.One added"},
		{"moved, renamed and with a child more", "a | Shop: One Two! | -\nb | - | Store: One Two Three",
			"a Shop removed, may be Store in b\na Shop.One removed\na Shop.Two removed\n" +
				"b Store added, may be what Shop in a was\nb Store.One added\nb Store.Two added\nb Store.Three added"},
		{"split, renamed and with a child more", "a | Shop: One; App: Two | App: Two\nb | Job: Three | Job: Three; Store: One Two",
			"a Shop removed, may be Store in b\na Shop.One removed\nb Store added, may be what Shop in a was\nb Store.One added\nb Store.Two added"},
		{"one of two", "a | App: One | -\nb | App: One! | -\nc | - | App: One!", "a App removed\na App.One removed\nc App moved, was in b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var packages []compare.Package
			for line := range strings.Lines(test.packages) {
				words := strings.Split(strings.TrimSpace(line), " | ")
				packages = append(packages, compare.Package{Dir: words[0], Old: check(t, "x.sup", source(words[1])), New: check(t, "x.sup", source(words[2]))})
			}
			var got []string
			for _, c := range compare.Packages(packages) {
				text := c.Dir + " " + c.Path + " " + string(c.Kind)
				if _, from, ok := strings.Cut(c.Note, " was in "); ok {
					text += ", was in " + from
				}
				for note := range strings.SplitSeq(c.Note, "; ") {
					if other, ok := strings.CutPrefix(note, "it may be "); ok {
						other = strings.TrimSuffix(other, ", and the two are not compared")
						text += ", may be " + strings.TrimSuffix(other, " now, which has most of its children")
					}
				}
				if len(got) == 0 || got[len(got)-1] != text {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func source(brief string) string {
	text := "package x\n"
	for tree := range strings.SplitSeq(brief, "; ") {
		root, children, ok := strings.Cut(tree, ": ")
		if !ok {
			continue
		}
		children = strings.ReplaceAll(children, "!", " {\non error stop\n}")
		for _, name := range []string{"One", "Two", "Three"} {
			children = strings.ReplaceAll(children, name, "\nworker "+name)
		}
		text += "\nsupervisor " + root + " {" + children + "\n}\n"
	}
	return text
}
