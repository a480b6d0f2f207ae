package output

import (
	"bytes"
	"io"
	"os"
	"testing"
)

// What is exact keeps its bytes, but on a terminal.
func TestExact(t *testing.T) {
	var file bytes.Buffer
	const text = "::error::\x1b[31m\n"
	io.WriteString(Exact(New(&file)), text)
	if file.String() != text {
		t.Errorf("a file gets %q", file.String())
	}
	// The null device is a character device, as terminals are.
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if d, ok := Exact(New(device)).(Writer); !ok || d.escape(text) != `::error::\u001b[31m`+"\n" {
		t.Error("a terminal gets what it obeys")
	}
}
