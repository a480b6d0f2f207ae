package top

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runLoop runs a loop that draws into a file, on which some keys are pressed.
func runLoop(t *testing.T, u *ui, keys ...string) (drawn string) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	u.model, u.term, u.ctx, u.colour = badMinute(t), &terminal{out: out}, t.Context(), true
	u.keys, u.answers = make(chan []byte, len(keys)), make(chan func(*Model), 1)
	for _, key := range keys {
		u.keys <- []byte(key)
	}
	close(u.keys)
	if err := u.loop(&listener{}); err != nil {
		t.Error(err)
	}
	out.Seek(0, 0)
	text, err := io.ReadAll(out)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// A key whose bytes come one by one is a key all the same.
func TestLoop(t *testing.T) {
	u := &ui{}
	drawn := runLoop(t, u, "\x1b", "[", "B", "q", "j")
	if u.model.selected != "Shop.DB" {
		t.Errorf("selected: %s", u.model.selected)
	}
	if len(u.keys) != 1 {
		t.Error("q does not quit")
	}
	if n := strings.Count(drawn, "Shop.Mail is quarantined"); n != 1 {
		t.Errorf("a line that stays is drawn %d times", n)
	}
}

// What a goroutine panics with is the loop's panic, on whose way out the screen is given back.
func TestPanic(t *testing.T) {
	u := &ui{crashed: make(chan any, 1)}
	defer func() {
		if v := recover(); v != "boom" {
			t.Errorf("panic: %v", v)
		}
	}()
	u.spawn(func() { panic("boom") })
	out, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	u.model, u.term, u.ctx = badMinute(t), &terminal{out: out}, t.Context()
	u.loop(&listener{})
	t.Error("the loop goes on")
}
