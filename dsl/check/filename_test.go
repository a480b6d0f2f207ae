package check

import "testing"

func TestConstraint(t *testing.T) {
	for name, want := range map[string]string{
		"shop.sup":               "",
		"dir_windows/shop.sup":   "",
		"<standard input>":       "",
		"@~1:shop.sup":           "",
		"v1_test:dir/shop.sup":   "",
		"HEAD:shop_test.sup":     "taken for a test",
		":shop.sup":              "refused by the go command",
		"windows.sup":            "",
		"shop_test.sup":          "taken for a test",
		"shop_windows.sup":       "built for windows alone",
		"shop_linux_amd64.sup":   "built for amd64 alone",
		"shop_windows_extra.sup": "",
		"shop_unix.sup":          "",
		"_shop.sup":              "ignored by the go command",
		".sup":                   "ignored by the go command",
		"-shop.sup":              "refused by the go command",
		" shop.sup":              "refused by the go command",
		"@shop.sup":              "refused by the go command",
		"1shop.sup":              "",
		"été.sup":                "",
	} {
		if got := implied(baseName(name)); got != want {
			t.Errorf("baseName(%q) implies %q, want %q", name, got, want)
		}
	}
}
