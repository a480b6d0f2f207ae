package report

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
)

// The parts of SARIF 2.1.0 that a report fills. Their names are the standard's.
type (
	// A Log is the whole.
	Log struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations,omitempty"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifMessage `json:"shortDescription"`
		FullDescription  sarifMessage `json:"fullDescription"`
		Help             sarifHelp    `json:"help"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId"`
		RuleIndex        int             `json:"ruleIndex"`
		Level            string          `json:"level"`
		Message          sarifMessage    `json:"message"`
		Locations        []sarifLocation `json:"locations"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes            []sarifFix      `json:"fixes,omitempty"`
	}
	sarifFix struct {
		Description     sarifMessage  `json:"description"`
		ArtifactChanges []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		ArtifactLocation sarifArtifact      `json:"artifactLocation"`
		Replacements     []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		DeletedRegion   sarifRegion   `json:"deletedRegion"`
		InsertedContent *sarifMessage `json:"insertedContent,omitempty"`
	}
	sarifLocation struct {
		ID               *int          `json:"id,omitempty"`
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
		Message          *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// SARIF is the report as the JSON of a log of the Static Analysis Results Interchange Format 2.1.0, which code scanning reads.
// It lists the rules that have something to report, and no others.
func (r Report) SARIF() Log {
	r.columns = columns{}
	found, index := r.rules()
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{"supgen", "https://github.com/supgen/supgen", found}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	for _, d := range r.Diagnostics {
		result := sarifResult{
			RuleID: string(d.Code), RuleIndex: index[d.Code], Level: d.Severity.String(),
			Message:   sarifMessage{withHint(d)},
			Locations: []sarifLocation{{PhysicalLocation: r.physical(d.Pos, d.End)}},
		}
		for i, n := range d.Notes {
			result.RelatedLocations = append(result.RelatedLocations, sarifLocation{
				ID: &i, PhysicalLocation: r.physical(n.Pos, n.End), Message: &sarifMessage{n.Message},
			})
		}
		for _, fix := range d.Fixes {
			result.Fixes = append(result.Fixes, r.fix(fix))
		}
		run.Results = append(run.Results, result)
	}
	if len(r.Failures) > 0 {
		failed := slices.ContainsFunc(r.Failures, func(f Failure) bool { return f.Severity == diag.Error })
		run.Invocations = []sarifInvocation{{ExecutionSuccessful: !failed, ToolExecutionNotifications: r.notifications()}}
	}
	return Log{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}
}

// notifications are what kept the report from being complete.
func (r Report) notifications() (all []sarifNotification) {
	for _, f := range r.Failures {
		n := sarifNotification{Level: f.Severity.String(), Message: sarifMessage{f.Text()}}
		switch {
		case f.Pos.IsValid():
			n.Locations = []sarifLocation{{PhysicalLocation: r.physical(f.Pos, diag.Pos{})}}
		case f.Pos.File != "":
			n.Locations = []sarifLocation{{PhysicalLocation: sarifPhysical{ArtifactLocation: artifact(f.Pos.File)}}}
		}
		all = append(all, n)
	}
	return all
}

// rules are the rules that have something to report, by name, and the place of each.
func (r Report) rules() ([]sarifRule, map[diag.Code]int) {
	found, index := []sarifRule{}, map[diag.Code]int{}
	codes := slices.Clone(r.Diagnostics)
	slices.SortFunc(codes, func(a, b diag.Diagnostic) int { return cmp.Compare(a.Code, b.Code) })
	for _, d := range codes {
		if _, ok := index[d.Code]; !ok {
			index[d.Code] = len(found)
			rule, _ := rules.Lookup(d.Code) // every code has one
			found = append(found, sarifRule{string(d.Code), sarifMessage{rule.Text}, sarifMessage{rule.Why}, sarifHelp{rule.Help(), rule.Markdown()}})
		}
	}
	return found, index
}

// withHint is what is wrong and, on a line of its own, what to do.
func withHint(d diag.Diagnostic) string {
	if d.Hint == "" {
		return d.Message
	}
	return d.Message + "\n" + d.Hint
}

// physical is a range, or with the zero end a place, of a file.
func (r Report) physical(pos, end diag.Pos) sarifPhysical {
	p := sarifPhysical{artifact(pos.File), &sarifRegion{StartLine: pos.Line, StartColumn: r.column(pos)}}
	if end.IsValid() {
		p.Region.EndLine, p.Region.EndColumn = end.Line, r.column(end)
	}
	return p
}

// fix is a fix, its edits by the file that they are in.
func (r Report) fix(f diag.Fix) sarifFix {
	fix := sarifFix{Description: sarifMessage{f.Message}}
	for _, e := range f.Edits {
		at := r.physical(e.Pos, e.End)
		edit := sarifReplacement{DeletedRegion: *at.Region}
		if e.New != "" {
			edit.InsertedContent = &sarifMessage{e.New}
		}
		i := slices.IndexFunc(fix.ArtifactChanges, func(c sarifChange) bool { return c.ArtifactLocation == at.ArtifactLocation })
		if i < 0 {
			i = len(fix.ArtifactChanges)
			fix.ArtifactChanges = append(fix.ArtifactChanges, sarifChange{ArtifactLocation: at.ArtifactLocation})
		}
		fix.ArtifactChanges[i].Replacements = append(fix.ArtifactChanges[i].Replacements, edit)
	}
	return fix
}

// artifact names a file. Where it is relative, code scanning knows what to.
func artifact(name string) sarifArtifact {
	name = filepath.ToSlash(name) // what is not on disk has not been renamed
	switch {
	case path.IsAbs(name):
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: name}).String()}
	case len(name) > 2 && name[1:3] == ":/": // behind a drive
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: "/" + name}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: name}).String(), URIBaseID: "%SRCROOT%"}
}
