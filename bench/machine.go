package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
)

// A machine is what figures depend on.
type machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"` // GOMAXPROCS
	OS    string `json:"os"`
	Go    string `json:"go"`
}

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.*)$`)

func thisMachine() machine {
	m := machine{CPU: runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil { // Linux only
		if found := modelName.FindSubmatch(text); found != nil {
			m.CPU = string(found[1])
		}
	}
	return m
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %s, %s, %s", m.CPU, plural(m.Cores, "core", "cores"), m.OS, m.Go)
}
