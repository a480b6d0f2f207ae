package diag

import "testing"

func TestVisible(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"plain\n\tand tabbed", "plain\n\tand tabbed"},
		{"größer als 你好 ﷺ é", "größer als 你好 ﷺ é"},
		{"\u200dä\u200c", "\u200dä\u200c"}, // the joiners of Persian, Hindi and emoji
		{"\ufffd", "\ufffd"},               // written by somebody
		{"\x1b[31mred\x1b[0m", `\u001b[31mred\u001b[0m`},
		{"a\r::error::b", `a\u000d::error::b`},
		{"\x00\x07\x7f", `\u0000\u0007\u007f`},
		{"\u009b31m", `\u009b31m`},               // CSI as one character
		{"\x9b31m", `\x9b31m`},                   // and as a byte that is not UTF-8
		{"\u202eevil\u2066", `\u202eevil\u2066`}, // bidirectional controls
		{"a\u200bb\ufeff", `a\u200bb\ufeff`},     // nothing at all to be seen
		{"a\u2028b\u2029", `a\u2028b\u2029`},     // ends of lines to JavaScript
		{"\U000e0041", `\udb40\udc41`},           // a tag, in the surrogates that JSON wants
		{"\u0085next", `\u0085next`},             // next line
		{"a \\u001b b", "a \\u001b b"},           // the same again
		{"\xe2\x80", `\xe2\x80`},                 // cut off
		{"tab\tstays", "tab\tstays"},
	}
	for _, test := range tests {
		got := Visible(test.text)
		if got != test.want {
			t.Errorf("Visible(%q) = %q, want %q", test.text, got, test.want)
		}
		if again := Visible(got); again != got {
			t.Errorf("Visible(%q) = %q", got, again)
		}
	}
	if got, want := VisibleLine("a\n::b\tc\x1b"), `a\n::b\tc\u001b`; got != want {
		t.Errorf("VisibleLine = %q, want %q", got, want)
	}
}
