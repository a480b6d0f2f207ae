package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
)

// completeSources completes an argument that names .sup files: directories, and the files themselves.
func completeSources(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"sup"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeExplain completes the code of a rule, the path of a child, or a directory and the path of a child in it. Files are
// completed where no code and no path begins like that.
func completeExplain(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		words := codes(begun)
		if tree := treeIn(nil); tree != nil {
			words = append(words, paths(tree, begun)...)
		}
		return words, cobra.ShellCompDirectiveDefault
	}
	tree := treeIn(args)
	if tree == nil || len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return paths(tree, begun), cobra.ShellCompDirectiveNoFileComp
}

// completeFix completes the codes of rules, and .sup files and directories.
func completeFix(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	return codes(begun), cobra.ShellCompDirectiveDefault
}

// completeSimulate completes a directory or a .sup file, and behind it a script, which is any file.
func completeSimulate(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return completeSources(cmd, args, begun)
	case 1:
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeScripts completes an argument that names scripts: directories, and the scripts themselves.
func completeScripts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{strings.TrimPrefix(load.ScriptSuffix, ".")}, cobra.ShellCompDirectiveFilterFileExt
}

// completeTree completes the name of a tree in the directory that was named, or in this one.
func completeTree(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if tree := treeIn(args); tree != nil {
		for _, root := range tree.Roots() {
			names = append(names, root.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// treeIn is the tree in the directory that the first argument names, or nil if there is none without mistakes.
func treeIn(args []string) *tree.Tree {
	p, err := load.One(dirOf(args))
	if err != nil {
		return nil
	}
	return p.Tree
}

// codes are the codes that begin with what was typed, each with its rule to read beside it.
func codes(begun string) []string {
	var codes []string
	for _, chapter := range rules.Chapters() {
		for _, rule := range chapter.Rules {
			if strings.HasPrefix(string(rule.Code), begun) {
				codes = append(codes, cobra.CompletionWithDesc(string(rule.Code), rule.Text))
			}
		}
	}
	return codes
}

// paths are the paths of a tree that begin with what was typed, each with its role to read beside it.
func paths(tree *tree.Tree, begun string) []string {
	var paths []string
	for c := range tree.All() {
		if strings.HasPrefix(c.Path(), begun) {
			paths = append(paths, cobra.CompletionWithDesc(c.Path(), c.Role.String()))
		}
	}
	return paths
}
