// Package sdnotify tells systemd how a tree stands, as sd_notify(3) has it.
//
//	func main() {
//		runtime.Main(NewShop(&App{}), sdnotify.Notify())
//	}
//
// With Type=notify in its unit, a service is started once the tree was ready for the first time; systemctl status shows a line about
// its children; and the timeouts of the unit need not be as long as the longest start and stop, since the program asks for
// the time that it needs, 30 seconds at a time:
//
//   - While it stops, for what is left of its longest stop (supgen explain prints that) and a little to end. Where something has
//     "shutdown unlimited", for 30 seconds after the last sign of life: an event of the tree, a Heartbeat or Progress of a run.
//   - While it starts, until the last backoff, readiness deadline or timeout that is running now; and for 30 seconds after
//     the last sign of life. A start in which nothing moves is given up when TimeoutStartSec= is over.
//
// With WatchdogSec=, systemd hears twice in that time that the tree works, which is what /livez of package httpsup answers: it
// does not depend on what the children do. A program that does not work is killed by SIGABRT, on which Go prints all stacks.
//
// All of this is said beside the tree, which never waits for it. Without systemd nothing is done.
package sdnotify
