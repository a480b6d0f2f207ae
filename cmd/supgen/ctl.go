package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/operate"
	"github.com/supgen/supgen/internal/output"
)

// A server is what the flags and the environment say of the program that a command asks.
type server struct{ addr, tokenFile string }

// addServer gives a command, and those below it, the flags for the program that is asked.
func addServer(cmd *cobra.Command) *server {
	s := &server{}
	flags := cmd.PersistentFlags()
	flags.StringVar(&s.addr, "addr", os.Getenv("SUPGEN_ADDR"), "ask the program at this `address`: host:port, a URL, or the path of a Unix socket")
	flags.StringVar(&s.tokenFile, "token-file", "", "send the token in this `file` instead of SUPGEN_TOKEN")
	flags.Lookup("addr").DefValue = "$SUPGEN_ADDR"
	return s
}

// dial is a client of the program.
func (s *server) dial(cmd *cobra.Command) (*operate.Client, error) {
	if s.addr == "" {
		return nil, errors.New("which program? say --addr localhost:8081, or set SUPGEN_ADDR")
	}
	token, err := s.token(cmd)
	if err != nil {
		return nil, err
	}
	return operate.Dial(s.addr, token)
}

// token is the one to send, "" if there is none.
func (s *server) token(cmd *cobra.Command) (string, error) {
	if s.tokenFile == "" {
		text := os.Getenv("SUPGEN_TOKEN")
		if text == "" {
			return "", nil
		}
		token, err := operate.CheckToken(text)
		if err != nil {
			err = fmt.Errorf("SUPGEN_TOKEN: %w", err)
		}
		return token, err
	}
	token, exposed, err := operate.ReadToken(s.tokenFile)
	if exposed {
		fmt.Fprintf(cmd.ErrOrStderr(), "supgen: other users can read the token: chmod 600 %s\n", s.tokenFile)
	}
	return token, err
}

// asking is a command that asks a program; its arguments are paths. What the program refuses is printed, and the status is 1.
func (s *server) asking(run func(cmd *cobra.Command, c *operate.Client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := s.dial(cmd)
		for i, path := range args {
			args[i] = operate.QuoteKeys(path)
		}
		if err == nil {
			err = run(cmd, c, args)
		}
		if refused, ok := errors.AsType[*operate.RefusedError](err); ok {
			hint := ""
			if path := optional(args); refused.Status == http.StatusNotFound && operate.QuoteNumbers(path) != path {
				hint = "; if the key is a text, it is " + operate.QuoteNumbers(path)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "supgen: refused: %s%s\n", refused.Words, hint)
			return errFound
		}
		return err
	}
}

// complete completes the path of a child of the program, if it answers soon.
func (s *server) complete(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := s.dial(cmd)
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	state, err := operate.Decode[operate.State](c.Get(ctx, "state", nil))
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var paths []string
	for i := range state.Children {
		if c := &state.Children[i]; strings.HasPrefix(c.Path, begun) {
			paths = append(paths, cobra.CompletionWithDesc(c.Path, operate.StateWord(c)))
		}
	}
	return paths, cobra.ShellCompDirectiveNoFileComp
}

// aboutServer is what help says of addresses and tokens.
const aboutServer = `The program listens with runtime/httpsup. Its address is "localhost:8081", "https://ops.example.com/shop", or the path
of a Unix socket, "/run/shop/supgen.sock" or "unix:shop.sock". A token is in SUPGEN_TOKEN or in the file that --token-file
names, and is sent as "Authorization: Bearer". It is not sent over plain HTTP but to this machine, and no redirect is followed.`

