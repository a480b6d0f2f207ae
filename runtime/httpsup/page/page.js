// The page of a tree. It asks for nothing but the handler's own API, by relative paths.
import {$, draw, fill, make, put, set} from './dom.js';
import {log} from './events.js';
import {detail} from './detail.js';
import {follow, get, refresh, stop} from './follow.js';
import {arrange, bounds, paint, view} from './grid.js';
import {drawNeeds} from './needs.js';
import {show} from './report.js';
import {causes, changed, commanded, consequences, countdown, decided, declared, known, look, next, now, pathButton, select, some, spare, stateOf, tick, tone, tries, trouble} from './tree.js';
import {clock, count, firstLine, number, span, words} from './words.js';

let offline = '';    // why what is shown is not what is, if so
let pausedAt = null; // since when the page is

// ---- The top: the tree in a line, what is wrong, and what to say to a screen reader

// linked is the child that the address names.
function linked() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ''; }
}

function summarise() {
  const {tree} = known.shown, order = counts(), ready = tree.ready ? 'ready' : 'not ready', wrong = [...causes()];
  put($('name'), tree.path);
  document.title = `${offline ? '?' : tree.ready ? '●' : '▲'} ${tree.path}`;
  fill($('summary'), [
    offline && known.past === null ? make('strong', {class: 'chip'}, `${words(log.events.at(-1)?.phase ?? tree.phase)} when last heard of`) :
      make('strong', {class: `chip ${tree.ready ? 'ok' : 'bad'}`}, `${words(tree.phase)}, ${ready}`),
    ...order.map(([key, {n, tone}]) => make('span', {class: `count ${tone}`}, `${key[0]} ${number(n)} ${key.slice(2)}`))]);
  notice(wrong);
  speak(`${tree.path} is ${words(tree.phase)} and ${ready}: ${order.map(([k, {n}]) => `${n} ${k.slice(2)}`).join(', ')}.` +
    (wrong.length ? ` Cause: ${wrong.slice(0, 3).map(c => c.path).join(', ')}.` : ''));
}

// counts is how many children there are in each state, with its tone.
function counts() {
  const {shown} = known;
  if (shown.counts) return shown.counts;
  const found = new Map();
  for (const c of shown.children.values()) {
    if (c.role === 'supervisor' || c.role === 'group') continue;
    const key = stateOf(c).join(' '), entry = found.get(key) ?? {n: 0, tone: tone(c)};
    found.set(key, {n: entry.n + 1, tone: entry.tone === 'bad' ? 'bad' : tone(c)});
  }
  return shown.counts = [...found].sort((a, b) => b[1].n - a[1].n);
}

const maxCauses = 3, maxAfter = 6, maxLeft = 8, maxOthers = 4;

// notice tells what is wrong: each cause, what follows from it, and what happens next.
function notice(wrong) {
  const {shown, past} = known, lines = [];
  if (past !== null) {
    lines.push(make('p', {class: 'then'}, make('strong', {}, `This is the state at ${clock(past)}, ${span((now() - past) / 1000)} ago.`), ' ',
      make('button', {type: 'button', click: backToNow}, 'Back to now')));
  }
  if (shown.why) lines.push(make('p', {}, `What was then is unknown: ${shown.why}.`));
  if (past === null && shown.report && shown.tree.phase !== 'ended') lines.push(...leftovers(shown.report.children ?? []));
  for (const [path, what] of shown.stuck) {
    lines.push(make('p', {class: 'head'}, make('strong', {class: 'bad'}, '✖ ', pathButton(path, path), ' is stuck: '),
      `a ${what} of it was asked to stop and has not returned. Select it to see where it stands.`));
  }
  const told = wrong.filter((c, i) => !i || !spare(c)).slice(0, maxCauses), others = wrong.filter(c => !told.includes(c));
  for (const c of told) lines.push(...cause(c));
  if (others.length) lines.push(make('p', {class: 'head'}, others.every(spare) ? 'Also down, and the tree does without: ' : 'Also down: ', ...some(others, maxOthers)));
  fill($('notice'), lines);
  $('notice').hidden = lines.length === 0;
  $('notice').classList.toggle('calm', !wrong.length && !shown.stuck.size);
}

function cause(c) {
  const by = commanded(c), after = consequences(c).filter(o => o.role !== 'supervisor');
  const said = [tries(c), !by && !c.not_ready && decided(c) ? `Decided: ${decided(c)} (${c.decision.reason}). ` : '', next(c)];
  const lines = [make('p', {class: 'head'}, make('strong', {class: 'bad'}, `${stateOf(c)[0]} `, pathButton(c.path, c.path), trouble(c) && c.lifecycle === 'restarting' ? ' fails: ' : ` is ${stateOf(c)[1]}: `),
    by ? make('span', {}, `${by.verb} by ${by.who}, “${by.why}”`) : make('span', {class: 'said'}, firstLine(trouble(c)?.message ?? '')))];
  if (said.some(Boolean)) lines.push(make('p', {class: 'after'}, ...said));
  if (after.length) {
    lines.push(make('p', {class: 'after'}, after.length === 1 ? '1 child waits for it: ' : `${number(after.length)} children wait for it: `, ...some(after, maxAfter)));
  }
  return lines;
}

