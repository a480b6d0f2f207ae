// Package httpsup shows a tree by HTTP: to the platform as probes, to people as a page, to programs as an API, and it takes the
// commands of operators.
//
//	func main() {
//		runtime.Main(NewShop(&App{}),
//			httpsup.Serve(":8081"),                                // probes, for Kubernetes
//			httpsup.Serve("localhost:8082", httpsup.ReadOpen()),   // the page, and the API
//			httpsup.Serve("unix:/run/shop/supgen.sock"))           // and commands, for who may enter /run/shop
//	}
//
// On Windows there is no Unix socket; commands go through a port with [Authorise].
//
// [Serve] is a listener of its own, outside of the tree, which is there as long as the program; [Handler] is for the program's own
// server.
//
// # Probes
//
//   - /livez is whether the machinery that supervises moves. It fails when a deadline of the tree is overdue, or its lock was
//     not free, for ten seconds in which the process did run, and after Run has returned. Nothing else: it does not follow
//     children, or a database that is away would have every instance of a program restarted.
//   - /readyz is whether all children that count are ready, or have done their work: a job has completed, a child has ended well or
//     was skipped. It fails while the tree starts, while one of them restarts, and from the first request to stop on. Optional and
//     dynamic children, sidecars, and what is below an optional supervisor do not count; [ReadyTags] narrows it further, and
//     ?child=Shop.HTTP asks about one child, or one supervisor and what is below it.
//   - /startupz is whether the start was over once: the tree was ready, or with [ReadyTags], each child that counts was, or has done its work.
//
// A tree of which /readyz answered that it is ready is sent requests. A stop that is asked for then begins with its LameDuck, whether its
// root was ever ready or not.
//
// They answer 200 or 503 and a word. With ?verbose they list the children that are not ready and what those wait for, as text
// or, with Accept: application/json, as JSON; what failures say is shown to those alone who may read.
//
// # The API
//
// With a [Choice], who may read may GET the following. Each answer that is JSON has a schema at /schema/NAME.json, to which
// fields are added, and from which none is taken away.
//
//   - /state: the tree and its children as they are, at most five times a second another; the part of it at ?under=PATH, and
//     ?depth=N levels of that. Of a part, it says nothing about children elsewhere, and of the root no more than its lifecycle. While the
//     tree stops, report has what did not come down yet. The ETag is the position, and how many restarts count; it is weak, since time is not in it.
//   - /events: what happens, as server-sent events, or as lines of JSON with Accept: application/x-ndjson. An event has its
//     position as id, "INCARNATION.SEQUENCE", and a stream begins after that of the header Last-Event-ID. If there is none, or
//     the events after it are gone, it begins with "event: reset", and those after the sequence in its data follow: ask for
//     /state then, and drop the events that it knows already. The end of the tree, or of the server, is "event: end", with why.
//     In a stream of lines these two are {"reset": ...} and {"end": ...}. A comment, or an empty line, comes every 15 seconds.
//     A client that is a megabyte behind is reset.
//   - /history: the bounds of what is kept of the past, and its gaps; ?at=SEQUENCE the state after an event, as far as it is known;
//     ?from=SEQUENCE a page of events, and the sequence of the next.
//   - /declarations: what does not change: needs, limits, budgets; and whether there are commands at all.
//   - /statements?path=PATH: the statements by which the last decision about a child was made.
//   - /stacks?path=PATH: the stacks of a declaration's goroutines, or of one replica's (runtime.Launch.Context has the
//     limits), for those who were authorised: one profile in ten seconds. Only they see the stacks of what is stuck, too, which
//     the report and an event have.
//   - /metrics: Prometheus' text format. [Var] is for package expvar.
//   - /: the page, which asks for nothing but these. It knows no path but relative ones, so that it works under any.
//
// POST /command gives a command, if there is an authoriser: {"path": "Shop.DB", "verb": "restart", "why": "new certificate"}, as
// application/json and with a header Supgen-Command, which may have any value. The answer is a [runtime.Answer]; the name of
// the operator is the authoriser's.
//
// What is refused has a status and {"error": "in words"}: 400 for what cannot be read, 401 and 403 by the authoriser, 404 for a child
// that is not there, 409 for what cannot be done in its state or while the tree stops, 421 for the name of a Host that is not localhost nor
// one of [Hosts], 503 where there are too many requests or the tree does not answer.
package httpsup
