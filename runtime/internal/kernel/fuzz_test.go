package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// fuzzed are the trees that get any input: together they have every role, strategy and feature.
var fuzzed = []*draft{
	tree(restForOne, concurrency(1),
		service("A", explicit, provides), job("J", needs("A"), provides), sidecar("S", "A"), worker("B", needs("J"), replicas(2)),
		supervisor("T", oneForAll, service("C", quick, heartbeat(time.Second, 2*time.Second, 3*time.Second)), dynamic("D", 2, needs("A"))),
		group("G", oneForAll, service("E", brief, on(policy.OutcomeStuck, policy.ActionRestart)), service("F", needs("E")))),
	tree(finishAll("T", "J"), throttle(1, time.Second), lameDuck(time.Minute),
		supervisor("T", quick, finishAny("A", "B"), worker("A", replicas(2)), worker("B", on(policy.OutcomeError, policy.ActionQuarantine))),
		job("J", after("C")), service("C", healthCheck(time.Second, time.Second/2, 1), on(policy.OutcomeStuck, policy.ActionStop), brief),
		dynamic("D", 2, on(policy.OutcomeStuck, policy.ActionQuarantine), shutdown(0, 0))),
}

// FuzzKernel brings anything at all: runs that never were, commands to nobody, kinds that there are not. I8: "no input,
// in any order, makes the kernel panic or wait for ever"; I6: "replaying the events gives the snapshot".
func FuzzKernel(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 2, 1, 1, 2, 0, 0, 0, 40, 2, 2, 1, 3, 0, 0, 0, 30})
	f.Add([]byte{1, 8, 1, 0, 0, 1, 0, 0, 20, 7, 0, 0, 0, 0, 7, 0, 33, 2, 200, 1, 9, 9, 9, 9, 62})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 4000 {
			return
		}
		s := newTheatre(t, fuzzed[int(data[0])%len(fuzzed)], 1)
		s.step(Input{Kind: InputRun})
		for in := data[1:]; len(in) >= 8; in = in[8:] {
			s.now += 1 << (in[7] % 40) // from a nanosecond to some minutes
			s.step(Input{
				Kind: InputKind(in[0] % 12), Node: Node(int8(in[1])), Gen: uint64(in[2] % 8), Outcome: policy.OutcomeSuccess + policy.Outcome(in[3])%policy.OutcomeSkip,
				Verb: Verb(in[4] % 12), Served: in[3] >= 128, Row: policy.ID(int8(in[5])), Check: uint32(in[6] % 4), At: s.now - 1<<(in[6]%35),
			})
		}
		s.step(Input{Kind: InputCommand, Node: root, Verb: VerbShutdown})
		for range 1000 { // without an unlimited budget, time ends them all
			at, ok := s.k.Deadline()
			if !ok {
				break
			}
			s.now = max(s.now, at)
			s.step(Input{Kind: InputTick})
		}
		if s.k.Phase() != TreeEnded {
			t.Errorf("the tree is %s, and has no deadline", s.k.Phase())
		}
	})
}
