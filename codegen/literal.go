package codegen

import (
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
)

// inLines is a composite literal with each element on a line of its own, and onOneLine a body on the line of its
// signature, unless gofmt finds that too long.
var (
	inLines   = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
	onOneLine = jen.Options{Open: "{", Close: "}"}
)

// ids is names as elements of a list.
func ids(names []string) []jen.Code {
	var all []jen.Code
	for _, name := range names {
		all = append(all, jen.Id(name))
	}
	return all
}

// count is an integer as a careful person types it: 10_000.
func count(n int) *jen.Statement {
	digits := strconv.Itoa(n)
	if n < 10_000 {
		return jen.Id(digits)
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return jen.Id(digits + "_" + strings.Join(groups, "_"))
}

var units = []struct {
	name string
	of   time.Duration
}{
	{"Hour", time.Hour},
	{"Minute", time.Minute},
	{"Second", time.Second},
	{"Millisecond", time.Millisecond},
	{"Microsecond", time.Microsecond},
	{"Nanosecond", time.Nanosecond},
}

// duration is d in the largest unit that it is a multiple of: 90 * time.Second.
func (f *file) duration(d time.Duration) jen.Code { return share(f, d, f.makeDuration) }

func (f *file) makeDuration(d time.Duration) jen.Code {
	if d == 0 {
		return jen.Id("0")
	}
	for _, unit := range units {
		if d%unit.of != 0 {
			continue
		}
		name := f.time(unit.name)
		if n := int64(d / unit.of); n != 1 {
			return jen.Id(strconv.FormatInt(n, 10)).Op("*").Add(name)
		}
		return name
	}
	panic("codegen: every duration is a multiple of a nanosecond")
}
