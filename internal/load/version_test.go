package load

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A revision and a path are one, however a system writes paths, and although none has files called so.
func TestVersions(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("shop", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("shop", "shop.sup"), []byte("package shop\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "first"}, {"branch", "shop/shop.sup/fix"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Skipf("git %s: %v\n%s", args[0], err, out)
		}
	}
	for _, arg := range []string{
		"HEAD:shop", "HEAD:./shop", "HEAD:" + filepath.FromSlash("./shop"), "HEAD:" + filepath.FromSlash("./shop/shop.sup"), "shop/shop.sup/fix:shop",
	} {
		pairs, err := Versions(t.Context(), []string{arg}, -1)
		if err != nil || len(pairs) != 1 || !pairs[0].Old.revision {
			t.Errorf("%s: %+v, %v", arg, pairs, err)
			continue
		}
		if p, err := pairs[0].Old.load(t.Context()); err != nil || len(p.Text) != 1 {
			t.Errorf("%s: %v", arg, err)
		}
	}
}
