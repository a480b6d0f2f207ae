package codegen

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLayout holds what is laid out here to gofmt, at random sizes around those where gofmt decides otherwise. Gofmt is
// given what it would not put on one line by itself on one line.
func TestLayout(t *testing.T) {
	oneLine := strings.NewReplacer("{\n\t", "{ ", "\n}\n", " }\n").Replace
	asIs := func(code string) string { return code }
	shapes := map[string]struct {
		random func(*rand.Rand) string
		source func(string) string
	}{
		"keyed":    {randomKeyed, asIs},
		"aligned":  {randomAligned, asIs},
		"function": {randomFunction, oneLine},
		"literal":  {randomLiteral, strings.NewReplacer("error {\n\t\t", "error { ", "\n\t}\n", " }\n").Replace},
		"structOf": {randomStruct, oneLine},
	}
	for name, shape := range shapes {
		different := map[int]bool{}
		for seed := range uint64(2000) {
			code := "package p\n\n" + shape.random(rand.New(rand.NewPCG(seed, 3)))
			formatted, err := format.Source([]byte(shape.source(code)))
			if err != nil {
				t.Fatalf("%v:\n%s", err, code)
			}
			if code != string(formatted) {
				t.Fatalf("%s of seed %d is not as gofmt writes it (-gofmt +this):\n%s", name, seed, cmp.Diff(string(formatted), code))
			}
			different[strings.Count(code, "\n")] = true
		}
		if len(different) < 2 {
			t.Errorf("%s never decides", name)
		}
	}
}

// word is a name of so many letters at most. One in ten takes more bytes than it has letters.
func word(r *rand.Rand, most int) string {
	letter := "x"
	if r.IntN(10) == 0 {
		letter = "ç"
	}
	return strings.Repeat(letter, 1+r.IntN(most))
}

func randomKeyed(r *rand.Rand) string {
	var pairs [][]string
	long := []int{15, 50, 120}[r.IntN(3)]
	for range 1 + r.IntN(8) {
		key, value := word(r, long), word(r, 9)
		if r.IntN(6) == 0 {
			value = "func() {\n\t\tx()\n\t}"
		}
		pairs = append(pairs, pair(key, value))
	}
	return "var _ = x{\n\t" + strings.Join(keyed(pairs), ",\n\t") + ",\n}\n"
}

func randomAligned(r *rand.Rand) string {
	var fields [][]string
	for range 1 + r.IntN(8) {
		field := []string{word(r, 50), word(r, 50), "// " + word(r, 50)}
		fields = append(fields, field[:1+r.IntN(3)])
	}
	return "type x struct {\n\t" + strings.Join(aligned(fields), "\n\t") + "\n}\n"
}

func randomFunction(r *rand.Rand) string {
	var f file
	f.function(fmt.Sprintf("func %s() %s", word(r, 50), word(r, 50)), word(r, 40))
	return f.text.String()
}

func randomLiteral(r *rand.Rand) string {
	header := fmt.Sprintf("func(%s %s) error", word(r, 20), word(r, 20))
	return fmt.Sprintf("func x() {\n\t%s = %s\n}\n", word(r, 20), functionLiteral(header, word(r, 90)))
}

func randomStruct(r *rand.Rand) string {
	return "type x " + structOf(word(r, 20), word(r, 40)) + "\n"
}
