// Package howto is empty. Each directory below it is the program of a page in docs/howto: as small as it can be, with the test that
// makes it go wrong. Run one from the root of the repository:
//
//	go run ./examples/howto/postgres
package howto
