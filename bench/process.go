package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"time"
)

// A sample of the runtime is taken in a process of its own, which is this program again, with three hidden arguments:
//
//	bench -sample CASE CONTENDER SIZE
const hidden = "-sample"

// patience is how long a process may take before it is given up.
const patience = 10 * time.Minute

// sampling reports whether this process is for one sample; then it has taken and printed it.
func sampling(args []string) bool {
	if len(args) != 5 || args[1] != hidden {
		return false
	}
	var s size
	if err := json.Unmarshal([]byte(args[4]), &s); err != nil {
		log.Fatal(err)
	}
	r := cases[args[2]](contenders[args[3]](), s)
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		log.Fatal(err)
	}
	return true
}

// alone takes a sample in a process of its own.
func alone(name string, s size) func(who string) (sample, error) {
	return func(who string) (sample, error) {
		text, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		out, err := output(exec.Command(self, hidden, name, who, string(text)))
		if err != nil {
			return nil, err
		}
		var r sample
		return r, json.Unmarshal(out, &r)
	}
}

// output runs a command, and has in its error what the command wrote to standard error.
func output(c *exec.Cmd) ([]byte, error) {
	var out, text bytes.Buffer
	c.Stdout, c.Stderr = &out, &text
	if err := c.Start(); err != nil {
		return nil, err
	}
	over := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer over.Stop()
	if err := c.Wait(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", c, err, text.Bytes())
	}
	return out.Bytes(), nil
}
