package kernel

import "fmt"

// A label is the fixed text of a value: it is API, in JSON, in events and in metrics.

func label(labels []string, v uint8) string {
	if int(v) < len(labels) {
		return labels[v]
	}
	return fmt.Sprintf("invalid(%d)", v)
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
