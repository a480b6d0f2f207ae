package codegen

import (
	"strconv"
	"strings"
	"time"
)

// literal is a composite literal on one line.
func literal(of string, elements ...string) string {
	return of + "{" + strings.Join(elements, ", ") + "}"
}

func field(name, value string) string { return name + ": " + value }

// count is an integer as a careful person types it: 10_000.
func count(n int) string {
	digits := strconv.Itoa(n)
	if n < 10_000 {
		return digits
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return digits + "_" + strings.Join(groups, "_")
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
func (f *file) duration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	for _, unit := range units {
		if d%unit.of != 0 {
			continue
		}
		name := f.time(unit.name)
		if n := int64(d / unit.of); n != 1 {
			return strconv.FormatInt(n, 10) + " * " + name
		}
		return name
	}
	panic("codegen: every duration is a multiple of a nanosecond")
}
