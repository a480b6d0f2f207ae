package svg_test

import (
	"testing"

	"github.com/supgen/supgen/internal/svg"
)

func TestText(t *testing.T) {
	if got, want := svg.Text("<a \"b\">&\u202e\x1b[31m"), `&lt;a &#34;b&#34;&gt;&amp;\u202e\u001b[31m`; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
