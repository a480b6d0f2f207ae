package runtime

import (
	"fmt"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// language.md, "Outcomes and actions": who may be missing brings nobody down, unless a row says so.
func TestDefaultsSpare(t *testing.T) {
	temporary := Table{OutcomeSuccess: ActionStop, OutcomeError: ActionStop}
	for name, c := range map[string]struct {
		child Child
		want  string // fatal_config, fatal_bug, stuck, limit
	}{
		"service":                 {Child{Role: Service}, "shutdown escalate escalate escalate"},
		"optional":                {Child{Role: Service, Optional: true}, "quarantine quarantine quarantine quarantine"},
		"optional supervisor":     {Child{Role: Supervisor, Optional: true}, "quarantine quarantine quarantine quarantine"},
		"sidecar":                 {Child{Role: Sidecar}, "quarantine quarantine quarantine quarantine"},
		"dynamic":                 {Child{Role: Worker, Dynamic: true}, "quarantine quarantine quarantine quarantine"},
		"temporary":               {Child{Role: Worker, On: temporary}, "shutdown escalate escalate escalate"},
		"temporary sidecar":       {Child{Role: Sidecar, On: temporary}, "stop stop quarantine stop"},
		"temporary dynamic":       {Child{Role: Service, Dynamic: true, On: temporary}, "stop stop quarantine stop"},
		"worker by one row":       {Child{Role: Worker, Dynamic: true, On: Table{OutcomeError: ActionStop}}, "stop stop quarantine stop"},
		"service by half of them": {Child{Role: Service, Dynamic: true, On: Table{OutcomeError: ActionStop}}, "quarantine quarantine quarantine quarantine"},
	} {
		on := policy.Defaults(c.child.spec()).On
		if got := fmt.Sprint(on[OutcomeFatalConfig], on[OutcomeFatalBug], on[OutcomeStuck], on[OutcomeLimit]); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	said := Child{Role: Sidecar, On: Table{OutcomeFatalBug: ActionEscalate}}
	if on := effective(said).On; on[OutcomeFatalBug] != ActionEscalate || on[OutcomeLimit] != ActionQuarantine {
		t.Errorf("a row that is written is not kept: %v", on)
	}
}

// language.md, "Outcomes and actions": what is no bug is tried again, and counts nowhere.
func TestDefaultsRetry(t *testing.T) {
	for role, want := range map[Role]string{
		Service: "retry retry retry", Worker: "retry retry retry", Job: "escalate retry retry", Sidecar: "retry retry retry",
	} {
		on := policy.Defaults(policy.Spec{Role: role}).On
		if got := fmt.Sprint(on[OutcomeTimeout], on[OutcomeExternal], on[OutcomeAgain]); got != want {
			t.Errorf("%s: %s, want %s", role, got, want)
		}
	}
}

// design.md, "Count": an intensity that nobody wrote is 30 or twice the number of children that count in it, whichever
// is more.
func TestDefaultIntensity(t *testing.T) {
	spared := Table{OutcomeLimit: ActionQuarantine}
	table := []Child{
		{Name: "Root", Role: Supervisor},
		{Name: "A", Role: Worker, Replicas: 20, Start: until},
		{Name: "G", Role: Group},
		{Name: "B", Group: 2, Role: Worker, Replicas: 16, Start: until},
		{Name: "C", Group: 2, Role: Worker, Replicas: 50, On: spared, Start: until},
		{Name: "S", Role: Supervisor},
		{Name: "D", Parent: 5, Role: Worker, Replicas: 3, Start: until},
		{Name: "E", Role: Worker, Replicas: 50, Optional: true, Start: until},
		{Name: "F", Role: Worker, Dynamic: true, Max: 50, On: Table{OutcomeLimit: ActionEscalate}, Start: until},
		{Name: "P", Role: Sidecar, Of: 1, Start: until},
		{Name: "T", Role: Supervisor, Intensity: Limit{N: 1, In: time.Hour}},
		{Name: "H", Parent: 10, Role: Worker, Replicas: 50, Start: until},
	}
	if err := Validate(table); err != nil {
		t.Fatal(err)
	}
	all := filled(table)
	for id, want := range map[ID]int{0: 2 * (20 + 16 + 2), 2: 32, 5: 30, 10: 1} {
		if got := all[id].Intensity; got.N != want {
			t.Errorf("the intensity of %s is %d, want %d", all[id].Name, got.N, want)
		}
	}
	table = New(table, Override("Root.A", func(c *Child) { c.On[OutcomeLimit] = ActionQuarantine })).table
	if got := table[0].Intensity; got != (Limit{N: 2 * (16 + 2), In: time.Minute}) {
		t.Errorf("after an override it is %v", got)
	}
}

// A term belongs to a quarantine, and what holds at the start to a child that has one.
func TestTermsAndStartsAreRefused(t *testing.T) {
	explicit := Ready{Explicit: true}
	for name, c := range map[string]struct {
		child Child
		good  bool
	}{
		"a term":                    {Child{Role: Service, On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: 1}}, true},
		"of a row by default":       {Child{Role: Sidecar, Of: 1, Quarantine: &Terms{OutcomeLimit: 1}}, true},
		"of a row that is another":  {Child{Role: Service, Quarantine: &Terms{OutcomeError: 1}}, false},
		"before it began":           {Child{Role: Service, On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: -1}}, false},
		"at the start":              {Child{Role: Service, Ready: explicit, AtStart: &AtStart{On: Table{OutcomeError: ActionShutdown}}}, true},
		"at no start":               {Child{Role: Service, AtStart: &AtStart{On: Table{OutcomeError: ActionShutdown}}}, false},
		"of a job":                  {Child{Role: Job, AtStart: &AtStart{On: Table{OutcomeError: ActionShutdown}}}, true},
		"a term at the start":       {Child{Role: Service, Ready: explicit, AtStart: &AtStart{On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: 1}}}, true},
		"a term of another row":     {Child{Role: Service, Ready: explicit, AtStart: &AtStart{On: Table{OutcomeError: ActionStop}, Quarantine: &Terms{OutcomeError: 1}}}, false},
		"a retry of a stuck run":    {Child{Role: Service, Ready: explicit, AtStart: &AtStart{On: Table{OutcomeStuck: ActionRetry}}}, false},
		"a second run at the start": {Child{Role: Service, Ready: explicit, AtStart: &AtStart{On: Table{OutcomeStuck: ActionRestart}}}, false},
	} {
		table := plain(Child{Name: "A", Role: Service, Start: until})
		c.child.Name, c.child.Start = "C", until
		if err := Validate(append(table, c.child)); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// "Action retry": where it would be no restart that counts nowhere, but something else, it is refused.
func TestRetryIsRefused(t *testing.T) {
	for _, o := range []Outcome{OutcomeSkip, OutcomeStuck, OutcomeLimit} {
		c := Child{Name: "C", Role: Service, Start: until}
		if c.On[o] = ActionRetry; Validate(plain(c)) == nil {
			t.Errorf("on %s retry is accepted", o)
		}
	}
	for role, bad := range map[Role]bool{Job: true, Worker: false} {
		if err := Validate(plain(Child{Name: "C", Role: role, On: Table{OutcomeSuccess: ActionRetry}, Start: until})); (err != nil) != bad {
			t.Errorf("on success retry of a %s: %v", role, err)
		}
	}
	root := plain(Child{Name: "C", Role: Service, Start: until})
	root[0].On[OutcomeIntensity] = ActionRetry
	if Validate(root) == nil {
		t.Error("on intensity retry is accepted")
	}
}
