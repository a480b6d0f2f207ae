package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
)

// words is what is said of changes, a reason on a line.
func words(changes []compare.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.Path + " " + string(c.Kind) + " " + c.What + "\n")
		for _, r := range []struct{ sign, text string }{{"! ", c.Risk}, {"+ ", c.Benefit}, {"= ", c.Note}} {
			if r.text != "" {
				b.WriteString(r.sign + r.text + "\n")
			}
		}
	}
	return b.String()
}

// TestWords is what is said of the kinds of changes that are easily said wrong.
func TestWords(t *testing.T) {
	tests := []struct{ name, before, now, want string }{
		{"a rate both ways", "worker A {\nlimit 10 in 10m\n}", "worker A {\nlimit 5 in 1m\n}", `
Top.A changed limit
! its 6th failure within 1m is one too many, and the whole tree ends; failures are forgotten sooner: one every 1m goes on without end
+ what stays wrong is given up after 5 restarts, not 10; one failure every 1m is survived
`[1:]},
		{"a rate with the same number", "worker A {\nlimit 3 in 5m\n}", "worker A {\nlimit 3 in 10m\n}", `
Top.A changed limit
! failures add up for longer: one every 3m20s is too many, and the whole tree ends
+ one failure every 3m20s does not go on without end
`[1:]},
		{"a limit of none", "worker A", "worker A {\nlimit 0 in 5m\n}", `
Top.A changed limit
! its first failure is one too many, and the whole tree ends
+ what stays wrong is given up at once
`[1:]},
		{"a limit that an intensity is spent before", "worker A {\nlimit 40 in 5m\nbackoff none\n}\nintensity 9 in 1m", "worker A {\nlimit 50 in 5m\nbackoff none\n}\nintensity 9 in 1m", `
Top.A changed limit
! failures are forgotten sooner: one every 7.5s goes on without end
+ one failure every 7.5s is survived
= the intensity of Top is spent first: 9 in 1m
`[1:]},
		{"a limit that nothing counts in", "service A {\nrestart temporary\n}", "worker A {\nrestart temporary\n}", `
Top.A changed role
= where nothing else is written, it is restarted, limited and stopped as every worker is
Top.A changed limit
= no row restarts it
`[1:]},
		{"a limit of a subtree", "supervisor S {\nworker A\n}", "supervisor S {\nworker A\nlimit 1 in 1h\n}", `
Top.S changed limit
! its 2nd failure within 1h is one too many, and the whole tree ends
+ what stays wrong is given up after 1 restart, not 3
`[1:]},
		{"needs in another order", "service P {\nprovides int\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q needs P, R", "service P {\nprovides int\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q needs R, P", `
Top.Q changed order of needs
! Go code for the old order still compiles, and mixes them up
`[1:]},
		{"needs of two types in another order", "service P {\nprovides string\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q needs P, R", "service P {\nprovides string\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q needs R, P", `
Top.Q changed order of needs
= its Go code has to take them in this order
`[1:]},
		{"needs of nothing in another order", "service P\nservice R\nservice Q needs P, R", "service P\nservice R\nservice Q needs R, P", ""},
		{"after that becomes needs", "service P\nservice Q after P", "service P\nservice Q needs P", `
Top.Q changed needs
! it does not start while P is at rest; it goes down whenever P does
+ it never starts without P; it never goes on while P is down
`[1:]},
		{"needs that becomes after", "service P {\nprovides int\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q needs P", "service P {\nprovides int\nready explicit\n}\nservice R {\nprovides int\nready explicit\n}\nservice Q after P", `
Top.Q changed after
! it starts without P when that is at rest; it goes on while P is down
+ it does not wait for P when that is at rest; it stays up when P goes down
= it is no longer handed what P provides
`[1:]},
		{"after a job that becomes needs", "job J\nservice Q after J", "job J\nservice Q needs J", `
Top.Q changed needs
= J does not go down once it has completed: it waits for the same as before
`[1:]},
		{"needs of a job", "job J\nservice Q", "job J\nservice Q needs J", `
Top changed longest stop
! a platform that kills it before 12s have passed cuts it off
Top.Q changed needs
! it does not start as long as J is not complete
+ it never starts before J is complete
`[1:]},
		{"needs by way of another", "service P\nservice R needs P\nservice Q needs P, R", "service P\nservice R needs P\nservice Q needs R", `
Top.Q changed needs
= it waits for P in any case, by way of others
`[1:]},
		{"after by way of another", "service P\nservice R needs P\nservice Q needs R after P", "service P\nservice R needs P\nservice Q needs R", `
Top.Q changed after
= it waits for P in any case, by way of others
`[1:]},
		{"needs of what is gone", "service P\nservice Q needs P", "service Q", `
Top changed longest stop
+ whatever hangs, it is over after 6s
Top.Q changed needs
= there is no P any more
Top.P removed 
! nothing runs it any more
`[1:]},
		{"after under rest_for_one", "strategy rest_for_one\nservice P\nservice Q after P", "strategy rest_for_one\nservice P\nservice Q", `
Top.Q changed after
= it waits for P in any case, by way of others
`[1:]},
		{"falls under one_for_all", "strategy one_for_all\nservice P\nservice R needs P\nservice Q needs P", "strategy one_for_all\nservice P\nservice R needs P\nservice Q", `
Top.Q changed needs
! it may start before P is ready; it goes on without P when that stays down
+ it starts without waiting for P; it stays up when P stays down
`[1:]},
		{"needs under rest_for_one", "strategy rest_for_one\nservice P\nservice Q", "strategy rest_for_one\nservice P\nservice Q needs P", `
Top.Q changed needs
! it does not start while P is at rest; it goes down with P when that stays down, too
+ it never starts without P; it never goes on without P
`[1:]},
		{"a dynamic child that is quarantined and not removed", "dynamic worker A(id string) key id {\nmax 5\non panic stop\n}", "dynamic worker A(id string) key id {\nmax 5\non panic quarantine 5m\n}", `
Top.A changed on panic
! it keeps its key and its place for 5m; what stays wrong is started again each 5m
+ it is down for 5m
`[1:]},
		{"a dynamic child that is removed and not quarantined", "dynamic worker A(id string) key id {\nmax 5\non panic quarantine 5m\n}", "dynamic worker A(id string) key id {\nmax 5\non panic stop\n}", `
Top.A changed on panic
! it does not come back by itself
+ it is removed: its key and its place are free; it is not started over and over
`[1:]},
		{"a quarantine for longer", "worker A {\non error quarantine 5m\n}", "worker A {\non error quarantine 1h\n}", `
Top.A changed on error
! it is down for 1h
+ what stays wrong is started again each 1h only
`[1:]},
		{"tags joined", "service A {\ntags \"a\", \"b\"\n}", "service A {\ntags \"a, b\"\n}", `
Top.A changed tags
= what watches it by its tags sees others
`[1:]},
		{"another package of a type", "import \"database/sql\"\n...\nservice A {\nprovides *sql.DB\nready explicit\n}", "import \"example.com/sql\"\n...\nservice A {\nprovides *sql.DB\nready explicit\n}", `
Top.A changed provides
= the Go code of what needs it, and its own, has to change with it
`[1:]},
		{"the same package under another name", "import \"database/sql\"\n...\nservice A {\nprovides *sql.DB\nready explicit\n}", "import db \"database/sql\"\n...\nservice A {\nprovides *db.DB\nready explicit\n}", ""},
		{"a group with another name", "worker W\ngroup G {\nworker A\nworker B\n}", "worker W\ngroup H {\nworker A\nworker B\n}", `
Top.H renamed 
= its name in decisions is another
`[1:]},
		{"arguments that are mixed up", "dynamic worker S(a string, b string) {\nmax 2\n}", "dynamic worker S(b string, a string) {\nmax 2\n}", `
Top.S changed arguments
! Go code for the old order still compiles, and mixes them up
`[1:]},
		{"arguments with other names", "dynamic worker S(a string) key a {\nmax 2\n}", "dynamic worker S(b string) key b {\nmax 2\n}", `
Top.S changed arguments
= its arguments are called otherwise
`[1:]},
		{"finish in another order", "worker A\nworker B\nfinish when all A, B", "worker A\nworker B\nfinish when all B, A", ""},
		{"finish of one", "worker A\nworker B\nfinish when all A", "worker A\nworker B\nfinish when any A", ""},
		{"a role with another statement", "job A {\ntimeout 1m\n}", "worker A", `
Top.A changed role
! nothing waits for its work to be done
+ what waits for it starts as soon as it is ready
= where nothing else is written, it is restarted, limited and stopped as every worker is
Top.A changed limit
! what stays wrong is restarted 3 times before it is given up, not 1
+ its 2nd failure within 10m is survived
Top.A changed timeout
= workers have none
Top.A changed on timeout
= it is never asked: it is ready as soon as it is launched
`[1:]},
		{"a role with one statement more", "worker A", "job A {\ntimeout 1m\n}", `
Top.A changed role
! what waits for it waits until it has completed
+ what waits for it starts when its work is done
= where nothing else is written, it is restarted, limited and stopped as every job is
Top.A changed limit
! its 2nd failure within 10m is one too many, and the whole tree ends
+ what stays wrong is given up after 1 restart, not 3
Top.A changed timeout
= workers have none
Top.A changed on timeout
! the whole tree ends
+ it is not started over and over
`[1:]},
		{"one replica", "worker A[3]", "worker A[1]", `
Top.A changed replicas
! one replica runs, not 3
`[1:]},
		{"a dynamic child that is one no more", "dynamic worker S(id string) {\nmax 5\n}", "worker S[8]", `
Top.S changed role
! nothing starts more of it at run time
+ it is started with its supervisor
Top.S changed replicas
= of a dynamic one there are as many as were started
Top.S changed on fatal_config
! the whole tree ends
+ nothing goes on without it
Top.S changed on fatal_bug
! the whole tree ends
+ nothing goes on without it
Top.S changed on stuck
! the whole tree ends
+ nothing goes on without it
Top.S changed on limit
! the whole tree ends
+ nothing goes on without it
`[1:]},
		{"added to a group whose intensity is spent first", "worker A", "worker A\ngroup G {\nintensity 2 in 1m\non intensity quarantine\nworker B\n}", `
Top.G added 
= its members have a strategy and an intensity of their own
Top.B added 
= Top waits for it to be ready; when the intensity of G is spent, it is quarantined until an operator releases it
`[1:]},
		{"a job under one_for_all", "job J\nservice A needs J\nservice B needs A", "strategy one_for_all\njob J\nservice A needs J\nservice B needs A", `
Top changed strategy
! the restart of one child takes all along: A and B
+ none goes on with a sibling that was restarted
`[1:]},
		{"the order of turns", "concurrency 1\nworker A\nworker B", "concurrency 1\nworker B\nworker A", `
Top changed order
= they get their turns in another order
`[1:]},
		{"an outcome that nothing can cause", "worker A", "defaults {\non timeout shutdown\n}\nworker A", `
Top.A changed on timeout
= it is never asked: it is ready as soon as it is launched
`[1:]},
		{"a limit's row that nothing can cause", "service A {\nrestart temporary\n}", "defaults {\non limit shutdown\n}\nservice A {\nrestart temporary\n}", `
Top.A changed on limit
= it is never asked: no row restarts it
`[1:]},
		{"the end of a subtree", "supervisor S {\nworker A\nworker B\n}", "supervisor S {\nworker A {\non error escalate\n}\nworker B\n}", `
Top.S.A changed on error
! S is restarted with all that is below it
+ it is not started over and over
`[1:]},
		{"a replica", "service A {\nprovides int\nready explicit\n}", "service A[1] {\nprovides int\nready explicit\n}", `
Top.A changed replicas
= its paths have an index, or no longer have one; what needs it is handed a slice
`[1:]},
		{"a factor", "worker A {\nbackoff 1s..1h factor 10\nlimit 5 in 100h\n}", "worker A {\nbackoff 1s..1h factor 1.1\nlimit 5 in 100h\n}", `
Top.A changed backoff
! restarts follow each other faster: the 5th in a row comes after 1.464s, not 1h
+ it is back sooner after a failure
`[1:]},
		{"a factor that is never reached", "worker A {\nbackoff 1s..1h factor 2\non external restart\non again restart\nlimit 1 in 1h\n}", "worker A {\nbackoff 1s..1h factor 3\non external restart\non again restart\nlimit 1 in 1h\n}", `
Top.A changed backoff
= no restart comes so late in a row
`[1:]},
		{"a check in place of heartbeats", "worker A {\nhealth heartbeat 1s stale 5s\n}", "worker A {\nhealth check every 5s timeout 1s fail 2\n}", `
Top.A changed health
= a check takes the place of heartbeats
`[1:]},
		{"moved below", "worker A\nsupervisor S {\nworker B\n}", "supervisor S {\nworker A\nworker B\n}", `
Top.S.A moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved to the front of rest_for_one", "worker C\nsupervisor S {\nstrategy rest_for_one\nworker A\nworker B\n}", "supervisor S {\nstrategy rest_for_one\nworker C\nworker A\nworker B\n}", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.S.C moved 
! it goes down whenever S is restarted; its restart takes A and B along (rest_for_one)
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved into one_for_all", "worker C\nsupervisor S {\nstrategy one_for_all\nworker A\nworker B\n}", "supervisor S {\nstrategy one_for_all\nworker C\nworker A\nworker B\n}", `
Top.S.C moved 
! it goes down whenever S is restarted; its restart takes A and B along (one_for_all); it is restarted with A and B (one_for_all)
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved out to the front of rest_for_one", "strategy rest_for_one\nworker D\nsupervisor S {\nworker C\nworker A\n}", "strategy rest_for_one\nworker C\nworker D\nsupervisor S {\nworker A\n}", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.C moved 
! its restarts count in Top, and no longer in S; its restart takes D and S along (rest_for_one)
+ it stays up when S is restarted
= Top waits for it to be ready; when its limit is spent, the whole tree ends
`[1:]},
		{"moved out to the end of rest_for_one", "strategy rest_for_one\nworker D\nsupervisor S {\nworker C\nworker A\n}", "strategy rest_for_one\nworker D\nsupervisor S {\nworker A\n}\nworker C", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.C moved 
! its restarts count in Top, and no longer in S
= Top waits for it to be ready; when its limit is spent, the whole tree ends
`[1:]},
		{"moved out of one_for_all into one", "strategy one_for_all\nsupervisor S {\nstrategy one_for_all\nworker C\nworker A\n}", "strategy one_for_all\nsupervisor S {\nstrategy one_for_all\nworker A\n}\nworker C", `
Top.C moved 
! its restarts count in Top, and no longer in S
+ it is no longer restarted with A
= Top waits for it to be ready; when its limit is spent, the whole tree ends
`[1:]},
		{"moved out of one_for_all", "supervisor S {\nstrategy one_for_all\nworker C\nworker A\nworker B\n}", "supervisor S {\nstrategy one_for_all\nworker A\nworker B\n}\nworker C", `
Top.C moved 
! its restarts count in Top, and no longer in S
+ it stays up when S is restarted; its restart no longer takes A and B along; it is no longer restarted with A and B
= Top waits for it to be ready; when its limit is spent, the whole tree ends
`[1:]},
		{"moved from beside to beside", "supervisor R {\nstrategy rest_for_one\nworker C\nworker A\n}\nsupervisor S {\nstrategy rest_for_one\nworker B\n}", "supervisor R {\nstrategy rest_for_one\nworker A\n}\nsupervisor S {\nstrategy rest_for_one\nworker B\nworker C\n}", `
Top.S.C moved 
! it fails and is restarted with S; it is restarted with B (rest_for_one)
+ it no longer fails and is restarted with R; its restart no longer takes A along
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved into a supervisor that it took along", "strategy rest_for_one\nworker C\nsupervisor S {\nworker A\nworker B\n}", "strategy rest_for_one\nsupervisor S {\nworker C\nworker A\nworker B\n}", `
Top changed longest stop
+ whatever hangs, it is over after 6s
Top.S.C moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top; its restart no longer takes S along
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved below what took it along", "strategy one_for_all\nworker C\nsupervisor S {\nworker A\nworker B\n}", "strategy one_for_all\nsupervisor S {\nworker C\nworker A\nworker B\n}", `
Top.S.C moved 
+ its restarts count in S, and no longer in Top; its restart no longer takes S along
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved with its group", "group G {\nstrategy one_for_all\nworker A\nworker B\n}\nsupervisor S {\nworker C\n}", "supervisor S {\ngroup G {\nstrategy one_for_all\nworker A\nworker B\n}\nworker C\n}", `
Top.S.G moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top
Top.S.A moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
Top.S.B moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
`[1:]},
		{"moved into a group elsewhere", "worker A\nsupervisor S {\ngroup G {\nstrategy rest_for_one\nworker B\nworker C\n}\n}", "supervisor S {\ngroup G {\nstrategy rest_for_one\nworker A\nworker B\nworker C\n}\n}", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.S.A moved 
! it goes down whenever S is restarted; its restart takes B and C along (rest_for_one)
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
Top.S.A changed group
! it is restarted and limited with the group G
+ it is no longer restarted and limited with the siblings in no group
`[1:]},
		{"into a group with a strategy", "worker A\ngroup G {\nstrategy rest_for_one\nworker B\nworker C\n}", "group G {\nstrategy rest_for_one\nworker B\nworker A\nworker C\n}", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.A changed group
! it is restarted and limited with the group G; its restart takes C along (rest_for_one); it is restarted with B (rest_for_one)
+ it is no longer restarted and limited with the siblings in no group
`[1:]},
		{"a sidecar that is a worker now", "strategy one_for_all\nworker B\nworker A\nsidecar C of A", "strategy one_for_all\nworker B\nworker A\nworker C", `
Top changed longest stop
+ whatever hangs, it is over after 6s
Top.C changed role
! its restart takes B and A along (one_for_all); it is restarted with B and A (one_for_all)
= where nothing else is written, it is restarted, limited and stopped as every worker is
Top.C changed limit
! its 4th failure within 5m is one too many, and the whole tree ends; failures are forgotten sooner: one every 2m goes on without end
+ what stays wrong is given up after 3 restarts, not 5; one failure every 2m is survived
Top.C changed on success
! it stays stopped
+ it is not started over and over
Top.C changed on fatal_config
! the whole tree ends
+ nothing goes on without it
Top.C changed on fatal_bug
! the whole tree ends
+ nothing goes on without it
Top.C changed on stuck
! the whole tree ends
+ nothing goes on without it
Top.C changed on limit
! the whole tree ends
+ nothing goes on without it
`[1:]},
		{"moved and dynamic", "strategy one_for_all\nworker B\ndynamic worker C(id string) {\nmax 5\n}\nsupervisor S {\nworker A\n}", "strategy one_for_all\nworker B\nsupervisor S {\nworker A\ndynamic worker C(id string) {\nmax 5\n}\n}", `
Top.S.C moved 
! it goes down whenever S is restarted
+ its restarts count in S, and no longer in Top
`[1:]},
		{"moved to siblings that are new", "worker C\nsupervisor S {\nstrategy one_for_all\nworker A\n}", "supervisor S {\nstrategy one_for_all\nworker C\nservice N\n}", `
Top.S.C moved 
! it goes down whenever S is restarted; its restart takes N along (one_for_all); it is restarted with N (one_for_all)
+ its restarts count in S, and no longer in Top
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it
Top.S.N added 
= S waits for it to be ready; when its limit is spent, S is restarted with all that is below it; its restart takes C along (one_for_all)
Top.S.A removed 
! nothing runs it any more
`[1:]},
		{"added to rest_for_one and optional", "strategy rest_for_one\nworker A\nworker B", "strategy rest_for_one\nworker A\nworker N {\noptional\n}\nworker B", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.N added 
= Top does not wait for it; its restart takes B along (rest_for_one)
`[1:]},
		{"added to rest_for_one", "strategy rest_for_one\nworker A\nworker B", "strategy rest_for_one\nworker A\nworker N\nworker B", `
Top changed longest stop
! a platform that kills it before 18s have passed cuts it off
Top.N added 
= Top waits for it to be ready; when its limit is spent, the whole tree ends; its restart takes B along (rest_for_one)
`[1:]},
		{"optional", "worker A", "worker A {\noptional\n}", `
Top.A changed optional
! Top is ready without it
+ Top does not wait for it, and its restarts do not count there
Top.A changed on fatal_config
! Top goes on without it
+ it is quarantined until an operator releases it
Top.A changed on fatal_bug
! Top goes on without it
+ it is quarantined until an operator releases it
Top.A changed on stuck
! Top goes on without it
+ it is quarantined until an operator releases it
Top.A changed on limit
! Top goes on without it
+ it is quarantined until an operator releases it
`[1:]},
		{"a longer promise", "shutdown 1m\nworker A", "shutdown 2m\nworker A", `
Top changed shutdown
! supgen validate holds its longest stop to 2m only
`[1:]},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, words(compare.Trees(treeOf(t, test.before), treeOf(t, test.now)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// tree is a supervisor of a body, with what stands before a line of dots above it.
func treeOf(t *testing.T, text string) *tree.Tree {
	t.Helper()
	head, body, ok := strings.Cut(text, "\n...\n")
	if !ok {
		head, body = "", text
	}
	return check(t, "x.sup", "package x\n\n"+head+"\n\nsupervisor Top {\n"+body+"\n}\n")
}
