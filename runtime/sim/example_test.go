package sim_test

import (
	"fmt"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// shop is a database, and what needs it.
func shop() *runtime.Tree {
	const root, db, http runtime.ID = 0, 1, 2
	steady := runtime.Backoff{Min: 100 * time.Millisecond, Max: time.Second, Factor: 2, Reset: time.Minute}
	return sim.Tree([]runtime.Child{
		root: {Name: "Shop", Role: runtime.Supervisor},
		db:   {Name: "DB", Role: runtime.Service, Backoff: steady, Ready: runtime.Ready{Explicit: true}},
		http: {Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{db}},
	})
}

func Example() {
	result, err := sim.Run(shop(), sim.MustParse(`
		until 20s
		Shop.DB ready after 200ms
		Shop.HTTP stops after 50ms
		at 5s Shop.DB error "the disk is gone"
		at 9s pause Shop.DB by ada "new disk"
		at 12s resume Shop.DB by ada "new disk"
	`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(result.Timeline)
	// Output:
	// 0s     Shop       starting #1
	// 0s     Shop.DB    launched #1
	// 200ms  Shop.DB    ready
	// 200ms  Shop.HTTP  launched #1, ready
	// 200ms  Shop       ready
	// 5s     Shop.DB    error (the disk is gone): restart in 100ms (1 of 10 in 10m)
	// 5s     Shop       not ready
	// 5s     Shop.HTTP  asked to stop, because of Shop.DB
	// 5.05s  Shop.HTTP  down, restarting
	// 5.05s  Shop.DB    down, restarting
	// 5.1s   Shop.DB    launched #2, attempt 2
	// 5.3s   Shop.DB    ready
	// 5.3s   Shop.HTTP  launched #2, ready
	// 5.3s   Shop       ready
	// 9s     Shop.DB    pause by ada (new disk): ready > paused
	// 9s     Shop.DB    shutting down
	// 9s     Shop       not ready
	// 9s     Shop.HTTP  asked to stop, because of Shop.DB
	// 9.05s  Shop.HTTP  down, restarting
	// 9.05s  Shop.DB    asked to stop
	// 9.05s  Shop.DB    down, paused
	// 12s    Shop.DB    resume by ada (new disk): paused > restarting
	// 12s    Shop.DB    launched #3
	// 12.2s  Shop.DB    ready
	// 12.2s  Shop.HTTP  launched #3, ready
	// 12.2s  Shop       ready
}

// A script is a value, too, and a test can ask the timeline.
func ExampleRun() {
	result, err := sim.Run(shop(), sim.Script{
		Until: time.Minute,
		Rules: []sim.Rule{{Path: "Shop.DB", Does: sim.Ready, After: 2 * time.Second}},
		Acts: []sim.Act{{At: 10 * time.Second, Rule: sim.Rule{
			Path: "Shop.DB", Does: sim.Ends, Outcome: runtime.OutcomePanic,
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var down time.Duration
	for _, line := range result.Timeline.Of("Shop").From(10 * time.Second) {
		if line.Event != nil && line.Event.To == runtime.LifecycleReady {
			down = line.At - 10*time.Second
		}
	}
	http, _ := result.Child("Shop.HTTP")
	fmt.Printf("down for %s, then HTTP is %s with generation %d\n", down, http.Lifecycle, http.Generation)
	// Output:
	// down for 2.1s, then HTTP is ready with generation 2
}

// What is wrong with a script is told with its line.
func ExampleParse() {
	_, err := sim.Parse("Shop.DB redy\nat noon Shop.DB error")
	fmt.Println(err)
	script := sim.MustParse("Shop.DBB ready after 200ms\nShop.HTTP silent")
	_, err = sim.Run(shop(), script)
	fmt.Println(err)
	// Output:
	// script:1: "redy" is nothing that a child does; did you mean "ready"?
	// script:2: noon is no duration: "at 5s Shop.DB error"
	// script:1: there is no child "Shop.DBB" in Shop; did you mean "Shop.DB"?
	// script:2: Shop.HTTP cannot be told "silent": it has no heartbeat
}

// A tree that gives up, and what Run returns then.
func ExampleResult() {
	result, err := sim.Run(shop(), sim.MustParse(`
		at 5s Shop.HTTP fatal_bug "index out of range"
	`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(result.Timeline.From(5 * time.Second))
	fmt.Println(result.Err)
	// Output:
	// 5s  Shop.HTTP  fatal_bug (index out of range): escalate
	// 5s  Shop       gave up: escalate
	// 5s  Shop       the tree stops
	// 5s  Shop       shutting down
	// 5s  Shop.DB    asked to stop, because of Shop.HTTP
	// 5s  Shop.DB    down, stopped
	// 5s  Shop       down, failed
	// 5s  Shop       the tree has ended: supgen: Shop.HTTP failed (fatal_bug: index out of range) [Shop.HTTP: fatal_bug, escalate > Shop: error, escalate]
	// supgen: Shop.HTTP failed (fatal_bug: index out of range) [Shop.HTTP: fatal_bug, escalate > Shop: error, escalate]
}
