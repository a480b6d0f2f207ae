package load

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// A name is judged as its directory lists it: where case does not count, others lead to the same file.
func TestListedNames(t *testing.T) {
	entries, err := fs.ReadDir(fstest.MapFS{"shop": {Mode: fs.ModeDir}, "Types": {Mode: fs.ModeDir}, "types": {Mode: fs.ModeDir}}, ".")
	if err != nil {
		t.Fatal(err)
	}
	names := alikeOf(entries)
	for _, test := range []struct {
		name, listed string
		others       []string
	}{
		{"shop", "shop", nil},
		{"Shop", "shop", nil},
		{"SHOP", "shop", nil},
		{"Types", "Types", []string{"types"}},
		{"types", "types", []string{"Types"}},
		{"new", "new", nil},
	} {
		listed := names.listed(test.name)
		if others := names.others(listed); listed != test.listed || !slices.Equal(others, test.others) {
			t.Errorf("%s is listed as %s beside %q, not as %s beside %q", test.name, listed, others, test.listed, test.others)
		}
	}
}
