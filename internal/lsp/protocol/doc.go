// Package protocol is the part of the Language Server Protocol 3.17 that the server of .sup files speaks: messages and their framing
// ([Conn]), positions in the encodings that there are ([Text]), and the structures that are used, by their names in the protocol.
package protocol
