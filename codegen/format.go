package codegen

import (
	"bytes"
	"go/format"
	"iter"
	"runtime"
	"sync"

	"github.com/dave/jennifer/jen"
)

// formatted is the text of declarations as gofmt writes them. Nearly all the time that generating takes is spent here,
// so each processor does a share of them.
func formatted(declarations iter.Seq[jen.Code]) [][]byte {
	type job struct {
		declaration jen.Code
		text        *[]byte
	}
	jobs := make(chan job)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				*j.text = bytes.TrimSpace(bytes.TrimPrefix(gofmt(rendered(j.declaration)), []byte(clause)))
			}
		})
	}
	var texts []*[]byte
	for declaration := range declarations {
		text := new([]byte)
		texts = append(texts, text)
		jobs <- job{declaration, text}
	}
	close(jobs)
	workers.Wait()
	all := make([][]byte, len(texts))
	for i, text := range texts {
		all[i] = *text
	}
	return all
}

// clause begins the text of a declaration, for gofmt to take it for a file.
const clause = "package p"

// rendered is the text of a declaration as jen leaves it, behind a clause.
func rendered(declaration jen.Code) []byte {
	f := jen.NewFile("p")
	f.NoFormat = true
	f.Add(declaration)
	var code bytes.Buffer
	if err := f.Render(&code); err != nil {
		panic("codegen: " + err.Error())
	}
	// Jen puts a blank between a comment and what it documents, which gofmt would not take for documentation then.
	return bytes.ReplaceAll(code.Bytes(), []byte("\n "), []byte("\n"))
}

func gofmt(code []byte) []byte {
	formatted, err := format.Source(code)
	if err != nil {
		panic("codegen: " + err.Error())
	}
	return formatted
}
