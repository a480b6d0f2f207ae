package policy

import "fmt"

// Label is the text of an enumeration's value: it is API, in JSON, in events and in metrics.
func Label(labels []string, v uint8) string {
	if int(v) < len(labels) {
		return labels[v]
	}
	return fmt.Sprintf("invalid(%d)", v)
}

// MarshalLabel is the MarshalText of a value that has a label.
func MarshalLabel(kind string, labels []string, v uint8) ([]byte, error) {
	if int(v) >= len(labels) {
		return nil, fmt.Errorf("supgen: %d is no %s", v, kind)
	}
	return []byte(labels[v]), nil
}

// UnmarshalLabel is the UnmarshalText of it: it sets *v, or says which kind of value has no such label.
func UnmarshalLabel(kind string, labels []string, text []byte, v *uint8) error {
	for i, l := range labels {
		if l == string(text) {
			*v = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("supgen: %q is no %s", text, kind)
}
