package runtime

import (
	"context"
	"testing"
)

// often is a limit that is counted, and never reached.
var often = Limit{N: 1_000_000, In: 1000 * 1000}

// BenchmarkRestart is a child that fails at once, among others: what a restart costs where nobody waits.
func BenchmarkRestart(b *testing.B) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errLost },
		"panic": func() error { panic("lost") },
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Limit: often, Start: func(l Launch) error {
				if n++; n <= b.N {
					return fail()
				}
				l.run.tree.Shutdown("benchmark", "it is over")
				return until(l)
			}}, Child{Name: "D", Role: Service, Replicas: 1000, Start: until})
			table[0].Intensity = often
			b.ReportAllocs()
			if err := New(table).Run(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkTree starts and stops a large tree of children that do nothing.
func BenchmarkTree(b *testing.B) {
	const children = 100_000
	table := plain(Child{Name: "C", Role: Service, Replicas: children / 2, Start: until}, Child{Name: "D", Role: Service, Replicas: children / 2, Start: until})
	for range b.N {
		tree := New(table)
		b.StartTimer()
		go tree.Run(context.Background())
		for tree.AwaitReady(context.Background()) != nil {
		}
		b.StopTimer()
		began := tree.now()
		tree.Shutdown("benchmark", "it is over")
		<-tree.Done()
		b.ReportMetric(float64(tree.now()-began)/children, "stop-ns/child")
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/children, "start-ns/child")
}
