package from_test

import (
	"net/http"
	"testing"
)

// It counts the words that it has written down, and its journal is open until the last request is answered.
func TestFx(t *testing.T) {
	each(t, "fx", func(t *testing.T, binary string) {
		p := start(t, binary, "-every", "1ms")
		for range 3 {
			if status, text := p.do("POST", "/notes", "buy tea"); status != http.StatusOK {
				t.Errorf("a note was answered by %d %s", status, text)
			}
		}
		for {
			if _, text := p.do("GET", "/words/tea", ""); text == "3\n" {
				break
			}
		}
		p.stopWhileServing("/notes", "drink tea")
		if text := p.file("journal.data"); text != "buy tea\nbuy tea\nbuy tea\ndrink tea\n" {
			t.Errorf("its journal says\n%s", text)
		}
	})
}
