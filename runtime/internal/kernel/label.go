package kernel

import (
	"fmt"
	"strings"
)

// A label is the fixed text of a value: it is API, in JSON, in events and in metrics.

func label(labels []string, v uint8) string {
	if int(v) < len(labels) {
		return labels[v]
	}
	return fmt.Sprintf("invalid(%d)", v)
}

// Spell writes a duration without the units that are zero: "10m", where package time says "10m0s".
func Spell(d Time) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func marshal(kind string, labels []string, v uint8) ([]byte, error) {
	if int(v) >= len(labels) {
		return nil, fmt.Errorf("supgen: %d is no %s", v, kind)
	}
	return []byte(labels[v]), nil
}

func unmarshal(kind string, labels []string, text []byte, v *uint8) error {
	for i, l := range labels {
		if l == string(text) {
			*v = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("supgen: %q is no %s", text, kind)
}
