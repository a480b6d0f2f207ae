package compare

import (
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// riskOf is why a changed statement makes a child riskier, "" if it does not.
func riskOf(keyword string, old, now *dsl.Child) string {
	switch keyword {
	case "strategy":
		if now.Strategy.Value == runtime.OneForOne || old.Strategy.Value == runtime.OneForAll {
			return "siblings go on that were restarted together before"
		}
		return "one failure takes more siblings down"
	case "intensity":
		if old.Intensity.Source.Kind == dsl.SourceRole && now.Intensity.Source.Kind == dsl.SourceRole {
			return "" // it goes by the number of children
		}
		return limit(old.Intensity.Value, now.Intensity.Value)
	case "limit":
		return limit(old.Limit.Value, now.Limit.Value)
	case "backoff":
		return backoff(old.Backoff.Value, now.Backoff.Value)
	case "throttle":
		return throttle(old.Throttle.Value, now.Throttle.Value)
	case "concurrency":
		o, n := old.Concurrency.Value, now.Concurrency.Value
		return only(n == 0 || o != 0 && n > o, "more of its children may start at once")
	case "ready":
		return ready(old.Ready.Value, now.Ready.Value)
	case "health":
		return health(old.Health.Value, now.Health.Value)
	case "shutdown":
		if now.Role == runtime.Supervisor {
			return promise(old.Shutdown.Value.Drain, now.Shutdown.Value.Drain)
		}
		return shutdown(old.Shutdown.Value, now.Shutdown.Value)
	case "timeout":
		o, n := old.Timeout.Value, now.Timeout.Value
		return only(n == 0 || o != 0 && n > o, "a run that hangs is noticed later, or never")
	}
	return ""
}

// reasons joins what is to be said.
func reasons(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "; ")
}

func limit(old, now runtime.Limit) string {
	return reasons(
		only(now.N > old.N, "more restarts are tolerated before it is given up"),
		only(now.In < old.In && now.N >= old.N, "failures are forgotten sooner"),
		only(now.In > old.In && now.N <= old.N, "failures add up over a longer time, so it is given up where it went on before"),
	)
}

func backoff(old, now runtime.Backoff) string {
	faster := now.None && !old.None || !now.None && !old.None && (now.Min < old.Min || now.Max < old.Max)
	return reasons(
		only(faster, "restarts follow each other faster"),
		only(!now.None && old.Jitter != 0 && now.Jitter == 0, "without jitter, many restart at the same moment"),
	)
}

func throttle(old, now runtime.Throttle) string {
	return only(now.N == 0 || old.N != 0 && (now.N > old.N || now.Refill < old.Refill), "restarts of its children are held back less")
}

func ready(old, now runtime.Ready) string {
	if now.Immediate() {
		return "it counts as ready before it has said so"
	}
	return only(!old.Immediate() && now.Within > old.Within, "a start that hangs is noticed later")
}

func health(old, now runtime.Health) string {
	before, behind := noticed(old), noticed(now)
	switch {
	case behind == 0:
		return "nobody notices any more when it hangs"
	case before != 0 && behind > before:
		return "it is noticed later when it hangs"
	}
	return ""
}

// noticed is how long a child may hang before its health says so; 0 is for ever.
func noticed(h runtime.Health) time.Duration {
	if h.Heartbeat > 0 {
		return h.Dead
	}
	return time.Duration(h.Fail) * h.Check.Every
}

func shutdown(old, now runtime.Shutdown) string {
	switch {
	case now.Unlimited:
		return "its stop may take for ever"
	case old.Unlimited, now.Drain < old.Drain:
		return "it has less time to finish its work"
	}
	return only(now.Abort < old.Abort, "it has less time after the abort before it is stuck")
}

func promise(old, now time.Duration) string {
	switch {
	case now == 0:
		return "nothing promises any more when it has stopped"
	case old != 0 && now > old:
		return "its stop may take longer"
	}
	return ""
}

// riskOfRow is why another answer to an outcome is riskier.
func riskOfRow(o runtime.Outcome, old, now dsl.Row) string {
	switch {
	case o == runtime.OutcomeStuck && now.Action == runtime.ActionRestart:
		return "a second run is started beside one that has not stopped"
	case old.Action == now.Action: // both quarantine
		return only(old.For > 0 && (now.For == 0 || now.For > old.For), "it stays down for longer")
	case o == runtime.OutcomeSuccess && isUp(now):
		return ""
	}
	switch now.Action {
	case runtime.ActionRetry:
		return "it is never given up, as retries count in no limit"
	case runtime.ActionRestart:
		if old.Action == runtime.ActionRetry {
			return "it counts, so that it may be given up where it was tried again and again before"
		}
	case runtime.ActionStop, runtime.ActionQuarantine:
		if isUp(old) && now.For == 0 {
			return "it stays down then"
		}
		if isUp(old) {
			return "it is down for " + dsl.Duration(now.For) + " then"
		}
	case runtime.ActionEscalate:
		if old.Action < now.Action {
			return "its supervisor fails with it"
		}
	case runtime.ActionShutdown:
		return "the whole tree ends with it"
	}
	return only(now.Action < old.Action && o != runtime.OutcomeSuccess, "less is done about it")
}

// isUp reports whether an answer starts the child again.
func isUp(r dsl.Row) bool {
	return r.Action == runtime.ActionRetry || r.Action == runtime.ActionRestart
}
