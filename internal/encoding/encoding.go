// Package encoding knows the marks of texts that are not plain UTF-8, as editors and shells on Windows write them.
package encoding

// ByteOrderMark is how some editors begin a file.
const ByteOrderMark = "\uFEFF"

// IsUTF16 reports whether a text is UTF-16, as ">" of Windows PowerShell writes it: its first character is the mark of that, or
// one of ASCII.
func IsUTF16[text string | []byte](t text) bool {
	if len(t) < 2 {
		return false
	}
	a, b := t[0], t[1]
	return a == 0xff && b == 0xfe || a == 0xfe && b == 0xff || (a == 0) != (b == 0)
}
