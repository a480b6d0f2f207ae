module github.com/supgen/supgen/runtime/kit/suture

go 1.26.0

require github.com/supgen/supgen v0.0.0

require github.com/thejerf/suture/v4 v4.0.6

replace github.com/supgen/supgen => ../../..
