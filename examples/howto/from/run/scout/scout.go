// Package scout is what the programs beside it do, whatever runs it: it asks targets for a number, and keeps the last one of each.
package scout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Config says what is scraped.
type Config struct {
	EveryMS int
	Targets []string // URLs
}

// Every is the time from one scrape to the next.
func (c *Config) Every() time.Duration { return time.Duration(c.EveryMS) * time.Millisecond }

// Load reads a Config from a file of JSON.
func Load(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Config{EveryMS: 15_000}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if c.EveryMS <= 0 {
		return nil, fmt.Errorf("%s: EveryMS has to be positive", file)
	}
	return c, nil
}

// Scrape asks all targets, one after the other, and keeps what they answer.
func Scrape(ctx context.Context, c *Config, s *Store) {
	for _, target := range c.Targets {
		if number, err := get(ctx, target); ctx.Err() == nil {
			if err != nil || s.Set(target, number) != nil {
				s.Set(target, "NaN")
			}
		}
	}
}

func get(ctx context.Context, target string) (number string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 100))
	return strings.TrimSpace(string(text)), err
}

// A Store has the last number of each name, and keeps them in a file from one run of the program to the next.
type Store struct {
	file string

	mu   sync.Mutex
	last map[string]float64
}

// Open reads a Store from its file, which need not exist.
func Open(file string) (*Store, error) {
	s := &Store{file: file, last: map[string]float64{}}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := s.Set(name, number); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return s, nil
}

// Set keeps a number.
func (s *Store) Set(name, number string) error {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[name] = n
	return nil
}

// String is the text of the store: a line for each name.
func (s *Store) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.last)) {
		fmt.Fprintf(&b, "%s %v\n", name, s.last[name])
	}
	return b.String()
}

// Save writes the store to its file.
func (s *Store) Save() error { return os.WriteFile(s.file, []byte(s.String()), 0o666) }
