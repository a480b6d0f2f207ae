package tree

import (
	"github.com/supgen/supgen/runtime/policy"
)

// ReservedNames are the names that no child of c may have, because the generated type of c has a method or a field
// of that name already.
func (c *Child) ReservedNames() []string {
	if c.Parent == nil {
		return []string{"Run", "State", "Tree"}
	}
	return []string{"AwaitEnd", "Handle", "Path", "Pause", "Quarantine", "Release", "Remove", "Restart", "Resume", "Start", "State", "Stop", "Supervisor", "Wait"}
}

// Declares lists the package-level identifiers that are generated for c.
func (c *Child) Declares() []string {
	if c.Role == policy.Group {
		return []string{c.ID()}
	}
	if c.Role != policy.Supervisor {
		names := []string{c.RunType(), c.ID()}
		if c.Dynamic {
			names = append(names, c.ArgsType())
		}
		if c.Provides != "" {
			names = append(names, c.Port())
		}
		return names
	}
	names := []string{c.GoName(), c.ChildrenType(), c.StateType(), c.ID(), c.StartFunction()}
	if c.Shutdown.Source.Kind != SourceRole {
		names = append(names, c.ShutdownConst(), c.BoundConst())
	}
	if c.Parent == nil {
		names = append(names, c.Constructor(), c.Table())
	}
	return names
}

// Methods lists the methods that are generated for c in its supervisor's types, beside the one with its name.
func (c *Child) Methods() []string {
	var methods []string
	if c.Dynamic {
		methods = append(methods, c.StartMethod())
	}
	if c.Ready.Value.Check.Every > 0 {
		methods = append(methods, c.ReadyMethod())
	}
	if c.Health.Value.Check.Every > 0 {
		methods = append(methods, c.HealthMethod())
	}
	return methods
}
