package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// results are all samples of one run of the benchmark.
type results struct {
	Machine   machine                         `json:"machine"`
	Date      time.Time                       `json:"date"`
	Rounds    int                             `json:"rounds"`
	Size      size                            `json:"size"`
	Repeated  int                             `json:"repeated"`            // rounds that were taken again
	Disturbed []string                        `json:"disturbed,omitempty"` // benchmarks with a round that stayed disturbed
	Left      []string                        `json:"left,omitempty"`      // what was left out, and why
	Values    map[string]map[string][]float64 `json:"values"`              // by key of a row, and contender
}

func (r *results) add(key, who string, value float64) {
	if r.Values[key] == nil {
		r.Values[key] = make(map[string][]float64)
	}
	r.Values[key][who] = append(r.Values[key][who], value)
}

// value is the median of what was measured; false if nothing was.
func (r *results) value(key, who string) (float64, bool) {
	samples := r.Values[key][who]
	return median(samples), len(samples) > 0
}

func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	switch n := len(sorted); {
	case n == 0:
		return 0
	case n%2 == 0:
		return (sorted[n/2-1] + sorted[n/2]) / 2
	default:
		return sorted[n/2]
	}
}

// spread is half of what lies between the least and the most, in percent of the median.
func spread(samples []float64) float64 {
	m := median(samples)
	if m == 0 {
		return 0
	}
	return (slices.Max(samples) - slices.Min(samples)) / 2 / m * 100
}

// store writes results to a file of a folder that is named after their date.
func (r *results) store(folder string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, r.Date.Format("2006-01-02-1504")+".json"), append(text, '\n'), 0o666)
}

// load reads what store wrote.
func load(file string) (*results, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := new(results)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(r.Values) == 0 {
		return nil, errors.New(file + ": there are no results in it")
	}
	return r, nil
}
