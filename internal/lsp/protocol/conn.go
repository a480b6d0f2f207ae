package protocol

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
)

// What a client may send.
const (
	maxHeader   = 4 << 10
	maxMessage  = 64 << 20
	maxRequests = 256 // at work, or answered and not yet read; then nothing is read before one of them is done
)

// Codes of errors, from JSON-RPC and the protocol.
const (
	CodeParseError       = -32700
	CodeInvalidRequest   = -32600
	CodeMethodNotFound   = -32601
	CodeInvalidParams    = -32602
	CodeInternalError    = -32603
	CodeNotInitialized   = -32002
	CodeRequestFailed    = -32803
	CodeRequestCancelled = -32800
	CodeContentModified  = -32801
)

// An Error answers a request that cannot be answered otherwise.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

// Errorf is an error with a code.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// A Handler does what messages ask. Notify is called in the order in which notifications come, and Prepare in the order of the
// requests among them: what it returns is called in a goroutine of its own, and answers. So an answer is about the texts that the client had
// when it asked.
type Handler interface {
	Notify(method string, params json.RawMessage)
	Prepare(method string, params json.RawMessage) func(context.Context) (any, error)
}

// A Conn is a connection to a client. It writes where it is called, so what is said to a client that does not read waits with its caller:
// in the goroutine of a request, of which there are so many at the most, and never in the one that reads.
type Conn struct {
	in       *bufio.Reader
	out      io.Writer
	requests chan struct{} // one for each request

	turn   chan struct{} // to write; of what follows, and of out
	broken error

	mu      sync.Mutex // of what follows
	running map[string]context.CancelFunc
	asked   map[int64]chan answer
	next    int64
	over    bool
}

type answer struct {
	result json.RawMessage
	err    error
}

// A message is a request, a notification or an answer.
type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  json.RawMessage  `json:"params,omitempty"`
	Result  json.RawMessage  `json:"result,omitempty"`
	Error   *Error           `json:"error,omitempty"`
}

// NewConn is a connection that reads from in and writes to out.
func NewConn(in io.Reader, out io.Writer) *Conn {
	return &Conn{
		in: bufio.NewReader(in), out: out, requests: make(chan struct{}, maxRequests), turn: make(chan struct{}, 1),
		running: make(map[string]context.CancelFunc), asked: make(map[int64]chan answer),
	}
}

// Serve reads messages until the client has no more, or until the context is done, and returns when all requests are answered. The error
// says why it could not go on reading.
func (c *Conn) Serve(ctx context.Context, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var requests sync.WaitGroup
	defer requests.Wait()
	defer c.close()
	start := func(answer func()) {
		select {
		case c.requests <- struct{}{}:
		case <-ctx.Done():
			return
		}
		requests.Go(func() {
			defer func() { <-c.requests }()
			answer()
		})
	}
	refuse := func(id *json.RawMessage, code int, format string, args ...any) {
		start(func() { c.reply(id, nil, Errorf(code, format, args...)) })
	}
	for ctx.Err() == nil {
		text, err := c.read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			refuse(nil, CodeParseError, "%v", err)
			return err
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			refuse(nil, CodeParseError, "a message is not JSON-RPC: %v", err)
			continue
		}
		switch {
		case m.Method == "$/cancelRequest":
			var of struct{ ID json.RawMessage }
			if json.Unmarshal(m.Params, &of) == nil {
				c.cancel(of.ID)
			}
		case m.Method == "" && m.ID != nil:
			c.answered(m)
		case m.Method == "":
			refuse(nil, CodeInvalidRequest, "a message has neither a method nor an id")
		case m.ID == nil:
			notify(h, m)
		default:
			ctx, cancel := context.WithCancel(ctx)
			if !c.begin(m.ID, cancel) {
				cancel()
				refuse(m.ID, CodeInvalidRequest, "there is a request %s already", *m.ID)
				continue
			}
			do, err := prepare(h, m)
			start(func() {
				defer cancel()
				var result any
				if err == nil {
					result, err = perform(ctx, do)
				}
				c.end(m.ID)
				c.reply(m.ID, result, err)
			})
		}
	}
	return nil
}

// begin keeps what cancels a request. It reports whether there is no other with its id.
func (c *Conn) begin(id *json.RawMessage, cancel context.CancelFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[string(*id)] != nil {
		return false
	}
	c.running[string(*id)] = cancel
	return true
}

func (c *Conn) end(id *json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, string(*id))
}

// notify, prepare and perform call the handler. A panic in it is the error of what it was called for, and ends nothing else.

