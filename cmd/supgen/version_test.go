package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	module := debug.Module{Path: "github.com/supgen/supgen", Version: "v1.2.3"}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "abc"}
	modified := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	clean := debug.BuildSetting{Key: "vcs.modified", Value: "false"}
	tests := []struct {
		build debug.BuildInfo
		want  string
	}{
		{debug.BuildInfo{}, "(unknown)"},
		{debug.BuildInfo{Main: module}, "v1.2.3"},
		{debug.BuildInfo{Main: module, Settings: []debug.BuildSetting{revision, clean}}, "v1.2.3 abc"},
		{debug.BuildInfo{Main: module, Settings: []debug.BuildSetting{revision, modified}}, "v1.2.3 abc (modified)"},
	}
	for _, test := range tests {
		want := test.want + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
		if got := version(&test.build); got != want {
			t.Errorf("the version is %q, not %q", got, want)
		}
	}
}