func newCtl() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ctl",
		Short: "Ask a program that runs, and operate it",
		Long: `Ctl asks a program that runs what its tree does, or gives it one command.

` + aboutServer + `

A command for a child says why: the program keeps that with the name of who gave it. It is answered when it is accepted,
and then carried out.

The exit status is 1 if the program refuses: it does not let you do that, there is no such child, or it cannot be done in
its state. It is 2 if the program cannot be reached, or does not answer.`,
		Example: `  supgen ctl --addr localhost:8081 state
  export SUPGEN_ADDR=/run/shop/supgen.sock
  supgen ctl why Shop.HTTP
  supgen ctl events -f Shop.DB
  supgen ctl restart Shop.DB --why 'new certificate'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	s := addServer(cmd)
	cmd.AddCommand(newCtlState(s), newCtlWhy(s), newCtlEvents(s), newCtlHistory(s), newCtlStacks(s))
	for _, verb := range [][2]string{
		{"restart", "Give a child a new run, whatever its state"},
		{"pause", "Take a child down until it is resumed"},
		{"resume", "End a pause"},
		{"quarantine", "Take a child down, and out of automatic restart, until it is released"},
		{"release", "End a quarantine"},
		{"stop", "Take a child down until it is started"},
		{"start", "Start a child that is stopped or failed"},
		{"remove", "End a dynamic child for good"},
		{"shutdown", "Stop the whole tree"},
	} {
		cmd.AddCommand(newCtlVerb(s, verb[0], verb[1]))
	}
	return cmd
}

func newCtlState(s *server) *cobra.Command {
	var format *choice
	cmd := &cobra.Command{
		Use:   "state [PATH]",
		Short: "Print the state of all children, or of those at a path and below it",
		Example: `  supgen ctl state
  supgen ctl state Shop.Ingest
  supgen ctl state --format json | jq '.children[] | select(.lifecycle != "ready") | .path'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.complete,
		RunE: s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
			path := optional(args)
			if format.word == "json" {
				query := url.Values{}
				if path != "" {
					query.Set("under", path)
				}
				if err := find(cmd, c, path); err != nil {
					return err
				}
				return printJSON(cmd)(c.Get(cmd.Context(), "state", query))
			}
			view, err := c.View(cmd.Context())
			if err != nil {
				return err
			}
			if path != "" && view.Child(path) == nil && !view.IsDeclared(path) {
				return operate.NoChild(path)
			}
			return view.Table(cmd.OutOrStdout(), path, view.Tree.Time)
		}),
	}
	format = addFormat(cmd, `how to print: "json" is the program's answer`, "text", "json")
	return cmd
}

func newCtlWhy(s *server) *cobra.Command {
	return &cobra.Command{
		Use:   "why PATH",
		Short: "Print why a child is as it is",
		Long: `Why prints what a child waits for, up to the cause; its last failure; what was decided then, and which statements of the
.sup file decided it; when it is tried next; and which children wait for it.`,
		Example:           `  supgen ctl why Shop.HTTP`,
		Args:              onePath,
		ValidArgsFunction: s.complete,
		RunE: s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
			view, err := c.View(cmd.Context())
			if err != nil {
				return err
			}
			child := view.Child(args[0])
			if child == nil {
				return operate.NoChild(args[0])
			}
			statements, err := c.Statements(cmd.Context(), child.Path)
			if err != nil {
				return err
			}
			return view.Explain(cmd.OutOrStdout(), child, statements, view.Tree.Time)
		}),
	}
}

// find is an error if a command is about a path that the program does not know. "" is the whole tree.
func find(cmd *cobra.Command, c *operate.Client, path string) error {
	if path == "" {
		return nil
	}
	return c.Find(cmd.Context(), path)
}

