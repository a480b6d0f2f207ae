package runtime

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// What no compile-time fence can see is refused when the tree is made.
func TestValidate(t *testing.T) {
	c := func(change func(*Child)) Child {
		child := Child{Name: "C", Role: Service, Start: until}
		change(&child)
		return child
	}
	d := Child{Name: "D", Role: Service, Start: until}
	for want, table := range map[string][]Child{
		"row 0 of a table is its root supervisor":                   {d},
		"C: its Parent is no supervisor above it":                   plain(d, c(func(c *Child) { c.Parent = one })),
		"Root.C: it has no Start":                                   plain(c(func(c *Child) { c.Start = nil })),
		"Root.C: it has no role":                                    plain(c(func(c *Child) { c.Role = 0 })),
		"Root.C: it needs, wants or comes after row 7":              plain(c(func(c *Child) { c.Needs = []ID{7} })),
		"Root.C: a sidecar is Of another child of its supervisor":   plain(c(func(c *Child) { c.Role = Sidecar })),
		"wait for each other: Root.C > Root.D > Root.C":             plain(c(func(c *Child) { c.Needs = []ID{two} }), Child{Name: "D", Role: Service, Start: until, After: []ID{one}}),
		"wait for each other: Root.C > Root.C":                      plain(c(func(c *Child) { c.Needs = []ID{one} })),
		"wait for each other: Root.In > Root.In.C > Root.In":        plain(Child{Name: "In", Role: Supervisor}, c(func(c *Child) { c.Parent, c.Needs = one, []ID{one} })),
		"Root.C: a dynamic child is a service":                      plain(c(func(c *Child) { c.Dynamic = true })),
		"Root.D: it needs, wants or comes after Root.C":             plain(c(func(c *Child) { c.Dynamic, c.Max = true, 1 }), Child{Name: "D", Role: Service, Start: until, Needs: []ID{one}}),
		"Root.C: its backoff goes from 2s to 1s":                    plain(c(func(c *Child) { c.Backoff = Backoff{Min: 2 * time.Second, Max: time.Second, Factor: 2} })),
		"Root.C: its backoff has factor 0.5":                        plain(c(func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 2, Factor: 0.5} })),
		"Root.C: a limit of 1 in 0s":                                plain(c(func(c *Child) { c.Limit = Limit{N: 1} })),
		"Root.C: its heartbeat is 1s, stale 1s":                     plain(c(func(c *Child) { c.Health = Health{Heartbeat: time.Second, Stale: time.Second} })),
		"Root.C: its health check needs a function":                 plain(c(func(c *Child) { c.Health = Health{Check: Check{Every: 2, Timeout: 1}} })),
		"Root.C: its readiness check needs a function":              plain(c(func(c *Child) { c.Ready = Ready{Check: Check{Every: 2, Timeout: 2}} })),
		"Root.C: a limit that is reached cannot restart":            plain(c(func(c *Child) { c.On[OutcomeLimit] = ActionRestart })),
		"Root.C: its shutdown takes -1ns":                           plain(c(func(c *Child) { c.Shutdown = Shutdown{Drain: -1} })),
		"Root: Finish names row 9, which is none of its children":   {Child{Name: "Root", Role: Supervisor, Finish: Finish{Of: []ID{9}}}},
		"Root.C: its Group is no group":                             plain(d, c(func(c *Child) { c.Group = one })),
		"Root: its intensity cannot quarantine: only a group's can": {{Name: "Root", Role: Supervisor, On: Table{OutcomeIntensity: ActionQuarantine}}},
	} {
		t.Run(want, func(t *testing.T) {
			err := Validate(table)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("Validate says %v", err)
			}
			defer func() {
				if recover() == nil {
					t.Error("New makes a tree of it")
				}
			}()
			New(table)
		})
	}
}

// Under rest_for_one a child cannot need a younger sibling; to its supervisor a group is one place in the order.
func TestValidateOrder(t *testing.T) {
	table := []Child{
		root:  {Name: "Root", Role: Supervisor, Strategy: RestForOne},
		one:   {Name: "G", Role: Group},
		two:   {Name: "A", Group: one, Role: Service, Start: until, Needs: []ID{three}},
		three: {Name: "B", Group: one, Role: Service, Start: until},
		four:  {Name: "C", Role: Service, Start: until},
	}
	if err := Validate(table); err != nil {
		t.Errorf("members of a group that is one_for_one have no order: %v", err)
	}
	table[one].Strategy = RestForOne
	if err := Validate(table); err == nil {
		t.Error("a member needs a younger one of its group, under rest_for_one")
	}
	table[one].Strategy = OneForOne
	table[two].Needs = []ID{four}
	if err := Validate(table); err == nil {
		t.Error("a member needs a child that is younger than its group, under rest_for_one")
	}
}

// A row that nothing can be started of is unknown, and an error that nobody made has a text.
func TestNonsense(t *testing.T) {
	tree := New(plain(Child{Name: "A", Role: Service, Start: until}, Child{Name: "S", Role: Worker, Dynamic: true, Max: 1, Start: until}))
	for _, id := range []ID{-1, 0, 1, 3, math.MaxInt32} {
		if _, err := tree.Start(t.Context(), id, Key(1), nil); !errors.Is(err, ErrUnknown) {
			t.Errorf("a start of row %d: %v", id, err)
		}
	}
	if text := new(Error).Error(); text == "" {
		t.Error("it says nothing")
	}
}
