package check

import "testing"

func TestImpossible(t *testing.T) {
	for name, want := range map[string]string{
		"con.sup": `"con" is a device`, "Nul.sup": `"nul" is a device`, "aux.x.sup": `"aux" is a device`, "prn .sup": `"prn" is a device`,
		"COM1.sup": `"com1" is a device`, "lpt³.sup": `"lpt³" is a device`, "com.sup": "", "com10.sup": "", "console.sup": "", "x.con.sup": "",
		"a:b.sup": "it has a :", "a?b.sup": "it has a ?", `a\b.sup`: `it has a \`, `a"b.sup`: `it has a "`, "a'b, c & d (2)~1.sup": "", "a..sup": "", "v1.": "it ends with a dot or a blank", "x ": "it ends with a dot or a blank",
	} {
		if got := Impossible(name); got != want {
			t.Errorf("Impossible(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestConstraint(t *testing.T) {
	for name, want := range map[string]string{
		"shop.sup":               "",
		"dir_windows/shop.sup":   "",
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
		if got := implied(name); got != want {
			t.Errorf("implied(%q) = %q, want %q", name, got, want)
		}
	}
}
