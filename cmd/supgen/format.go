package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// A choice is the value of a flag that takes one of a few words.
type choice struct {
	word  string
	among []string
}

// addFormat gives a command the flag --format; see addChoice.
func addFormat(cmd *cobra.Command, usage string, formats ...string) *choice {
	return addChoice(cmd, "format", usage, formats...)
}

// addChoice gives a command a flag that takes one of a few words. The first of them is the one if nothing is said;
// what they are for is told by usage.
func addChoice(cmd *cobra.Command, name, usage string, words ...string) *choice {
	c := &choice{words[0], words}
	cmd.Flags().Var(c, name, usage)
	// It fails for flags that are not there, or are completed already.
	if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
	return c
}

func (c *choice) String() string { return c.word }

// Type is how help calls the flag's value.
func (c *choice) Type() string { return strings.Join(c.among, "|") }

func (c *choice) Set(word string) error {
	for _, w := range c.among {
		if w == word {
			c.word = word
			return nil
		}
	}
	return fmt.Errorf("use %s", alternatives(c.among))
}

// alternatives is words in quotes: `"text", "json" or "sarif"`.
func alternatives(words []string) string {
	var text strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text.WriteString(" or ")
		case i > 0:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%q", word)
	}
	return text.String()
}
