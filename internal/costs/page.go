package costs

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/internal/lanes"
)

// Bounds of a page: of a tree that exceeds them it has the worst.
const (
	pageGroups = 25
	pageRows   = 400
	pageCases  = 400
	pageBytes  = 8 << 20
)

// A page is one that is being written.
type page struct {
	strings.Builder
	r     *explore.Report
	alike [][]*explore.Trial
	shown map[*explore.Trial]int // the number of the case in whose section its timeline stands
}

// Page is a report as a page of HTML that is complete in itself: the worst, a heat map of children and what goes wrong with
// them, and a timeline of each case.
func Page(r *explore.Report) (string, error) {
	p := &page{r: r, alike: r.Alike(), shown: map[*explore.Trial]int{}}
	var cases page
	cases.r = r
	n := 0
	for _, trials := range p.alike {
		if n == pageCases || cases.Len() > pageBytes {
			break
		}
		n++
		if err := cases.section(trials, p.shown); err != nil {
			return "", err
		}
	}
	name := html.EscapeString(r.Root.Name)
	fmt.Fprintf(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>What takes %s down</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<h1>What takes %s down</h1>\n", name, look, lanes.Style, name)
	p.summary()
	p.worst()
	p.heat()
	fmt.Fprintf(p, "<h2>Timelines</h2>\n<p>What goes wrong does so one minute after the start, or at the start. Time is drawn by its logarithm. A full bar is ready; one that rises comes up, one that falls goes down; a dashed box waits to be restarted, a red one is failed, quarantined or paused; a line is at rest. A cross is a failure, with what follows it.</p>\n")
	if n < len(p.alike) {
		fmt.Fprintf(p, "<p>Only the worst %d of %d are drawn; <code>supgen explore --script</code> prints any of them for <code>supgen simulate --format svg</code>.</p>\n", n, len(p.alike))
	}
	p.WriteString(cases.String())
	p.WriteString(opens)
	p.WriteString("</body>\n</html>\n")
	return p.String(), nil
}

// opens unfolds the section that a link leads to, which some browsers do by themselves.
const opens = `<script>
function unfold() { const d = document.getElementById(location.hash.slice(1)); if (d) { d.closest('details').open = true; d.scrollIntoView() } }
addEventListener("hashchange", unfold)
unfold()
</script>
`

const look = `:root { color-scheme: light dark; --fg: #1f2328; --bg: #ffffff; --soft: #59636e; --line: #d1d9e0; --box: #f6f8fa; --link: #0969da }
body { font: 15px/1.45 Helvetica, Arial, sans-serif; color: var(--fg); background: var(--bg); margin: 24px auto; max-width: 1400px; padding: 0 20px }
h1 { font-size: 24px } h2 { font-size: 18px; margin-top: 32px }
a { color: var(--link) }
code, pre { font: 12.5px ui-monospace, Menlo, monospace }
pre { background: var(--box); padding: 10px; overflow-x: auto }
.scroll { overflow-x: auto }
table { border-collapse: collapse }
.heat th { font-weight: normal; font-size: 12px; text-align: left; padding: 3px 6px; white-space: nowrap }
.heat thead th { border-bottom: 1px solid var(--line) }
.heat tbody th { position: sticky; left: 0; background: var(--bg) }
.heat td { border: 1px solid var(--line); padding: 2px; vertical-align: top; min-width: 74px }
.c { display: block; font-size: 11px; padding: 1px 4px; margin: 1px; border-radius: 3px; text-decoration: none; white-space: nowrap }
.worst { list-style: none; padding: 0 }
.worst li { margin: 0 0 10px }
.worst .c, summary .c { display: inline-block; font-size: 12px; padding: 1px 7px }
.figures { color: var(--soft); font-size: 13px }
details { border-top: 1px solid var(--line); padding: 6px 0 }
details details { border: 0 }
summary { cursor: pointer }
.g5 { background: #86061d; color: #ffffff }
.g4 { background: #d1431a; color: #ffffff }
.g3 { background: #f0a04b; color: #2b1500 }
.g2 { background: #f7dd72; color: #2b2300 }
.g1 { background: #cfe8d5; color: #0f2d17 }
.g0 { background: #e6eaef; color: #1f2328 }
@media (prefers-color-scheme: dark) {
:root { --fg: #f0f6fc; --bg: #0d1117; --soft: #9198a1; --line: #3d444d; --box: #151b23; --link: #4493f8 }
.g5 { background: #b3132f; color: #ffffff }
.g4 { background: #b8471d; color: #ffffff }
.g3 { background: #8a5a12; color: #ffffff }
.g2 { background: #5c5212; color: #ffffff }
.g1 { background: #1d4a2b; color: #ffffff }
.g0 { background: #2d333b; color: #f0f6fc }
}
`

// chips are the grades in a word or two, for a cell.
var chips = map[explore.Grade]string{
	explore.Ends: "ends", explore.Stay: "others stay", explore.ItStays: "stays", explore.Fall: "others fall", explore.ItFalls: "falls", explore.Nothing: "none",
}

// oftens are the words of a cell.
var oftens = map[explore.Often]string{explore.Once: "once", explore.Always: "again", explore.Boot: "start"}

// summary is the counts, and who is never up.
func (p *page) summary() {
	var counts strings.Builder
	writeCounts(&counts, p.r)
	for _, line := range strings.Split(strings.TrimSpace(counts.String()), "\n") {
		fmt.Fprintf(p, "<p>%s</p>\n", html.EscapeString(line))
	}
	if len(p.r.Missing) > 0 {
		fmt.Fprintf(p, "<p><strong>Never up, although nothing fails: %s</strong></p>\n", html.EscapeString(list(p.r.Missing, 20)))
	}
}

// worst is the groups that cost most.
func (p *page) worst() {
	p.WriteString("<h2>The worst</h2>\n<ul class=\"worst\">\n")
	groups := p.r.Groups()
	for i, g := range groups {
		if i == pageGroups {
			fmt.Fprintf(p, "<li>and %d more that cost less</li>\n", len(groups)-i)
			break
		}
		first := g.Trials[0]
		fmt.Fprintf(p, "<li><span class=\"c g%d\">%s</span> %s%s</a>: %s<br><span class=\"figures\">%s</span></li>\n", first.Cost.Grade, first.Cost.Grade,
			p.link(first), html.EscapeString(g.What), html.EscapeString(list(g.Subjects, 8)), html.EscapeString(figures(first)))
	}
	p.WriteString("</ul>\n")
}

// link begins a link to the timeline of a case; of one that has none it leads nowhere.
func (p *page) link(t *explore.Trial) string {
	if n := p.shown[t]; n > 0 {
		return fmt.Sprintf("<a href=\"#c%d\">", n)
	}
	return "<a>"
}

// heat is the table of children and kinds: a line for each case, its words telling as much as its colour.
func (p *page) heat() {
	p.WriteString("<h2>Children and what goes wrong</h2>\n<p>Of each child: what it costs if that happens <em>once</em>, <em>again</em> and again, and from the <em>start</em>.\n")
	for g := explore.Ends; ; g-- {
		fmt.Fprintf(p, "<span class=\"c g%d\" style=\"display: inline-block\">%s</span> %s \n", g, chips[g], g)
		if g == explore.Nothing {
			break
		}
	}
	p.WriteString("</p>\n<div class=\"scroll\"><table class=\"heat\">\n<thead><tr><th></th>")
	cells := map[string]map[explore.Kind]map[explore.Often]*explore.Trial{}
	used := map[explore.Kind]bool{}
	for _, t := range p.r.Trials {
		if len(t.Failures) > 1 {
			continue
		}
		f := t.Failures[0]
		if cells[f.Path] == nil {
			cells[f.Path] = map[explore.Kind]map[explore.Often]*explore.Trial{}
		}
		if cells[f.Path][f.Kind] == nil {
			cells[f.Path][f.Kind] = map[explore.Often]*explore.Trial{}
		}
		cells[f.Path][f.Kind][f.Often], used[f.Kind] = t, true
	}
	for k := explore.Error; k <= explore.Down; k++ {
		if used[k] {
			fmt.Fprintf(p, "<th scope=\"col\">%s</th>", k)
		}
	}
	p.WriteString("</tr></thead>\n<tbody>\n")
	rows := 0
	for c := range p.r.Root.All() {
		for _, path := range explore.Subjects(c) {
			if rows++; rows > pageRows {
				continue
			}
			f := explore.Failure{Child: c, Path: path}
			fmt.Fprintf(p, "<tr><th scope=\"row\">%s</th>", html.EscapeString(f.Subject()))
			for k := explore.Error; k <= explore.Down; k++ {
				if !used[k] {
					continue
				}
				p.WriteString("<td>")
				for o := explore.Once; o <= explore.Boot; o++ {
					if t := cells[path][k][o]; t != nil {
						link := strings.TrimSuffix(p.link(t), ">")
						fmt.Fprintf(p, "%s class=\"c g%d\" title=\"%s\">%s: %s</a>", link, t.Cost.Grade, html.EscapeString(t.String()+"; "+figures(t)), oftens[o], chips[t.Cost.Grade])
					}
				}
				p.WriteString("</td>")
			}
			p.WriteString("</tr>\n")
		}
	}
	p.WriteString("</tbody>\n</table></div>\n")
	if rows > pageRows {
		fmt.Fprintf(p, "<p>%d more are not shown.</p>\n", rows-pageRows)
	}
}

// section is cases that are alike, with a timeline of how often each: where that stands is noted in shown.
func (p *page) section(trials []*explore.Trial, shown map[*explore.Trial]int) error {
	t := trials[0]
	name := fmt.Sprintf("%s: %s", t.Subject(), explore.What(trials))
	fmt.Fprintf(p, "<details>\n<summary>%d <span class=\"c g%d\">%s</span> %s</summary>\n", t.Number, t.Cost.Grade, t.Cost.Grade, html.EscapeString(name))
	drawn := map[explore.Often]*explore.Trial{}
	for _, t := range trials {
		often := t.Failures[0].Often
		if first := drawn[often]; first != nil {
			shown[t] = first.Number
			continue
		}
		drawn[often], shown[t] = t, t.Number
		events, err := p.r.Events(t)
		if err != nil {
			return err
		}
		drawing := lanes.Inline(events, max(time.Nanosecond, t.Begins()), t.String())
		fmt.Fprintf(p, "<div id=\"c%d\">\n<p>%s<br><span class=\"figures\">%s</span></p>\n<div class=\"scroll\">%s</div>\n", t.Number, html.EscapeString(t.String()), html.EscapeString(figures(t)), drawing)
		fmt.Fprintf(p, "<details><summary>as a script</summary><pre>%s</pre></details>\n</div>\n", html.EscapeString(Script(p.r, t)))
	}
	p.WriteString("</details>\n")
	return nil
}
