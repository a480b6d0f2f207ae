package notation

import (
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
)

// Name is what a child is called; "" of no child.
func Name(c *tree.Child) string {
	if c == nil {
		return ""
	}
	return c.Name
}

// Params is a dynamic child's arguments as they are declared, "(id string, n int)"; "" of any other child.
func Params(c *tree.Child) string {
	if !c.Dynamic {
		return ""
	}
	var params []string
	for _, p := range c.Params {
		params = append(params, p.Name+" "+p.Type)
	}
	return "(" + strings.Join(params, ", ") + ")"
}

// Replicas is how many there are of a replicated child, as it is declared, "4" or "4..64"; "" of any other child.
func Replicas(c *tree.Child) string {
	switch {
	case c.Replicas == 0:
		return ""
	case c.Fewest > 0:
		return strconv.Itoa(c.Fewest) + ".." + strconv.Itoa(c.Replicas)
	}
	return strconv.Itoa(c.Replicas)
}

// Key is the argument that tells children of a dynamic one apart; "" is none.
func Key(c *tree.Child) string {
	if c.Key < 0 {
		return ""
	}
	return c.Params[c.Key].Name
}

// Tags is a child's tags as they are written, `"a", "b"`; "" is none.
func Tags(c *tree.Child) string {
	var tags []string
	for _, tag := range c.Tags {
		tags = append(tags, strconv.Quote(tag))
	}
	return strings.Join(tags, ", ")
}

// Finish is when a supervisor ends well: "when any A, B"; "" is never.
func Finish(c *tree.Child) string {
	if len(c.Finish.Of) == 0 {
		return ""
	}
	which := "when all "
	if c.Finish.Any {
		which = "when any "
	}
	var names []string
	for _, of := range c.Finish.Of {
		names = append(names, of.Child.Name)
	}
	return which + strings.Join(names, ", ")
}
