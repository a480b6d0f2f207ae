package httpsup

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/supgen/supgen/runtime"
)

// commandHeader is a header that a form of another site cannot send.
const commandHeader = "Supgen-Command"

// maxCommand is how long the body of a command may be.
const maxCommand = 16 << 10

// A command is what an operator wants: the body of POST /command. Who that is, the authoriser says.
type command struct {
	Path string       `json:"path"`
	Verb runtime.Verb `json:"verb"`
	Why  string       `json:"why"`
}

// readCommand reads a command, and nothing else.
func readCommand(body io.Reader) (c command, err error) {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			return c, refuse(http.StatusRequestEntityTooLarge, "a command has %d bytes at the most", maxCommand)
		}
		return c, refuse(http.StatusBadRequest, `a command is {"path": "Shop.DB", "verb": "restart", "why": "new certificate"}`)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, refuse(http.StatusBadRequest, "there is something behind the command")
	}
	if c.Path == "" || c.Verb == 0 || strings.TrimSpace(c.Why) == "" {
		return c, refuse(http.StatusBadRequest, "a command says path, verb and why")
	}
	return c, nil
}

// operate answers POST /command.
func (h *handler) operate(r *http.Request, w http.ResponseWriter) error {
	if err := h.origins.Check(r); err != nil {
		return refuse(http.StatusForbidden, "a page of another site may not give commands")
	}
	if r.Header.Get(commandHeader) == "" {
		return refuse(http.StatusForbidden, "a command has the header %s", commandHeader)
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "a command is application/json")
	}
	c, err := readCommand(http.MaxBytesReader(w, r.Body, maxCommand))
	if err != nil {
		return err
	}
	who, err := h.choice.allow(r, Access{Verb: c.Verb, Path: c.Path})
	if err != nil {
		return err
	}
	if strings.TrimSpace(who) == "" {
		return refuse(http.StatusForbidden, "a command needs a name, and the authoriser gave none")
	}
	a, err := within(h, func() (runtime.Answer, error) { return h.tree.Command(c.Path, c.Verb, who, c.Why) })
	switch said := (*refusal)(nil); {
	case errors.As(err, &said):
		return err
	case errors.Is(err, runtime.ErrUnknown):
		return refuse(http.StatusNotFound, "%v", err)
	case err != nil:
		return refuse(http.StatusConflict, "%v", err)
	}
	return answer(w, encoded(a))
}

// authorises reports whether each request is authorised: then there can be commands, and stacks.
func (c *Choice) authorises() bool { return c != nil && c.authorise != nil }
