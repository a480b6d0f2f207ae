package syntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLowerInitial(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"DB": "db", "HTTP": "http", "HTTPServer": "httpServer", "Reader": "reader", "IDs": "ids", "H2Server": "h2Server",
		"HTTP2": "http2", "A": "a", "ABc": "aBc", "Ünit": "ünit", "HTTP_Server": "http_Server",
	}
	for name := range want {
		got[name] = LowerInitial(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("LowerInitial (-want +got):\n%s", diff)
	}
}

// What is no text costs no token a byte: four million would take a gigabyte.
func TestNULsAreOneToken(t *testing.T) {
	if tokens := Tokens("film.sup", make([]byte, 1<<10)); len(tokens) > 2 {
		t.Errorf("%d tokens", len(tokens))
	}
}
