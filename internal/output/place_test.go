package output_test

import (
	"os"
	"testing"

	"github.com/supgen/supgen/internal/output"
)

// What is gone with the directories above it is named from the top all the same.
func TestPlacesOfGone(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{".git", "server"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir("server")
	places := output.Places()
	for name, want := range map[string]string{".": "server", "shop": "server/shop", "a/b/shop.sup": "server/a/b/shop.sup", "HEAD:a/b/shop.sup": "HEAD:a/b/shop.sup"} {
		if got := places(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}
