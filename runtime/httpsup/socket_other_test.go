//go:build !unix

package httpsup

import (
	"strings"
	"testing"
)

// Where a socket cannot be kept from others, the error says what to write instead.
func TestNoUnix(t *testing.T) {
	_, err := Serve("unix:run/shop.sock")(newApp().Tree)
	if err == nil || !strings.Contains(err.Error(), "unix:run/shop.sock: ") || !strings.Contains(err.Error(), `Serve("localhost:8082", Authorise(`) {
		t.Error(err)
	}
}
