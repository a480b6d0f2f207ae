package codegen

import (
	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// replicas is the option that chooses how many replicas of c there are, and between what.
func (t *rootTree) replicas(c *tree.Child) []jen.Code {
	s := t.scope()
	s.take(c.ID())
	n := s.free("n")
	return []jen.Code{
		comment("%s has n replicas of %s, %d to %d; without it there are %d. Any other number is a mistake of the configuration: Run", c.ReplicasOption(), c.Path(), c.Fewest, c.Replicas, c.Fewest),
		comment("starts nothing, and returns a [%s.FatalConfig].", t.packages.runtime.Name),
		jen.Func().Id(c.ReplicasOption()).Params(jen.Id(n).Int()).Add(t.runtime("Option")).
			Custom(onOneLine, jen.Return(t.runtime("WithReplicas").Call(jen.Lit(c.Path()), jen.Id(n)))),
		jen.Line(),
		comment("%s and %s are the fewest and the most replicas of %s.", c.MinConst(), c.MaxConst(), c.Path()),
		jen.Const().List(jen.Id(c.MinConst()), jen.Id(c.MaxConst())).Op("=").List(count(c.Fewest), count(c.Replicas)),
	}
}
