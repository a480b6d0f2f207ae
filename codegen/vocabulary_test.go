package codegen_test

// What random trees are made of. No statement here makes a tree invalid beside any other.
var (
	names = []string{"DB", "Db", "HTTP", "HTTPServer", "S", "V", "I", "L", "Err", "Args", "Options", "Children", "Type",
		"Range", "Len", "IDs", "Context", "Time", "Local", "String", "Nil", "X1", "Ärger", "Main", "Init", "Ctx",
		"AsLongAsNamesMayBeThatAreInNobodysWayButGofmts", "SoLongThatItIsHalfOfThat"}
	goTypes = []string{"*local", "v", "int", "map[string]*list.List", "func(ctx context.Context) error", "[]runtime.Locker",
		"any", "chan<- [3]struct{}", "func(a, b int, more ...*v) (n int, err error)", "<-chan interface{}", "map[id][]func()",
		"(<-chan int)", "chan (<-chan (v))", "func((v)) (v)"}
	paramNames = []string{"s", "v", "i", "id", "l", "args", "key", "needs", "nil", "string", "error", "len", "true", "x", "r", "t"}

	comments = []string{"// A comment.", "//go:build !ignore", "//", "// */ /*", "//\tindented", "// +build ignore",
		"//go:generate rm -rf /", "//nolint:all", "// ç \u202e reversed", "//line x.go:1", "//export Root", "// Deprecated: no.",
		"// # Heading", "// - item", "//  1. item", "//   +build ignore", "//\t\tcode", "// [x]: https://example.com"}

	backoffs = []string{"backoff none", "backoff 10ms", "backoff 10ms..1s", "backoff 20ms..2s factor 1.5",
		"backoff 50ms..5s jitter full reset 30s", "backoff 50ms..1s jitter decorrelated", "backoff 1ms..2s factor 3 jitter 50% reset 2m"}
	limits  = []string{"limit 3 in 5m", "limit 10 in 10m", "limit 5 in 1h", "limit 0 in 1m", "limit 1_000_000 in 87600h"}
	readies = []string{"ready immediate", "ready explicit", "ready explicit within 2s", "ready check every 1s timeout 500ms",
		"ready check every 2s timeout 1s within 9s", "ready explicit\non error at start quarantine 1m\non failure at start escalate"}
	tags = []string{`tags "a"`, `tags "a", "b c"`, `tags "\"", "\\n\n", "ç\u202e\xff", "` + "\x7f" + `"`, `tags "*/", "//"`}
	rows = []string{"success escalate", "error stop", "panic escalate", "goexit quarantine", "timeout shutdown", "unhealthy restart",
		"external stop", "fatal_config escalate", "fatal_bug quarantine", "skip shutdown", "stuck restart", "limit quarantine",
		"failure restart", "again restart", "error retry", "panic quarantine 1m30s", "unhealthy quarantine 2s"}

	// sharedStatements may stand in a policy and in defaults.
	sharedStatements = []string{"limit 4 in 10m", "restart transient", "on panic restart", "on failure restart", "on stuck restart",
		"health heartbeat 1s stale 3s", "shutdown 3s abort 1s", "timeout 5m", "ready immediate", "concurrency 5",
		"throttle 2 refill 1s", "intensity 9 in 1m", "strategy one_for_one"}
)
