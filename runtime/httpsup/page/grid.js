// The tree as a treegrid. Only the rows that can be seen are in the document.
import {$, draw, make, put, set} from './dom.js';
import {log, paintLane} from './events.js';
import {above, changed, declared, fine, isCause, known, now, relative, restarts, rootOf, select, since, stateOf, tone} from './tree.js';
import {keyOf, short} from './words.js';

const rows = new Map();    // by path: those in the document
let order = [];            // of what is to be seen: {c, level, position, size}
let height = 32;           // of a row
let current = '';          // the row that has, or would get, the focus
let sort = '';             // '' is the tree's order
let opened = '';           // the selected child to which all is unfolded
const toggled = new Set(); // rows that are not folded or open as they would be by themselves

let filtered = false;       // all that is to be seen is open

const isFolded = c => !filtered && toggled.has(c.path) !== Boolean(c.group);
const hasBelow = c => known.shown.below.has(c.path);

// ---- What is to be seen

const tones = ['bad', 'wait', 'off', 'done', 'ok'];
const sorts = { // by what children are sorted, the least first
  name: c => relative(c.path).toLowerCase(),
  state: c => (isCause(c) ? '0' : '1') + tones.indexOf(tone(c)) + stateOf(c)[1],
  restarts: c => -c.restarts,
  since: c => -(Date.parse(c.since) || 0),
};

// arrange lists what is to be seen, in the tree's order or sorted.
export function arrange() {
  const {shown, selected} = known;
  if (selected !== opened && (shown.children.has(selected) || shown.groups.has(selected))) unfold(opened = selected);
  const text = $('filter').value.trim().toLowerCase(), trouble = $('trouble').checked;
  const matches = c => (!trouble || !fine(c) || tone(c) === 'bad') &&
    (!text || [c.path, stateOf(c)[1], c.role, ...(c.tags ?? [])].some(t => t.toLowerCase().includes(text)));
  const all = [...shown.children.values()];
  filtered = Boolean(text || trouble);
  order = [];
  if (sort) {
    const found = all.filter(c => c.role !== 'supervisor' && matches(c)), keys = new Map(found.map(c => [c, sorts[sort](c)]));
    found.sort((a, b) => keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : 0);
    order = found.map((c, i) => ({c, level: 1, position: i + 1, size: found.length}));
  } else {
    const kept = new Set();
    if (filtered) for (const c of all) if (matches(c)) for (let p = c; p && !kept.has(p.path); p = rowAt(above(p))) kept.add(p.path);
    const visit = (parent, level) => {
      const below = (shown.below.get(parent) ?? []).filter(c => !filtered || kept.has(c.path));
      below.forEach((c, i) => {
        order.push({c, level, position: i + 1, size: below.length});
        if (!isFolded(c)) visit(c.path, level + 1);
      });
    };
    visit('', 1);
  }
  if (!order.some(r => r.c.path === current)) current = order[0]?.c.path ?? '';
  $('none').hidden = order.length > 0;
}
const rowAt = path => known.shown.children.get(path) ?? known.shown.groups.get(path);

// unfold opens what hides a child.
function unfold(path) {
  for (let p = rowAt(above(rowAt(path))); p; p = rowAt(above(p))) if (isFolded(p)) toggle(p);
}
function toggle(c) { if (!toggled.delete(c.path)) toggled.add(c.path); }

// ---- Rows

