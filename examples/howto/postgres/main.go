// Postgres is the program of docs/howto/postgres.md: a server whose database comes and goes.
//
//	DATABASE_URL=postgres://shop@localhost:5432/shop go run ./examples/howto/postgres
package main

import (
	"cmp"
	"os"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

func main() {
	dsn := cmp.Or(os.Getenv("DATABASE_URL"), "postgres://localhost:5432/postgres")
	runtime.Main(NewShop(&App{dsn: dsn, addr: "localhost:8080"}), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}
