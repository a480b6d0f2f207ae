// Package operate is a client of the API of runtime/httpsup, and what a person makes of its answers: which child is the cause, which
// ones wait for it, and what happens next.
//
//	c, err := operate.Dial("localhost:8081", token)
//	view, err := c.View(ctx)
//	for _, cause := range view.Causes() {
//		fmt.Println(cause.Path, view.Why(cause))
//	}
//
// A server is another program, perhaps of another version, and its texts come from children: an answer has a bounded length,
// words and fields that are not known are kept or passed over, and nothing in a text moves a cursor (see [Clean]).
package operate