func notify(h Handler, m message) (err error) {
	defer Guard(&err)
	h.Notify(m.Method, m.Params)
	return nil
}

func prepare(h Handler, m message) (do func(context.Context) (any, error), err error) {
	defer Guard(&err)
	return h.Prepare(m.Method, m.Params), nil
}

func perform(ctx context.Context, do func(context.Context) (any, error)) (result any, err error) {
	defer Guard(&err)
	return do(ctx)
}

// Guard, deferred, makes an error of a panic.
func Guard(err *error) {
	if p := recover(); p != nil {
		*err = Errorf(CodeInternalError, "supgen: bug in the language server, please report it: %v\n%s", p, debug.Stack())
	}
}

func (c *Conn) cancel(id json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.running[string(id)]; cancel != nil {
		cancel()
	}
}

// answered brings the client's answer to who asked.
func (c *Conn) answered(m message) {
	var id int64
	if json.Unmarshal(*m.ID, &id) != nil {
		return
	}
	c.mu.Lock()
	to := c.asked[id]
	delete(c.asked, id)
	c.mu.Unlock()
	if to != nil {
		a := answer{result: m.Result}
		if m.Error != nil {
			a.err = m.Error
		}
		to <- a
	}
}

// close ends what waits for the client.
func (c *Conn) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	for id, to := range c.asked {
		delete(c.asked, id)
		to <- answer{err: io.ErrUnexpectedEOF}
	}
	for _, cancel := range c.running {
		cancel()
	}
}

// reply answers a request; one whose id could not be read has none.
func (c *Conn) reply(id *json.RawMessage, result any, err error) {
	if id == nil {
		id = new(json.RawMessage("null"))
	}
	m := message{ID: id}
	if err == nil {
		m.Result, err = json.Marshal(result)
	}
	switch {
	case err == nil:
	case errors.As(err, &m.Error):
	case errors.Is(err, context.Canceled):
		m.Error = Errorf(CodeRequestCancelled, "the request was cancelled")
	default:
		m.Error = Errorf(CodeRequestFailed, "%v", err)
	}
	c.write(m)
}

// Notify sends a notification.
func (c *Conn) Notify(method string, params any) error {
	return c.send(message{Method: method}, params)
}

// Call sends a request, and waits for the answer.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	to := make(chan answer, 1)
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return io.ErrUnexpectedEOF
	}
	c.next++
	id := c.next
	c.asked[id] = to
	c.mu.Unlock()
	if err := c.send(message{ID: new(json.RawMessage(strconv.FormatInt(id, 10))), Method: method}, params); err != nil {
		return err
	}
	select {
	case a := <-to:
		if a.err != nil || result == nil {
			return a.err
		}
		return json.Unmarshal(a.result, result)
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.asked, id)
		c.mu.Unlock()
		return ctx.Err()
	}
}

func (c *Conn) send(m message, params any) error {
	text, err := json.Marshal(params)
	if err != nil {
		return err
	}
	m.Params = text
	return c.write(m)
}

// write writes a message. After one that could not be written, none is.
func (c *Conn) write(m message) error {
	m.Version = "2.0"
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.broken == nil {
		var b bytes.Buffer
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(text))
		b.Write(text)
		_, c.broken = c.out.Write(b.Bytes())
	}
	return c.broken
}

// read reads a message. It is io.EOF if there is none.
func (c *Conn) read() ([]byte, error) {
	size, headers := -1, 0
	for {
		line, err := c.in.ReadSlice('\n')
		headers += len(line)
		switch {
		case err == io.EOF && headers == 0:
			return nil, io.EOF
		case err == io.EOF:
			return nil, errors.New("the input ends within the headers of a message")
		case err == bufio.ErrBufferFull, headers > maxHeader:
			return nil, fmt.Errorf("the headers of a message are longer than %d bytes", maxHeader)
		case err != nil:
			return nil, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, fmt.Errorf("%q is not a header", text)
		}
		if textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)) == "Content-Length" {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 0 {
				return nil, fmt.Errorf("%q is not a length", value)
			}
			size = n
		}
	}
	switch {
	case size < 0:
		return nil, errors.New("a message has no Content-Length")
	case size > maxMessage:
		return nil, fmt.Errorf("a message of %d bytes is larger than %d", size, maxMessage)
	}
	var text bytes.Buffer // which grows with what comes, and not with what is announced
	if n, err := io.CopyN(&text, c.in, int64(size)); err != nil {
		return nil, fmt.Errorf("the input ends after %d of %d bytes of a message", n, size)
	}
	return text.Bytes(), nil
}
