package encoding

import "testing"

func TestIsUTF16(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "\x00": false, "a": false, "ab": false, "\x00\x00ab": false, ByteOrderMark + "ab": false, "été": false, "a\n\x00": false,
		"\xff\xfea\x00": true, "\xfe\xff\x00a": true, "a\x00b\x00": true, "\x00a\x00b": true, "\xff\xfe": true,
	} {
		if IsUTF16(text) != want {
			t.Errorf("IsUTF16(%q) = %v", text, !want)
		}
	}
}

func TestNotUTF8(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "ab": -1, "\x00": -1, ByteOrderMark + "hält": -1, "\uFFFD": -1, "h\xe4lt": 1, "\uFFFD\xe4\xe4": 3, "ä\xc3": 2, "\xff": 0,
	} {
		if got := NotUTF8(text); got != want {
			t.Errorf("NotUTF8(%q) = %d, not %d", text, got, want)
		}
	}
}
