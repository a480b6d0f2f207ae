// What is known of the tree, and what follows from it: which child is the cause, and which ones wait for it.
import {list, make} from './dom.js';
import {log} from './events.js';
import {declarationOf, endings, number, span, states, nanos} from './words.js';

export const known = {
  live: null,              // the last /state
  shown: null,             // that, or the state of a moment of the past, as look makes it
  past: null,              // the moment of the past that is shown, in ms
  offset: 0,               // of the tree's clock against the browser's, in ms
  declarations: new Map(), // by path
  operate: false,          // there are commands
  selected: '',            // a path
};

// changed has the page show what is known now.
export const changed = () => dispatchEvent(new Event('changed'));

export function select(path) {
  known.selected = path;
  history.replaceState(null, '', '#' + encodeURIComponent(path));
  changed();
}

export const now = () => Date.now() + known.offset;
export const moment = () => known.past ?? now();
export const declared = path => known.declarations.get(declarationOf(path));

let needers = {of: null, by: new Map()};
// neededBy are the declarations that need one.
export function neededBy(path) {
  if (needers.of !== known.declarations) {
    needers = {of: known.declarations, by: new Map()};
    for (const d of known.declarations.values()) for (const n of d.needs ?? []) push(needers.by, n, d.path);
  }
  return needers.by.get(path) ?? [];
}

// relative is a path without the name of the tree, which all have.
export function relative(path) {
  const top = known.shown.tree.path + '.';
  return path.startsWith(top) ? path.slice(top.length) : path;
}
export const pathButton = (path, text = relative(path)) => make('button', {type: 'button', class: 'path', click: () => select(path)}, text);

// some are buttons for children, not too many.
export const some = (children, most) => [...list(children.slice(0, most).map(c => pathButton(c.path))), children.length > most ? ` and ${number(children.length - most)} more` : ''];

const fewReplicas = 4; // more than these are gathered

