package syntax

// clauses are words that begin no statement but are a part of one.
var clauses = map[string]string{
	"needs": "service NAME needs A, B",
	"wants": "service NAME wants A, B",
	"after": "service NAME after A, B",
	"key":   "dynamic worker NAME(id string) key id",
	"of":    "sidecar NAME of X",
	"at":    "on OUTCOME at start ACTION",

	"linked": "sidecar NAME of X linked",
}

// Begins are words of which a statement is made, by what to write for one that begins with them.
var Begins = map[string]string{
	"permanent":                     "write restart permanent",
	"transient":                     "write restart transient",
	"temporary":                     "write restart temporary",
	"one_for_one":                   "write strategy one_for_one",
	"one_for_all":                   "write strategy one_for_all",
	"rest_for_one":                  "write strategy rest_for_one",
	"simple_one_for_one":            "write strategy one_for_one; children that start at run time are declared with dynamic: dynamic worker NAME(id string) key id",
	"brutal_kill":                   "Go cannot kill a goroutine: write shutdown 1ms abort 1ms to wait no longer for it",
	"replicas":                      howMany + ": write worker NAME[3]",
	"instances":                     howMany + ": write worker NAME[3]",
	"count":                         howMany + ": write worker NAME[3]",
	"max_restarts":                  "write limit N in DURATION, or intensity N in DURATION for all children of a supervisor",
	"max_seconds":                   "write limit N in DURATION, or intensity N in DURATION for all children of a supervisor",
	"period":                        "write limit N in DURATION, or intensity N in DURATION for all children of a supervisor",
	"significant":                   "write finish when any NAME in the block of the supervisor",
	"auto_shutdown":                 "write finish when any A, or finish when all A, B",
	"RestartSec":                    "write backoff D",
	"TimeoutStopSec":                "write shutdown D",
	"preStop":                       "write lame_duck D in the supervisor at the top",
	"TimeoutStartSec":               "write ready explicit within D",
	"WatchdogSec":                   "write health heartbeat D stale D",
	"StartLimitBurst":               "write limit N in DURATION",
	"restartPolicy":                 "write restart permanent, restart transient or restart temporary",
	"livenessProbe":                 "write health check every D timeout D",
	"readinessProbe":                "write ready check every D timeout D",
	"healthcheck":                   "write health check every D timeout D",
	"heartbeat":                     "write health heartbeat D stale D",
	"check":                         "write ready check every D timeout D, or health check every D timeout D",
	"explicit":                      "write ready explicit",
	"within":                        "write ready explicit within D",
	"jitter":                        "write backoff A..B jitter full",
	"escalate":                      "write on OUTCOME escalate",
	"quarantine":                    "write on OUTCOME quarantine",
	"terminationGracePeriodSeconds": "write shutdown D",

	"every":      noSchedules,
	"schedule":   noSchedules,
	"cron":       noSchedules,
	"crontab":    noSchedules,
	"interval":   noSchedules,
	"timer":      noSchedules,
	"OnCalendar": noSchedules,

	"extends":  noBase + ": write use BASE, NAME where it is used: the last one wins",
	"inherits": noBase + ": write use BASE, NAME where it is used: the last one wins",

	"before": saysItself + ": write after NAME in its declaration",
	"Before": saysItself + ": write after NAME in its declaration",

	"children": "declare each child in the block: service NAME",
	"type":     "declare Go types in a .go file; a .sup file names them",
	"func":     "write Go in a .go file: the methods of a child, say; a .sup file declares the tree",
	"var":      "write Go in a .go file; a .sup file declares the tree",
	"const":    "write Go in a .go file; a .sup file declares the tree",
}

const noSchedules = "there are no schedules: a job runs once, when what it waits for is ready; write a service that waits for the time by itself"
