// The selected child: why it is as it is, what was decided, and commands.
import {$, fill, make} from './dom.js';
import {log} from './events.js';
import {ask, get, refresh} from './follow.js';
import {causes, chain, commanded, consequences, decided, declared, fine, known, moment, neededBy, next, pathButton, relative, restarts, select, since, some, stateOf, stops, tone, tries, trouble, until} from './tree.js';
import {clock, count, declarationOf, firstLine, keyOf, nanos, number, sentence, words} from './words.js';

// detail shows the selected child; if none is, the first cause.
export function detail() {
  const {shown, selected} = known, path = selected || [...causes()][0]?.path || '';
  const c = shown.children.get(path) ?? shown.groups.get(path), box = $('detail');
  if (!c) fill(box, [make('p', {class: 'small'}, path ? `There is no child ${path} here.` : 'Select a child to see why it is as it is.')], path);
  else fill(box, c.group ? many(c) : one(c), path);
}

const maxListed = 12;
const place = path => path.slice(0, declarationOf(path).lastIndexOf('.') + 1);
const title = path => make('h2', {}, make('span', {class: 'place'}, place(path)), path.slice(place(path).length));

function one(c) {
  const [shape, word] = stateOf(c), d = declared(c.path), steps = chain(c), after = consequences(c);
  const parts = [
    title(c.path),
    make('p', {class: 'now ' + tone(c)}, make('strong', {}, `${shape} ${word}`), since(c) ? ` for ${since(c)}` : '',
      c.health !== 'unknown' && c.lifecycle === 'ready' ? `, ${c.health}` : '', c.readiness === 'pending' && !fine(c) && !c.not_ready ? ', not ready' : ''),
  ];
  if (!fine(c) && next(c)) parts.push(make('p', {}, tries(c), next(c)));
  if (c.waits && steps.length < 2 && !until(c)) parts.push(make('p', {}, `It waits for ${c.waits}.`));
  if (steps.length > 1) parts.push(make('h3', {}, 'What it waits for'), make('ol', {class: 'chain'}, ...steps.slice(1).map((s, i) => link(s, i === steps.length - 2))));
  const by = commanded(c);
  if (by) parts.push(make('p', {}, `${by.verb} by ${by.who}: ${by.why}`));
  parts.push(...failure(c), ...decision(c));
  if (after.length) parts.push(make('h3', {}, `What waits for it (${number(after.length)})`), make('p', {class: 'after'}, ...some(after, maxListed)));
  if (known.operate && known.past === null && !stops()) parts.push(...operate(c));
  parts.push(make('h3', {}, 'Facts'), facts(c, d));
  const recent = happened(c.path);
  if (recent.length) parts.push(make('details', {}, make('summary', {}, 'Events'), make('ul', {class: 'events'}, ...recent)));
  return parts;
}

// said is what is wrong with a child itself, in a line.
const said = (c, before = '') => trouble(c) ? make('span', {class: 'said'}, before + firstLine(trouble(c).message)) : '';

// link is a step of the chain of what a child waits for.
function link(s, root) {
  const parts = [`${stateOf(s)[0]} `, pathButton(s.path), ` ${stateOf(s)[1]}`];
  if (root) parts.push(make('b', {}, ' – the cause'), said(s), next(s));
  return make('li', {class: root ? 'root' : ''}, ...parts);
}

// many is a group: what its children are, and those that are not fine.
function many({path, group}) {
  const counts = new Map(), bad = group.filter(c => !fine(c));
  for (const c of group) counts.set(stateOf(c).join(' '), (counts.get(stateOf(c).join(' ')) ?? 0) + 1);
  const shown = (bad.length ? bad : group).slice(0, maxListed);
  return [
    title(path),
    make('p', {}, [...counts].sort((a, b) => b[1] - a[1]).map(([s, n]) => `${s[0]} ${number(n)} ${s.slice(2)}`).join(', ')),
    make('h3', {}, bad.length ? `Not ready (${number(bad.length)})` : `Children (${number(group.length)})`),
    make('ul', {class: 'events'}, ...shown.map(c => make('li', {}, `${stateOf(c)[0]} `, pathButton(c.path, keyOf(c.path)), ` ${stateOf(c)[1]}`,
      said(c, ': ')))),
    (bad.length || group.length) > shown.length && make('p', {class: 'small'}, 'The tree has the others: open it there, or filter.'),
    make('h3', {}, 'Facts'), facts({path, role: group[0].role, tags: group[0].tags}, declared(path)),
  ];
}

function failure(c) {
  const parts = [], kinds = f => [...new Set([words(f.kind), words(f.category)])].filter(w => w !== 'none').join(', ');
  if (c.not_ready) parts.push(make('h3', {}, 'Why it is not ready'), make('p', {class: 'said'}, c.not_ready.message), make('p', {class: 'small'}, kinds(c.not_ready)));
  if (c.failure) {
    const t = log.lanes.get(c.path)?.fails.findLast(t => t <= moment());
    parts.push(make('h3', {}, trouble(c) === c.failure ? 'Last failure' : 'Last failure, which is over'), make('p', {class: 'said'}, c.failure.message),
      make('p', {class: 'small'}, kinds(c.failure), t ? `, at ${clock(t)}` : ''));
    if (c.failure.stack) parts.push(make('details', {}, make('summary', {}, 'Stack'), make('pre', {tabindex: 0}, c.failure.stack)));
  }
  const stuck = known.shown.report?.children?.find(r => r.path === c.path && r.stacks);
  if (stuck) parts.push(make('h3', {}, 'Where it is stuck'), make('pre', {tabindex: 0}, stuck.stacks));
  if (c.unclean) parts.push(make('h3', {}, 'Its last stop was not clean'), make('p', {class: 'said'}, c.unclean.message));
  return parts;
}

