// Package lsp is the language server of .sup files, "supgen lsp": what an editor asks while somebody writes a tree.
//
// What it says of a package is what load and check say, as for every other command: an [analysis] is a [load.Package] of a
// directory with the texts of the editor's buffers in place of files. It is made when somebody asks, once, and forgotten when a buffer or a
// file changes. A request is about the analysis of the moment when it came.
//
// What needs Go is answered from a [goCode], which is loaded in the background when a file is opened or saved, and changes on the disk; a buffer counts
// for its file. Nothing waits for it.
//
// Each kind of request is a method of a query, in the file that is called like it.
package lsp
