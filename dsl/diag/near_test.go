package diag

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"service", "worker", "use", "DB"}
	for word, want := range map[string]string{
		"servise": "service",
		"serivce": "service",
		"SERVICE": "service",
		"wroker":  "worker",
		"us":      "use",
		"sue":     "use",
		"sxe":     "",
		"db":      "DB",
		"X":       "",
		"widget":  "",
	} {
		got, ok := Nearest(word, words)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
