// What has happened: the last events, and of each child a lane, its states over time.
import {draw} from './dom.js';

export const log = {
  events: [],              // the last ones
  lanes: new Map(),        // by path: {steps, fails, own, asked, command}, oldest first
  gaps: [],                // [from, to, number] in ms, of lost events
  lost: 0,                 // how many gaps there were: events of one moment are before or behind one by that
  begin: Infinity,         // ms: what was before is not kept
  whole: false,            // nothing was before
};
export const maxEvents = 20000;

export function clear() {
  Object.assign(log, {events: [], gaps: [], lost: 0, begin: Infinity, whole: false});
  log.lanes.clear();
}

export function record(e) {
  const t = Date.parse(e.time), {events, lanes, gaps} = log;
  if (!events.length) Object.assign(log, {begin: t, whole: e.sequence - (e.lost ?? 0) <= 1});
  if (e.kind === 'lost') gaps.push([events.length ? Date.parse(events.at(-1).time) : t, t, ++log.lost]);
  events.push(e);
  if (events.length > maxEvents + 2000) forget();
  if (!e.path || e.kind === 'lost') return;
  const lane = lanes.get(e.path) ?? lanes.set(e.path, {steps: [], fails: [], own: false}).get(e.path);
  if (e.kind === 'failed') lane.own = true; // it is down because of itself, until it is ready or taken down
  else if (e.to === 'ready' || e.kind === 'asked' && e.with !== e.path) lane.own = false;
  if (e.from !== e.to || !lane.steps.length) lane.steps.push({t, from: e.from, to: e.to, own: lane.own, lost: log.lost});
  if (e.kind === 'asked') lane.asked = t;
  if (e.kind === 'failed') lane.fails.push(t);
  if (e.kind === 'failed' || e.kind === 'command') lane.command = e.audit; // what was the last, and whose
}

// forget drops the oldest events.
function forget() {
  log.events = log.events.slice(-maxEvents);
  log.begin = Date.parse(log.events[0].time);
  log.whole = false;
  log.gaps = log.gaps.filter(([, to]) => to > log.begin);
  for (const [path, lane] of log.lanes) {
    const i = lane.steps.findIndex(s => s.t >= log.begin);
    lane.steps.splice(0, i < 0 ? Math.max(0, lane.steps.length - 1) : Math.max(0, i - 1));
    lane.fails = lane.fails.filter(t => t >= log.begin);
    if (path.includes('[') && lane.steps.at(-1).t < log.begin && lane.steps.at(-1).to === 'stopped') log.lanes.delete(path); // it is gone
  }
}

const levels = { // how a state looks in a lane: class, and height, which tells it without the colour
  ready: ['ok', 5], running: ['wait', 10], starting: ['wait', 10], declared: ['off', 2], restarting: ['wait', 10],
  failed: ['bad', 20], quarantined: ['bad', 20], paused: ['off', 10], shutting_down: ['wait', 10], stopped: ['off', 2],
};

// pieces are what a child did between two moments, [from, to, state, whether by itself], of which an undefined state is unknown. What
// was between lost events, and no event tells, is not guessed, but of a state that lasts since.
export function pieces(lane, life, since, from, to) {
  const found = [], steps = lane?.steps ?? [], first = steps.findLastIndex(s => s.t <= from);
  if (!log.whole && log.begin > from) found.push([from, log.begin, undefined]);
  let {t: at, to: state, own, lost} = steps[first] ?? {t: log.begin, to: steps[0]?.from ?? life, own: false, lost: 0};
  for (const [i, s] of [...steps.slice(first + 1), {t: to, from: life, lost: log.lost}].entries()) {
    const between = log.gaps.filter(([a, , n]) => n > lost && n <= s.lost && a <= s.t);
    for (const [j, [a, b]] of between.entries()) {
      if (j || first + i < 0) [state, own] = [at >= since ? life : undefined, false];
      found.push([at, a, state, own], [a, b, undefined]);
      [at, state, own] = [b, s.to || b >= since ? s.from : undefined, false];
    }
    found.push([at, s.t, state, own]);
    [at, state, own, lost] = [Math.max(at, s.t), s.to, s.own, s.lost];
  }
  return joined(found.filter(([a, b]) => b >= from && b >= a), (to - from) / 500);
}

// joined has one unknown piece for those between which next to nothing is known: a storm loses events again and again.
function joined(found, little) {
  const kept = [];
  for (const p of found) {
    const [before, between] = kept.slice(-2);
    if (between && p[2] === undefined && before[2] === undefined && between[1] - between[0] < little) kept.pop();
    const last = kept.at(-1);
    if (last && last[2] === undefined && p[2] === undefined && p[0] - last[1] < little) last[1] = Math.max(last[1], p[1]);
    else kept.push(p);
  }
  return kept;
}

// paintLane draws what a child did between two moments, with a stroke at a third. Its state now is life, since a moment.
export function paintLane(svg, path, life, since, [from, to], cursor) {
  const lane = log.lanes.get(path), kids = [];
  const x = t => Math.max(0, Math.min(1000, (t - from) / (to - from) * 1000));
  const bar = (a, b, kind, h, more) => { if (b > a) kids.push(draw('rect', {x: a.toFixed(1), y: 20 - h, width: Math.max(b - a, 1.5).toFixed(1), height: h, class: kind, ...more})); };
  for (const [a, b, state, own] of pieces(lane, life, since, from, to)) {
    if (state === undefined) bar(x(a), Math.max(x(b), x(a) + 3), 'unknown', 20, {fill: 'url(#hatch)'});
    else bar(x(a), x(b), ...(own ? ['bad', 15] : levels[state] ?? ['off', 2]));
  }
  let last = -9;
  for (const t of lane?.fails ?? []) {
    if (t < from || t > to || x(t) - last < 4) continue;
    kids.push(draw('rect', {x: (last = x(t)).toFixed(1), y: 0, width: 5, height: 20, class: 'fail'}));
  }
  if (cursor !== null) kids.push(draw('rect', {x: x(cursor).toFixed(1), y: 0, width: 6, height: 20, class: 'cursor'}));
  svg.replaceChildren(...kids);
}
