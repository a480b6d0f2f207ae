//go:build !plan9 && !wasip1

package runtime

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	stdruntime "runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// timeout is an error that has a Timeout method and no more, as ENOENT has.
type timeout struct{}

func (timeout) Error() string   { return "timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// alike says with Is that it is another error, which errors.Is believes.
type alike struct{ error }

func (a alike) Is(target error) bool { return target == a.error }

// marks says with As that it has a mark, which errors.As believes.
type marks struct{ mark error }

func (marks) Error() string { return "marks" }
func (m marks) As(target any) bool {
	to, ok := target.(**classified)
	if ok {
		*to = m.mark.(*classified)
	}
	return ok
}

// forever wraps itself.
type forever struct{}

func (forever) Error() string   { return "forever" }
func (f forever) Unwrap() error { return f }

// bushy wraps itself, ten times.
type bushy struct{}

func (bushy) Error() string     { return "bushy" }
func (b bushy) Unwrap() []error { return []error{b, b, b, b, b, b, b, b, b, b} }

// A sqlState is an error of a database, as drivers for Postgres have them.
type sqlState string

func (s sqlState) Error() string    { return "SQLSTATE " + string(s) }
func (s sqlState) SQLState() string { return string(s) }

// A tagged error has a label, as those of MongoDB's driver do.
type tagged string

func (l tagged) Error() string                   { return "tagged " + string(l) }
func (l tagged) HasErrorLabel(label string) bool { return label == string(l) }

// docs/runtime.md, "How a run ends": what is external without being marked, anywhere in the chain, and what is not; a mark
// wins, wherever it stands.
func TestExternal(t *testing.T) {
	watchdog(t, "an error whose Unwrap never ends keeps its run")
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	dns := &net.DNSError{Err: "no such host", Name: "db"}
	passed, cancel := context.WithDeadlineCause(t.Context(), time.Now(), errors.New("too slow"))
	defer cancel()
	for name, test := range map[string]struct {
		err  error
		want Outcome
	}{
		"refused":               {refused, OutcomeExternal},
		"reset":                 {syscall.ECONNRESET, OutcomeExternal},
		"aborted":               {syscall.ECONNABORTED, OutcomeExternal},
		"pipe":                  {fmt.Errorf("write: %w", syscall.EPIPE), OutcomeExternal},
		"timed out":             {syscall.ETIMEDOUT, OutcomeExternal},
		"host unreachable":      {syscall.EHOSTUNREACH, OutcomeExternal},
		"network unreachable":   {syscall.ENETUNREACH, OutcomeExternal},
		"network down":          {syscall.ENETDOWN, OutcomeExternal},
		"deadline":              {fmt.Errorf("ping: %w", passed.Err()), OutcomeExternal},
		"file deadline":         {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, OutcomeExternal},
		"dial deadline":         {alike{context.DeadlineExceeded}, OutcomeExternal},
		"name":                  {dns, OutcomeExternal},
		"dial of a name":        {&net.OpError{Op: "dial", Err: dns}, OutcomeExternal},
		"joined":                {errors.Join(errLost, fmt.Errorf("b: %w", errors.Join(io.EOF, refused))), OutcomeExternal},
		"two wrapped":           {fmt.Errorf("%w after %w", errLost, refused), OutcomeExternal},
		"marked":                {ExternalDependency(errLost), OutcomeExternal},
		"config over it":        {FatalConfig(refused), OutcomeFatalConfig},
		"config beside it":      {errors.Join(refused, errLost, FatalConfig(io.EOF)), OutcomeFatalConfig},
		"the first mark":        {FatalBug(ExternalDependency(errLost)), OutcomeFatalBug},
		"a mark by As":          {marks{Skip("off")}, OutcomeSkip},
		"again":                 {fmt.Errorf("rows: %w", Again("rebalanced")), OutcomeAgain},
		"a failover":            {fmt.Errorf("insert: %w", sqlState("25006")), OutcomeExternal},
		"a deadlock":            {fmt.Errorf("insert: %w", sqlState("40P01")), OutcomeExternal},
		"a statement's timeout": {fmt.Errorf("insert: %w", sqlState("57014")), OutcomeExternal},
		"crash recovery":        {fmt.Errorf("ping: %w", sqlState("57P03")), OutcomeExternal},
		"connection exception":  {sqlState("08006"), OutcomeExternal},
		"network":               {fmt.Errorf("find: %w", tagged("NetworkError")), OutcomeExternal},
		"stepped down":          {tagged("RetryableWriteError"), OutcomeExternal},
		"transaction":           {tagged("TransientTransactionError"), OutcomeError},
		"unique violation":      {sqlState("23505"), OutcomeError},
		"no such database":      {sqlState("3D000"), OutcomeError},
		"bad connection":        {fmt.Errorf("insert: %w", driver.ErrBadConn), OutcomeExternal},
		"no broker":             {fmt.Errorf("connect: %w", errors.New("nats: no servers available for connection")), OutcomeExternal},
		"unavailable":           {errors.New("rpc error: code = Unavailable desc = connection closed"), OutcomeExternal},
		"too late":              {errors.New("rpc error: code = DeadlineExceeded desc = context deadline exceeded"), OutcomeExternal},
		"not found":             {errors.New("rpc error: code = NotFound desc = x"), OutcomeError},
		"its words, wrapped":    {fmt.Errorf("nats: timeout%w", errLost), OutcomeError},
		"address in use":        {&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}, OutcomeError},
		"closed":                {net.ErrClosed, OutcomeError},
		"no such file":          {&os.PathError{Op: "open", Err: syscall.ENOENT}, OutcomeError},
		"again of the system":   {syscall.EAGAIN, OutcomeError},
		"has a timeout":         {timeout{}, OutcomeError},
		"cancelled":             {context.Canceled, OutcomeError},
		"the text alone":        {errors.New(refused.Error()), OutcomeError},
		"its own DNSError":      {&DNSError{}, OutcomeError},
		"wraps itself":          {forever{}, OutcomeError},
		"wraps itself, often":   {bushy{}, OutcomeError},
		"behind the last one":   {errors.Join(bushy{}, refused), OutcomeError},
		"before it":             {errors.Join(refused, bushy{}), OutcomeExternal},
	} {
		o, f := judge(test.err, true, nil)
		if o != test.want || f.Kind != o || f.Category != categoryOf(o) || f.Message != test.err.Error() || f.Err != test.err && o != OutcomeAgain {
			t.Errorf("%s is %s, want %s: %+v", name, o, test.want, f)
		}
	}
}

