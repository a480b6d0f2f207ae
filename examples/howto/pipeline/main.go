// Pipeline is the program of docs/howto/pipeline.md: it writes orders as CSV, and ends.
//
//	go run ./examples/howto/pipeline examples/howto/pipeline/orders.jsonl
package main

import (
	"fmt"
	"os"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pipeline FILE")
		os.Exit(2)
	}
	runtime.Main(NewImport(NewApp(os.Args[1], os.Stdout)))
}
