package main

import (
	"strconv"
	"strings"
)

// A row is one line of the table.
type row struct {
	key  string // of the samples
	what string // with {few}, {many} ... of the size
	unit string
}

// rows are the table. What else is measured is for plots.
var rows = []row{
	{"error p50", "restart after an error, among {few} siblings: p50", "µs"},
	{"error p99", "… p99", "µs"},
	{"error allocs", "… allocations", ""},
	{"panic p50", "restart after a panic, among {few} siblings: p50", "µs"},
	{"panic p99", "… p99", "µs"},
	{"many p50", "restart after an error, among {many} siblings: p50", "µs"},
	{"many p99", "… p99", "µs"},
	{"storm", "storm: {few} children × {failures} failures", "million restarts/s"},
	{"start", "start {many}", "µs a child"},
	{"stop", "stop {many} idle", "ms"},
	{"memory", "memory of an idle child", "bytes"},
	{"goroutines", "goroutines a child", ""},
	{"heartbeat", "heartbeat", "ns"},
	{"event", "event without a subscriber, with the step that makes it", "ns"},
	{"state", "State() of {many} children", "ms"},
	{"state wait", "… longest wait of a command meanwhile", "ms"},
	{"steps", "kernel, one core", "million steps/s"},
	{"step growth", "… a step in a tree of {kernel max} children, against {kernel min}", "×"},
	{"step growth any", "… the same, when any child may fail, not always the same one", "×"},
	{"nothing to do", "generate the first page's file: nothing to do", "ms"},
	{"everything to do", "… everything to do", "ms"},
	{"validate", "validate {large} children", "s"},
	{"generate nothing", "generate {large} children: nothing to do, processor time", "s"},
	{"generate", "… everything to do, processor time", "s"},
	{"generate memory", "… memory", "MB"},
	{"growth", "… time a child in a package of {file max}, against {file base}", "×"},
	{"go build", "go build of the Go of {build} children", "ms"},
	{"cold build", "go tool supgen, nothing built before", "s"},
	{"binary", "the command's binary", "MB"},
}

// label is what a row shows, for a size.
func (r row) label(s size) string {
	what := strings.NewReplacer(
		"{few}", grouped(s.Few), "{many}", grouped(s.Many), "{failures}", grouped(s.Failures),
		"{kernel min}", grouped(first(s.Kernel)), "{kernel max}", grouped(last(s.Kernel)),
		"{large}", grouped(s.Large), "{file base}", grouped(s.base()), "{file max}", grouped(last(s.Files)), "{build}", grouped(s.Build),
	).Replace(r.what)
	if r.unit == "" {
		return what
	}
	return what + ", " + r.unit
}

// base is the size of file that larger ones are compared with. The first is so small that it is all process start.
func (s size) base() int {
	if len(s.Files) > 2 {
		return s.Files[1]
	}
	return first(s.Files)
}

func first(n []int) int {
	if len(n) == 0 {
		return 0
	}
	return n[0]
}

func last(n []int) int {
	if len(n) == 0 {
		return 0
	}
	return n[len(n)-1]
}

// grouped writes a number with its thousands apart: 100,000.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// figure writes a value with three digits that count.
func figure(x float64) string {
	switch {
	case x >= 999.5 || x <= -999.5:
		return grouped(int(x + 0.5))
	case x >= 99.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case x >= 0.9995 || x == 0:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strconv.FormatFloat(x, 'g', 2, 64)
}
