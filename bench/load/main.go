// Load holds the page and the API of a tree to what they cost the tree: the time from a failure to the restart that follows it,
// of 10,000 children in a storm of failures, while 1,000 clients follow the events and 200 requests a second ask for the state.
// It is measured beside the same with a handler that sends the same bytes, and knows nothing of the tree. From the root of the
// repository:
//
//	go run ./bench/load
//
// The tree and its server are a process of their own. A round loads one handler, then the other. Among the clients
// are some that are slow, vanish, or send nonsense or a gigabyte. What is printed are the rounds, and their median ratio.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A load is what the command line asks for.
type load struct {
	children, failures   int // of the tree, and how many of them fail in a second
	streams, rate, vices int // how many clients of each kind
	rounds               int
	window               time.Duration // for which each handler is loaded in a round
}

func main() {
	var l load
	serve := flag.Bool("serve", false, "be the server: run the tree, and print where it listens")
	flag.IntVar(&l.children, "children", 10_000, "how many children the tree has")
	flag.IntVar(&l.failures, "failures", 50, "how many of them fail in a second")
	flag.IntVar(&l.streams, "streams", 1000, "how many clients follow the events")
	flag.IntVar(&l.rate, "rate", 200, "how many requests a second ask for the state")
	flag.IntVar(&l.vices, "bad", 20, "how many bad clients there are of each kind")
	flag.IntVar(&l.rounds, "rounds", 5, "how often each handler is loaded")
	flag.DurationVar(&l.window, "for", 10*time.Second, "how long each handler is loaded in a round")
	flag.Parse()
	err := error(nil)
	if *serve {
		err = l.serve()
	} else {
		err = l.run(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// A sample is what the server says of itself since it was asked last.
type sample struct {
	Restarts    int
	Median, P99 time.Duration // from a failure to the restart
	Goroutines  int
	Heap        uint64 // in use, after a collection
}

// run starts a server, loads it, and writes what it measures.
func (l load) run(w io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	server := exec.Command(self, append([]string{"-serve"}, os.Args[1:]...)...)
	server.Stderr = os.Stderr
	stop, err := server.StdinPipe() // it ends with its standard input
	if err != nil {
		return err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer server.Wait()
	defer stop.Close()
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the server does not come up: %w", err)
	}
	g := generator{load: l, addr: strings.TrimSpace(addr)}
	idle, err := g.idle()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d children, %d failures a second, %d streams, %d requests a second, %d bad clients of each of %d kinds\n",
		l.children, l.failures, l.streams, l.rate, l.vices, len(vices))
	fmt.Fprintf(w, "%-8s%s\n%-8s%s\n", "", header, "idle", idle)
	var medians, tails []float64
	for range l.rounds {
		page, err := g.under("/tree")
		if err != nil {
			return err
		}
		canned, err := g.under("/canned")
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-8s%s\n%-8s%s\n", "page", page, "canned", canned)
		medians = append(medians, float64(page.Median)/float64(canned.Median))
		tails = append(tails, float64(page.P99)/float64(canned.P99))
	}
	after, err := g.idle()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%-8s%s\n", "after", after)
	fmt.Fprintf(w, "page to canned, medians of the rounds: restart %.2f, its 99th percentile %.2f\n", median(medians), median(tails))
	return nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// A generator is the clients.
type generator struct {
	load
	addr string
}

// A result is a sample of the server, and what its clients saw meanwhile.
type result struct {
	sample
	states, bytes, reads int64         // answers to /state with their bytes, and reads of events
	refused, failed      int64         // answers other than 200, and requests without one
	why                  *atomic.Value // of the first of those
}

func (r result) String() string {
	return fmt.Sprintf("%9d%10s%10s%12d%10d%8d%10d%9d%9d%8d", r.Restarts, r.Median.Round(time.Microsecond), r.P99.Round(time.Microsecond), r.Goroutines, r.Heap>>20,
		r.states, r.bytes>>20, r.reads, r.refused, r.failed) + r.reason()
}

func (r result) reason() string {
	if r.why == nil || r.why.Load() == nil {
		return ""
	}
	return " " + r.why.Load().(string)
}

const header = " restarts    median       p99  goroutines   heap MB  states  their MB    reads  refused  failed"

// idle is the tree without clients.
func (g generator) idle() (r result, err error) {
	time.Sleep(2 * time.Second) // until those of before are gone
	if _, err = g.sample(); err == nil {
		time.Sleep(g.window / 2)
		r.sample, err = g.sample()
	}
	return r, err
}

// sample asks the server how it was since the last time.
func (g generator) sample() (s sample, err error) {
	answer, err := http.Get("http://" + g.addr + "/sample")
	if err != nil {
		return s, err
	}
	defer answer.Body.Close()
	err = json.NewDecoder(answer.Body).Decode(&s)
	return s, err
}

// under loads the handler below a path for a while.
func (g generator) under(base string) (r result, err error) {
	r.why = new(atomic.Value)
	transport := &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 0}
	client := &http.Client{Transport: transport}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range g.streams {
		all.Go(func() { g.follow(client, base, stop, &r) })
	}
	for _, vice := range vices {
		for range g.vices {
			all.Go(func() {
				for !over(stop) {
					vice(g, base, stop)
				}
			})
		}
	}
	all.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(g.rate))
		defer tick.Stop()
		pending := make(chan struct{}, 64) // as a load balancer would have it: more than that are not sent
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			select {
			case pending <- struct{}{}:
				all.Go(func() {
					g.ask(client, base, &r)
					<-pending
				})
			default:
				atomic.AddInt64(&r.failed, 1)
				r.why.CompareAndSwap(nil, "64 requests wait for an answer")
			}
		}
	})
	time.Sleep(2 * time.Second) // until all are there
	if _, err = g.sample(); err == nil {
		time.Sleep(g.window)
		r.sample, err = g.sample()
	}
	close(stop)
	transport.CloseIdleConnections()
	all.Wait()
	return r, err
}