// ---- What was decided, and by which statements

const statements = new Map(); // by path, failures and decision
let asked = '';               // for what they were asked

function decision(c) {
  if (!decided(c)) return [];
  const key = `${c.path} ${c.failures} ${c.decision.reason}`, rules = statements.get(key);
  if (known.past === null && asked !== key) askStatements(c.path, asked = key);
  const parts = [make('h3', {}, 'What was decided'), make('p', {}, make('strong', {}, decided(c)), `: ${c.decision.reason}`)];
  if (rules?.length) parts.push(make('ul', {class: 'rules'}, ...rules.map(s => make('li', {}, make('code', {}, s.text), make('span', {class: 'small'}, ` of ${s.of}, ${s.source}`)))));
  else if (c.decision.at) parts.push(make('p', {class: 'small'}, `By the row ${words(c.decision.row)} of ${c.decision.at}`));
  return parts;
}

async function askStatements(path, key) {
  try {
    const answer = await get('statements?path=' + encodeURIComponent(path));
    if (statements.size > 200) statements.clear();
    statements.set(key, answer.statements);
    detail();
  } catch { /* the row is shown instead */ }
}

// ---- Facts and events

function facts(c, d) {
  const pairs = [
    ['Role', words(c.role) + (d?.optional ? ', optional' : '') + (d?.dynamic ? ', dynamic' : '')],
    ...(c.generation === undefined ? [] : [
      ['Restarts', `${restarts(c)}${c.left !== undefined && d?.limit ? `, ${c.left} left` : ''}`],
      ['Since Run', `${count(c.starts, 'start')}, ${count(c.failures, 'failure')}`], ['Generation', String(c.generation)], ['Attempt', String(c.attempt)],
      ['Readiness', words(c.readiness)],
    ]),
    ['Needs', d?.needs], ['Wants', d?.wants], ['After', d?.after],
    ['Needed by', neededBy(d?.path)],
    ['Strategy', c.role === 'supervisor' ? d?.strategy : ''],
    ['Intensity', d?.intensity ? `${d.intensity.n} in ${nanos(d.intensity.in)}` : ''],
    ['Stop budget', d ? (d.shutdown.unlimited ? 'unlimited' : `drain ${nanos(d.shutdown.drain)}, abort ${nanos(d.shutdown.abort)}`) : ''],
    ['Declared', d?.from], ['Tags', (c.tags ?? []).join(', ')], ['In /readyz', d ? (d.counts_ready ? 'it counts' : 'it does not count') : ''],
  ];
  return make('dl', {}, ...pairs.filter(([, v]) => v?.length).flatMap(([name, v]) =>
    [make('dt', {}, name), make('dd', {}, ...(Array.isArray(v) ? some(v.map(path => ({path})), maxListed) : [v]))]));
}

// happened are the last events of a child, newest first.
function happened(path) {
  const found = [];
  for (let i = log.events.length - 1; i >= 0 && found.length < 20; i--) {
    const e = log.events[i], t = Date.parse(e.time);
    if (e.path === path && t <= moment()) found.push(make('li', {}, make('time', {}, clock(t)), ' ', sentence(e)));
  }
  return found;
}

// ---- Commands and stacks

const verbs = {restart: 'Restart', pause: 'Pause', resume: 'Resume', quarantine: 'Quarantine', release: 'Release', stop: 'Stop', start: 'Start', remove: 'Remove', shutdown: 'Shut down the tree'};
let why = '', answered = {path: '', text: '', kind: ''}, sure = '';
let stacks = {path: '', about: '', text: ''};

function verbsOf(c) {
  if (!c.parent) return ['shutdown'];
  const list = {paused: ['resume', 'stop'], quarantined: ['release'], stopped: ['start']}[c.lifecycle] ?? ['restart', 'pause', 'quarantine', 'stop'];
  return c.key !== undefined && declared(c.path)?.dynamic ? [...list, 'remove'] : list;
}

// operate are the commands to a child, once a person has selected it: what is shown by itself may change under the hand.
function operate(c) {
  const head = make('h3', {}, 'Commands');
  if (!known.selected) return [head, make('p', {}, make('button', {type: 'button', click: () => select(c.path)}, `Select ${relative(c.path)}`), ' to give it commands.')];
  const box = make('form', {class: 'commands', submit: e => e.preventDefault()},
    make('label', {}, 'Why ', make('input', {id: 'why', placeholder: 'for the record', autocomplete: 'off', maxlength: 500, input: e => { why = e.target.value; }})),
    make('div', {class: 'buttons'}, ...verbsOf(c).map(v => make('button', {type: 'button', click: () => command(c.path, v)},
      sure === c.path + v ? `${verbs[v]}: press again to confirm` : verbs[v]))));
  box.querySelector('input').value = why;
  box.append(make('p', {class: 'answer ' + answered.kind, role: 'alert'}, answered.path === c.path ? answered.text : ''));
  const parts = [head, box];
  if (c.role !== 'supervisor') parts.push(make('p', {}, make('button', {type: 'button', click: () => askStacks(c.path)}, 'Stacks of its goroutines')));
  if (stacks.path === c.path) parts.push(make('p', {class: 'small', role: 'status'}, stacks.about), stacks.text && make('pre', {tabindex: 0, 'aria-label': 'Stacks'}, stacks.text));
  return parts;
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

async function askStacks(path) {
  try {
    const a = await get('stacks?path=' + encodeURIComponent(declarationOf(path)));
    stacks = {path, about: `${a.path}, as of ${clock(Date.parse(a.time))}`, text: a.stacks || 'It has no goroutine.'};
  } catch (e) { stacks = {path, about: `Refused: ${e.message}.`, text: ''}; }
  detail();
}
