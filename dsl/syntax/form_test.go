package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"unicode"

	"github.com/supgen/supgen/internal/mutate"
)

// A line that is filled in says what participle would have made of it, in the files of all rules and in mistaken ones.
func FuzzForms(f *testing.F) {
	for _, pattern := range []string{"../../testdata/check/*.sup", "../rules/_examples/*/*/*.sup"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for i, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, []byte(nil))
			f.Add(src, fmt.Appendf(nil, "%d what somebody typed instead", i))
		}
	}
	f.Add([]byte("dynamic worker A(Name id)\ndynamic worker A(String id)\n"), []byte(nil)) // the second is as in Java
	f.Fuzz(func(t *testing.T, src, choices []byte) {
		s := newScanner("a.sup", mutate.Text(src, choices))
		s.scan()
		read := forms{}
		for _, l := range linesOf(s.tokens) {
			p, ok := ProductionOf(l.first().Value)
			if !ok {
				continue
			}
			got, gotErr := read.read(p.grammar, l)
			want, wantErr := p.parse(l)
			if !reflect.DeepEqual(got, want) || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Errorf("of %v:\ngot  %#v, %v\nwant %#v, %v", l.words(), got, gotErr, want, wantErr)
			}
		}
	})
}

// A form says nothing of words that begin with a capital letter: the grammar has none.
func TestGrammarIsInLowerCase(t *testing.T) {
	words := 0
	for _, p := range append(Productions, importOpening, importLine) {
		for _, word := range regexp.MustCompile(`"[^"]+"`).FindAllString(p.text(), -1) {
			words++
			if c := rune(word[1]); unicode.IsUpper(c) || unicode.IsDigit(c) {
				t.Errorf("the grammar of %q has %s", p.Keyword, word)
			}
		}
	}
	if words < 50 {
		t.Errorf("only %d words in the grammar", words)
	}
}
