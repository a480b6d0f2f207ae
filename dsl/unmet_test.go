package dsl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
)

// Beside a need that is not met stands who waits for the child that has it.
func TestWaiting(t *testing.T) {
	many := ""
	for i := range 12 {
		many += fmt.Sprintf("\tservice C%d needs A\n", i)
	}
	for _, test := range []struct {
		name, src string
		want      []string
	}{
		{"directly, through others, and through supervisors", `
supervisor Shop {
	supervisor Ingest {
		worker Writer needs DBB
		worker Index after Writer
	}
	service Web needs Ingest
	service Mail after Web
	service Other
}`, []string{
			`4:23 unknown-name`,
			`5:22 "Index" comes after "Writer"`,
			`7:20 "Web" needs "Ingest", which "Writer" is part of`,
			`8:21 "Mail" comes after "Web"`,
		}},
		{"a supervisor does not wait for its optional children", `
supervisor Shop {
	service Maybe {
		optional
	}
	supervisor Ingest {
		service Writer needs Maybe {
			optional
		}
	}
	service Web needs Ingest
}`, []string{`7:24 needs-optional`}},
		{"a circle ends", `
supervisor Shop {
	service A needs B, X
	service B needs A
}`, []string{
			`3:18 dependency-cycle`, `4:18 "B" needs "A"`,
			`3:21 unknown-name`, `4:18 "B" needs "A"`,
		}},
		{"many", "\nsupervisor Shop {\n\tservice A needs X\n" + many + "}", []string{
			`3:18 unknown-name`, `4:19 "C0" needs "A"`, `5:19 "C1" needs "A"`, `6:19 "C2" needs "A"`, `7:19 "C3" needs "A"`,
			`8:19 "C4" needs "A"`, `9:19 "C5" needs "A"`, `10:19 "C6" needs "A"`, `11:19 "C7" needs "A"`,
			`12:19 "C8" needs "A"`, `13:19 "C9" needs "A"`, `14:20 and so on`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range checkText("a.sup", "package main"+test.src) {
				got = append(got, fmt.Sprintf("%d:%d %s", d.Pos.Line, d.Pos.Column, d.Code))
				for _, n := range d.Notes {
					if d.Code != diag.CodeNeedsOptional || !strings.Contains(n.Message, "optional here") {
						got = append(got, fmt.Sprintf("%d:%d %s", n.Pos.Line, n.Pos.Column, n.Message))
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}