func newCtlEvents(s *server) *cobra.Command {
	var format *choice
	var follow bool
	var lines int
	cmd := &cobra.Command{
		Use:   "events [PATH]",
		Short: "Print what happened, and with -f what happens",
		Long: `Events prints the last events of the tree, or of the child at a path and what is below it. With -f it goes on
with those that happen, until the tree has ended. When the connection is lost it connects again, and goes on where it was;
standard error says so, and whether events were missed.

With --format json each event is one line.`,
		Example: `  supgen ctl events
  supgen ctl events -f Shop.DB
  supgen ctl events -f -n 0 --format json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.complete,
		RunE: s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
			if lines < 0 {
				return errors.New("-n is a number of events, from 0 on")
			}
			show := func(e operate.Raw) error {
				if format.word == "json" {
					return printLine(cmd, e.JSON)
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), e.Event.Line())
				return err
			}
			path := optional(args)
			past, at, err := c.Past(cmd.Context(), max(lines, len(args)), path)
			if err == nil && len(past) == 0 { // or the child may be gone
				err = find(cmd, c, path)
			}
			if err != nil {
				return err
			}
			for _, e := range past[max(0, len(past)-lines):] {
				if err := show(e); err != nil {
					return err
				}
			}
			if !follow {
				return nil
			}
			return followEvents(cmd, c, at, path, show)
		}),
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what happens")
	cmd.Flags().IntVarP(&lines, "lines", "n", 20, "print so many of the past")
	format = addFormat(cmd, "how to print", "text", "json")
	return cmd
}

// followEvents shows what happens after a position at a path and below it, until the tree has ended.
func followEvents(cmd *cobra.Command, c *operate.Client, at operate.Position, path string, show func(operate.Raw) error) error {
	note := func(format string, args ...any) {
		if !isQuiet(cmd) {
			fmt.Fprintf(cmd.ErrOrStderr(), "supgen: "+format+"\n", args...)
		}
	}
	for m := range c.Follow(cmd.Context(), at) {
		switch refused := (*operate.RefusedError)(nil); {
		case errors.As(m.Err, &refused):
			return refused
		case m.Err != nil:
			note("%v; trying again in %v", m.Err, m.Retry)
		case m.Reset != nil:
			note("events were missed, or the program is another one: what follows is after event %d", m.Reset.Sequence)
		case m.End != "":
			note("%s", m.End)
			return nil
		case m.Live:
		case operate.IsBelow(m.Event.Path, path):
			if err := show(m.Raw); err != nil {
				return err
			}
		}
	}
	return cmd.Context().Err()
}

func newCtlHistory(s *server) *cobra.Command {
	var format *choice
	var at uint64
	cmd := &cobra.Command{
		Use:   "history [PATH]",
		Short: "Print what is kept of the past, or with --at the state after an event",
		Example: `  supgen ctl history
  supgen ctl history --at 4711
  supgen ctl history --at 4711 Shop.Ingest`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.complete,
	}
	cmd.RunE = s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
		query := url.Values{}
		if cmd.Flags().Changed("at") {
			query.Set("at", strconv.FormatUint(at, 10))
		} else if len(args) > 0 {
			return errors.New("say --at and the sequence of an event with a path; its events are at: supgen ctl events PATH")
		}
		if format.word == "json" && len(args) > 0 {
			return errors.New("--format json is the state of the whole tree: say it without a path")
		}
		answer, err := c.Get(cmd.Context(), "history", query)
		switch {
		case format.word == "json" || err != nil:
			return printJSON(cmd)(answer, err)
		case query.Has("at"):
			return printPast(cmd, c, answer, optional(args))
		}
		h, err := operate.Decode[operate.History](answer, nil)
		if err != nil {
			return err
		}
		_, err = io.WriteString(cmd.OutOrStdout(), h.Text())
		return err
	})
	cmd.Flags().Uint64Var(&at, "at", 0, "the state after the event with this `sequence`")
	format = addFormat(cmd, `how to print: "json" is the program's answer`, "text", "json")
	return cmd
}

// printPast prints a state of the past.
func printPast(cmd *cobra.Command, c *operate.Client, answer json.RawMessage, path string) error {
	state, err := operate.Decode[operate.State](answer, nil)
	if err != nil {
		return err
	}
	if state.Known != nil && !*state.Known {
		return &operate.RefusedError{Words: "the state of then is not known: " + state.Why}
	}
	d, err := operate.Decode[operate.Declarations](c.Get(cmd.Context(), "declarations", nil))
	if err != nil {
		return err
	}
	view := operate.NewView(state, d)
	if path != "" && view.Child(path) == nil && !view.IsDeclared(path) {
		return operate.NoChild(path)
	}
	return view.Table(cmd.OutOrStdout(), path, view.Tree.Time)
}

func newCtlStacks(s *server) *cobra.Command {
	return &cobra.Command{
		Use:   "stacks PATH",
		Short: "Print where the goroutines of a child stand",
		Long: `Stacks prints the stacks of the goroutines of a child; of one with replicas or instances, those of all of them. The program
looks at its goroutines once in ten seconds at the most.`,
		Example:           `  supgen ctl stacks Shop.HTTP`,
		Args:              onePath,
		ValidArgsFunction: s.complete,
		RunE: s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
			if err := find(cmd, c, args[0]); err != nil {
				return err
			}
			p, err := operate.Decode[operate.Profile](c.Get(cmd.Context(), "stacks", url.Values{"path": args}))
			if err != nil {
				return err
			}
			text := p.Stacks
			if text == "" {
				text = p.Path + " has no goroutine\n"
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		}),
	}
}

