module github.com/supgen/supgen/internal/lsp/protocol/oracle

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/supgen/supgen v0.0.0
	go.lsp.dev/protocol v0.12.0
)

require (
	github.com/segmentio/asm v1.1.3 // indirect
	github.com/segmentio/encoding v0.3.4 // indirect
	go.lsp.dev/jsonrpc2 v0.10.0 // indirect
	go.lsp.dev/pkg v0.0.0-20210717090340-384b27a52fb2 // indirect
	go.lsp.dev/uri v0.3.0 // indirect
	go.uber.org/atomic v1.9.0 // indirect
	go.uber.org/multierr v1.8.0 // indirect
	go.uber.org/zap v1.21.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
)

replace github.com/supgen/supgen => ../../../..
