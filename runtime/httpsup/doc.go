// Package httpsup shows a tree by HTTP: to the platform, as probes.
//
//	func main() {
//		runtime.Main(NewShop(&App{}), httpsup.Serve(":9090"))
//	}
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
//   - /startupz is whether the start was over once.
//
// They answer 200 or 503 and a word. With ?verbose they list the children that are not ready and what those wait for, as text
// or, with Accept: application/json, as JSON; what failures say is shown to those alone who may read (see [Choice]).
package httpsup
