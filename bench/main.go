// Bench measures supgen against its peers: interleaved rounds, one process a sample, medians and ratios.
//
//	go run ./bench
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sort"
)

func main() {
	name := flag.String("case", "", "measure this case only, in this process")
	who := flag.String("peer", "", "and this peer")
	rounds := flag.Int("rounds", 5, "how often each is measured")
	flag.Parse()
	if *name != "" {
		r, err := run(*name, *who)
		if err != nil {
			log.Fatal(err)
		}
		_ = json.NewEncoder(os.Stdout).Encode(r)
		return
	}
	for _, c := range slices.Sorted(maps.Keys(cases)) {
		compare(c, *rounds)
	}
}

// compare prints a case: a row a value, a column a peer.
func compare(name string, rounds int) {
	all := slices.Sorted(maps.Keys(peers))
	samples := make(map[string]map[string][]float64)
	for range rounds {
		for _, who := range all {
			for value, x := range sample(name, who) {
				if samples[value] == nil {
					samples[value] = make(map[string][]float64)
				}
				samples[value][who] = append(samples[value][who], x)
			}
		}
	}
	fmt.Printf("\n%s\n", name)
	for _, value := range slices.Sorted(maps.Keys(samples)) {
		fmt.Printf("  %-20s", value)
		for _, who := range all {
			fmt.Printf("  %s %.3g", who, median(samples[value][who]))
		}
		fmt.Println()
	}
}

func sample(name, who string) result {
	out, err := exec.Command(os.Args[0], "-case", name, "-peer", who).Output()
	if err != nil {
		log.Fatalf("%s, %s: %v", name, who, err)
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		log.Fatal(err)
	}
	return r
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sort.Float64s(x)
	return x[len(x)/2]
}
