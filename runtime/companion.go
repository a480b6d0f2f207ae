package runtime

import (
	"fmt"
	"reflect"
	stdruntime "runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// endTime is how long the end of a companion is waited for: twice what it is to take.
const endTime = 2 * time.Second

// companions are those of one tree. They begin, and then they end, on a goroutine of their own, so that a signal is heard meanwhile.
type companions struct {
	all  []Companion
	ends []func()     // of those that have begun
	at   atomic.Int64 // the one that begins
}

// begin begins them, up to the first that fails.
func (c *companions) begin(t *Tree) error {
	for i, begin := range c.all {
		c.at.Store(int64(i))
		end, err := begin(t)
		if err != nil {
			return err
		}
		c.ends = append(c.ends, end)
	}
	return nil
}

// end ends those that have begun, the last one first. It returns what is to be said about ends that go wrong; the channel is closed
// when all have ended, or were waited for.
func (c *companions) end() <-chan string {
	left := make(chan string, len(c.ends))
	go func() {
		defer close(left)
		for i := len(c.ends) - 1; i >= 0; i-- {
			if c.ends[i] == nil {
				continue
			}
			ended := make(chan string, 1)
			go func() {
				defer func() {
					if p := recover(); p != nil {
						ended <- fmt.Sprintf("supgen: %s panicked as it ended: %v\n%s", c.name(i), p, debug.Stack())
					}
					close(ended)
				}()
				c.ends[i]()
			}()
			select {
			case text, wrong := <-ended:
				if wrong {
					left <- text
				}
			case <-time.After(endTime):
				left <- fmt.Sprintf("supgen: %s has not ended in %s", c.name(i), endTime)
			}
		}
	}()
	return left
}

// current is the companion that begins.
func (c *companions) current() string { return c.name(int(c.at.Load())) }

// name is what a companion is to people: the function that made it, "httpsup.Serve".
func (c *companions) name(i int) string {
	name := stdruntime.FuncForPC(reflect.ValueOf(c.all[i]).Pointer()).Name()
	name, _, _ = strings.Cut(name[strings.LastIndex(name, "/")+1:], ".func")
	return fmt.Sprintf("companion %d of %d (%s)", i+1, len(c.all), name)
}
