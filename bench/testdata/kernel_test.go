package kernel

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// BenchmarkStep is the cost of a step, the mean over a restart, which takes three: a child ends with an error, its
// backoff passes, it says that it is ready. Limit and intensity are counted. All children are siblings.
//
// Either the same child fails each time, and a step costs what the kernel does; or any child may, and what it costs
// more in a large tree is memory that no cache holds.
func BenchmarkStep(b *testing.B) {
	for _, who := range []string{"one", "any"} {
		b.Run(who, func(b *testing.B) {
			for n := 10; n <= 1_000_000; n *= 10 {
				b.Run(strconv.Itoa(n), func(b *testing.B) { restarts(b, n, who == "any") })
			}
		})
	}
}

const stepsOfRestart = 3

func restarts(b *testing.B, n int, anybody bool) {
	k, gens := siblings(n)
	random := rand.New(rand.NewPCG(1, 2))
	i, now := Node(n/2), Time(0)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if anybody {
			i = Node(1 + random.IntN(n))
		}
		now += time.Millisecond
		k.Step(now, &Input{Kind: InputEnded, Node: i, Gen: gens[i], Outcome: policy.OutcomeError})
		now += time.Millisecond
		k.Step(now, &Input{Kind: InputTick})
		gens[i]++
		k.Step(now, &Input{Kind: InputReady, Node: i, Gen: gens[i]})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(stepsOfRestart*b.N), "ns/step")
	if v := k.View(i); v.Lifecycle != LifecycleReady || v.Gen != gens[i] {
		b.Fatalf("child %d of %d is %s#%d, want ready#%d", i, n, v.Lifecycle, v.Gen, gens[i])
	}
}

// siblings is a started tree whose n children are ready, and the generation of each node.
func siblings(n int) (*Kernel, []uint64) {
	often := policy.Limit{N: 1 << 20, In: time.Millisecond}
	k := New([]policy.Spec{
		{Parent: -1, Role: policy.Supervisor, Replicas: 1, Limit: often, Intensity: often, On: policy.Table{policy.OutcomeIntensity: policy.ActionEscalate}},
		{
			Role: policy.Service, Replicas: n, Limit: often,
			On:       policy.Table{policy.OutcomeError: policy.ActionRestart, policy.OutcomeLimit: policy.ActionEscalate},
			Backoff:  policy.Backoff{Min: time.Millisecond, Max: time.Millisecond, Factor: 2, Reset: time.Minute},
			Ready:    policy.Ready{Explicit: true, Within: 30 * time.Second},
			Shutdown: policy.Shutdown{Drain: 5 * time.Second, Abort: time.Second},
		},
	}, 1)
	k.Step(0, &Input{Kind: InputRun})
	gens := make([]uint64, n+1)
	for i := 1; i <= n; i++ {
		gens[i] = 1
		k.Step(0, &Input{Kind: InputReady, Node: Node(i), Gen: 1})
	}
	return k, gens
}
