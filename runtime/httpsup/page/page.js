// The page of a tree. It asks for nothing but the handler's own API, by relative paths, and what comes from children reaches the
// document as text alone.

// ---- Elements

const $ = id => document.getElementById(id);

// make makes an element: attributes, and children that are elements or texts.
function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') e.addEventListener(name, value);
    else if (value === true) e.setAttribute(name, '');
    else if (value !== undefined && value !== false) e.setAttribute(name, value);
  }
  e.append(...children.filter(c => c !== undefined && c !== false && c !== ''));
  return e;
}

// draw is make for SVG.
function draw(tag, attributes = {}, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

// put sets a text or an attribute if that changes it: what stays is not read again, nor loses the focus.
function put(e, text) { if (e.textContent !== text) e.textContent = text; }
function set(e, name, value) { if (e.getAttribute(name) !== String(value)) e.setAttribute(name, value); }

// ---- What is known

let live = null;                // the last /state
let shown = null;               // that, or the state of a moment of the past; its children by path
let past = null;                // the moment of the past that is shown, in ms
let pastEnd = null;             // the right end of the lanes while it is
let offset = 0;                 // of the tree's clock against the browser's, in ms
let declarations = new Map();   // by path
let offline = '';               // why what is shown is not what is, if so
let operate = false;            // there are commands
let selected = linked();
let current = '';               // the row that has, or would get, the focus
const folded = new Set();
const lanes = new Map();        // by path: what happened, oldest first
let events = [];                // the last ones
let unknownBefore = Infinity;   // ms: nothing is kept of what was before
const gaps = [];                // [from, to] in ms, of lost events

// linked is the child that the address names.
function linked() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ''; }
}

const maxEvents = 20000;
const now = () => Date.now() + offset;
const declared = path => declarations.get(path.split('[')[0]);

async function ask(path, options = {}) {
  const r = await fetch(path, options);
  if (r.ok) return r;
  const body = await r.json().catch(() => ({}));
  throw Object.assign(new Error(body.error || `the server answers ${r.status}`), {status: r.status});
}
const get = async path => (await ask(path)).json();

// look makes what is shown of a state.
function look(state) {
  const children = new Map(state.children.map(c => [c.path, c]));
  const below = new Map();
  for (const c of state.children) {
    if (!below.has(c.parent ?? '')) below.set(c.parent ?? '', []);
    below.get(c.parent ?? '').push(c);
  }
  return {...state, children, below, chains: new Map(), causes: new Map()};
}

// ---- Words and shapes

