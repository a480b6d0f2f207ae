package operate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What an answer may take.
const (
	maxAnswer  = 256 << 20 // the state of some 300,000 children
	maxRefusal = 64 << 10
	patience   = time.Minute
)

// A Client asks one server. Its methods may be called from several goroutines.
type Client struct {
	addr  string // as it was given
	base  string // of all paths; it ends with "/"
	token string
	http  *http.Client
	most  int64 // bytes of an answer
}

// Addr is the address as it was given.
func (c *Client) Addr() string { return c.addr }

// A RefusedError is a server's refusal, in its own words: the client may not do that, the child is not there, or it cannot be done
// in its state.
type RefusedError struct {
	Status int
	Words  string
}

func (e *RefusedError) Error() string { return e.Words }

// Get asks for a path of the API and returns the JSON of the answer.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.whole(c.do(ctx, http.MethodGet, path, nil, nil))
}

// Command gives a command and returns the JSON of an [Answer].
func (c *Client) Command(ctx context.Context, path, verb, why string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(map[string]string{"path": path, "verb": verb, "why": why})
	if err != nil {
		return nil, err
	}
	return c.whole(c.do(ctx, http.MethodPost, "command", body, http.Header{"Content-Type": {"application/json"}, "Supgen-Command": {"1"}}))
}

// do sends a request. Its answer has the status 200.
func (c *Client) do(ctx context.Context, method, path string, body []byte, header http.Header) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", "supgen")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, c.refusal(answer)
}

// unreachable is an error of the connection, without the request that it happened to.
func (c *Client) unreachable(err error) error {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("%s: %w", c.addr, err)
}

// refusal is why a server does not answer what it was asked.
func (c *Client) refusal(answer *http.Response) error {
	var body struct {
		Error string `json:"error"`
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	words := ""
	if decode(text, &body) == nil {
		words = body.Error
	}
	status := answer.StatusCode
	switch {
	case status >= 300 && status < 400:
		to := Clean(answer.Header.Get("Location"))
		return fmt.Errorf("%s redirects to %s, which is not followed: if it is the right address, use that", c.addr, to)
	case status >= 400 && status < 500 && words != "":
		return &RefusedError{status, words}
	case status == http.StatusUnauthorized:
		return &RefusedError{status, "the server wants to know who asks: set SUPGEN_TOKEN, or use --token-file"}
	case status == http.StatusForbidden:
		return &RefusedError{status, "the server does not let you do that"}
	case status == http.StatusNotFound:
		return fmt.Errorf("%s has no such page: the API may be at another port or path, or be closed (a listener without ReadOpen or Authorise has the probes alone)", c.addr)
	case words != "":
		return fmt.Errorf("%s: %s", c.addr, words)
	}
	return fmt.Errorf("%s answers with the status %d", c.addr, status)
}

// whole is the body of an answer, which is JSON.
func (c *Client) whole(answer *http.Response, err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, c.most+1))
	switch {
	case err != nil:
		return nil, c.unreachable(err)
	case int64(len(text)) > c.most:
		return nil, fmt.Errorf("%s: the answer is longer than %d bytes", c.addr, c.most)
	case !json.Valid(text):
		return nil, fmt.Errorf("%s does not answer as supgen's API does: it may be at another port or path", c.addr)
	}
	return text, nil
}

// decode reads a JSON value into what v points to, and cleans its texts.
func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("the answer cannot be read: %s", Clean(err.Error()))
	}
	cleanAll(v)
	return nil
}

// Decode reads an answer, with its texts cleaned.
func Decode[T any](text json.RawMessage, err error) (*T, error) {
	v := new(T)
	if err == nil {
		err = decode(text, v)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// View is the tree as it is.
func (c *Client) View(ctx context.Context) (*View, error) {
	d, err := Decode[Declarations](c.Get(ctx, "declarations", nil))
	if err != nil {
		return nil, err
	}
	events, _, err := c.Past(ctx, recent, "")
	if err != nil {
		return nil, err
	}
	s, err := Decode[State](c.Get(ctx, "state", nil))
	if err != nil {
		return nil, err
	}
	v := NewView(s, d)
	for _, e := range events {
		v.Record(e.Event)
	}
	return v, nil
}

// Find returns nil if there is a child at a path now, or may be one, and otherwise a [RefusedError].
func (c *Client) Find(ctx context.Context, path string) error {
	s, err := Decode[State](c.Get(ctx, "state", url.Values{"under": {path}, "depth": {"0"}}))
	refused, _ := errors.AsType[*RefusedError](err)
	if refused != nil && refused.Status == http.StatusNotFound || err == nil && len(s.Children) == 0 && strings.Contains(path, "[") {
		return NoChild(path)
	}
	return err
}

// NoChild is the refusal of a path that the program does not know.
func NoChild(path string) error {
	return &RefusedError{http.StatusNotFound, fmt.Sprintf("there is no child %q", path)}
}

// recent is how many events are asked for to know who gave the last commands.
const recent = 1000

// Statements are those by which the last decision about a child was made.
func (c *Client) Statements(ctx context.Context, path string) ([]Statement, error) {
	answer, err := Decode[struct {
		Statements []Statement `json:"statements"`
	}](c.Get(ctx, "statements", url.Values{"path": {path}}))
	if err != nil {
		return nil, err
	}
	return answer.Statements, nil
}

// A Raw is an event, and its JSON as it came.
type Raw struct {
	Event Event
	JSON  json.RawMessage
}

// Past are the last events, so many at most, of what is kept about a child and what is below it; "" is the whole tree. The position is
// that of the last event there is.
func (c *Client) Past(ctx context.Context, most int, under string) ([]Raw, Position, error) {
	h, err := Decode[History](c.Get(ctx, "history", nil))
	if err != nil {
		return nil, Position{}, err
	}
	from := h.First
	if n := uint64(most); under == "" && h.Last >= n && h.Last-n+1 > from {
		from = h.Last - n + 1
	}
	var list []Raw
	for from <= h.Last {
		page, err := Decode[struct {
			Events []json.RawMessage `json:"events"`
			Next   uint64            `json:"next"`
		}](c.Get(ctx, "history", url.Values{"from": {strconv.FormatUint(from, 10)}}))
		if err != nil {
			return nil, Position{}, err
		}
		for _, text := range page.Events {
			e, err := Decode[Event](text, nil)
			if err != nil {
				return nil, Position{}, err
			}
			if e.Sequence <= h.Last && IsBelow(e.Path, under) {
				list = append(list, Raw{*e, text})
			}
		}
		list = list[max(0, len(list)-most):]
		if page.Next <= from {
			break
		}
		from = page.Next
	}
	return list, Position{h.Incarnation, h.Last}, nil
}

// IsBelow reports whether a path is another one, a replica or an instance of it, or a child below it. All are below "".
func IsBelow(path, top string) bool {
	rest, ok := strings.CutPrefix(path, top)
	return ok && (top == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}