// paint brings the rows that can be seen up to date. Rows that stay are the same elements: the focus survives.
export function paint() {
  const box = $('scroll'), body = $('rows');
  height = parseFloat(getComputedStyle(box).getPropertyValue('--row')) || height;
  const first = Math.max(0, Math.floor(box.scrollTop / height) - 10);
  const seen = order.slice(first, first + Math.ceil(box.clientHeight / height) + 20);
  const focused = document.activeElement?.closest?.('#rows tr')?.dataset.path;
  const keep = new Set(seen.map(r => r.c.path));
  for (const [path, row] of rows) if (!keep.has(path)) { row.remove(); rows.delete(path); }
  set($('grid'), 'aria-rowcount', order.length + 1);
  const lanes = bounds();
  let before = body.firstChild ?? body.appendChild(make('tr', {class: 'space', 'aria-hidden': 'true'}));
  before.style.height = `${first * height}px`; // by CSSOM, which the policy allows
  seen.forEach((r, i) => {
    const row = rows.get(r.c.path) ?? newRow(r.c.path);
    paintRow(row, r, first + i + 2, lanes);
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
  const fold = make('span', {class: 'fold', 'aria-hidden': 'true', click: e => { e.stopPropagation(); flip(path); }});
  const row = make('tr', {role: 'row', tabindex: -1, 'data-path': path, click: () => { go(path); select(path); if ($('detail').offsetLeft < 100) $('detail').scrollIntoView({block: 'nearest'}); }},
    make('td', {role: 'rowheader', class: 'child'}, make('span', {class: 'indent'}), fold, make('span', {class: 'label'}), make('span', {class: 'role'})),
    cell('state'), cell('wide'), cell('wide number'), cell('number'), cell('number'), cell('lane'));
  row.cells[1].append(make('span', {class: 'shape', 'aria-hidden': 'true'}), make('span'), make('span', {class: 'because'}));
  row.cells[6].append(draw('svg', {viewBox: '0 0 1000 20', preserveAspectRatio: 'none', 'aria-hidden': 'true'}));
  rows.set(path, row);
  return row;
}

function paintRow(row, {c, level, position, size}, index, lanes) {
  const [shape, word] = stateOf(c), root = rootOf(c), parent = !sort && hasBelow(c), follows = root !== c && !fine(c);
  const [child, state, health, generation, restarted, time, lane] = row.cells;
  set(row, 'class', `${tone(c)}${follows ? ' follows' : ''}${isCause(c) ? ' cause' : ''}`);
  set(row, 'aria-level', level);
  set(row, 'aria-posinset', position);
  set(row, 'aria-setsize', size);
  set(row, 'aria-rowindex', index);
  set(row, 'aria-selected', c.path === known.selected);
  set(row, 'tabindex', c.path === current ? 0 : -1);
  if (parent) set(row, 'aria-expanded', !isFolded(c));
  else row.removeAttribute('aria-expanded');
  const [indent, fold, label, role] = child.children;
  set(indent, 'class', `indent i${Math.min(level, 8)}`);
  put(fold, parent ? (isFolded(c) ? '▸' : '▾') : '');
  put(label, sort ? relative(c.path) : known.shown.groups.has(above(c)) ? keyOf(c.path) : short(c.path));
  set(child, 'title', c.path);
  put(role, c.role === 'supervisor' ? '' : c.role);
  put(state.children[0], shape);
  put(state.children[1], word);
  put(state.children[2], follows ? `because of ${short(root.path)}` : '');
  put(health, !c.health || c.lifecycle !== 'ready' || c.health === 'unknown' ? '' : c.health);
  put(generation, c.generation === undefined ? '' : String(c.generation));
  const limit = declared(c.path)?.limit;
  put(restarted, c.group ? '' : c.restarts ? restarts(c) : '0');
  set(restarted, 'class', `number${!c.restarts ? ' zero' : limit && c.left * 4 <= limit.n ? ' near' : ''}`);
  put(time, since(c));
  lane.classList.toggle('none', Boolean(c.group));
  if (!c.group) paintLane(lane.firstChild, c.path, c.lifecycle, Date.parse(c.since), lanes, known.past);
}

// bounds are the times at the two ends of the lanes: the window, or all of a tree that is younger.
export function bounds() {
  const to = view.until ?? now(), from = to - 1000 * $('window').value;
  return [log.whole ? Math.max(from, Math.min(log.begin, to - 20000)) : from, to];
}
export const view = {until: null}; // the right end of the lanes, if it is not now

// ---- Moving

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

function flip(path) {
  toggle(rowAt(path));
  arrange();
  paint();
}

function onKey(e) {
  if (!e.target.closest('#rows, #scroll') || e.target.closest('thead') || e.altKey || e.ctrlKey || e.metaKey) return;
  const i = order.findIndex(r => r.c.path === current), r = order[i];
  if (!r) return;
  const below = !sort && hasBelow(r.c), open = below && !isFolded(r.c), page = Math.max(1, Math.floor($('scroll').clientHeight / height) - 2);
  const to = {
    ArrowDown: order[i + 1], ArrowUp: order[i - 1], Home: order[0], End: order.at(-1),
    PageDown: order[Math.min(order.length - 1, i + page)], PageUp: order[Math.max(0, i - page)],
  };
  if (e.key in to) { if (to[e.key]) go(to[e.key].c.path); }
  else if (e.key === 'ArrowRight') { if (open) go(order[i + 1]?.c.path ?? current); else if (below) flip(current); }
  else if (e.key === 'ArrowLeft') { if (open && !filtered) flip(current); else if (above(r.c) && !sort) go(above(r.c)); }
  else if (e.key === 'Enter' || e.key === ' ') { select(current); if (e.key === 'Enter') $('detail').focus(); }
  else return;
  e.preventDefault();
}

// ---- Beginning

$('scroll').addEventListener('scroll', () => { if (known.shown) paint(); }, {passive: true});
$('scroll').addEventListener('keydown', onKey);
$('scroll').tabIndex = -1;
for (const th of $('grid').tHead.querySelectorAll('[aria-sort]')) {
  th.querySelector('button').addEventListener('click', () => {
    sort = sort === th.dataset.sort ? '' : th.dataset.sort;
    for (const o of $('grid').tHead.querySelectorAll('[aria-sort]')) set(o, 'aria-sort', o.dataset.sort !== sort ? 'none' : sort === 'restarts' ? 'descending' : 'ascending');
    $('scroll').scrollTop = 0;
    changed();
  });
}
