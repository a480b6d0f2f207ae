package kernel

import (
	"testing"
	"unsafe"
)

// A tree may have a million nodes.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("this is the size on a machine of 64 bits")
	}
	if is := unsafe.Sizeof(node{}); is > 152 {
		t.Errorf("a node has %d bytes, and 152 at the most", is)
	}
}
