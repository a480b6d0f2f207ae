// Package oracle holds the structures of package protocol to those of go.lsp.dev/protocol, which others wrote from the same specification. It is a
// module of its own, for tests alone, so that supgen does not require what that requires.
package oracle

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	theirs "go.lsp.dev/protocol"

	ours "github.com/supgen/supgen/internal/lsp/protocol"
)

// pairs are our structures and theirs, without those that are in one of these, and those of hints and of pulled diagnostics: theirs are of version 3.16.
var pairs = [][2]any{
	{ours.InitializeParams{}, theirs.InitializeParams{}},
	{ours.InitializeResult{}, theirs.InitializeResult{}},
	{ours.DidOpenTextDocumentParams{}, theirs.DidOpenTextDocumentParams{}},
	{ours.DidChangeTextDocumentParams{}, theirs.DidChangeTextDocumentParams{}},
	{ours.DidCloseTextDocumentParams{}, theirs.DidCloseTextDocumentParams{}},
	{ours.DidSaveTextDocumentParams{}, theirs.DidSaveTextDocumentParams{}},
	{ours.DidChangeWatchedFilesParams{}, theirs.DidChangeWatchedFilesParams{}},
	{ours.DidChangeWorkspaceFoldersParams{}, theirs.DidChangeWorkspaceFoldersParams{}},
	{ours.DidChangeConfigurationParams{}, theirs.DidChangeConfigurationParams{}},
	{ours.TextDocumentPositionParams{}, theirs.TextDocumentPositionParams{}},
	{ours.Location{}, theirs.Location{}},
	{ours.WorkspaceEdit{}, theirs.WorkspaceEdit{}},
	{ours.PublishDiagnosticsParams{}, theirs.PublishDiagnosticsParams{}},
	{ours.Hover{}, theirs.Hover{}},
	{ours.ReferenceParams{}, theirs.ReferenceParams{}},
	{ours.DocumentHighlight{}, theirs.DocumentHighlight{}},
	{ours.DocumentSymbolParams{}, theirs.DocumentSymbolParams{}},
	{ours.DocumentSymbol{}, theirs.DocumentSymbol{}},
	{ours.SymbolInformation{}, theirs.SymbolInformation{}},
	{ours.WorkspaceSymbolParams{}, theirs.WorkspaceSymbolParams{}},
	{ours.CodeActionParams{}, theirs.CodeActionParams{}},
	{ours.CodeAction{}, theirs.CodeAction{}},
	{ours.ExecuteCommandParams{}, theirs.ExecuteCommandParams{}},
	{ours.LogMessageParams{}, theirs.LogMessageParams{}},
	{ours.ShowMessageParams{}, theirs.ShowMessageParams{}},
	{ours.ShowDocumentParams{}, theirs.ShowDocumentParams{}},
	{ours.CodeLens{}, theirs.CodeLens{}},
	{ours.DocumentLink{}, theirs.DocumentLink{}},
	{ours.RenameParams{}, theirs.RenameParams{}},
	{ours.FoldingRange{}, theirs.FoldingRange{}},
	{ours.SelectionRangeParams{}, theirs.SelectionRangeParams{}},
	{ours.SelectionRange{}, theirs.SelectionRange{}},
	{ours.SemanticTokensParams{}, theirs.SemanticTokensRangeParams{}},
	{ours.SemanticTokens{}, theirs.SemanticTokens{}},
	{ours.CompletionList{}, theirs.CompletionList{}},
	{ours.SignatureHelp{}, theirs.SignatureHelp{}},
	{ours.CallHierarchyIncomingCall{}, theirs.CallHierarchyIncomingCall{}},
	{ours.CallHierarchyOutgoingCall{}, theirs.CallHierarchyOutgoingCall{}},
	{ours.RegistrationParams{}, theirs.RegistrationParams{}},
	{ours.FileSystemWatcher{}, theirs.FileSystemWatcher{}},
}

// later are the fields of our structures that came with version 3.17.
var later = [][]string{
	{"capabilities", "general", "positionEncodings"},
	{"capabilities", "workspace", "inlayHint"},
	{"capabilities", "workspace", "diagnostics"},
	{"capabilities", "positionEncoding"},
	{"capabilities", "inlayHintProvider"},
	{"capabilities", "diagnosticProvider"},
}

// What we write, they read without a field that they do not know, and what they write then, we read as what it was.
func TestOracle(t *testing.T) {
	for _, pair := range pairs {
		t.Run(reflect.TypeOf(pair[0]).Name(), func(t *testing.T) {
			random := rand.New(rand.NewSource(1))
			for range 100 {
				was := reflect.New(reflect.TypeOf(pair[0]))
				fill(random, was.Elem(), 0)
				their := reflect.New(reflect.TypeOf(pair[1])).Interface()
				back := reflect.New(reflect.TypeOf(pair[0])).Interface()
				text := earlier(t, marshalled(t, was.Interface()))
				decoder := json.NewDecoder(bytes.NewReader(text))
				decoder.DisallowUnknownFields()
				if err := decoder.Decode(their); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if err := json.Unmarshal(marshalled(t, their), back); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				want := reflect.New(reflect.TypeOf(pair[0])).Interface()
				if err := json.Unmarshal(text, want); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if diff := cmp.Diff(want, back, cmpopts.EquateEmpty()); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

// earlier is a message without what is later than version 3.16.
func earlier(t *testing.T, text []byte) []byte {
	var message map[string]any
	if err := json.Unmarshal(text, &message); err != nil {
		t.Fatal(err)
	}
	for _, path := range later {
		in := message
		for _, name := range path[:len(path)-1] {
			in, _ = in[name].(map[string]any)
		}
		delete(in, path[len(path)-1])
	}
	return marshalled(t, message)
}

func marshalled(t *testing.T, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fill makes up a value.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		v.SetBytes([]byte(`{"a":1}`))
		return
	}
	if v.Type() == reflect.TypeFor[ours.DocumentURI]() {
		v.SetString("file:///home/ada/" + strings.Repeat("%C3%B6", r.Intn(3)) + "shop.sup")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), depth)
		}
	case reflect.Pointer:
		always := v.Type() == reflect.TypeFor[*ours.Range]() || v.Type() == reflect.TypeFor[*int]() // theirs cannot be left out
		if always || r.Intn(2) > 0 && depth < 3 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth+1)
		}
	case reflect.Slice:
		if depth < 3 {
			v.Set(reflect.MakeSlice(v.Type(), r.Intn(3), 3))
			for i := range v.Len() {
				fill(r, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if r.Intn(2) > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, key, depth+1)
			fill(r, value, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf("anything"))
	case reflect.String:
		v.SetString([]string{"", "a", "ö\n\"<", "😀"}[r.Intn(4)])
	case reflect.Bool:
		v.SetBool(r.Intn(2) > 0)
	case reflect.Int, reflect.Int32:
		v.SetInt(int64(1 + r.Intn(3)))
	case reflect.Uint32:
		v.SetUint(uint64(r.Uint32()))
	default:
		panic(v.Type())
	}
}