// look makes what is shown of a state. Its stuck has the paths of what was asked to stop and still runs; its below has the children of a path; those of a dynamic declaration, and many replicas, are
// below a group of their own, which has the declaration's path.
export function look(state) {
  const shown = {...state, children: new Map(), below: new Map(), groups: new Map(), instances: new Map(), chains: new Map(), stuck: new Map()};
  for (const run of state.tree.leaked ?? []) shown.stuck.set(run.replace(/#\d+( cleanup)?$/, ''), run.endsWith(' cleanup') ? 'cleanup' : 'run');
  for (const c of state.children) {
    shown.children.set(c.path, c);
    push(shown.instances, declarationOf(c.path), c);
  }
  for (const c of state.children) {
    const path = declarationOf(c.path), all = shown.instances.get(path);
    if (path !== c.path && (declared(path)?.dynamic || all.length > fewReplicas)) {
      if (c === all[0]) {
        const group = {path, parent: c.parent, role: c.role, group: all};
        shown.groups.set(path, group);
        push(shown.below, c.parent ?? '', group);
      }
      push(shown.below, path, c);
    } else push(shown.below, c.parent ?? '', c);
  }
  return shown;
}

function push(map, key, value) {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
}

// above is the path of the row above a child.
export const above = c => !c.group && known.shown.groups.has(declarationOf(c.path)) ? declarationOf(c.path) : c.parent;

// ---- States

export function stateOf(c) {
  if (c.group) {
    const bad = c.group.filter(o => !fine(o)).length;
    return bad ? ['▲', `${number(bad)} of ${number(c.group.length)} not ready`] : ['●', `${number(c.group.length)} ready`];
  }
  if (isStuck(c)) return ['✖', 'stuck'];
  if (c.not_ready) return [states.running[0], 'not ready'];
  if (c.lifecycle !== 'stopped') return states[c.lifecycle] ?? ['?', c.lifecycle];
  return c.stopped === 'ended' && !endedWell(c) ? ['✖', 'stopped after a failure'] : endings[c.stopped] ?? states.stopped;
}

// isStuck is whether a child has come down, but for a run that does not return.
const isStuck = c => c.lifecycle === 'stopped' && known.shown?.stuck.has(c.path);

// A child is fine that is ready, or has done its work.
const endedWell = c => c.stopped === 'completed' || c.stopped === 'ended' && /^(success|skip)$/.test(c.decision?.row ?? 'success');
export const fine = c => c.group ? c.group.every(fine) : !isStuck(c) && (c.lifecycle === 'ready' || c.lifecycle === 'stopped' && endedWell(c));

// trouble is why a child is not fine where that is because of itself, and not because of an operator: why it says that it is not ready, or
// its last failure.
export function trouble(c) {
  if (c.group || fine(c)) return undefined;
  if (c.not_ready) return c.not_ready;
  const failing = c.lifecycle === 'stopped' ? c.stopped === 'ended' : /^(failed|quarantined|shutting_down)$/.test(c.lifecycle) ||
    c.lifecycle !== 'paused' && c.attempt > 1 && !/^(success|again)$/.test(c.decision?.row); // after these it starts again, too
  return failing && !commanded(c) ? c.failure : undefined;
}

// commanded is the command because of which a child is at rest.
export function commanded(c) {
  if (!/^(paused|quarantined|stopped)$/.test(c.lifecycle)) return undefined;
  if (known.past === null) return log.lanes.get(c.path)?.command;
  return log.events.findLast(e => e.path === c.path && /^(command|failed)$/.test(e.kind) && Date.parse(e.time) <= known.past)?.audit;
}

// A tone is how much a state matters: ok, done, off, wait, bad.
export function tone(c) {
  if (c.group) return fine(c) ? 'ok' : c.group.some(o => tone(o) === 'bad') ? 'bad' : 'wait';
  if (c.lifecycle === 'ready') return c.health === 'unhealthy' || c.health === 'stale' ? 'bad' : 'ok';
  if (fine(c)) return 'done';
  if (c.lifecycle === 'failed' || c.lifecycle === 'quarantined' || isStuck(c) || isCause(c)) return 'bad';
  return c.lifecycle === 'stopped' || c.lifecycle === 'paused' ? 'off' : 'wait';
}

// ---- Causes

// find is a child by path, or of a declaration with many children one that is not fine.
export function find(path) {
  const {children, instances} = known.shown;
  if (children.has(path)) return children.get(path);
  const all = instances.get(path) ?? [];
  return all.find(c => !fine(c)) ?? all[0];
}

// stops is whether the tree comes down, in which nothing waits for what it needs.
export const stops = () => !/^(idle|running|leaving)$/.test(known.shown.tree.phase);

// blocker is the child because of which another one is not ready.
function blocker(c) {
  if (fine(c) || stops()) return undefined;
  const on = c.wait?.on;
  if (on === c.path) return undefined;
  if (on) return find(on);
  if (c.role === 'supervisor') {
    const below = (known.shown.below.get(c.path) ?? []).flatMap(b => b.group ?? [b]);
    const bad = below.filter(b => !fine(b) && !declared(b.path)?.optional && b.wait?.kind !== 'supervisor');
    return bad.find(b => trouble(b) && (!b.wait?.on || b.wait.on === b.path)) ?? bad[0];
  }
  return (declared(c.path)?.needs ?? []).map(find).find(n => n && !fine(n));
}

// chain is a child and what it waits for, up to the root cause.
export function chain(c) {
  const {chains} = known.shown;
  let steps = chains.get(c);
  if (!steps) {
    steps = [c];
    for (let next = blocker(c); next && !steps.includes(next); next = blocker(next)) steps.push(next);
    chains.set(c, steps);
  }
  return steps;
}
export const rootOf = c => c.group ? c : chain(c).at(-1);

// consequences are the children that wait for one.
export function consequences(c) {
  const {shown} = known;
  if (!shown.followers) {
    shown.followers = new Map();
    for (const o of shown.children.values()) if (!fine(o)) for (const step of chain(o).slice(1)) push(shown.followers, step, o);
  }
  return shown.followers.get(c) ?? [];
}

// isCause is whether a child is what is wrong: it fails, says that it is not ready, or an operator took it down, and others wait for it.
export const isCause = c => !c.group && causes().has(c);

// spare is whether the tree does without a child.
export const spare = c => Boolean(declared(c.path)?.optional || declared(c.path)?.dynamic) && !consequences(c).length;

// causes are those children, those first without which the tree does not do, the one for which most wait first.
export function causes() {
  const {shown} = known;
  shown.causes ??= new Set([...shown.children.values()].filter(c => !fine(c) && c.role !== 'supervisor' && rootOf(c) === c &&
    (trouble(c) || /^(paused|quarantined|stopped)$/.test(c.lifecycle) && !stops() && consequences(c).some(o => o.role !== 'supervisor')))
    .sort((a, b) => spare(a) - spare(b) || consequences(b).length - consequences(a).length));
  return shown.causes;
}

// ---- Facts in words

export const since = c => c.since && !c.since.startsWith('0001') ? span((moment() - Date.parse(c.since)) / 1000) : '';
export const until = c => c.wait?.until ? Date.parse(c.wait.until) : undefined;

export function restarts(c) {
  const limit = declared(c.path)?.limit;
  return limit ? `${c.restarts} of ${limit.n} in ${nanos(limit.in)}` : String(c.restarts);
}

// countdown is a text that tick keeps true.
export const countdown = at => make('b', {'data-until': at}, left(at));
export const tick = () => { for (const b of document.querySelectorAll('[data-until]')) if (b.textContent !== left(b.dataset.until)) b.textContent = left(b.dataset.until); };
function left(at) {
  const s = (at - now()) / 1000;
  return s <= 0 ? 'now' : s < 10 ? `in ${s.toFixed(1)}s` : `in ${span(s)}`;
}

// next is what happens next to a child, with a countdown.
export function next(c) {
  if (c.lifecycle === 'quarantined' && !until(c)) return make('span', {}, 'It stays so until an operator releases it. ');
  if (until(c) && known.past === null) return make('span', {class: 'next'}, 'Next try ', countdown(until(c)), '.');
  return c.lifecycle === 'starting' ? make('span', {class: 'next'}, 'It is being tried now.') : '';
}

// decided is what was decided about the last failure of a child: "retry after 8s".
export function decided({decision: d}) {
  return d && d.action !== 'none' ? d.action.replaceAll('_', ' ') + (d.delay ? ` after ${nanos(d.delay)}` : '') : '';
}

// tries says since when, and how often, a child has failed since it was ready, or since when it is not ready.
export function tries(c) {
  const from = !c.not_ready && trouble(c) && Date.parse(c.decision?.since ?? '');
  if (c.not_ready) return `Not ready for ${since(c)}. `;
  return from ? `Failing ${c.readiness === 'not_required' ? 'on and off ' : ''}for ${span((moment() - from) / 1000)}, tried ${c.attempt === 2 ? 'once' : `${c.attempt - 1} times`}. ` : '';
}
