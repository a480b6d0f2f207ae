// Package runtimetest is for tests of children: [Start] runs the function of one child as a tree does, and its [Recorder]
// tells what it said; [NewRun] makes what such a function is given, for a test that calls it itself; [Stub] and [Provide]
// stand in for the children that a test of a whole tree does not need.
//
//	func TestDB(t *testing.T) {
//		db := runtimetest.Start(t, (&App{}).DB) // func(context.Context, ShopDBRun) error
//		if err := db.AwaitReady(t.Context()); err != nil {
//			t.Fatal(err)
//		}
//		if err := db.Value().(*sql.DB).Ping(); err != nil {
//			t.Error(err)
//		}
//		db.Stop()
//		if err := db.Wait(); err != nil {
//			t.Error(err)
//		}
//	}
//
// The run is a real one, of a tree that has nothing else: it ends, fails, drains and cleans up as in production, and in a
// testing/synctest bubble it does so in the bubble's time. It is not restarted.
package runtimetest
