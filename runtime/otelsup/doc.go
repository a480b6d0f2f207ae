// Package otelsup reports a tree to OpenTelemetry: what its children do as metrics, their starts, restarts and stops as spans, and
// their failures as log records.
//
//	func main() {
//		otel.SetMeterProvider(meters)   // as your program sets up OpenTelemetry
//		otel.SetTracerProvider(tracers)
//		otel.SetLoggerProvider(logs)
//		runtime.Main(NewShop(&App{}), otelsup.Observe())
//	}
//
// It is a module of its own, and needs the API of OpenTelemetry, and not the SDK. It reads the tree's events on one goroutine beside
// the tree, which never waits for it.
//
// # Metrics
//
//	supgen.child.status            {child}    children of a declaration, by supgen.child.state; all states are reported
//	supgen.child.starts            {start}    launches
//	supgen.child.restarts          {restart}  launches that were not a child's first
//	supgen.child.failures          {failure}  runs that failed, by error.type: the outcome
//	supgen.limit.remaining         {restart}  restarts that the limit has left, of the child that has the fewest
//	supgen.runs.stuck              {run}      runs that were asked to stop, did not, and still run
//	supgen.commands                {command}  commands of operators that were accepted, by supgen.command.verb
//	supgen.events.lost             {event}    events that were read too late
//	supgen.child.ready.duration    s          from a launch until the child was ready
//	supgen.child.stop.duration     s          from the request to stop until the child was down
//	supgen.child.backoff.duration  s          the delay before a restart, as it was decided
//
// Metrics of children have the attributes supgen.child.path, which is that of the declaration, and supgen.child.role. They are of
// the first 198 declarations of the file; all others have the path "*", and otel.metric.overflow. That keeps the status, with
// ten states each, below the 2,000 series that the SDK keeps of a metric.
//
// What counts is read from the tree whenever metrics are collected, so it is right however many events were missed. The three
// durations and the commands come from events, and supgen.events.lost says how many they do not know of.
//
// # Spans
//
// A span is a "start", "restart", "stop" or "command" and the path of the declaration, with the times of the tree's events.
//
//   - A start is from the launch until the child is ready, or a job has ended. While a supervisor starts, its children's starts are
//     below it: the trace of the root's start shows what the start of the program waited for.
//   - A restart is from the failure, or the request to stop, until the child is ready again: stop, backoff and launch included.
//     Each try is one. It is linked to the span of the run that failed, its own or that of the child because of which it was restarted.
//   - A stop is from the request until the child is down. Of a whole supervisor, those of its children are below it.
//   - A command has no duration. What was stopped and started because of it is below it.
//
// There is no span in the context of a run: a run may last for weeks, and whatever it traces would be below that span. [Link] is for
// spans that are to point to the run in which they were made.
//
// # Log records
//
// A failure, and an unclean stop, is a log record with exception.type, exception.message and exception.stacktrace, the event name
// supgen.child.failure or supgen.child.unclean_stop, and the span of the start of the run that failed.
package otelsup
