package otelsup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// exported has a tree observed, and its metrics answered as the Prometheus exporter has them.
func exported(t *testing.T, tree *runtime.Tree) (handler http.Handler, end func()) {
	t.Helper()
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		t.Fatal(err)
	}
	end, err = Observe(WithMeterProvider(metric.NewMeterProvider(metric.WithReader(exporter))))(tree)
	if err != nil {
		t.Fatal(err)
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), end
}

// A family is a metric as Prometheus reads it: its kind, its help, and a value for each set of labels but those of the scope.
type family struct {
	Kind, Help string
	Values     map[string]float64
}

// scrape are the metrics that a handler answers with, by name.
func scrape(t *testing.T, h http.Handler, target string) map[string]family {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	parser := expfmt.NewTextParser(model.LegacyValidation)
	parsed, err := parser.TextToMetricFamilies(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v", w.Code, err)
	}
	families := make(map[string]family)
	for name, f := range parsed {
		values := make(map[string]float64)
		for _, m := range f.Metric {
			var labels []string
			for _, l := range m.Label {
				if !strings.HasPrefix(l.GetName(), "otel_scope_") {
					labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
				}
			}
			slices.Sort(labels)
			values[strings.Join(labels, ",")] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
		families[name] = family{f.GetType().String(), f.GetHelp(), values}
	}
	delete(families, "target_info")
	return families
}

// The exporter and /metrics of package httpsup say the same, but for the durations, which /metrics does not have.
func TestSameAsHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := runtime.New(shop(map[uint64]string{1: "late", 2: "early"}))
		exporter, end := exported(t, tree)
		plain := httpsup.Handler(tree, httpsup.Authorise(func(*http.Request, httpsup.Access) (string, error) { return "ada", nil }))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- tree.Run(ctx) }()
		time.Sleep(10 * time.Second)
		command(t, tree, "Shop.In.HTTP", runtime.VerbPause)
		got, want := scrape(t, exporter, "/metrics"), scrape(t, plain, "/metrics")
		for name := range got {
			if strings.HasSuffix(name, "_seconds") {
				delete(got, name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if len(want) != 8 {
			t.Errorf("there are the metrics %v", slices.Collect(maps.Keys(want)))
		}
		stop()
		<-ended
		end()
		time.Sleep(time.Minute)
	})
}

// A dashboard is what this package needs of Grafana's.
type dashboard struct {
	Panels []struct {
		ID                       int
		Type, Title, Description string
		GridPos                  struct{ X, Y, W, H int }
		Targets                  []struct{ Expr string }
	}
	Templating struct {
		List []struct{ Name, Definition string }
	}
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("dashboard.json")
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// expressions are those of the dashboard, by title, as Grafana would send them, and of alerts.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	variables := strings.NewReplacer("$job", ".*", "$instance", ".*", "$child", ".*", "$__rate_interval", "1m", "$__range", "10m")
	all := make(map[string]string)
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			all[p.Title] = variables.Replace(target.Expr)
		}
	}
	alerts, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range regexp.MustCompile(`(?m)- alert: (\w+)\n +expr: (.+)`).FindAllSubmatch(alerts, -1) {
		all[string(rule[1])] = string(rule[2])
	}
	return all
}