const states = { // lifecycle: shape, word
  declared: ['○', 'not started'], starting: ['◔', 'starting'], running: ['◐', 'running'], ready: ['●', 'ready'],
  restarting: ['▲', 'restarting'], paused: ['‖', 'paused'], quarantined: ['◆', 'quarantined'], shutting_down: ['▽', 'stopping'],
  stopped: ['□', 'stopped'], failed: ['✖', 'failed'],
};
const endings = {completed: ['✔', 'completed'], ended: ['✔', 'ended'], by_hand: ['□', 'stopped by hand'], tree: ['□', 'stopped']};
const stateOf = c => (c.lifecycle === 'stopped' && (c.stopped === 'ended' && !endedWell(c) ? ['✖', 'stopped after a failure'] : endings[c.stopped])) || states[c.lifecycle] || ['?', c.lifecycle];
const count = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`; // "2 starts"
const words = text => String(text ?? '').replaceAll('_', ' ');

// A child is fine that is ready, or has done its work.
const endedWell = c => c.stopped === 'completed' || c.stopped === 'ended' && /^(success|skip)$/.test(c.decision?.row ?? 'success');
const fine = c => c.lifecycle === 'ready' || c.lifecycle === 'stopped' && endedWell(c);

// failing is whether a child is not fine because of itself, and not because of an operator.
const failing = c => !fine(c) && Boolean(c.failure) && c.lifecycle !== 'paused' && !(c.lifecycle === 'stopped' && c.stopped !== 'ended') &&
  (c.attempt > 1 || /^(failed|quarantined|shutting_down|stopped)$/.test(c.lifecycle)) && !commanded(c);

// commanded is the command because of which a child is at rest.
function commanded(c) {
  if (!/^(paused|quarantined|stopped)$/.test(c.lifecycle)) return undefined;
  if (past === null) return lanes.get(c.path)?.command;
  const e = events.findLast(e => e.path === c.path && (e.kind === 'command' || e.kind === 'failed') && Date.parse(e.time) <= past);
  return e?.audit;
}

// A tone is how much a state matters: ok, done, off, wait, bad.
function tone(c) {
  if (c.lifecycle === 'ready') return c.health === 'unhealthy' || c.health === 'stale' ? 'bad' : 'ok';
  if (fine(c)) return 'done';
  if (c.lifecycle === 'failed' || c.lifecycle === 'quarantined' || isCause(c)) return 'bad';
  return c.lifecycle === 'stopped' || c.lifecycle === 'paused' ? 'off' : 'wait';
}

// find is a child by path, or of a declaration with many children one that is not fine.
function find(path) {
  if (shown.children.has(path)) return shown.children.get(path);
  const all = [...shown.children.values()].filter(c => c.path.startsWith(path + '['));
  return all.find(c => !fine(c)) ?? all[0];
}

// stops is whether the tree comes down, in which nothing waits for what it needs.
const stops = () => !/^(idle|running|leaving)$/.test(shown.tree.phase);

// blocker is the child because of which another one is not ready.
function blocker(c) {
  if (fine(c) || stops()) return undefined;
  const on = c.wait?.on;
  if (on === c.path) return undefined;
  if (on) return find(on);
  if (c.role === 'supervisor') {
    const trouble = (shown.below.get(c.path) ?? []).filter(b => !fine(b) && !declared(b.path)?.optional && b.wait?.kind !== 'supervisor');
    return trouble.find(b => b.failure && (!b.wait?.on || b.wait.on === b.path)) ?? trouble[0];
  }
  return (declared(c.path)?.needs ?? []).map(find).find(n => n && !fine(n));
}

// chain is a child and what it waits for, up to the root cause.
function chain(c) {
  let steps = shown.chains.get(c.path);
  if (!steps) {
    steps = [c];
    for (let next = blocker(c); next && !steps.includes(next); next = blocker(next)) steps.push(next);
    shown.chains.set(c.path, steps);
  }
  return steps;
}
const rootOf = c => chain(c).at(-1);
const consequences = c => [...shown.children.values()].filter(o => o !== c && !fine(o) && chain(o).includes(c));

// isCause is whether a child is what is wrong: it fails, or an operator took it down, and others wait for it.
function isCause(c) {
  if (!shown.causes.has(c)) shown.causes.set(c, causes(c));
  return shown.causes.get(c);
}
const causes = c => !fine(c) && c.role !== 'supervisor' && rootOf(c) === c &&
  (failing(c) || /^(paused|quarantined|stopped)$/.test(c.lifecycle) && !stops() && consequences(c).some(o => o.role !== 'supervisor'));

const units = [[86400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']];
// span is a duration in seconds, in words: "3m 20s".
function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 1) return '0s';
  const i = units.findIndex(([n]) => s >= n), [n, unit] = units[i];
  const rest = units[i + 1] ? Math.floor(s % n / units[i + 1][0]) : 0;
  return `${Math.floor(s / n)}${unit}` + (rest && s / n < 10 ? ` ${rest}${units[i + 1][1]}` : '');
}
const nanos = n => n > 0 && n < 1e9 ? `${Math.round(n / 1e6)}ms` : span(n / 1e9);
const clock = ms => new Date(ms).toLocaleTimeString([], {hour12: false});
const since = c => c.since && !c.since.startsWith('0001') ? span(((past ?? now()) - Date.parse(c.since)) / 1000) : '';
const until = c => c.wait?.until ? Date.parse(c.wait.until) : undefined;

const short = path => path.slice(path.lastIndexOf('.') + 1);

function restarts(c) {
  const limit = declared(c.path)?.limit;
  return limit ? `${c.restarts} of ${limit.n} in ${nanos(limit.in)}` : String(c.restarts);
}

// ---- The top: summary, cause, notice

function summarise() {
  const {tree} = shown, counted = [...shown.children.values()].filter(c => c.role !== 'supervisor' && c.role !== 'group');
  const counts = new Map(), tones = new Map();
  for (const c of counted) {
    const key = stateOf(c).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (tones.get(key) !== 'bad') tones.set(key, tone(c));
  }
  const order = [...counts].sort((a, b) => b[1] - a[1]);
  put($('name'), tree.path);
  document.title = `${offline ? '?' : tree.ready ? '●' : '▲'} ${tree.path}`;
  $('summary').replaceChildren(
    offline && past === null ? make('strong', {}, `${words(events.at(-1)?.phase ?? tree.phase)} when last heard of`) :
      make('strong', {class: tree.ready ? 'ok' : 'bad'}, `${words(tree.phase)}, ${tree.ready ? 'ready' : 'not ready'}`),
    ...order.map(([key, n]) => make('span', {class: `count ${tones.get(key)}`}, `${key[0]} ${n} ${key.slice(2)}`)));
  const weight = new Map(); // how many children are not fine because of one
  for (const c of shown.children.values()) if (!fine(c)) weight.set(rootOf(c), (weight.get(rootOf(c)) ?? 0) + 1);
  const causes = [...shown.children.values()].filter(isCause).sort((a, b) => weight.get(b) - weight.get(a));
  notice(causes);
  speak(`${tree.path} is ${words(tree.phase)} and ${tree.ready ? 'ready' : 'not ready'}: ${order.map(([k, n]) => `${n} ${k.slice(2)}`).join(', ')}.` +
    (causes.length ? ` Cause: ${causes.slice(0, 3).map(c => c.path).join(', ')}.` : ''));
}

// notice tells what is wrong: each cause, what follows from it, and what happens next.
function notice(causes) {
  const box = $('notice'), lines = [];
  if (past !== null) {
    lines.push(make('p', {class: 'then'}, make('strong', {}, `This is the state at ${clock(past)}, ${span((now() - past) / 1000)} ago.`), ' ',
      make('button', {type: 'button', click: backToNow}, 'Back to now')));
  }
  if (shown.why) lines.push(make('p', {}, `What was then is unknown: ${shown.why}.`));
  for (const c of causes.slice(0, 3)) {
    const after = consequences(c).filter(o => o.role !== 'supervisor');
    const by = commanded(c), said = tries(c);
    lines.push(make('p', {}, make('strong', {class: 'bad'}, `${stateOf(c)[0]} `, pathButton(c.path), failing(c) && c.lifecycle === 'restarting' ? ' fails: ' : ` is ${stateOf(c)[1]}: `),
      by ? make('span', {}, `${by.verb} by ${by.who}, “${by.why}”`) : make('span', {class: 'said'}, firstLine(c.failure?.message ?? ''))));
    if (said || next(c)) lines.push(make('p', {class: 'after'}, said, next(c)));
    if (after.length) {
      lines.push(make('p', {class: 'after'}, `${after.length === 1 ? '1 child waits' : `${after.length} children wait`} for it: `,
        ...list(after.slice(0, 6).map(o => pathButton(o.path))), after.length > 6 ? ` and ${after.length - 6} more` : ''));
    }
  }
  if (causes.length > 3) lines.push(make('p', {}, `${count(causes.length - 3, 'more cause')}: filter with “Only trouble”.`));
  if (past === null && shown.report?.children && shown.tree.phase !== 'running') {
    const still = shown.report.children.filter(r => r.outcome === 'running' || r.outcome === 'stuck');
    if (still.length) lines.push(make('p', {}, make('strong', {}, 'Not down yet: '), ...list(still.slice(0, 8).map(r => make('span', {}, pathButton(r.path), ' ', budget(r)))), still.length > 8 ? ` and ${still.length - 8} more` : ''));
  }
  for (const run of shown.tree.leaked ?? []) lines.push(make('p', {}, make('strong', {class: 'bad'}, '✖ stuck: '), `${run} was asked to stop and still runs`));
  fill(box, lines);
  box.hidden = lines.length === 0;
  box.classList.toggle('calm', !causes.length);
}

// budget is how long a child that is asked to stop may take yet.
function budget(r) {
  const d = declared(r.path)?.shutdown, asked = lanes.get(r.path)?.asked;
  if (r.outcome === 'stuck') return '(stuck)';
  if (!asked || !d) return '(not asked yet)';
  if (d.unlimited) return `(asked ${span((now() - asked) / 1000)} ago, has no bound)`;
  const left = asked + (d.drain + d.abort) / 1e6;
  return make('span', {}, '(given up ', make('b', {'data-until': left}, countdown(left)), ')');
}

// fill makes parts the content of a box, and keeps those elements in it that are as they should be: in these the focus, the caret
// and what is selected survive.
function fill(box, parts) {
  const fresh = make('div', {}, ...parts), focused = box.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && [...box.querySelectorAll(focused.tagName)].indexOf(focused);
  const open = new Set([...box.querySelectorAll('details[open] > summary')].map(s => s.textContent));
  for (const s of fresh.querySelectorAll('details > summary')) if (open.has(s.textContent)) s.parentNode.open = true;
  const old = new Set(box.children);
  const wanted = [...fresh.children].map(f => {
    for (const o of old) if (o.isEqualNode(f)) { old.delete(o); return o; }
    return f;
  });
  for (const o of old) o.remove();
  let at = box.firstChild;
  for (const w of wanted) {
    if (w === at) at = at.nextSibling;
    else box.insertBefore(w, at);
  }
  if (focused && !focused.isConnected) (box.querySelectorAll(focused.tagName)[place] ?? box).focus({preventScroll: true});
}

const firstLine = text => { const line = String(text).split('\n')[0]; return line.length > 200 ? line.slice(0, 200) + '…' : line; };
const list = parts => parts.flatMap((p, i) => i ? [', ', p] : [p]);
const pathButton = path => make('button', {type: 'button', class: 'path', click: () => select(path)}, path);

// next is what happens next to a child, with a countdown.
function next(c) {
  if (c.lifecycle === 'quarantined' && !until(c)) return make('span', {}, 'It stays so until an operator releases it. ');
  if (until(c) && past === null) return make('span', {class: 'next'}, 'Next try ', make('b', {'data-until': until(c)}, countdown(until(c))), '.');
  return c.lifecycle === 'starting' ? make('span', {class: 'next'}, 'It is being tried now.') : '';
}

// tries says since when, and how often, a child has failed since it was ready.
function tries(c) {
  if (!failing(c)) return '';
  const from = Date.parse(c.decision?.since ?? '');
  return from ? `Failing for ${span(((past ?? now()) - from) / 1000)}, try ${c.attempt}. ` : '';
}

function countdown(at) {
  const left = (at - now()) / 1000;
  return left <= 0 ? 'now' : left < 10 ? `in ${left.toFixed(1)}s` : `in ${span(left)}`;
}

let spokenAt = 0, spoken = '', toSpeak;
// speak tells a screen reader, a sentence in five seconds at the most.
function speak(text) {
  if (past !== null || text === spoken) return;
  clearTimeout(toSpeak);
  toSpeak = setTimeout(() => {
    spokenAt = Date.now();
    put($('spoken'), spoken = text);
  }, Math.max(0, spokenAt + 5000 - Date.now()));
}

// ---- The tree

const rows = new Map(); // by path: those in the document
let height = 34;
let order = [];         // of what is to be seen: {c, level, position, size, parent}

// arrange lists what is to be seen, in the tree's order.
function arrange() {
  const text = $('filter').value.trim().toLowerCase(), trouble = $('trouble').checked;
  const matches = c => (!trouble || !fine(c) || tone(c) === 'bad') &&
    (!text || [c.path, stateOf(c)[1], c.role, ...(c.tags ?? [])].some(t => t.toLowerCase().includes(text)));
  const kept = text || trouble ? new Set() : null;
  if (kept) {
    for (const c of shown.children.values()) {
      if (matches(c)) for (let p = c; p && !kept.has(p.path); p = shown.children.get(p.parent)) kept.add(p.path);
    }
  }
  order = [];
  const visit = (parent, level) => {
    const all = (shown.below.get(parent) ?? []).filter(c => !kept || kept.has(c.path));
    all.forEach((c, i) => {
      order.push({c, level, position: i + 1, size: all.length});
      if (kept || !folded.has(c.path)) visit(c.path, level + 1);
    });
  };
  visit('', 1);
  if (!order.some(r => r.c.path === current)) current = order[0]?.c.path ?? '';
}

// paint brings the rows that can be seen up to date. Rows that stay are the same elements: the focus survives.
function paint() {
  height = matchMedia('(max-width: 40rem)').matches ? 46 : 34; // as in page.css
  const box = $('scroll'), body = $('rows');
  const first = Math.max(0, Math.floor(box.scrollTop / height) - 10);
  const seen = order.slice(first, first + Math.ceil(box.clientHeight / height) + 20);
  const focused = document.activeElement?.closest?.('#rows tr')?.dataset.path;
  const keep = new Set(seen.map(r => r.c.path));
  for (const [path, row] of rows) if (!keep.has(path)) { row.remove(); rows.delete(path); }
  set($('grid'), 'aria-rowcount', order.length + 1);
  let before = body.firstChild ?? body.appendChild(make('tr', {class: 'space', 'aria-hidden': 'true'}));
  before.style.height = `${first * height}px`; // by CSSOM, which the policy allows
  seen.forEach((r, i) => {
    const row = rows.get(r.c.path) ?? newRow(r.c.path);
    paintRow(row, r, first + i + 2);
    if (before.nextSibling !== row) before.after(row);
    before = row;
  });
  let end = before.nextSibling;
  if (!end?.classList.contains('space')) before.after(end = make('tr', {class: 'space', 'aria-hidden': 'true'}));
  end.style.height = `${(order.length - first - seen.length) * height}px`;
  if (focused && !keep.has(focused)) box.focus({preventScroll: true});
  else if (focused && document.activeElement?.closest?.('#rows tr')?.dataset.path !== focused) rows.get(focused)?.focus({preventScroll: true});
}

function newRow(path) {
  const cell = (kind = '') => make('td', {role: 'gridcell', class: kind});
  const fold = make('span', {class: 'fold', 'aria-hidden': 'true', click: e => { e.stopPropagation(); toggle(path); }});
  const row = make('tr', {role: 'row', tabindex: -1, 'data-path': path, click: () => { go(path); select(path); if ($('detail').offsetLeft < 100) $('detail').scrollIntoView({block: 'nearest'}); }},
    make('td', {role: 'rowheader', class: 'child'}, make('span', {class: 'indent'}), fold, make('span', {class: 'label'}), make('span', {class: 'role'})),
    cell('state'), cell('wide'), cell('wide'), cell('wide number'), cell('number'), cell('number'), cell('lane'));
  row.cells[1].append(make('span', {class: 'shape', 'aria-hidden': 'true'}), make('span'), make('span', {class: 'because'}));
  row.cells[7].append(draw('svg', {viewBox: '0 0 1000 20', preserveAspectRatio: 'none', 'aria-hidden': 'true'}));
  rows.set(path, row);
  return row;
}

function paintRow(row, {c, level, position, size}, index) {
  const [shape, word] = stateOf(c), root = rootOf(c), parent = shown.below.has(c.path);
  const [child, state, health, readiness, generation, restarted, time, lane] = row.cells;
  set(row, 'class', `${tone(c)}${root !== c && !fine(c) ? ' follows' : ''}${isCause(c) ? ' cause' : ''}`);
  set(row, 'aria-level', level);
  set(row, 'aria-posinset', position);
  set(row, 'aria-setsize', size);
  set(row, 'aria-rowindex', index);
  set(row, 'aria-selected', c.path === selected);
  set(row, 'tabindex', c.path === current ? 0 : -1);
  if (parent) set(row, 'aria-expanded', !folded.has(c.path));
  const [indent, fold, label, role] = child.children;
  set(indent, 'class', `indent i${Math.min(level, 8)}`);
  put(fold, parent ? (folded.has(c.path) ? '▸' : '▾') : '');
  put(label, c.path.slice(c.parent ? c.parent.length + 1 : 0));
  set(child, 'title', c.path);
  put(role, c.role === 'supervisor' ? '' : c.role);
  put(state.children[0], shape);
  put(state.children[1], word);
  put(state.children[2], root !== c && !fine(c) ? `because of ${short(root.path)}` : '');
  put(health, c.health === 'unknown' ? '–' : c.health);
  put(readiness, c.readiness === 'not_required' ? '–' : c.readiness);
  put(generation, String(c.generation));
  put(restarted, restarts(c));
  restarted.classList.toggle('zero', !c.restarts);
  put(time, since(c));
  paintLane(lane.firstChild, c);
}

// go moves the focus to a row.
function go(path) {
  const i = order.findIndex(r => r.c.path === path);
  if (i < 0) return;
  current = path;
  const box = $('scroll'), head = $('grid').tHead.offsetHeight;
  if (i * height < box.scrollTop) box.scrollTop = i * height;
  else if ((i + 1) * height + head > box.scrollTop + box.clientHeight) box.scrollTop = (i + 1) * height + head - box.clientHeight;
  paint();
  rows.get(path)?.focus({preventScroll: true});
}

function toggle(path) {
  if (!folded.delete(path)) folded.add(path);
  arrange();
  paint();
}

function onKey(e) {
  if (e.target.id === 'time' || e.altKey || e.ctrlKey || e.metaKey) return;
  const i = order.findIndex(r => r.c.path === current), r = order[i];
  if (!r) return;
  const open = shown.below.has(current) && !folded.has(current);
  const to = {
    ArrowDown: order[i + 1], ArrowUp: order[i - 1], Home: order[0], End: order.at(-1),
    PageDown: order[Math.min(order.length - 1, i + 15)], PageUp: order[Math.max(0, i - 15)],
  };
  if (e.key in to) { if (to[e.key]) go(to[e.key].c.path); }
  else if (e.key === 'ArrowRight') { if (open) go(order[i + 1]?.c.path ?? current); else if (folded.has(current)) toggle(current); }
  else if (e.key === 'ArrowLeft') { if (open) toggle(current); else if (r.c.parent) go(r.c.parent); }
  else if (e.key === 'Enter' || e.key === ' ') { select(current); if (e.key === 'Enter') $('detail').focus(); }
  else return;
  e.preventDefault();
}

// ---- Lanes: what happened, from the events

function record(e) {
  const t = Date.parse(e.time);
  events.push(e);
  if (e.kind === 'lost') { gaps.push([events.length > 1 ? Date.parse(events.at(-2).time) : t, t]); return; }
  if (!e.path) return;
  const lane = lanes.get(e.path) ?? lanes.set(e.path, {steps: [], fails: [], own: false}).get(e.path);
  if (e.kind === 'failed') lane.own = true; // it is down because of itself, until it is ready or taken down
  else if (e.to === 'ready' || e.kind === 'asked' && e.with !== e.path) lane.own = false;
  if (e.from !== e.to || !lane.steps.length) lane.steps.push({t, from: e.from, to: e.to, own: lane.own});
  if (e.kind === 'asked') lane.asked = t;
  if (e.kind === 'failed') lane.fails.push(t);
  if (e.kind === 'failed' || e.kind === 'command') lane.command = e.audit; // what was the last, and whose
  if (events.length > maxEvents + 2000) forget();
}

function forget() {
  events = events.slice(-maxEvents);
  unknownBefore = Date.parse(events[0].time);
  for (const [path, lane] of lanes) {
    const i = lane.steps.findIndex(s => s.t >= unknownBefore);
    lane.steps.splice(0, i < 0 ? Math.max(0, lane.steps.length - 1) : Math.max(0, i - 1));
    lane.fails = lane.fails.filter(t => t >= unknownBefore);
    if (!shown?.children.has(path) && !lane.fails.length && lane.steps.length < 2) lanes.delete(path);
  }
}

const levels = { // how a state looks in a lane: class, and height, which tells it without the colour
  ready: ['ok', 6], running: ['wait', 10], starting: ['wait', 10], declared: ['off', 2], restarting: ['wait', 10],
  failed: ['bad', 20], quarantined: ['bad', 20], paused: ['off', 10], shutting_down: ['wait', 10], stopped: ['off', 2],
};

// bounds are the times at the two ends of the lanes: the window, or all of a tree that is younger.
function bounds() {
  const to = pausedAt ?? pastEnd ?? now(), from = to - 1000 * $('window').value;
  return [events[0]?.sequence === 1 ? Math.max(from, Math.min(unknownBefore, to - 20000)) : from, to];
}

function paintLane(svg, c) {
  const [from, to] = bounds(), x = t => Math.max(0, Math.min(1000, (t - from) / (to - from) * 1000));
  const lane = lanes.get(c.path), kids = [];
  const bar = (a, b, kind, h) => { if (b > a) kids.push(draw('rect', {x: a.toFixed(1), y: 20 - h, width: Math.max(b - a, 1.5).toFixed(1), height: h, class: kind, ...(kind === 'unknown' && {fill: 'url(#hatch)'})})); };
  if (from < unknownBefore && events[0]?.sequence !== 1) bar(0, x(unknownBefore), 'unknown', 20);
  const steps = lane?.steps ?? [];
  let at = x(unknownBefore), life = steps[0]?.from ?? c.lifecycle, own = false;
  for (const s of [...steps, {t: to, to: ''}]) {
    const b = x(s.t);
    if (s.t > from) bar(at, b, ...(own ? ['bad', 15] : levels[life] ?? ['off', 2]));
    at = Math.max(at, b);
    life = s.to;
    own = s.own;
  }
  for (const [a, b] of gaps) if (b > from) bar(x(a), x(b) + 3, 'unknown', 20);
  let last = -9;
  for (const t of lane?.fails ?? []) {
    if (t < from || x(t) - last < 4) continue;
    kids.push(draw('rect', {x: (last = x(t)).toFixed(1), y: 0, width: 6, height: 20, class: 'fail'}));
  }
  if (past !== null) kids.push(draw('rect', {x: x(past).toFixed(1), y: 0, width: 8, height: 20, class: 'cursor'}));
  svg.replaceChildren(...kids);
}

// ---- The selected child

function select(path) {
  selected = path;
  history.replaceState(null, '', '#' + encodeURIComponent(path));
  told = '';
  if (shown) { unfold(path); arrange(); render(); }
}

// unfold opens what hides a child.
function unfold(path) {
  for (let p = shown.children.get(path)?.parent; p; p = shown.children.get(p)?.parent) folded.delete(p);
}

const statements = new Map(); // by path and sequence of the decision
let told = '';                // for what statements were asked

function detail() {
  const box = $('detail');
  const c = shown.children.get(selected);
  if (!c) {
    fill(box, [make('p', {class: 'empty'}, selected ? `There is no child ${selected} here.` : 'Select a child to see why it is as it is.')]);
    return;
  }
  const [shape, word] = stateOf(c), d = declared(c.path), steps = chain(c), after = consequences(c);
  const parts = [
    make('h2', {}, c.path),
    make('p', {class: 'now ' + tone(c)}, make('strong', {}, `${shape} ${word}`), since(c) ? ` for ${since(c)}` : '',
      c.health !== 'unknown' ? `, ${c.health}` : '', c.readiness === 'pending' && fine(c) === false ? ', not ready' : ''),
  ];
  if (!fine(c) && next(c)) parts.push(make('p', {}, next(c)));
  if (c.waits && steps.length < 2 && !until(c)) parts.push(make('p', {}, `It waits for ${c.waits}.`));
  if (steps.length > 1) {
    parts.push(make('h3', {}, 'What it waits for'), make('ol', {class: 'chain'}, ...steps.map((s, i) =>
      make('li', {class: i === steps.length - 1 ? 'root' : ''}, `${stateOf(s)[0]} `, pathButton(s.path), ` ${stateOf(s)[1]}`,
        i === steps.length - 1 ? make('b', {}, ' – the cause') : '',
        i === steps.length - 1 && s.failure ? make('span', {class: 'said'}, firstLine(s.failure.message)) : '', i === steps.length - 1 ? next(s) : ''))));
  }
  if (after.length) parts.push(make('h3', {}, `What waits for it (${after.length})`), make('p', {class: 'after'}, ...list(after.slice(0, 12).map(o => pathButton(o.path))), after.length > 12 ? ' …' : ''));
  const by = commanded(c);
  if (by) parts.push(make('p', {}, `${by.verb} by ${by.who}: ${by.why}`));
  if (c.failure) {
    parts.push(make('h3', {}, failing(c) ? 'Last failure' : 'Last failure, which is over'),
      make('p', {class: 'said'}, c.failure.message), make('p', {class: 'small'}, [...new Set([words(c.failure.kind), words(c.failure.category)])].join(', '), lastFailed(c.path)));
    if (c.failure.stack) parts.push(make('details', {}, make('summary', {}, 'Stack'), make('pre', {tabindex: 0}, c.failure.stack)));
  }
  const stuck = shown.report?.children?.find(r => r.path === c.path && r.stacks);
  if (stuck) parts.push(make('h3', {}, 'Where it is stuck'), make('pre', {tabindex: 0}, stuck.stacks));
  if (c.unclean) parts.push(make('h3', {}, 'Its last stop was not clean'), make('p', {class: 'said'}, c.unclean.message));
  if (c.decision && c.decision.action !== 'none') {
    const key = `${c.path} ${c.failures} ${c.decision.reason}`, rules = statements.get(key);
    if (past === null && told !== key) askStatements(c.path, told = key);
    parts.push(make('h3', {}, 'What was decided'),
      make('p', {}, make('strong', {}, words(c.decision.action)), c.decision.delay ? ` after ${nanos(c.decision.delay)}` : '', `: ${c.decision.reason}`));
    if (rules?.length) parts.push(make('ul', {class: 'rules'}, ...rules.map(s => make('li', {}, make('code', {}, s.text), make('span', {class: 'small'}, ` of ${s.of}, ${s.source}`)))));
    else if (c.decision.at) parts.push(make('p', {class: 'small'}, `By the row ${words(c.decision.row)} of ${c.decision.at}`));
  }
  if (operate && past === null) {
    parts.push(make('h3', {}, 'Commands'), commands(c));
    if (c.role !== 'supervisor') parts.push(make('p', {}, make('button', {type: 'button', click: () => askStacks(c.path)}, 'Stacks of its goroutines')));
    if (stacks.path === c.path) parts.push(make('p', {class: 'small', role: 'status'}, stacks.about), ...(stacks.text ? [make('pre', {tabindex: 0, 'aria-label': 'Stacks'}, stacks.text)] : []));
  }
  parts.push(make('h3', {}, 'Facts'), facts(c, d));
  const recent = happened(c.path);
  if (recent.length) parts.push(make('details', {}, make('summary', {}, 'Events'), make('ul', {class: 'events'}, ...recent)));
  fill(box, parts);
}

function facts(c, d) {
  const pairs = [
    ['Role', words(c.role) + (d?.optional ? ', optional' : '') + (d?.dynamic ? ', dynamic' : '')],
    ['Restarts', `${restarts(c)}${c.left !== undefined && d?.limit ? `, ${c.left} left` : ''}`],
    ['Since Run', `${count(c.starts, 'start')}, ${count(c.failures, 'failure')}`], ['Generation', String(c.generation)], ['Attempt', String(c.attempt)],
    ['Needs', d?.needs], ['After', d?.after],
    ['Needed by', [...declarations.values()].filter(o => o.needs?.includes(c.path.split('[')[0])).map(o => o.path)],
    ['Strategy', c.role === 'supervisor' ? d?.strategy : ''],
    ['Intensity', d?.intensity ? `${d.intensity.n} in ${nanos(d.intensity.in)}` : ''],
    ['Stop budget', d ? (d.shutdown.unlimited ? 'unlimited' : `drain ${nanos(d.shutdown.drain)}, abort ${nanos(d.shutdown.abort)}`) : ''],
    ['Policies from', d?.from], ['Tags', (c.tags ?? []).join(', ')], ['Counts for /readyz', d ? (d.counts_ready ? 'yes' : 'no') : ''],
  ];
  return make('dl', {}, ...pairs.filter(([, v]) => v?.length).flatMap(([name, v]) =>
    [make('dt', {}, name), make('dd', {}, ...(Array.isArray(v) ? list(v.map(pathButton)) : [v]))]));
}

function lastFailed(path) {
  const t = lanes.get(path)?.fails.findLast(t => t <= (past ?? Infinity));
  return t ? `, at ${clock(t)}` : '';
}

// happened are the last events of a child, newest first.
function happened(path) {
  const found = [];
  for (let i = events.length - 1; i >= 0 && found.length < 20; i--) {
    const e = events[i];
    if (e.path !== path || past !== null && Date.parse(e.time) > past) continue;
    found.push(make('li', {}, make('time', {}, clock(Date.parse(e.time))), ' ', sentence(e)));
  }
  return found;
}

function sentence(e) {
  const word = l => states[l]?.[1] ?? words(l);
  switch (e.kind) {
    case 'transition': return `${word(e.from)} → ${(e.to === 'stopped' && endings[e.stopped]?.[1]) || word(e.to)}`;
    case 'failed': return `failed: ${firstLine(e.failure?.message ?? '')} – ${words(e.decision?.action)}`;
    case 'command': return `${e.audit.verb} by ${e.audit.who}: ${e.audit.why}`;
    case 'health': return `health: ${e.health}`;
    case 'ended': return `a run ended: ${words(e.outcome)}`;
    case 'asked': return `asked to stop${e.with && e.with !== e.path ? ` with ${e.with}` : ''}`;
  }
  return words(e.kind);
}

async function askStatements(path, key) {
  try {
    const answer = await get('statements?path=' + encodeURIComponent(path));
    if (statements.size > 200) statements.clear();
    statements.set(key, answer.statements);
    detail();
  } catch { /* the row is shown instead */ }
}

let stacks = {path: '', about: '', text: ''};

async function askStacks(path) {
  try {
    const a = await get('stacks?path=' + encodeURIComponent(path.split('[')[0]));
    stacks = {path, about: `${a.path}, as of ${clock(Date.parse(a.time))}`, text: a.stacks || 'It has no goroutine.'};
  } catch (e) { stacks = {path, about: `Refused: ${e.message}.`, text: ''}; }
  detail();
}

// ---- Commands

const verbs = {restart: 'Restart', pause: 'Pause', resume: 'Resume', quarantine: 'Quarantine', release: 'Release', stop: 'Stop', start: 'Start', remove: 'Remove', shutdown: 'Shut down the tree'};

function verbsOf(c) {
  const list = {paused: ['resume', 'stop'], quarantined: ['release'], stopped: ['start']}[c.lifecycle] ?? ['restart', 'pause', 'quarantine', 'stop'];
  if (c.key !== undefined && declared(c.path)?.dynamic) list.push('remove');
  if (!c.parent) return ['shutdown'];
  return list;
}

let why = '', answered = {path: '', text: '', kind: ''}, sure = '';

function commands(c) {
  const box = make('form', {class: 'commands', submit: e => e.preventDefault()},
    make('label', {}, 'Why ', make('input', {id: 'why', placeholder: 'for the record', autocomplete: 'off', maxlength: 500, input: e => { why = e.target.value; }})),
    make('div', {class: 'buttons'}, ...verbsOf(c).map(v => make('button', {type: 'button', click: () => command(c.path, v)},
      sure === c.path + v ? `${verbs[v]}: press again to confirm` : verbs[v]))));
  box.querySelector('input').value = why;
  box.append(make('p', {class: 'answer ' + answered.kind, role: 'alert'}, answered.path === c.path ? answered.text : ''));
  return box;
}

async function command(path, verb) {
  const say = (text, kind) => { answered = {path, text, kind}; detail(); };
  if (!why.trim()) {
    say('Say why first: it is kept with the command.', 'bad');
    $('why')?.focus();
    return;
  }
  if (verb === 'shutdown' && sure !== path + verb) { sure = path + verb; detail(); return; }
  sure = '';
  try {
    const r = await ask('command', {method: 'POST', headers: {'Content-Type': 'application/json', 'Supgen-Command': '1'}, body: JSON.stringify({path, verb, why})});
    const a = await r.json();
    why = '';
    say(!a.changed ? `Nothing changed: it is ${words(a.before)} already.` : `Done: ${verb}.` + (a.before === a.next ? '' : ` It was ${words(a.before)}; now it is ${words(a.next)}.`), 'ok');
    refresh();
  } catch (e) {
    say(`Refused: ${e.message}.`, 'bad');
  }
}

// ---- Dependencies

const maxDrawn = 60;

// drawNeeds draws what needs what, from the left to the right, and lists the same.
function drawNeeds() {
  const edges = [...declarations.values()].flatMap(d => (d.needs ?? []).map(n => [d.path, n]));
  const nodes = [...new Set(edges.flat())];
  const state = path => { const c = find(path); return c ? {c, ok: fine(c) || stops(), shape: stateOf(c)[0], word: stateOf(c)[1], tone: tone(c)} : {ok: true, shape: '', word: 'none', tone: 'off'}; };
  if ($('needs').parentNode.open) fill($('needs'), edges.map(([from, to]) => make('li', {class: state(to).ok ? '' : 'broken'}, pathButton(from), ' needs ', pathButton(to),
    ` (${state(to).shape} ${state(to).word})`)));
  if (!edges.length) { fill($('drawing'), [make('p', {}, 'No child needs another one.')]); return; }
  if (nodes.length > maxDrawn) { fill($('drawing'), [make('p', {}, `${nodes.length} children need each other: too many to draw. The list has them.`)]); return; }
  const depth = new Map();
  const measure = n => {
    if (!depth.has(n)) { depth.set(n, 0); depth.set(n, Math.max(0, ...edges.filter(e => e[0] === n).map(e => measure(e[1]) + 1))); }
    return depth.get(n);
  };
  nodes.forEach(measure);
  const columns = [];
  for (const n of nodes) (columns[depth.get(n)] ??= []).push(n);
  const common = nodes.every(n => n.startsWith(shown.tree.path + '.')) ? shown.tree.path.length + 1 : 0;
  const label = n => n.slice(common);
  const width = 26 + 7.6 * Math.max(...nodes.map(n => label(n).length + 2)), w = width + 56, h = 44;
  const place = new Map();
  const rowsMost = Math.max(...columns.map(c => c.length));
  columns.forEach((column, x) => column.forEach((n, y) => place.set(n, [x * w + 4, (y + (rowsMost - column.length) / 2) * h + 6])));
  const svg = draw('svg', {width: columns.length * w - 46, height: rowsMost * h + 4, role: 'img', 'aria-label': 'What needs what; the list below says the same'});
  for (const [from, to] of edges) {
    const [x1, y1] = place.get(to), [x2, y2] = place.get(from), s = state(to), a = x1 + width, m = (a + x2) / 2;
    svg.append(draw('path', {d: `M${a} ${y1 + 15}C${m} ${y1 + 15} ${m} ${y2 + 15} ${x2} ${y2 + 15}`, class: s.ok ? 'edge' : 'edge broken'}));
    if (!s.ok) svg.append(draw('text', {x: m, y: (y1 + y2) / 2 + 20, class: 'cross'}, '✖'));
  }
  for (const [n, [x, y]] of place) {
    const s = state(n), g = draw('g', {class: `node ${s.tone}${s.c && isCause(s.c) ? ' cause' : ''}`});
    g.append(draw('rect', {x, y, width, height: 30, rx: 6}), draw('text', {x: x + 10, y: y + 20}, `${s.shape} ${label(n)}`), draw('title', {}, `${n}: ${s.word}`));
    g.addEventListener('click', () => select(s.c?.path ?? n));
    svg.append(g);
  }
  fill($('drawing'), [svg]);
}

// ---- The report of an incident

// report is what is shown, as text, for a ticket.
function report() {
  const {tree} = shown, at = past ?? Date.parse(tree.time), bad = [...shown.children.values()].filter(c => tone(c) !== 'ok' && tone(c) !== 'done');
  const lines = [`${tree.path} at ${new Date(at).toISOString()}: ${words(tree.phase)}, ${tree.ready ? 'ready' : 'not ready'}`, `incarnation ${tree.incarnation}, sequence ${tree.sequence}`, ''];
  for (const c of bad.sort((a, b) => isCause(b) - isCause(a))) {
    lines.push(`${c.path}: ${stateOf(c)[1]} for ${since(c)}, generation ${c.generation}, restarts ${restarts(c)}`);
    if (chain(c).length > 1) lines.push(`  waits for ${chain(c).slice(1).map(s => s.path).join(', which waits for ')}`);
    if (c.failure) lines.push(`  last failure (${words(c.failure.kind)}): ${c.failure.message}`);
    if (c.failure?.stack && isCause(c)) lines.push(...c.failure.stack.trimEnd().split('\n').map(l => '    ' + l));
    if (c.decision && isCause(c)) lines.push(`  decision: ${words(c.decision.action)}: ${c.decision.reason}`);
  }
  if (!bad.length) lines.push('No child is in trouble.');
  lines.push('', 'Last events:');
  const until = events.filter(e => Date.parse(e.time) <= at).slice(-100);
  for (const e of until) lines.push(`${e.time} ${e.path || tree.path} ${sentence(e)}`);
  return lines.join('\n') + '\n';
}

// copy puts the report on the clipboard; a page that may not do that shows it.
async function copy() {
  if (!shown) return;
  const text = report();
  try {
    await navigator.clipboard.writeText(text);
    put($('copy'), 'Copied');
    setTimeout(() => put($('copy'), 'Copy report'), 2000);
  } catch {
    const field = make('textarea', {readonly: true, rows: 14, 'aria-label': 'Report'}, text);
    const box = make('dialog', {close: () => box.remove()}, field, make('button', {type: 'button', click: () => box.close()}, 'Close'));
    document.body.append(box);
    box.showModal();
    field.select();
  }
}

// ---- Showing

let pausedAt = null, pending = false;

function render() {
  if (!shown || pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    tick();
    arrange();
    summarise();
    paint();
    detail();
    drawNeeds();
    const [from] = bounds();
    put($('begin'), clock(from));
    put($('end'), pausedAt || pastEnd ? clock(bounds()[1]) : 'now');
  });
}

// Every second the times and the lanes move on; the countdowns faster, and nothing but them.
const tick = () => { for (const b of document.querySelectorAll('[data-until]')) put(b, countdown(Number(b.dataset.until))); };
setInterval(() => { if (shown && !pausedAt && past === null && !document.hidden) render(); }, 1000);
setInterval(tick, 200);

// ---- Being up to date

let asking = false, again = false, earliest = 0;

// refresh asks for the state, soon: at most five times a second, and less often where it takes long.
function refresh() {
  if (pausedAt) return;
  if (asking) { again = true; return; }
  asking = true;
  setTimeout(async () => {
    const began = performance.now();
    again = false;
    try {
      live = await get('state');
      offset = Date.parse(live.tree.time) - Date.now();
      if (past === null) { shown = look(live); render(); }
    } catch (e) { if (!offline) connection(`No answer: ${e.message}.`); }
    earliest = performance.now() + Math.max(200, 3 * (performance.now() - began));
    asking = false;
    if (again) refresh();
  }, Math.max(0, earliest - performance.now()));
}

// connection tells how the connection is: what the trouble with it is, or '' for none.
function connection(trouble) {
  offline = trouble && `${trouble} ${live ? `The page shows what was at ${clock(Date.parse(live.tree.time))}.` : ''}`;
  put($('link'), pausedAt ? 'paused' : offline || 'live');
  $('link').classList.toggle('bad', Boolean(offline));
  document.body.classList.toggle('stale', Boolean(offline));
  if (!live && offline) put($('summary'), offline);
  render();
}

let lastID = '', stream = null;

// follow reads the events until the page is hidden or paused; it resumes behind the last one.
async function follow() {
  if (stream) return;
  const mine = stream = new AbortController();
  let delay = 500, why = '';
  while (!mine.signal.aborted) {
    try {
      const r = await ask('events', {headers: lastID ? {'Last-Event-ID': lastID} : {}, signal: mine.signal});
      delay = 500;
      connection('');
      refresh();
      why = await read(r.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (e) { why ||= e.message; }
    if (mine.signal.aborted) return;
    connection(`Not connected: ${why || 'the connection was closed'}. Trying again.`);
    await new Promise(done => setTimeout(done, delay));
    delay = Math.min(10000, delay * 2);
  }
}

// read reads server-sent events, and returns why there are no more, if the server says so.
async function read(reader) {
  for (let text = '', ended = ''; ;) {
    const {value, done} = await reader.read();
    if (done) return ended;
    text += value;
    const messages = text.split('\n\n');
    text = messages.pop();
    for (const m of messages) {
      let kind = 'message', data = '';
      for (const line of m.split('\n')) {
        if (line.startsWith('id: ')) lastID = line.slice(4);
        else if (line.startsWith('event: ')) kind = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      if (kind === 'end') ended = JSON.parse(data).why;
      else if (kind === 'reset') {
        const id = lastID;
        lastID = ''; // should this fail, it is reset again
        await load();
        lastID = id;
      }
      else if (data) { const e = JSON.parse(data); if (e.sequence > (events.at(-1)?.sequence ?? 0)) record(e); refresh(); }
    }
  }
}

// load asks for all that is known anew: at the beginning, and when events were missed.
async function load() {
  const d = await get('declarations');
  operate = d.operate;
  declarations = new Map(d.declarations.map(x => [x.path, x]));
  const b = await get('history');
  events = [];
  lanes.clear();
  gaps.length = 0;
  unknownBefore = Infinity;
  for (let from = Math.max(b.first, b.last - maxEvents + 1), last = 0; from <= b.last && from !== last;) {
    const page = await get('history?from=' + from);
    page.events.forEach(record);
    last = from;
    from = page.next;
  }
  unknownBefore = events.length ? Date.parse(events[0].time) : now();
  past = pastEnd = null;
  $('time').value = 1000;
  refresh();
}

// ---- The past

let travel = 0;

async function showPast(ms) {
  const mine = ++travel;
  if (ms === null) { past = null; if (live) shown = look(live); render(); return; }
  const e = events.findLast(e => Date.parse(e.time) <= ms);
  let m = {known: false, why: 'nothing is kept of that time'};
  if (e) try { m = await get('history?at=' + e.sequence); } catch (x) { m.why = x.message; }
  if (mine !== travel) return;
  past = ms;
  shown = look(m.known ? {tree: m.tree, children: m.children} : {tree: {...live.tree, ready: false}, children: [], why: m.why});
  render();
}
function backToNow() { pastEnd = null; $('time').value = 1000; showPast(null); }

let sliding;
$('time').addEventListener('input', e => {
  clearTimeout(sliding);
  const v = Number(e.target.value);
  pastEnd = v >= 1000 ? null : pastEnd ?? now();
  const [from, to] = bounds();
  const ms = v >= 1000 ? null : from + (to - from) * v / 1000;
  set(e.target, 'aria-valuetext', ms === null ? 'now' : clock(ms));
  sliding = setTimeout(() => showPast(ms), 80);
});

// ---- Beginning

$('filter').addEventListener('input', render);
$('trouble').addEventListener('change', render);
$('window').addEventListener('change', render);
$('scroll').addEventListener('scroll', () => { if (shown) paint(); }, {passive: true});
$('scroll').addEventListener('keydown', onKey);
$('scroll').tabIndex = -1;
addEventListener('resize', render);
addEventListener('hashchange', () => select(linked()));
addEventListener('keydown', e => {
  if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) { e.preventDefault(); $('filter').focus(); }
  if (e.key === 'Escape' && past !== null) backToNow();
});
$('needs').parentNode.addEventListener('toggle', render);
$('copy').addEventListener('click', copy);
$('pause').addEventListener('click', () => {
  pausedAt = pausedAt ? null : now();
  set($('pause'), 'aria-pressed', Boolean(pausedAt));
  put($('pause'), pausedAt ? 'Continue' : 'Pause');
  connection('');
  if (pausedAt) { stream?.abort(); stream = null; } else follow();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { stream?.abort(); stream = null; } else if (!pausedAt) follow();
});
setInterval(() => { if (!document.hidden && stream) refresh(); }, 10000); // what changes without an event: restarts that do not count any more

document.body.append(draw('svg', {width: 0, height: 0, 'aria-hidden': 'true', class: 'unseen'}, draw('defs', {},
  draw('pattern', {id: 'hatch', width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'scale(2 1)'},
    draw('path', {d: 'M-2 2l4-4M0 8l8-8M6 10l4-4', class: 'hatch'})))));
$('legend').append(...Object.values(states).map(([shape, word]) => make('span', {}, `${shape} ${word}`)), make('span', {}, '✔ completed or ended'),
  make('span', {}, 'Lanes: low is ready, half waits, high fails by itself with a full stroke for each failure; hatched is unknown'));
if (!document.hidden) follow();
