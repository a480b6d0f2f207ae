package mutate

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const shop = "package shop\n\nsupervisor Shop {\n\tservice DB {\n\t\tlimit 3 in 5m\n\t}\n}\n"

// Each operation changes the text, whichever token or line it is given, and the same choices make the same text.
func TestOperations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range operations {
		changed := 0
		for range 1000 {
			choices := []byte{byte(i), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
			text := string(Text([]byte(shop), choices))
			if text != shop {
				changed++
			}
			if again := string(Text([]byte(shop), choices)); again != text {
				t.Fatalf("%v: %q, and then %q", choices, text, again)
			}
		}
		if changed < 250 {
			t.Errorf("operation %d changed the text %d times of 1000", i, changed)
		}
	}
}

// Without choices a text stays as it is, and whatever it is, Text returns.
func TestText(t *testing.T) {
	if got := string(Text([]byte(shop), nil)); got != shop {
		t.Errorf("without choices it became %q", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, src := range []string{"", "\n", "x", "\xff\xfe", strings.Repeat("a\n", 100)} {
		for range 1000 {
			choices := make([]byte, r.IntN(40))
			for i := range choices {
				choices[i] = byte(r.Uint32())
			}
			Text([]byte(src), choices)
		}
	}
}

func BenchmarkText(b *testing.B) {
	src := []byte(strings.Repeat(shop, 20))
	for b.Loop() {
		Text(src, []byte("some choices that were made"))
	}
}