// The dashboard and the alerts ask for nothing that the exporter does not have, and for all metrics.
func TestNames(t *testing.T) {
	asked := make(map[string]bool)
	for title, expr := range expressions(t) {
		for _, word := range regexp.MustCompile(`(supgen|error|otel)_\w+`).FindAllString(expr, -1) {
			asked[strings.TrimSuffix(word, "_bucket")] = true
		}
		if strings.Contains(expr, "$") {
			t.Errorf("%s has a variable that is not known: %s", title, expr)
		}
	}
	d := readDashboard(t)
	for _, v := range d.Templating.List {
		for _, word := range regexp.MustCompile(`supgen_\w+`).FindAllString(v.Definition, -1) {
			asked[word] = true
		}
	}
	there := make(map[string]bool)
	synctest.Test(t, func(t *testing.T) {
		tree := runtime.New(shop(map[uint64]string{1: "late"}))
		exporter, end := exported(t, tree)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- tree.Run(ctx) }()
		time.Sleep(10 * time.Second)
		command(t, tree, "Shop.In.HTTP", runtime.VerbPause)
		for name, f := range scrape(t, exporter, "/metrics") {
			there[name] = true
			if !asked[name] {
				t.Errorf("neither the dashboard nor an alert has %s", name)
			}
			for labels := range f.Values {
				for _, label := range regexp.MustCompile(`(\w+)=`).FindAllStringSubmatch(labels, -1) {
					there[label[1]] = true
				}
			}
		}
		stop()
		<-ended
		end()
		time.Sleep(time.Minute)
	})
	for name := range asked {
		if !there[name] {
			t.Errorf("the dashboard or an alert has %s, which the exporter has not", name)
		}
	}
}

// A panel says what it shows, and none is on top of another.
func TestDashboard(t *testing.T) {
	type place struct{ x, y int }
	taken := make(map[place]string)
	ids := make(map[int]bool)
	for _, p := range readDashboard(t).Panels {
		if ids[p.ID] || p.Title == "" || p.Type != "row" && (p.Description == "" || len(p.Targets) == 0) {
			t.Errorf("panel %d, %q, has no title, no description, nothing to show, or the number of another", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[place{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q is on top of %q, or beyond the edge", p.Title, other)
				}
				taken[place{x, y}] = p.Title
			}
		}
	}
}

// installed skips a test where Debian's package prometheus is not; .ci/run installs it.
func installed(t *testing.T, program string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs " + program)
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip("there is no " + program + ": apt install prometheus")
	}
	return path
}

func TestAlerts(t *testing.T) {
	promtool := installed(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	tests, err := os.ReadFile("alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	for title := range expressions(t) {
		if strings.HasPrefix(title, "Supgen") && !bytes.Contains(tests, []byte("alertname: "+title+"\n")) {
			t.Errorf("no test is about the alert %s", title)
		}
	}
}

// A real Prometheus scrapes a program in trouble, by the exporter and by /metrics, and has the same for each alert and each panel.
func TestPrometheus(t *testing.T) {
	program := installed(t, "prometheus")
	release := make(chan struct{})
	table := append(shop(nil),
		runtime.Child{Name: "Flaky", Role: runtime.Service, Optional: true, Ready: runtime.Ready{Explicit: true, Within: time.Minute}, Backoff: runtime.Backoff{Min: 100 * time.Millisecond, Max: 100 * time.Millisecond, Factor: 1, Jitter: runtime.DecorrelatedJitter},
			Start: func(runtime.Launch) error { return runtime.ExternalDependency(errLost) }},
		runtime.Child{Name: "Mail", Role: runtime.Service, Optional: true, Start: func(runtime.Launch) error { return runtime.FatalBug(errLost) }},
		runtime.Child{Name: "Stuck", Role: runtime.Service, Optional: true, On: runtime.Table{runtime.OutcomeStuck: runtime.ActionQuarantine},
			Shutdown: runtime.Shutdown{Drain: time.Millisecond, Abort: time.Millisecond}, Start: func(l runtime.Launch) error { <-release; return nil }},
	)
	tree := runtime.New(table)
	exporter, end := exported(t, tree)
	otel := httptest.NewServer(exporter)
	plain := httptest.NewServer(httpsup.Handler(tree, httpsup.ReadOpen()))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	defer func() {
		stop()
		<-ended
		end()
		otel.Close()
		plain.Close()
		http.DefaultClient.CloseIdleConnections()
	}()
	defer close(release)
	if err := tree.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	for path, verb := range map[string]runtime.Verb{"Shop.Stuck": runtime.VerbRestart, "Shop.In.HTTP": runtime.VerbPause} {
		if _, err := tree.Command(path, verb, "ada", "a test"); err != nil {
			t.Fatal(err)
		}
	}
	api := startPrometheus(t, program, otel.Listener.Addr().String(), plain.Listener.Addr().String())
	for title, expr := range expressions(t) {
		empty := title == "SupgenGaveUp" || title == "Commands of operators" // which were given before the first scrape
		durations := strings.Contains(expr, "_seconds")
		await(t, title, func() (missing string) {
			got, want := api.query(t, expr, "otel"), api.query(t, expr, "plain")
			switch {
			case durations:
				if len(want) > 0 || len(got) == 0 {
					return fmt.Sprintf("%s has %v of the exporter, and %v of /metrics", expr, got, want)
				}
			case len(got) == 0 && !empty, cmp.Diff(want, got) != "":
				return fmt.Sprintf("%s has %v of the exporter, and %v of /metrics", expr, got, want)
			}
			return ""
		})
	}
	for _, of := range []struct{ alert, path, state string }{
		{"SupgenCrashLoop", "Shop.Flaky", "firing"},
		{"SupgenQuarantined", "Shop.Mail", "pending|firing"},
		{"SupgenStuck", "", "pending|firing"},
		{"SupgenNotReady", "Shop", "pending|firing"},
	} {
		for _, job := range []string{"otel", "plain"} {
			expr := fmt.Sprintf(`ALERTS{alertname=%q,supgen_child_path=%q,alertstate=~%q}`, of.alert, of.path, of.state)
			await(t, of.alert, func() string {
				if len(api.query(t, expr, job)) == 0 {
					return "there is no " + expr + " of " + job
				}
				return ""
			})
		}
	}
}

// await asks until nothing is missing any more.
func await(t *testing.T, what string, ask func() (missing string)) {
	t.Helper()
	late := time.After(time.Minute)
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		missing := ask()
		if missing == "" {
			return
		}
		select {
		case <-again.C:
		case <-late:
			t.Errorf("%s: %s", what, missing)
			return
		}
	}
}

