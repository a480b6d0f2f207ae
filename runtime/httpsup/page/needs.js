// What needs what, drawn from the left to the right, and listed.
import {$, draw, fill, make} from './dom.js';
import {causes, fine, find, isCause, known, pathButton, relative, select, stateOf, stops, tone} from './tree.js';
import {count, declarationOf, number, short} from './words.js';

const maxDrawn = 60;  // more are not drawn all, but what is
const maxAround = 16; // about a child

let all = {of: null, edges: [], nodes: []};

// needs are the edges between declarations, [from, to] of which one needs the other, and these.
function needs() {
  if (all.of !== known.declarations) {
    const edges = [...known.declarations.values()].flatMap(d => (d.needs ?? []).map(n => [d.path, n]));
    all = {of: known.declarations, edges, nodes: [...new Set(edges.flat())]};
  }
  return all;
}

// around are the nodes nearest to one, those that are not fine first.
function around(center, edges) {
  const near = new Set([center]);
  for (const node of near) {
    const next = edges.flatMap(([a, b]) => a === node ? [b] : b === node ? [a] : []);
    const bad = n => { const c = find(n); return c && !fine(c) ? 0 : 1; };
    for (const n of next.sort((a, b) => bad(a) - bad(b))) if (near.size < maxAround) near.add(n);
    if (near.size >= maxAround) break;
  }
  return near;
}

export function drawNeeds() {
  let {edges, nodes} = needs(), about = '';
  if (nodes.length > maxDrawn) {
    const center = [known.selected, [...causes()][0]?.path ?? ''].map(declarationOf).find(p => nodes.includes(p));
    about = `${count(nodes.length, 'child').replace('childs', 'children')} need each other, too many to draw. `;
    if (!center) about += 'Select one of them to see what is around it.';
    const near = center ? around(center, edges) : new Set();
    const out = edges.filter(([a, b]) => (a === center || b === center) && !(near.has(a) && near.has(b))).length;
    if (center) about += `This is what is around ${relative(center)}` + (out ? `; ${number(out)} more are next to it.` : '.');
    nodes = [...near];
    edges = edges.filter(([a, b]) => near.has(a) && near.has(b));
  }
  const {instances} = known.shown;
  const state = path => {
    const c = find(path), n = instances.get(path)?.length ?? 0;
    return c ? {c, ok: fine(c) || stops(), shape: stateOf(c)[0], word: stateOf(c)[1], tone: tone(c), many: n > 1 ? ` ×${number(n)}` : ''} : {ok: true, shape: '', word: 'none', tone: 'off', many: ''};
  };
  if ($('needs').parentNode.open) {
    fill($('needs'), edges.map(([from, to]) => make('li', {class: state(to).ok || state(from).ok ? '' : 'broken'}, pathButton(from), ' needs ', pathButton(to), ` (${state(to).shape} ${state(to).word})`)));
  }
  const note = about || (edges.length ? '' : 'No child needs another one.');
  fill($('drawing'), [...(note ? [make('p', {class: 'small'}, note)] : []), ...(edges.length ? [drawing(nodes, edges, state)] : [])]);
}

const gap = 64, step = 38, tall = 28; // between columns, from row to row, and of a box

function drawing(nodes, edges, state) {
  const depth = new Map();
  const measure = n => {
    if (!depth.has(n)) { depth.set(n, 0); depth.set(n, Math.max(0, ...edges.filter(e => e[0] === n).map(e => measure(e[1]) + 1))); }
    return depth.get(n);
  };
  nodes.forEach(measure);
  const columns = [], place = new Map();
  for (const n of nodes) (columns[depth.get(n)] ??= []).push(n);
  const states = new Map(nodes.map(n => [n, state(n)]));
  const twice = new Set(nodes.map(short).filter((s, i, all) => all.indexOf(s) !== i));
  const label = n => `${states.get(n).shape} ${twice.has(short(n)) ? relative(n) : short(n)}${states.get(n).many}`;
  const most = Math.max(...columns.map(c => c.length));
  let x = 2;
  for (const column of columns) {
    const width = 24 + 7.6 * Math.max(...column.map(n => label(n).length));
    column.forEach((n, y) => place.set(n, {x, y: (y + (most - column.length) / 2) * step + 4, width}));
    x += width + gap;
  }
  const svg = draw('svg', {width: x - gap + 2, height: most * step, role: 'img', 'aria-label': 'What needs what; the list below says the same'});
  const marks = [];
  for (const [from, to] of edges) {
    const a = place.get(to), b = place.get(from), s = states.get(to), cause = s.c && isCause(s.c);
    const x1 = a.x + a.width, y1 = a.y + tall / 2, y2 = b.y + tall / 2, m = (x1 + b.x) / 2;
    const broken = !s.ok && !states.get(from).ok;
    svg.append(draw('path', {d: `M${x1} ${y1}C${m} ${y1} ${m} ${y2} ${b.x} ${y2}`, class: !broken ? 'edge' : cause ? 'edge broken' : 'edge idle'}));
    if (broken) marks.push(draw('text', {x: b.x - 10, y: y2 + 4.5, class: cause ? 'cross' : 'cross idle'}, '✖'));
  }
  svg.append(...marks);
  for (const [n, {x, y, width}] of place) {
    const s = states.get(n), g = draw('g', {class: `node ${s.tone}${n === declarationOf(known.selected) ? ' selected' : ''}`});
    g.append(draw('rect', {x, y, width, height: tall, rx: 6}), draw('text', {x: x + 10, y: y + 18.5}, label(n)), draw('title', {}, `${n}: ${s.word}`));
    g.addEventListener('click', () => select(s.many ? n : find(n)?.path ?? n));
    svg.append(g);
  }
  return svg;
}