// A DNSError is not the one of package net.
type DNSError struct{}

func (*DNSError) Error() string { return "my own" }

// What real connections return.
func TestExternalForReal(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, busy := net.Listen("tcp", address)
	silent := http.Client{Timeout: 1}
	_, slow := silent.Get("http://" + address)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now())
	_, late := conn.Read(make([]byte, 1))
	listener.Close()
	_, closed := listener.Accept()
	_, refused := net.Dial("tcp", address)
	for name, test := range map[string]struct {
		err  error
		want Outcome
	}{
		"refused": {refused, OutcomeExternal}, "slow": {slow, OutcomeExternal}, "late": {late, OutcomeExternal},
		"busy": {busy, OutcomeError}, "closed": {closed, OutcomeError},
	} {
		if o, _ := judge(test.err, true, nil); o != test.want {
			t.Errorf("%s, %v, is %s, want %s", name, test.err, o, test.want)
		}
	}
}

// inManual is the code in a row of a table of the manual.
func inManual(t *testing.T, row string) (code []string) {
	t.Helper()
	page, err := os.ReadFile("../docs/runtime.md")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(page), "\n| "+row+" | ")
	line, _, _ = strings.Cut(line, "\n")
	for i, part := range strings.Split(line, "`") {
		if i%2 == 1 {
			code = append(code, part)
		}
	}
	return code
}

// The manual lists how others say that they are external, and nothing else.
func TestExternalWordsInManual(t *testing.T) {
	rows := maps.Clone(externalWords)
	rows["a method `SQLState` that returns, or begins with"] = externalStates
	rows["a method `HasErrorLabel` that is true of"] = externalLabels
	for row, want := range rows {
		if diff := cmp.Diff(want, inManual(t, row)); diff != "" {
			t.Errorf("%s:\n%s", row, diff)
		}
	}
}

// docs/runtime.md, "How a run ends": what others say is external where nothing is wrapped, as a whole or from its beginning.
func TestExternalWords(t *testing.T) {
	for of, words := range externalWords {
		for _, word := range words {
			begin, more := strings.CutSuffix(word, "…")
			for text, want := range map[string]bool{begin: true, begin + ", and more": more, "it says " + begin: false, begin[:len(begin)-1]: false} {
				if got := OutcomeOf(fmt.Errorf("ping: %w", errors.New(text))) == OutcomeExternal; got != want {
					t.Errorf("%q of %s is external: %v", text, of, got)
				}
			}
			if OutcomeOf(fmt.Errorf("%s%w", begin, errLost)) != OutcomeError {
				t.Errorf("%q of %s wraps something, and is external", word, of)
			}
		}
	}
}

// The manual lists what is external, and lists nothing else.
func TestExternalsInManual(t *testing.T) {
	names := map[string]error{
		"ECONNREFUSED": syscall.ECONNREFUSED, "ECONNRESET": syscall.ECONNRESET, "ECONNABORTED": syscall.ECONNABORTED,
		"EPIPE": syscall.EPIPE, "ETIMEDOUT": syscall.ETIMEDOUT, "EHOSTUNREACH": syscall.EHOSTUNREACH,
		"ENETUNREACH": syscall.ENETUNREACH, "ENETDOWN": syscall.ENETDOWN, "EHOSTDOWN": syscall.EHOSTDOWN,
		"context.DeadlineExceeded": context.DeadlineExceeded, "os.ErrDeadlineExceeded": os.ErrDeadlineExceeded,
		"*net.DNSError": &net.DNSError{},
	}
	if diff := cmp.Diff([]string{"io.EOF", "io.ErrUnexpectedEOF"}, inManual(t, "external unless a job returns it that `needs` nothing")); diff != "" || len(eofs) != 2 {
		t.Errorf("of the ends of connections and files, the manual lists others:\n%s", diff)
	}
	listed := inManual(t, "external without a mark")
	for _, name := range listed {
		err, ok := names[name]
		if o, _ := judge(err, true, nil); !ok || o != OutcomeExternal {
			t.Errorf("the manual lists %s, which is %s", name, o)
		}
	}
	known := len(externals)
	if stdruntime.GOOS == "windows" {
		known -= len(connections) / 2 // each has a number of Winsock's, and the name that Unix has
	}
	if len(listed) != known+1 || len(listed) != len(names) {
		t.Errorf("the manual lists %d, %v, and the code has %d and the names' errors", len(listed), listed, known)
	}
}
