package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// The kernel is internal to the runtime and cannot be imported from here. Its benchmark is kernel_test.go in testdata:
// -overlay makes the go command see the file in the kernel's own folder, alone.
const overlaid = "bench_overlay_test.go"

// kernelSteps measures the kernel alone, on one core: a process for each size of tree and each way to fail.
func (w *workshop) kernelSteps(s size) func(string) (sample, error) {
	return func(string) (sample, error) {
		tests, err := w.kernelTests()
		if err != nil {
			return nil, err
		}
		r := make(sample)
		for _, n := range s.Kernel {
			for _, who := range []string{"one", "any"} {
				out, err := output(exec.Command(tests, "-test.run=^$", "-test.cpu=1",
					fmt.Sprintf("-test.bench=^BenchmarkStep$/^%s$/^%d$", who, n), fmt.Sprintf("-test.benchtime=%dx", s.Steps)))
				if err != nil {
					return nil, err
				}
				ns, err := metric(out, "ns/step")
				if err != nil {
					return nil, err
				}
				r[stepKey(who, n)] = ns
			}
		}
		r["steps"] = 1000 / r[stepKey("one", s.Few)]
		r["step growth"] = r[stepKey("one", last(s.Kernel))] / r[stepKey("one", first(s.Kernel))]
		r["step growth any"] = r[stepKey("any", last(s.Kernel))] / r[stepKey("any", first(s.Kernel))]
		return r, nil
	}
}

func stepKey(who string, n int) string { return fmt.Sprintf("step %s %d", who, n) }

// kernelTests builds the kernel's tests with the benchmark among them.
func (w *workshop) kernelTests() (string, error) {
	return w.once("kernel.test", func(file string) error {
		folder := filepath.Join(w.root, "runtime", "internal", "kernel")
		others, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			return err
		}
		replace := map[string]string{filepath.Join(folder, overlaid): filepath.Join(w.root, "bench", "testdata", "kernel_test.go")}
		for _, file := range others {
			replace[file] = "" // as if it were not there
		}
		text, err := json.Marshal(map[string]any{"Replace": replace})
		if err != nil {
			return err
		}
		overlay := filepath.Join(w.dir, "overlay.json")
		if err := os.WriteFile(overlay, text, 0o666); err != nil {
			return err
		}
		return w.goRun(w.root, nil, "test", "-c", "-overlay", overlay, "-o", file, "./runtime/internal/kernel")
	})
}

// metric finds the value with a unit in what a test binary printed about its one benchmark.
func metric(out []byte, unit string) (float64, error) {
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		for i, field := range fields {
			if i > 0 && field == unit && strings.HasPrefix(fields[0], "Benchmark") {
				return strconv.ParseFloat(fields[i-1], 64)
			}
		}
	}
	return 0, fmt.Errorf("no benchmark told its %s:\n%s", unit, out)
}
