// Package journal is what the programs beside it do, whatever runs it: it writes notes to a file, and counts their words.
package journal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// A Journal is a file of notes.
type Journal struct {
	name string

	mu   sync.Mutex
	file *os.File
}

// New makes a journal that is not open yet.
func New(name string) *Journal { return &Journal{name: name} }

// Open opens the file.
func (j *Journal) Open() (err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.file, err = os.OpenFile(j.name, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o666)
	return err
}

// Close closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}

// Write writes a note. A journal that is not open has an error.
func (j *Journal) Write(note string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return errors.New("the journal is not open")
	}
	_, err := fmt.Fprintln(j.file, strings.TrimSpace(note))
	return err
}

// An Index counts words.
type Index struct {
	mu    sync.Mutex
	words map[string]int
}

// Update counts the words of a journal.
func (i *Index) Update(j *Journal) error {
	f, err := os.Open(j.name)
	if err != nil {
		return err
	}
	defer f.Close()
	words := map[string]int{}
	scan := bufio.NewScanner(f)
	scan.Split(bufio.ScanWords)
	for scan.Scan() {
		words[scan.Text()]++
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.words = words
	return scan.Err()
}

// Count is how often a word was found.
func (i *Index) Count(word string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.words[word]
}
