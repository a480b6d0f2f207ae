module github.com/supgen/supgen/runtime/kit/run

go 1.26.0

require github.com/supgen/supgen v0.0.0

require github.com/oklog/run v1.2.0

replace github.com/supgen/supgen => ../../..