func over(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// ask asks for the state once.
func (g generator) ask(client *http.Client, base string, r *result) {
	answer, err := client.Get("http://" + g.addr + base + "/state")
	if err != nil {
		atomic.AddInt64(&r.failed, 1)
		r.why.CompareAndSwap(nil, err.Error())
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		atomic.AddInt64(&r.refused, 1)
		r.why.CompareAndSwap(nil, answer.Status)
		return
	}
	n, err := io.Copy(io.Discard, answer.Body)
	atomic.AddInt64(&r.bytes, n)
	if err != nil {
		atomic.AddInt64(&r.failed, 1)
		r.why.CompareAndSwap(nil, err.Error())
		return
	}
	atomic.AddInt64(&r.states, 1)
}

// follow reads the events until stop is closed.
func (g generator) follow(client *http.Client, base string, stop <-chan struct{}, r *result) {
	for !over(stop) {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			atomic.AddInt64(&r.failed, 1)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go func() {
			<-stop
			conn.Close()
		}()
		fmt.Fprintf(conn, "GET %s/events HTTP/1.1\r\nHost: localhost\r\n\r\n", base)
		buffer := make([]byte, 16<<10)
		for {
			if _, err := conn.Read(buffer); err != nil {
				break
			}
			atomic.AddInt64(&r.reads, 1)
		}
		conn.Close()
	}
}

// vices are what bad clients do, again and again until stop is closed.
var vices = []func(g generator, base string, stop <-chan struct{}){
	// One asks for the events, or for the state, and reads nothing.
	func(g generator, base string, stop <-chan struct{}) {
		g.send(stop, "GET "+base+"/events HTTP/1.1\r\nHost: localhost\r\n\r\n", time.Minute)
	},
	func(g generator, base string, stop <-chan struct{}) {
		g.send(stop, "GET "+base+"/state HTTP/1.1\r\nHost: localhost\r\n\r\n", time.Minute)
	},
	// One asks, and vanishes.
	func(g generator, base string, stop <-chan struct{}) {
		g.send(stop, "GET "+base+"/events HTTP/1.1\r\nHost: localhost\r\n\r\n", 100*time.Millisecond)
	},
	// One is slow in asking.
	func(g generator, base string, stop <-chan struct{}) {
		g.send(stop, "GET "+base+"/sta", time.Minute)
	},
	// One sends nonsense, and one a gigabyte.
	func(g generator, base string, stop <-chan struct{}) {
		g.send(stop, "\x16\x03\x01 nonsense\r\n\r\n", 100*time.Millisecond)
	},
	func(g generator, base string, stop <-chan struct{}) {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s/command HTTP/1.1\r\nHost: localhost\r\nSupgen-Command: 1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", base, 1<<30)
		block := make([]byte, 64<<10)
		for range 1 << 30 / len(block) {
			if _, err := conn.Write(block); err != nil || over(stop) {
				break
			}
		}
		wait(stop, 100*time.Millisecond)
	},
}

// send sends a text, and keeps the connection for a while without reading from it.
func (g generator) send(stop <-chan struct{}, text string, keep time.Duration) {
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		wait(stop, keep)
		return
	}
	defer conn.Close()
	conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	io.WriteString(conn, text)
	wait(stop, keep)
}

func wait(stop <-chan struct{}, d time.Duration) {
	select {
	case <-stop:
	case <-time.After(d):
	}
}
