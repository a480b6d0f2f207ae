package operate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                         "plain",
		"\x1b[31mred\x1b[0m":            "red",
		"\x1b]0;title\x07after":         "after",
		"\x1b]8;;http://x\x1b\\link":    "link",
		"\x1bP+q544e\x1b\\x":            "x",
		"\x1b[2J\x1b[H\x1bcx":           "x",
		"\u009b31mred":                  "red",
		"\x1b]0;never ends":             "",
		"a\r\nb\tc":                     "a b c",
		"abc\u202ecba":                  "abccba",
		"a\u200bb\u2066c\ufeff":         "abc",
		"\xff\xfe":                      "\ufffd",
		"two\u2028lines":                "twolines",
		"Bücher 本":                      "Bücher 本",
		"\x1b[38;2;1;2;3mx\x1b[?1049h!": "x!",
		"\x1b\x1b[31mx":                 "x",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abc", 1, "…"}, {"abc", 0, ""}, {"", 3, ""},
		{"本本本", 6, "本本本"}, {"本本本", 5, "本本…"}, {"本本本", 4, "本…"}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		got, width := Cut(test.text, test.columns)
		if got != test.want || width != Width(got) {
			t.Errorf("%q in %d: %q of width %d", test.text, test.columns, got, width)
		}
	}
	if got, _ := Cut("e"+strings.Repeat("\u0301", 1<<20), 10); len(got) > 1000 {
		t.Errorf("%d bytes in ten columns", len(got))
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b[31mred\x1b]0;t\x07\u202e", 5)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		got := Clean(text)
		checkClean(t, got)
		if got != Clean(got) {
			t.Errorf("%q: cleaned twice is %q", got, Clean(got))
		}
		columns = max(-1, min(columns, 300))
		cut, width := Cut(got, columns)
		if width != Width(cut) || width > max(0, columns) {
			t.Errorf("%q in %d columns: %q of %d, said to be %d", got, columns, cut, Width(cut), width)
		}
	})
}

// checkClean fails a test if a terminal would obey something in a text.
func checkClean(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatalf("%q is not UTF-8", text)
	}
	for _, r := range text {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Fatalf("%q is left in %q", r, text)
		}
	}
}

// Whatever a server says is a state, an event or an error, and what is printed of it moves no cursor.
func FuzzState(f *testing.F) {
	f.Add([]byte(bad))
	f.Add([]byte(`{"children": [{"path": "A", "parent": "A", "lifecycle": "failed", "wait": {"on": "A.B"}}, {"path": "A.B", "wait": {"on": "A"}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Decode[State](text, nil)
		if err != nil {
			return
		}
		v := NewView(s, &Declarations{Declarations: []Declaration{{Path: "Shop.HTTP", Needs: []string{"Shop.DB"}, Limit: &Limit{}}}})
		var b strings.Builder
		v.Causes()
		v.Table(&b, "", time.Time{})
		for i := range v.Children[:min(len(v.Children), 10)] {
			v.Explain(&b, &v.Children[i], nil, time.Time{})
		}
		checkClean(t, strings.ReplaceAll(b.String(), "\n", " "))
	})
}

func FuzzLine(f *testing.F) {
	for _, line := range []string{
		`{"reset":{"incarnation":"99c1","sequence":5}}`, `{"end":{"why":"the tree has ended"}}`,
		`{"sequence":7,"path":"Shop.DB","kind":"failed","from":"running","to":"restarting","failure":{"kind":"panic","message":"a\nb"},"decision":{"action":"restart","delay":1000}}`, "",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := parseLine(line)
		if err != nil {
			return
		}
		checkClean(t, m.End+m.Event.Line())
		s, err := Decode[State](json.RawMessage(bad), nil)
		if err != nil {
			t.Fatal(err)
		}
		v := NewView(s, &Declarations{})
		v.Apply(m.Event)
		v.Causes()
	})
}
