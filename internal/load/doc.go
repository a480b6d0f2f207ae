// Package load reads .sup files from disk, or from a revision of git, and checks them.
//
// A [Package] is what one directory holds, as far as it could be understood. [Dir] loads one, [Version] stands for
// one of the two that "supgen diff" compares. [Directories] and [Sources] say what the arguments of a command stand for.
//
//	p, err := load.Dir("internal/shop")
//	if err != nil {
//		return err // the disk
//	}
//	for _, d := range p.Diagnostics { // the files
//		fmt.Print(d.Text(p.Text[d.Pos.File]))
//	}
package load
