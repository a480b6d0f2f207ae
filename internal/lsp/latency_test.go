package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/internal/lsp"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// sizes are the trees that are measured, each with what it is to reach on a quiet machine: the milliseconds within which 95 of 100 changes
// are published, and the megabytes of the heap. Requests about a place are to take 10 ms, and the first diagnostics of 1,000 children 150 ms.
var sizes = []struct {
	children          int
	publish, megabyte float64
}{{10, 20, 60}, {1000, 20, 60}, {10_000, 250, 250}}

// BenchmarkTyping types in the middle of a tree: how long it takes from didChange to the diagnostics, and a hover, a definition and a
// completion at the same place, the lenses and the tokens of the file between the changes; from the start to the first diagnostics; and what the heap then holds.
//
//	go test ./internal/lsp -run '^$' -bench Typing -benchtime 100x
func BenchmarkTyping(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size.children), func(b *testing.B) {
			benchmarkTyping(b, size.children)
			b.ReportMetric(size.publish, "ms-publish-p95-goal")
			b.ReportMetric(size.megabyte, "MB-heap-goal")
		})
	}
}

// treeOf is a tree with so many children, in supervisors of a hundred, each child needing the one before.
func treeOf(children int) string {
	var t strings.Builder
	t.WriteString("package x\n\npolicy patient {\n\tbackoff 1s..1m\n\tlimit 10 in 1h\n}\n\nsupervisor Root {\n")
	for i := range children {
		if i%100 == 0 {
			if i > 0 {
				t.WriteString("\t}\n")
			}
			fmt.Fprintf(&t, "\tsupervisor S%d {\n", i/100)
		}
		fmt.Fprintf(&t, "\t\t// C%d does its work.\n\t\tservice C%d", i, i)
		if i%100 > 0 {
			fmt.Fprintf(&t, " needs C%d", i-1)
		}
		t.WriteString(" {\n\t\t\tuse patient\n\t\t}\n")
	}
	t.WriteString("\t}\n}\n")
	return t.String()
}

type listener chan int32 // the versions that are published

func (l listener) Notify(method string, params json.RawMessage) {
	var p struct{ Version int32 }
	if json.Unmarshal(params, &p); method == "textDocument/publishDiagnostics" {
		l <- p.Version
	}
}

func (l listener) Prepare(string, json.RawMessage) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return nil, nil }
}

func benchmarkTyping(b *testing.B, children int) {
	text := treeOf(children)
	uri := uriOf(filepath.Join(b.TempDir(), "x.sup"))
	line := uint32(strings.Count(text[:len(text)/2], "\n"))
	for !strings.HasPrefix(strings.Split(text, "\n")[line], "\t\tservice") {
		line++
	}
	at := protocol.Position{Line: line, Character: 11}
	doc := map[string]any{"uri": uri}
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	began := time.Now()
	go lsp.Serve(b.Context(), toServer, fromServer, "test")
	published := make(listener, 16)
	conn := protocol.NewConn(toClient, fromClient)
	go conn.Serve(b.Context(), published)
	defer fromClient.Close()
	conn.Call(b.Context(), "initialize", map[string]any{}, nil)
	conn.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 1, "text": text}})
	<-published
	first := time.Since(began)

	took := make(map[string][]time.Duration)
	version := int32(1)
	for b.Loop() {
		version++
		began := time.Now()
		change := map[string]any{"range": protocol.Range{Start: at, End: at}, "text": "x"}
		if version%2 == 1 {
			change = map[string]any{"range": protocol.Range{Start: at, End: protocol.Position{Line: at.Line, Character: at.Character + 1}}, "text": ""}
		}
		conn.Notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": []any{change}})
		for <-published != version {
		}
		took["publish"] = append(took["publish"], time.Since(began))
		for _, method := range []string{"hover", "definition", "completion", "codeLens", "semanticTokens/full"} {
			began := time.Now()
			if err := conn.Call(b.Context(), "textDocument/"+method, map[string]any{"textDocument": doc, "position": at}, nil); err != nil {
				b.Fatal(err)
			}
			took[method] = append(took[method], time.Since(began))
		}
	}
	b.ReportMetric(milliseconds(first), "ms-to-first")
	for what, times := range took {
		slices.Sort(times)
		for _, p := range []int{50, 95, 99} {
			b.ReportMetric(milliseconds(times[len(times)*p/100]), fmt.Sprintf("ms-%s-p%d", what, p))
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-heap")
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
