package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
)

const orders = 10_000

// writer is the output of a test.
type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// newInput is a file with so many orders, and a line that is not one.
func newInput(t *testing.T) (name string, text []byte) {
	text = []byte("not an order\n")
	for i := range orders {
		text = fmt.Appendf(text, "{\"ID\": %d, \"Cents\": 100}\n", i)
	}
	name = filepath.Join(t.TempDir(), "orders.jsonl")
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return name, text
}

// At the end of the file everything is written, and the status is 0.
func TestToTheEnd(t *testing.T) {
	in, _ := newInput(t)
	var out strings.Builder
	if status := runtime.MainStatus(NewImport(NewApp(in, &out))); status != 0 {
		t.Errorf("the status is %d", status)
	}
	if n := strings.Count(out.String(), "\n"); n != orders {
		t.Errorf("%d orders are written", n)
	}
}

// Stopped half-way, all that was read is written, and the status is not 0.
func TestHalfWay(t *testing.T) {
	in, text := newInput(t)
	var out strings.Builder
	var tree *Import
	app := NewApp(in, writer(func(p []byte) (int, error) {
		tree.Tree().Shutdown("test", "half-way")
		return out.Write(p)
	}))
	tree = NewImport(app)
	if status := runtime.MainStatus(tree); status != 143 {
		t.Errorf("the status is %d", status)
	}
	read, written := bytes.Count(text[:app.offset], []byte("ID")), strings.Count(out.String(), "\n")
	if read != written || read == 0 || read == orders {
		t.Errorf("%d orders are read, and %d written", read, written)
	}
}

// A disk that is full ends the import.
func TestWriterFails(t *testing.T) {
	in, _ := newInput(t)
	app := NewApp(in, writer(func([]byte) (int, error) { return 0, errors.New("no space left on device") }))
	if status := runtime.MainStatus(NewImport(app)); status != 70 {
		t.Errorf("the status is %d", status)
	}
}
