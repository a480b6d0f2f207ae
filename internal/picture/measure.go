package picture

// widths are the widths of the characters from space to tilde in Helvetica, in thousandths of the font's size. The
// fonts that a browser takes for it are made to the same measure.
var widths = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
}

// measure is how wide a text is in a font of a size. Where the font is not known it is rather too much.
func measure(text string, size float64) float64 {
	sum := 0
	for _, r := range text {
		switch {
		case r >= ' ' && int(r-' ') < len(widths):
			sum += widths[r-' ']
		case r < 0x1100:
			sum += 700 // Latin with accents, Greek, Cyrillic
		default:
			sum += 1000 // most of what is behind is as wide as it is high
		}
	}
	const slack = 1.06
	return float64(sum) / 1000 * size * slack
}
