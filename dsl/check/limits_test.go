package check

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

func TestSums(t *testing.T) {
	growing := policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2}
	for _, test := range []struct {
		first   summand
		backoff policy.Backoff
		n       int
		want    string
	}{
		{summand{}, policy.Backoff{Min: time.Minute, Max: time.Minute}, 10, "10 × 1m = 10m"},
		{summand{}, policy.Backoff{Min: time.Minute, Max: time.Minute}, 1, "1m"},
		{summand{}, growing, 3, "1s + 2s + 4s = 7s"},
		{summand{}, growing, 9, "1s + 2s + 4s + 8s + 16s + 32s + 3 × 1m = 4m3s"},
		{summand{3, 2 * time.Minute}, growing, 3, "3 × 2m + 1s + 2s + 4s = 6m7s"},
		{summand{3, 2 * time.Minute}, policy.Backoff{None: true}, 3, "3 × 2m = 6m"},
		{summand{}, policy.Backoff{Min: time.Second, Max: time.Hour, Factor: 1.0000001}, 100, "1s + 1s + 1s + 1s + 1s + 1s + 1s + 1s + 1s + 1s + … = 1m40s"},
	} {
		if got := sumOf(test.first, test.backoff, test.n); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
