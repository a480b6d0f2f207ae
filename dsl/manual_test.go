package dsl

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

const manual = "../docs/language.md"

// TestManual holds the tables and the grammar of the language's manual to the code. Each stands between
// <!-- NAME --> and <!-- end NAME -->; -update writes them anew.
func TestManual(t *testing.T) {
	text := manualText(t)
	got := text
	for _, section := range []struct{ name, content string }{
		{"forms", formsSection()},
		{"places", placesSection()},
		{"policies", policiesSection()},
		{"left out", leftOutSection(t)},
		{"outcomes", outcomesSection()},
		{"grammar", grammarSection()},
		{"reserved", reservedSection()},
	} {
		begin, end := "<!-- "+section.name+" -->\n", "<!-- end "+section.name+" -->\n"
		before, rest, ok := strings.Cut(got, begin)
		_, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Errorf("the manual has no section %q", section.name)
			continue
		}
		got = before + begin + section.content + end + after
	}
	compareDocument(t, manual, text, got)
}

// TestCheckManual holds docs/checks.md to the rules.
func TestCheckManual(t *testing.T) {
	const name = "../docs/checks.md"
	text, err := os.ReadFile(name)
	if err != nil && !*update {
		t.Fatal(err)
	}
	compareDocument(t, name, string(text), checkManual())
}

func compareDocument(t *testing.T, name, text, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(text, want); diff != "" {
		t.Errorf("%s is not what the code says; if it should be, run the test with -update (-is +should be):\n%s", name, diff)
	}
}

func manualText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var supBlock = regexp.MustCompile("(?s)(?:<!-- expect ([a-z-]+) -->\n)?```sup\n(.*?)```\n")

// TestManualExamples checks the .sup in the manual. A block leaves "package shop" away where it does not matter. One
// with a mistake has <!-- expect CODE --> above it.
func TestManualExamples(t *testing.T) {
	blocks := supBlock.FindAllStringSubmatch(manualText(t), -1)
	for i, block := range blocks {
		src, file := block[2], block[2]
		if !strings.Contains("\n"+src, "\npackage ") {
			file = "package shop\n\n" + src
		}
		var want, got []diag.Code
		if block[1] != "" {
			want = append(want, diag.Code(block[1]))
		}
		for _, d := range checkText("shop.sup", file) {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("block %d (-want +got):\n%s\n%s", i, diff, src)
		}
		if formatted, _ := syntax.Format("shop.sup", []byte(src)); string(formatted) != src {
			t.Errorf("block %d is not formatted:\n%s", i, src)
		}
	}
	first, err := os.ReadFile("../testdata/check/shop.sup")
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) < 10 || blocks[0][2] != string(first) {
		t.Errorf("the manual has %d blocks of .sup, and the first is not testdata/check/shop.sup", len(blocks))
	}
}

func formsSection() string {
	var b strings.Builder
	b.WriteString("```text\n")
	for _, p := range syntax.Productions {
		fmt.Fprintln(&b, p.Form)
	}
	b.WriteString("```\n")
	return b.String()
}

