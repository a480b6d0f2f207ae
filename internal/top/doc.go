// Package top is "supgen top": the tree of a program that runs, live in a terminal.
//
// A [Model] is what is shown and what keys do to it. It knows no terminal and no network: [Model.Draw] makes lines of it, which tests
// compare. [Run] brings keys, news and the screen together.
package top
