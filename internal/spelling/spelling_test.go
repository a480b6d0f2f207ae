package spelling

import "testing"

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "job", 3}, {"job", "job", 0}, {"jb", "job", 1}, {"joob", "job", 1}, {"jab", "job", 1}, {"ojb", "job", 1},
		{"werker", "worker", 1}, {"wroekr", "worker", 2}, {"süp", "sup", 1}, {"service", "sidecar", 6},
	} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q it is %d, not %d", test.a, test.b, got, test.want)
		}
		if got := Distance(test.b, test.a); got != test.want {
			t.Errorf("from %q to %q it is %d, not %d", test.b, test.a, got, test.want)
		}
	}
}
