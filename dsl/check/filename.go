package check

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// fileName refuses a file whose generated code Go would not build everywhere: x_windows.sup generates
// x_windows.sup.go, and that is for Windows alone. It refuses names that are not what they look like too, and those that Windows
// does not have.
func (c *checker) fileName(f *fileScope) {
	if f.file.Unnamed {
		return
	}
	start, name := diag.Pos{File: f.file.Name, Line: 1, Column: 1}, filepath.Base(f.file.Name)
	refuse := func(format string, args ...any) {
		c.Reportf(diag.CodeFileName, start, start, format, args...).Hintf("rename the file")
	}
	if name != diag.VisibleLine(name) {
		refuse("the name of this file has a character that does not show: %q", name)
	} else if why := implied(name); why != "" {
		refuse("the code generated from a file of this name would be %s", why)
	} else if why := Impossible(name); why != "" {
		refuse("Windows cannot have a file of this name: %s", why)
	}
}

// Impossible is why Windows has no file or directory of a name, "" if it can have one.
func Impossible(name string) string {
	if i := strings.IndexAny(name, `<>:"|?*\`); i >= 0 {
		return fmt.Sprintf("it has a %c", name[i])
	}
	if strings.TrimRight(name, ". ") != name {
		return "it ends with a dot or a blank"
	}
	stem, _, _ := strings.Cut(name, ".")
	if device := strings.ToLower(strings.TrimRight(stem, " ")); devices[device] {
		return fmt.Sprintf("%q is a device", device)
	}
	return ""
}

// devices are the names that Windows has for devices in each directory, whatever a dot and more behind them.
var devices = setOf("con prn aux nul conin$ conout$", "com1 com2 com3 com4 com5 com6 com7 com8 com9 com¹ com² com³",
	"lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 lpt¹ lpt² lpt³")

// implied is the constraint that Go reads into the name of the file that is generated from a .sup file, "" if nothing.
// It follows package go/build, which looks at the words between underscores before the first dot.
func implied(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	if name == "" {
		return ""
	}
	if stem == "" || stem[0] == '_' {
		return "ignored by the go command"
	}
	if first := stem[0]; first < utf8.RuneSelf && !syntax.IsLetter(rune(first)) && !syntax.IsDigit(rune(first)) {
		return "refused by the go command"
	}
	words := strings.Split(stem, "_")[1:]
	if n := len(words); n > 0 && words[n-1] == "test" {
		return "taken for a test"
	}
	if n := len(words); n > 0 && platforms[words[n-1]] {
		return "built for " + words[n-1] + " alone"
	}
	return ""
}

// IsPlatform reports whether a word in a build constraint, or in the name of a Go file, is an operating system or an architecture.
func IsPlatform(word string) bool { return platforms[word] }

// platforms are the operating systems and architectures that Go knows, or knew (internal/syslist).
var platforms = setOf(
	"aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos",
	"386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le "+
		"ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm",
)

func setOf(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, list := range lists {
		for _, word := range strings.Fields(list) {
			set[word] = true
		}
	}
	return set
}