func placesSection() string {
	columns := []struct {
		name  string
		place syntax.Container
	}{
		{"policy", syntax.InPolicy}, {"defaults", syntax.InDefaults}, {"tree", syntax.InRoot}, {"supervisor", syntax.InNested}, {"group", syntax.InGroup},
		{"service", syntax.InService}, {"worker", syntax.InWorker}, {"job", syntax.InJob}, {"sidecar", syntax.InSidecar},
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" :-: |", len(columns)) + "\n")
	for _, p := range syntax.Productions {
		if syntax.Containers[p.Keyword] == 0 || p.Opens && p.Keyword != "defaults" {
			continue
		}
		fmt.Fprintf(&b, "| `%s` |", p.Keyword)
		for _, c := range columns {
			mark := " "
			switch {
			case c.place.Takes(p.Keyword):
				mark = " • "
			case (c.place | syntax.InDynamic).Takes(p.Keyword) && c.place&(syntax.InService|syntax.InWorker|syntax.InJob) != 0:
				mark = " dynamic "
			}
			fmt.Fprintf(&b, "%s|", mark)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// roles are those with a life of their own, in the manual's order.
var roles = []policy.Role{policy.Service, policy.Worker, policy.Job, policy.Sidecar, policy.Supervisor, policy.Group}

func header(first string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |", first)
	for _, role := range roles {
		fmt.Fprintf(&b, " %s |", role)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", 1+len(roles)) + "\n")
	return b.String()
}

func policiesSection() string {
	var b strings.Builder
	b.WriteString(header(""))
	line := func(what string, value func(policy.Spec) string) {
		fmt.Fprintf(&b, "| `%s` |", what)
		for _, role := range roles {
			fmt.Fprintf(&b, " %s |", value(policy.Defaults(policy.Spec{Role: role})))
		}
		b.WriteString("\n")
	}
	line("strategy", func(c policy.Spec) string { return only(syntax.HasChildren(c.Role), c.Strategy.String()) })
	line("intensity", func(c policy.Spec) string {
		return only(syntax.HasChildren(c.Role), rateText(policy.DefaultIntensity())+", or twice the children that count")
	})
	line("limit", func(c policy.Spec) string { return rateText(c.Limit) })
	line("backoff", func(c policy.Spec) string { return only(c.Backoff.Max > 0, backoffText(c.Backoff)) })
	line("shutdown", func(c policy.Spec) string { return only(c.Shutdown.Drain > 0, shutdownText(c.Shutdown)) })
	return b.String()
}

func only(has bool, text string) string {
	if has {
		return text
	}
	return ""
}

func rateText(l policy.Limit) string {
	return only(l.In > 0, fmt.Sprintf("%d in %s", l.N, tree.Short(l.In)))
}

func backoffText(b policy.Backoff) string {
	text := fmt.Sprintf("%s..%s factor %v jitter %d%% reset %s", tree.Short(b.Min), tree.Short(b.Max), b.Factor, b.Jitter, tree.Short(b.Reset))
	if b.Min == b.Max {
		text = fmt.Sprintf("%s each time, jitter %d%%, reset %s", tree.Short(b.Min), b.Jitter, tree.Short(b.Reset))
	}
	return text
}

func shutdownText(s policy.Shutdown) string {
	return fmt.Sprintf("%s abort %s", tree.Short(s.Drain), tree.Short(s.Abort))
}

// leftOutSection tells what statements mean that do not say everything.
func leftOutSection(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| written | means |\n| --- | --- |\n")
	for _, src := range []string{"backoff 1s..9s", "backoff 1s", "ready explicit", "ready check every 2s timeout 1s",
		"health heartbeat 1s stale 5s", "health check every 10s timeout 2s", "shutdown 9s"} {
		f, diagnostics := syntax.Parse("", []byte(src))
		if diagnostics != nil {
			t.Fatal(diagnostics)
		}
		means := src
		switch d := f.Body.Stmts[0].Node.(type) {
		case *syntax.BackoffDecl:
			means = backoffText(d.Value())
		case *syntax.ReadyDecl:
			means += " within " + tree.Short(d.Value().Within)
		case *syntax.HealthDecl:
			if h := d.Value(); h.Heartbeat > 0 {
				means += " dead " + tree.Short(h.Dead)
			} else {
				means += fmt.Sprintf(" fail %d", h.Fail)
			}
		case *syntax.ShutdownDecl:
			means = shutdownText(d.Value())
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", src, means)
	}
	return b.String()
}

func outcomesSection() string {
	var b strings.Builder
	b.WriteString(header("outcome"))
	for o := policy.OutcomeSuccess; o <= policy.OutcomeIntensity; o++ {
		fmt.Fprintf(&b, "| `%s` |", o)
		for _, role := range roles {
			c := &tree.Child{Role: role, Parent: &tree.Child{}}
			action := policy.Defaults(policy.Spec{Role: role}).On[o]
			fmt.Fprintf(&b, " %s |", only(slices.Contains(c.Outcomes(), o), action.String()))
		}
		b.WriteString("\n")
	}
	return b.String()
}

var (
	tokenName = regexp.MustCompile(`<([a-z]+)>`)
	declName  = regexp.MustCompile(`\b([A-Za-z])([A-Za-z]*?)(?:Decl|Spec)\b`)
	tokens    = map[string]string{"<ident>": "NAME", "<int>": "COUNT"}
)

// grammarSection is the grammar of a line, from the productions that the parser is made of.
func grammarSection() string {
	var all []string
	for _, p := range syntax.Productions {
		for rule := range strings.Lines(p.Grammar()) {
			rule = declName.ReplaceAllStringFunc(rule, func(name string) string {
				m := declName.FindStringSubmatch(name)
				return strings.ToLower(m[1]) + m[2] + only(name == "ImportDecl", "s")
			})
			rule = strings.TrimSuffix(tokenName.ReplaceAllStringFunc(strings.TrimSpace(rule), func(token string) string {
				if w := tokens[token]; w != "" {
					return w
				}
				return strings.ToUpper(strings.Trim(token, "<>"))
			}), " .")
			if !slices.Contains(all, rule) {
				all = append(all, rule)
			}
		}
	}
	return "```text\n" + strings.Join(all, "\n") + "\n```\n"
}

func reservedSection() string {
	var words []string
	for word := range syntax.Reserved {
		words = append(words, word)
	}
	slices.Sort(words)
	var b strings.Builder
	for _, word := range words {
		fmt.Fprintf(&b, "* `%s`: %s\n", word, syntax.Reserved[word])
	}
	return b.String()
}

// checkManual is docs/checks.md.
func checkManual() string {
	var b strings.Builder
	b.WriteString("<!-- Written by go test ./dsl -update from the rules in package dsl. -->\n\n# Checks\n\n" +
		"The rules that `supgen validate` and `supgen generate` check, by the code at the end of a diagnostic.\n" +
		"`supgen explain CODE` prints the same. The language itself has [a manual](language.md).\n\n" +
		"After an error no code is generated. A warning reports code that probably does not do what was wanted;\n" +
		"`--strict` turns warnings into errors. All mistakes are reported in one run.\n")
	for _, chapter := range rules.All() {
		fmt.Fprintf(&b, "\n* %s:", chapter.Title)
		for i, rule := range chapter.Rules {
			fmt.Fprintf(&b, "%s [%s](#%s)", only(i > 0, ","), rule.Code, rule.Code)
		}
	}
	b.WriteString("\n")
	for _, chapter := range rules.All() {
		fmt.Fprintf(&b, "\n## %s\n", chapter.Title)
		for _, rule := range chapter.Rules {
			fmt.Fprintf(&b, "\n### %s\n\n%s**%s** %s\n", rule.Code, only(rule.Code.Severity() == diag.Warning, "A warning. "), rule.Text, rule.Why)
			if !rule.IsChecked() {
				continue
			}
			bad := rule.Bad()
			fmt.Fprintf(&b, "\n```sup\n%s```\n\n```text\n", elided(bad.Text))
			for _, d := range bad.Diagnostics() {
				b.WriteString(d.Text([]byte(bad.Text)))
			}
			fmt.Fprintf(&b, "```\n\n%sThis follows it:\n\n```sup\n%s```\n", fixSection(rule), rule.Good().Text)
		}
	}
	return b.String()
}

// fixSection tells what supgen fix does about what breaks a rule.
func fixSection(rule rules.Rule) string {
	if why := unfixed[rule.Code]; why != "" {
		return "`supgen fix` leaves it: " + why + ".\n\n"
	}
	var ways []string
	choose := false
	for _, d := range rule.Bad().Diagnostics() {
		for _, fix := range d.Fixes {
			ways = append(ways, "`"+fix.Message+"`")
		}
		choose = choose || len(d.Fixes) > 1
	}
	switch {
	case len(ways) == 0:
		return "`supgen fix` mends it where it is clear what is meant; here it is not.\n\n"
	case choose:
		return "`supgen fix` lists the ways to mend it, of which one has to be chosen: " + strings.Join(ways, ", or ") + ".\n\n"
	}
	return "`supgen fix` mends it: " + strings.Join(ways, ", ") + ".\n\n"
}

// elided is an example without the middle of a long one.
func elided(example string) string {
	lines := slices.Collect(strings.Lines(example))
	if len(lines) <= 40 {
		return example
	}
	return strings.Join(slices.Concat(lines[:5], []string{"...\n"}, lines[len(lines)-5:]), "")
}
