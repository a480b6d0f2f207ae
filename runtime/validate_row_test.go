package runtime

import (
	"math"
	"strings"
	"testing"
	"time"
)

// Each rule of a row, at its edge: what is just wrong is refused, by its own message alone; what is just right is a tree.
func TestValidateEdges(t *testing.T) {
	const (
		in      = "its Parent is no supervisor above it"
		super   = "is not dynamic and has no replicas"
		start   = "a group has no Start"
		group   = "its Group is no group of its supervisor above it"
		sidecar = "a sidecar is Of another child of its supervisor"
		dynamic = "a dynamic child is a service, worker or job, with a Max and no replicas"
		backoff = "its backoff"
		limit   = "a limit of"
		turns   = "its throttle, concurrency or timeout is not positive"
		checks  = "check needs a function, and a timeout below its period"
		heart   = "its heartbeat is"
		needs   = "it needs, wants or comes after"
		finish  = "Finish names row"
		reached = "a limit that is reached cannot restart, and an intensity cannot stop"
		both    = "it has a heartbeat and a health check"
		within  = "its readiness, heartbeat or count of failed checks is negative"
	)
	const (
		name     = "is not a name"
		most     = " at the most"
		provides = "it provides a value, so that it says itself when it is ready"
		taken    = "row 2 has this path already"
	)
	good := func(Launch) error { return nil }
	tenYears := 10 * 365 * 24 * time.Hour
	check := func(every, timeout time.Duration) Check { return Check{Every: every, Timeout: timeout} }
	for name, test := range map[string]struct {
		rule         string
		wrong, right func(c *Child)
	}{
		"no name":           {name, func(c *Child) { c.Name = "" }, func(c *Child) { c.Name = "_Ünï9" }},
		"a dot":             {name, func(c *Child) { c.Name = "C.D" }, nil},
		"a bracket":         {name, func(c *Child) { c.Name = "C[0]" }, nil},
		"a digit first":     {name, func(c *Child) { c.Name = "9C" }, nil},
		"a group's name":    {name, func(c *Child) { c.Role, c.Start, c.Name = Group, nil, "group G" }, func(c *Child) { c.Role, c.Start, c.Name = Group, nil, "A" }},
		"a path of another": {taken, func(c *Child) { c.Name = "A" }, func(c *Child) { c.Name, c.Parent = "A", 1 }},
		"provider at once":  {provides, func(c *Child) { c.Provides = true }, func(c *Child) { c.Provides, c.Ready.Explicit = true, true }},
		"provider by check": {provides, func(c *Child) { c.Provides, c.Ready.Check, c.ReadyCheck = true, check(2, 1), good }, func(c *Child) { c.Provides, c.Role = true, Job }},
		"no strategy":       {"its strategy is none", func(c *Child) { c.Role, c.Start, c.Strategy = Supervisor, nil, RestForOne+1 }, func(c *Child) { c.Role, c.Start, c.Strategy = Supervisor, nil, RestForOne }},
		"no action":         {"on error, its action is none", func(c *Child) { c.On[OutcomeError] = ActionShutdown + 1 }, func(c *Child) { c.On[OutcomeError] = ActionShutdown }},
		"no action at start": {"on error, its action is none", func(c *Child) {
			c.Ready.Explicit = true
			c.AtStart = &AtStart{On: Table{OutcomeError: ActionShutdown + 1}}
		}, nil},
		"factor NaN":      {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: math.NaN()} }, nil},
		"factor infinite": {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: math.Inf(1)} }, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: math.MaxFloat64} }},
		"long limit":      {most, func(c *Child) { c.Limit = Limit{N: 1, In: tenYears + 1} }, func(c *Child) { c.Limit = Limit{N: 1_000_000, In: tenYears} }},
		"large limit":     {most, func(c *Child) { c.Limit = Limit{N: 1_000_001, In: 1} }, nil},
		"long intensity":  {most, func(c *Child) { c.Role, c.Start, c.Intensity = Supervisor, nil, Limit{N: 1, In: tenYears + 1} }, nil},
		"large intensity": {most, func(c *Child) { c.Role, c.Start, c.Intensity = Supervisor, nil, Limit{N: 1_000_001, In: 1} }, nil},
		"long backoff":    {most, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: tenYears + 1, Factor: 1} }, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: tenYears, Factor: 1, Reset: tenYears} }},
		"long reset":      {most, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Reset: tenYears + 1} }, nil},
		"long refill": {most, func(c *Child) { c.Role, c.Start, c.Throttle = Supervisor, nil, Throttle{N: 1, Refill: math.MaxInt64} }, func(c *Child) {
			c.Role, c.Start, c.Throttle = Supervisor, nil, Throttle{N: 1_000_000, Refill: tenYears}
		}},
		"large throttle":     {most, func(c *Child) { c.Role, c.Start, c.Throttle = Supervisor, nil, Throttle{N: 1_000_001, Refill: 1} }, nil},
		"huge concurrency":   {most, func(c *Child) { c.Role, c.Start, c.Concurrency = Supervisor, nil, math.MaxInt }, func(c *Child) { c.Role, c.Start, c.Concurrency = Supervisor, nil, math.MaxInt32 }},
		"long within":        {most, func(c *Child) { c.Ready = Ready{Explicit: true, Within: math.MaxInt64} }, func(c *Child) { c.Ready = Ready{Explicit: true, Within: tenYears} }},
		"long ready period":  {most, func(c *Child) { c.Ready.Check, c.ReadyCheck = check(math.MaxInt64, 1), good }, nil},
		"long health period": {most, func(c *Child) { c.Health.Check, c.HealthCheck = check(math.MaxInt64, 1), good }, nil},
		"long dead":          {most, func(c *Child) { c.Health = Health{Heartbeat: 1, Stale: 2, Dead: math.MaxInt64} }, func(c *Child) { c.Health = Health{Heartbeat: 1, Stale: 2, Dead: tenYears} }},
		"long stale":         {most, func(c *Child) { c.Health = Health{Heartbeat: 1, Stale: tenYears + 1} }, nil},
		"huge fail":          {most, func(c *Child) { c.Health.Check, c.Health.Fail, c.HealthCheck = check(2, 1), math.MaxInt, good }, nil},
		"long drain":         {most, func(c *Child) { c.Shutdown.Drain = math.MaxInt64 }, func(c *Child) { c.Shutdown = Shutdown{Drain: tenYears, Abort: tenYears} }},
		"long abort":         {most, func(c *Child) { c.Shutdown.Abort = math.MaxInt64 }, nil},
		"long timeout":       {most, func(c *Child) { c.Role, c.Timeout = Job, math.MaxInt64 }, func(c *Child) { c.Role, c.Timeout = Job, tenYears }},
		"long quarantine": {most, func(c *Child) {
			c.On[OutcomePanic], c.Quarantine = ActionQuarantine, &Terms{OutcomePanic: math.MaxInt64}
		}, func(c *Child) { c.On[OutcomePanic], c.Quarantine = ActionQuarantine, &Terms{OutcomePanic: tenYears} }},
		"huge max":      {most, func(c *Child) { c.Dynamic, c.Max = true, math.MaxInt }, func(c *Child) { c.Dynamic, c.Max = true, math.MaxInt32 }},
		"many replicas": {most, func(c *Child) { c.Replicas = 1<<16 + 1 }, func(c *Child) { c.Replicas = 1 << 16 }},
		"heartbeat and check": {both, func(c *Child) {
			c.Health, c.HealthCheck = Health{Heartbeat: 1, Stale: 2, Dead: 3, Check: check(2, 1), Fail: 1}, good
		}, func(c *Child) { c.Health = Health{Heartbeat: 1, Stale: 2, Dead: 3} }},
		"within":               {within, func(c *Child) { c.Ready = Ready{Explicit: true, Within: -1} }, func(c *Child) { c.Ready = Ready{Explicit: true} }},
		"heartbeat":            {within, func(c *Child) { c.Health.Heartbeat = -1 }, nil},
		"fail":                 {within, func(c *Child) { c.Health.Fail = -1 }, nil},
		"parent too low":       {in, func(c *Child) { c.Parent = -1 }, nil},
		"parent is itself":     {in, func(c *Child) { c.Parent = 4 }, func(c *Child) { c.Parent = 1 }},
		"parent after it":      {in, func(c *Child) { c.Parent = 5 }, nil},
		"parent no supervisor": {in, func(c *Child) { c.Parent = 2 }, nil},
		"supervisor dynamic":   {super, func(c *Child) { c.Role, c.Dynamic = Supervisor, true }, func(c *Child) { c.Role = Supervisor }},
		"supervisor replicas":  {super, func(c *Child) { c.Role, c.Start, c.Replicas = Supervisor, nil, 2 }, nil},
		"group starts":         {start, func(c *Child) { c.Role = Group }, func(c *Child) { c.Role, c.Start = Group, nil }},
		"group too low":        {group, func(c *Child) { c.Group = -1 }, nil},
		"group is itself":      {group, func(c *Child) { c.Role, c.Start, c.Group = Group, nil, 4 }, nil},
		"group after it":       {group, func(c *Child) { c.Group = 6 }, nil},
		"group no group":       {group, func(c *Child) { c.Group = 2 }, func(c *Child) { c.Group = 3 }},
		"group elsewhere":      {group, func(c *Child) { c.Parent, c.Group = 1, 3 }, nil},
		"sidecar of root":      {sidecar, func(c *Child) { c.Role, c.Of = Sidecar, 0 }, func(c *Child) { c.Role, c.Of = Sidecar, 2 }},
		"sidecar of nobody":    {sidecar, func(c *Child) { c.Role, c.Of = Sidecar, 8 }, func(c *Child) { c.Role, c.Of = Sidecar, 5 }},
		"sidecar of itself":    {sidecar, func(c *Child) { c.Role, c.Of = Sidecar, 4 }, nil},
		"sidecar of elsewhere": {sidecar, func(c *Child) { c.Parent, c.Role, c.Of = 1, Sidecar, 2 }, nil},
		"sidecar of group":     {"it cannot be a sidecar of", func(c *Child) { c.Role, c.Of = Sidecar, 3 }, nil},
		"sidecar of dynamic":   {"it cannot be a sidecar of", func(c *Child) { c.Role, c.Of = Sidecar, 7 }, nil},
		"dynamic no max":       {dynamic, func(c *Child) { c.Dynamic = true }, func(c *Child) { c.Dynamic, c.Max = true, 1 }},
		"dynamic replicas":     {dynamic, func(c *Child) { c.Dynamic, c.Max, c.Replicas = true, 1, 1 }, nil},
		"dynamic sidecar":      {dynamic, func(c *Child) { c.Dynamic, c.Max, c.Role, c.Of = true, 1, Sidecar, 2 }, nil},
		"negative replicas":    {"it has -1 replicas", func(c *Child) { c.Replicas = -1 }, func(c *Child) { c.Replicas = 1 }},
		"finish of root":       {finish, func(c *Child) { c.Role, c.Start, c.Finish.Of = Supervisor, nil, []ID{0} }, nil},
		"finish of nobody":     {finish, func(c *Child) { c.Role, c.Start, c.Finish.Of = Supervisor, nil, []ID{8} }, nil},
		"finish of another's":  {finish, func(c *Child) { c.Role, c.Start, c.Finish.Of = Supervisor, nil, []ID{2} }, nil},
		"needs the root":       {needs, func(c *Child) { c.Needs = []ID{0} }, func(c *Child) { c.Needs = []ID{2} }},
		"needs nobody":         {needs, func(c *Child) { c.Needs = []ID{8} }, func(c *Child) { c.Needs = []ID{5} }},
		"after a group":        {needs, func(c *Child) { c.After = []ID{3} }, func(c *Child) { c.After = []ID{5} }},
		"after a dynamic":      {needs, func(c *Child) { c.After = []ID{7} }, nil},
		"backoff min":          {backoff, func(c *Child) { c.Backoff = Backoff{Min: -1, Max: 1, Factor: 1} }, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1} }},
		"backoff max":          {backoff, func(c *Child) { c.Backoff = Backoff{Min: 2, Max: 1, Factor: 1} }, nil},
		"backoff reset":        {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Reset: -1} }, nil},
		"backoff factor":       {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 0.99} }, nil},
		"backoff jitter":       {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Jitter: 101} }, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Jitter: 100} }},
		"backoff no jitter":    {backoff, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Jitter: DecorrelatedJitter - 1} }, func(c *Child) { c.Backoff = Backoff{Min: 1, Max: 1, Factor: 1, Jitter: DecorrelatedJitter} }},
		"backoff none":         {backoff, func(c *Child) { c.Backoff = Backoff{Min: 2, Max: 1} }, func(c *Child) { c.Backoff = Backoff{None: true, Min: 2, Max: 1} }},
		"limit below zero":     {limit, func(c *Child) { c.Limit = Limit{N: -1, In: 1} }, func(c *Child) { c.Limit = Limit{N: 0, In: 1} }},
		"limit in less":        {limit, func(c *Child) { c.Limit = Limit{N: 1, In: -1} }, func(c *Child) { c.Limit = Limit{N: 1, In: 1} }},
		"limit in nothing":     {limit, func(c *Child) { c.Limit = Limit{N: 1} }, nil},
		"intensity":            {limit, func(c *Child) { c.Role, c.Start, c.Intensity = Supervisor, nil, Limit{N: -1, In: 1} }, func(c *Child) { c.Role, c.Start, c.Intensity = Supervisor, nil, Limit{N: 1, In: 1} }},
		"drain":                {"its shutdown takes", func(c *Child) { c.Shutdown.Drain = -1 }, func(c *Child) { c.Shutdown = Shutdown{Drain: 0, Abort: 1} }},
		"abort":                {"its shutdown takes", func(c *Child) { c.Shutdown.Abort = -1 }, func(c *Child) { c.Shutdown = Shutdown{Drain: 1, Abort: 0} }},
		"throttle below zero":  {turns, func(c *Child) { c.Throttle.N = -1 }, func(c *Child) { c.Throttle.N, c.Throttle.Refill = 1, 1 }},
		"throttle no refill":   {turns, func(c *Child) { c.Throttle.N = 1 }, nil},
		"concurrency":          {turns, func(c *Child) { c.Concurrency = -1 }, func(c *Child) { c.Concurrency = 1 }},
		"timeout":              {turns, func(c *Child) { c.Timeout = -1 }, func(c *Child) { c.Role, c.Timeout = Job, 1 }},
		"lame duck":            {"its lame_duck is -1ns", func(c *Child) { c.LameDuck = -1 }, nil},
		"no root":              {"it has a lame_duck, and is not the root", func(c *Child) { c.LameDuck = 1 }, func(c *Child) { c.LameDuck = 0 }},
		"limit restarts":       {reached, func(c *Child) { c.On[OutcomeLimit] = ActionRestart }, func(c *Child) { c.On[OutcomeLimit] = ActionStop }},
		"intensity restarts":   {reached, func(c *Child) { c.On[OutcomeIntensity] = ActionRestart }, nil},
		"intensity stops":      {reached, func(c *Child) { c.On[OutcomeIntensity] = ActionStop }, func(c *Child) { c.Role, c.Start, c.On[OutcomeIntensity] = Group, nil, ActionQuarantine }},
		"ready no function":    {checks, func(c *Child) { c.Ready.Check = check(2, 1) }, func(c *Child) { c.Ready.Check, c.ReadyCheck = check(2, 1), good }},
		"ready too long":       {checks, func(c *Child) { c.Ready.Check, c.ReadyCheck = check(2, 2), good }, nil},
		"ready no time":        {checks, func(c *Child) { c.Ready.Check, c.ReadyCheck = check(2, 0), good }, nil},
		"ready never":          {checks, func(c *Child) { c.Ready.Check, c.ReadyCheck = check(-1, 1), good }, nil},
		"health no function":   {checks, func(c *Child) { c.Health.Check = check(2, 1) }, func(c *Child) { c.Health.Check, c.HealthCheck = check(2, 1), good }},
		"health too long":      {checks, func(c *Child) { c.Health.Check, c.HealthCheck = check(2, 2), good }, nil},
		"health no time":       {checks, func(c *Child) { c.Health.Check, c.HealthCheck = check(2, 0), good }, nil},
		"health never":         {checks, func(c *Child) { c.Health.Check, c.HealthCheck = check(-1, 1), good }, nil},
		"stale at the beat":    {heart, func(c *Child) { c.Health.Heartbeat, c.Health.Stale = 2, 2 }, func(c *Child) { c.Health.Heartbeat, c.Health.Stale = 2, 3 }},
		"dead when stale":      {heart, func(c *Child) { c.Health.Heartbeat, c.Health.Stale, c.Health.Dead = 2, 3, 3 }, func(c *Child) { c.Health.Heartbeat, c.Health.Stale, c.Health.Dead = 2, 3, 4 }},
	} {
		t.Run(name, func(t *testing.T) {
			table := func() []Child {
				return []Child{
					root:  {Name: "Root", Role: Supervisor},
					one:   {Name: "In", Role: Supervisor},
					two:   {Name: "A", Role: Service, Start: until},
					three: {Name: "G", Role: Group},
					four:  {Name: "C", Role: Service, Start: until},
					5:     {Name: "B", Role: Service, Start: until},
					6:     {Name: "H", Role: Group},
					7:     {Name: "S", Role: Worker, Dynamic: true, Max: 1, Start: until},
				}
			}
			if strings.HasPrefix(name, "huge ") && math.MaxInt == math.MaxInt32 {
				t.Skip("no int of this machine is as large")
			}
			wrong := table()
			test.wrong(&wrong[four])
			if err := Validate(wrong); err == nil || !strings.Contains(err.Error(), test.rule) {
				t.Errorf("Validate says %v, not %q", err, test.rule)
			}
			if test.right == nil {
				return
			}
			right := table()
			test.right(&right[four])
			if err := Validate(right); err != nil {
				t.Error(err)
			}
		})
	}
	if Validate(nil) == nil {
		t.Error("an empty table is a tree")
	}
}

// All that is wrong is said at once.
func TestValidateSaysAll(t *testing.T) {
	err := Validate(plain(Child{Name: "A", Role: Service}, Child{Name: "B", Role: Service, Start: until, Replicas: -1, Timeout: -1}))
	want := "supgen: Root.A: it has no Start, nor has a supervisor above it\nsupgen: Root.B: it has -1 replicas\nsupgen: Root.B: its throttle, concurrency or timeout is not positive"
	if err == nil || err.Error() != want {
		t.Errorf("Validate says\n%v", err)
	}
}
