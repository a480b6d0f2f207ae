package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strconv"
)

// otp measures Erlang's own supervisor, if Erlang is installed. It restarts a hundred times slower, so it does less.
func (w *workshop) otp(s size) func(string) (sample, error) {
	return func(string) (sample, error) {
		args := []string{filepath.Join(w.root, "bench", "otp", "bench.escript")}
		for _, n := range []int{s.Few, s.Many, max(s.Restarts/20, 10), s.Failures} {
			args = append(args, strconv.Itoa(n))
		}
		out, err := output(exec.Command(w.escript, args...))
		if err != nil {
			return nil, err
		}
		var r sample
		return r, json.Unmarshal(out, &r)
	}
}
