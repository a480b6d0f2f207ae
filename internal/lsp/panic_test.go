package lsp

import (
	"strings"
	"testing"

	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// A package that cannot be checked because of a bug here says so in its files.
func TestPanicWhilePublishing(t *testing.T) {
	const key, name = "/x", "/x/a.sup"
	a := &analysis{key: key, documents: map[string]*document{name: {uri: uriOf(name), text: protocol.NewText(nil)}}}
	a.whole = func() (*load.Package, error) { panic("oh") }
	var out strings.Builder
	s := &server{
		conn: protocol.NewConn(strings.NewReader(""), &out), documents: a.documents, analyses: map[string]*analysis{key: a},
		published: make(map[string]map[protocol.DocumentURI]bool), publishing: make(map[string]bool),
	}
	s.mu.Lock()
	s.publish(key)
	s.mu.Unlock()
	s.publishers.Wait()
	if got := out.String(); !strings.Contains(got, string(uriOf(name))) || !strings.Contains(got, "bug in the language server, please report it: oh") {
		t.Errorf("it publishes %q", got)
	}
}