func newCtlVerb(s *server, verb, short string) *cobra.Command {
	var format *choice
	var why string
	cmd := &cobra.Command{
		Use:               verb + " PATH",
		Short:             short,
		Example:           fmt.Sprintf("  supgen ctl %s Shop.DB --why 'new certificate'", verb),
		Args:              onePath,
		ValidArgsFunction: s.complete,
	}
	if verb == "shutdown" {
		cmd.Use, cmd.Args, cmd.ValidArgsFunction = verb, cobra.NoArgs, cobra.NoFileCompletions
		cmd.Example = "  supgen ctl shutdown --why 'the machine is replaced'"
	}
	cmd.RunE = s.asking(func(cmd *cobra.Command, c *operate.Client, args []string) error {
		if strings.TrimSpace(why) == "" {
			return fmt.Errorf(`say why: supgen ctl %s --why "new certificate"; the program keeps it with the command`, strings.Join(append([]string{verb}, args...), " "))
		}
		if len(args) == 0 { // the root
			state, err := operate.Decode[operate.State](c.Get(cmd.Context(), "state", url.Values{"depth": {"0"}}))
			if err != nil {
				return err
			}
			args = []string{state.Tree.Path}
		}
		answer, err := c.Command(cmd.Context(), args[0], verb, why)
		if err != nil || format.word == "json" {
			return printJSON(cmd)(answer, err)
		}
		a, err := operate.Decode[operate.Answer](answer, nil)
		if err != nil || isQuiet(cmd) {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), a.Text())
		return err
	})
	cmd.Flags().StringVar(&why, "why", "", "why: the program keeps this `text` with the command")
	format = addFormat(cmd, `how to print: "json" is the program's answer`, "text", "json")
	return cmd
}

// onePath is for the commands about one child.
func onePath(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	question := "which child?"
	if len(args) > 1 {
		question = fmt.Sprintf("%d arguments are given:", len(args))
	}
	return fmt.Errorf("%s say one path, as in: %s Shop.DB", question, cmd.CommandPath())
}

// optional is an argument that need not be there.
func optional(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// printJSON prints an answer so that a person can read it too, with fields that this version of supgen does not know.
func printJSON(cmd *cobra.Command) func(json.RawMessage, error) error {
	return func(answer json.RawMessage, err error) error {
		if err != nil {
			return err
		}
		return output.JSON(cmd.OutOrStdout(), answer)
	}
}

// printLine prints a JSON value in a line.
func printLine(cmd *cobra.Command, value json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := cmd.OutOrStdout().Write(b.Bytes())
	return err
}