// An api is that of a Prometheus that runs.
type api string

var listening = regexp.MustCompile(`msg="Listening on".* address=(127\.0\.0\.1:\d+)`)

// startPrometheus runs Prometheus until the test has ended.
func startPrometheus(t *testing.T, program, otel, plain string) api {
	t.Helper()
	dir := t.TempDir()
	rules, err := filepath.Abs("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%s]\nscrape_configs:\n"+
		"- {job_name: otel, static_configs: [{targets: ['%s'], labels: {instance: a}}]}\n- {job_name: plain, static_configs: [{targets: ['%s'], labels: {instance: a}}]}\n", rules, otel, plain)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "--config.file="+dir+"/prometheus.yml", "--storage.tsdb.path="+dir+"/data", "--web.listen-address=127.0.0.1:0")
	out, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				said <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		<-read
		c.Wait()
	})
	select {
	case address := <-said:
		return api("http://" + address)
	case <-read:
		t.Fatal("prometheus has ended")
	case <-time.After(time.Minute):
		t.Fatal("prometheus does not listen")
	}
	return ""
}

// query is what an expression is of one job, by labels; without the job itself, and the scope.
func (a api) query(t *testing.T, expr, job string) map[string]bool {
	t.Helper()
	expr = strings.ReplaceAll(expr, `job=~".*"`, fmt.Sprintf("job=%q", job))
	if !strings.Contains(expr, "job=") {
		expr = strings.NewReplacer("{", fmt.Sprintf("{job=%q,", job), "supgen_runs_stuck ", fmt.Sprintf("supgen_runs_stuck{job=%q} ", job)).Replace(expr)
	}
	resp, err := http.Get(string(a) + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusServiceUnavailable { // it still starts
		return nil
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Error string
		Data  struct {
			Result []struct{ Metric map[string]string }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Error != "" {
		t.Fatalf("%s: %v %s", expr, err, answer.Error)
	}
	got := make(map[string]bool)
	for _, r := range answer.Data.Result {
		maps.DeleteFunc(r.Metric, func(name, _ string) bool { return name == "job" || strings.HasPrefix(name, "otel_scope_") })
		got[fmt.Sprint(r.Metric)] = true
	}
	return got
}
