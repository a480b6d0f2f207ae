// Configuration is the program of docs/howto/configuration.md: a gateway that fails fast at its start, and heals later.
//
//	go run ./examples/howto/configuration -env development -config examples/howto/configuration/gateway.json
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

// environments has what is different from the .sup file, by the name of the environment.
var environments = map[string][]runtime.Option{
	"production": nil,
	"development": {
		runtime.Override("Gateway.Upstream", func(c *runtime.Child) { c.AtStart = nil }), // wait for it at the start too
	},
}

func main() {
	env := flag.String("env", "production", "the `environment`: production or development")
	file := flag.String("config", "gateway.json", "the `file` of the configuration")
	flag.Parse()
	options, ok := environments[*env]
	if !ok {
		fmt.Fprintf(os.Stderr, "there is no environment %q\n", *env)
		os.Exit(78)
	}
	runtime.Main(NewGateway(&App{*file}, options...))
}
