package syntax

// A predeclaredKind is what a name means to Go where nobody has declared it.
type predeclaredKind int8

const (
	PredeclaredNot predeclaredKind = iota // nothing
	predeclaredType
	predeclaredConstraint
	predeclaredValue // a constant, nil, or a function
)

// Predeclared are the names of Go's universe. Package go/types knows them too, but is half a megabyte of
// the binary and takes seconds to build.
var Predeclared = map[string]predeclaredKind{
	"any": predeclaredType, "bool": predeclaredType, "byte": predeclaredType, "complex128": predeclaredType,
	"complex64": predeclaredType, "error": predeclaredType, "float32": predeclaredType, "float64": predeclaredType,
	"int": predeclaredType, "int16": predeclaredType, "int32": predeclaredType, "int64": predeclaredType,
	"int8": predeclaredType, "rune": predeclaredType, "string": predeclaredType, "uint": predeclaredType,
	"uint16": predeclaredType, "uint32": predeclaredType, "uint64": predeclaredType, "uint8": predeclaredType,
	"uintptr": predeclaredType,

	"comparable": predeclaredConstraint,

	"append": predeclaredValue, "cap": predeclaredValue, "clear": predeclaredValue, "close": predeclaredValue,
	"complex": predeclaredValue, "copy": predeclaredValue, "delete": predeclaredValue, "false": predeclaredValue,
	"imag": predeclaredValue, "iota": predeclaredValue, "len": predeclaredValue, "make": predeclaredValue,
	"max": predeclaredValue, "min": predeclaredValue, "new": predeclaredValue, "nil": predeclaredValue,
	"panic": predeclaredValue, "print": predeclaredValue, "println": predeclaredValue, "real": predeclaredValue,
	"recover": predeclaredValue, "true": predeclaredValue,
}
