// Package policy is the vocabulary of supervision: what a child is (its [Role]), how a run of it can end (an [Outcome])
// and what is done about that (an [Action]); and the policies of a child, [Limit], [Backoff], [Ready], [Health],
// [Shutdown] and the others. A [Spec] is all of that for one row of a tree.
//
// The zero value of a policy means that nothing is said. [Defaults] is what a role then means, [Effective] fills a row in (the compiler does so statement by statement, with [DefaultWithin] and its neighbours for what is
// said in part),
// and [Fill] a whole table. [StopOrderOf] says what stops before what, and how long that can take; the compiler
// and the constructor hold promises to it. [Spell] writes a duration.
//
// Package runtime has these types under the same names, and so does generated code: a user writes runtime.Backoff. The
// kernel decides by them, and the compiler checks a .sup file, which is a notation for them.
package policy