// leftovers are the children that a stop waits for: how long each may take yet.
function leftovers(children) {
  const still = children.filter(r => r.outcome === 'running'), asked = still.filter(r => log.lanes.get(r.path)?.asked), rest = still.filter(r => !asked.includes(r));
  if (!still.length) return [];
  return [make('p', {class: 'head'}, make('strong', {}, `The tree stops. ${count(still.length, 'child').replace('childs', 'children')} to come down:`)),
    ...asked.slice(0, maxLeft).map(r => make('p', {class: 'after'}, pathButton(r.path), ' ', budget(r))),
    asked.length > maxLeft && make('p', {class: 'after'}, `and ${number(asked.length - maxLeft)} more that were asked`),
    rest.length > 0 && make('p', {class: 'after'}, ...some(rest, maxAfter), ': not asked yet, others have to stop first')];
}

function budget(r) {
  const d = declared(r.path)?.shutdown, asked = log.lanes.get(r.path).asked, ago = `was asked ${span((now() - asked) / 1000)} ago`;
  return !d || d.unlimited ? `${ago}, and has no bound` : make('span', {}, `${ago}, and is given up `, countdown(asked + (d.drain + d.abort) / 1e6));
}

let spokenAt = 0, spoken = '', toSpeak;
// speak tells a screen reader, a sentence in five seconds at the most.
function speak(text) {
  if (known.past !== null || text === spoken) return;
  clearTimeout(toSpeak);
  toSpeak = setTimeout(() => {
    spokenAt = Date.now();
    put($('spoken'), spoken = text);
  }, Math.max(0, spokenAt + 5000 - Date.now()));
}

// ---- Showing

let waiting = false;

// render shows what is known: all of it, or after a second what depends on the time.
function render(all) {
  if (!known.shown || waiting && !all) return;
  stale ||= all;
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    const began = performance.now();
    waiting = false;
    if (stale) arrange();
    summarise();
    paint();
    detail();
    if (stale) drawNeeds();
    stale = false;
    const [from, to] = bounds();
    put($('begin'), clock(from));
    put($('end'), view.until ? clock(to) : 'now');
    performance.measure('render', {start: began});
  });
}
let stale = true;

addEventListener('changed', () => render(true));
setInterval(() => { if (!pausedAt && known.past === null && !document.hidden) render(false); }, 1000);
setInterval(() => { if (!pausedAt) tick(); }, 200);

// connection tells how the connection is: what the trouble with it is, or '' for none.
function connection(trouble) {
  offline = trouble && `${trouble} ${known.live ? `The page shows what was at ${clock(Date.parse(known.live.tree.time))}.` : ''}`;
  put($('link'), pausedAt ? 'paused' : offline || 'live');
  $('link').classList.toggle('bad', Boolean(offline));
  document.body.classList.toggle('stale', Boolean(offline));
  if (!known.live && offline) put($('summary'), offline);
  changed();
}

// ---- The past

let travel = 0, sliding;

async function showPast(ms) {
  const mine = ++travel;
  if (ms === null) {
    known.past = null;
    if (known.live) known.shown = look(known.live);
    changed();
    return;
  }
  const e = log.events.findLast(e => Date.parse(e.time) <= ms);
  let m = {known: false, why: 'nothing is kept of that time'};
  if (e) try { m = await get('history?at=' + e.sequence); } catch (x) { m.why = x.message; }
  if (mine !== travel) return;
  known.past = ms;
  known.shown = look(m.known ? {tree: m.tree, children: m.children} : {tree: {...known.live.tree, leaked: [], phase: 'unknown', ready: false}, children: [], why: m.why});
  changed();
}

function backToNow() {
  clearTimeout(sliding);
  view.until = pausedAt;
  $('time').value = 1000;
  $('time').removeAttribute('aria-valuetext');
  showPast(null);
}

$('time').addEventListener('input', e => {
  clearTimeout(sliding);
  const v = Number(e.target.value);
  view.until = v >= 1000 ? pausedAt : view.until ?? now();
  const [from, to] = bounds(), ms = v >= 1000 ? null : from + (to - from) * v / 1000;
  set(e.target, 'aria-valuetext', ms === null ? 'now' : clock(ms));
  sliding = setTimeout(() => showPast(ms), 80);
});

// ---- Beginning

known.selected = linked();
for (const [id, event] of [['filter', 'input'], ['trouble', 'change'], ['window', 'change']]) $(id).addEventListener(event, changed);
$('needs').parentNode.addEventListener('toggle', changed);
$('report').addEventListener('click', show);
addEventListener('resize', changed);
addEventListener('anew', backToNow);
addEventListener('hashchange', () => select(linked()));
addEventListener('keydown', e => {
  if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) { e.preventDefault(); $('filter').focus(); }
  if (e.key === 'Escape' && known.past !== null && !document.querySelector('dialog')) backToNow();
});
$('pause').addEventListener('click', () => {
  view.until = pausedAt = pausedAt ? null : now();
  set($('pause'), 'aria-pressed', Boolean(pausedAt));
  put($('pause'), pausedAt ? 'Continue' : 'Pause');
  connection('');
  if (pausedAt) stop(); else follow(connection);
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stop(); else if (!pausedAt) follow(connection);
});
setInterval(() => { if (!document.hidden) refresh(); }, 10000); // what changes without an event: restarts that do not count any more

document.body.append(draw('svg', {width: 0, height: 0, 'aria-hidden': 'true', class: 'unseen'}, draw('defs', {},
  draw('pattern', {id: 'hatch', width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'scale(2 1)'},
    draw('path', {d: 'M-2 2l4-4M0 8l8-8M6 10l4-4', class: 'hatch'})))));
if (!document.hidden) follow(connection);
