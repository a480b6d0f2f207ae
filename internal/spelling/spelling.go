// Package spelling says how far a mistyped word is from one that may have been meant.
package spelling

// Distance counts the letters to insert, delete, replace or swap to get from a to b (optimal string alignment).
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	beforeLast, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		beforeLast, last, row = last, row, beforeLast
		row[0] = i + 1
		for j := range t {
			row[j+1] = min(last[j+1], row[j]) + 1
			replaced := last[j]
			if s[i] != t[j] {
				replaced++
			}
			row[j+1] = min(row[j+1], replaced)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], beforeLast[j-1]+1)
			}
		}
	}
	return row[len(t)]
}
