package main

// A size is how much a case does.
type size struct {
	Few       int   `json:"few"`       // siblings: trees.sup has trees of 10, 1,000 and 100,000 children
	Many      int   `json:"many"`      // siblings
	Restarts  int   `json:"restarts"`  // one after the other
	Failures  int   `json:"failures"`  // of each child, in a storm
	Calls     int   `json:"calls"`     // of what takes nanoseconds
	Processes int   `json:"processes"` // of a tool, for one sample
	Kernel    []int `json:"kernel"`    // children of the trees that the kernel steps through
	Steps     int   `json:"steps"`     // of the kernel, for one sample
	Files     []int `json:"files"`     // children in the files that are compiled
	Large     int   `json:"large"`     // the one of Files that goals speak of
	Build     int   `json:"build"`     // children in the Go that is built
}

// whole is what goals speak of.
var whole = size{
	Few: 1000, Many: 100_000, Restarts: 20_000, Failures: 50, Calls: 2_000_000, Processes: 20,
	Kernel: []int{10, 100, 1000, 10_000, 100_000, 1_000_000}, Steps: 2_000_000,
	Files: []int{100, 1000, 10_000, 100_000}, Large: 10_000, Build: 1000,
}

// small shows that everything works.
var small = size{
	Few: 10, Many: 1000, Restarts: 500, Failures: 5, Calls: 1000, Processes: 2,
	Kernel: []int{10, 1000}, Steps: 1000,
	Files: []int{10, 100}, Large: 100, Build: 20,
}
