// The report of an incident: what is shown, as text for a ticket, or as JSON for a program.
import {$, make} from './dom.js';
import {log} from './events.js';
import {causes, chain, decided, isCause, known, moment, restarts, since, stateOf, tone} from './tree.js';
import {sentence, words} from './words.js';

const time = () => new Date(moment());
const past = n => log.events.filter(e => Date.parse(e.time) <= moment()).slice(-n);

function text() {
  const {tree, children, why} = known.shown, bad = [...children.values()].filter(c => !/^(ok|done)$/.test(tone(c)));
  const lines = [`${tree.path} at ${time().toISOString()}: ${words(tree.phase)}, ${tree.ready ? 'ready' : 'not ready'}`, `incarnation ${tree.incarnation}, sequence ${tree.sequence}`, ''];
  if (why) lines.push(`The state is unknown: ${why}.`);
  for (const c of bad.sort((a, b) => isCause(b) - isCause(a))) {
    lines.push(`${c.path}: ${stateOf(c)[1]} for ${since(c)}, generation ${c.generation}, restarts ${restarts(c)}`);
    if (chain(c).length > 1) lines.push(`  waits for ${chain(c).slice(1).map(s => s.path).join(', which waits for ')}`);
    if (c.not_ready) lines.push(`  not ready (${words(c.not_ready.kind)}): ${c.not_ready.message}`);
    if (c.failure) lines.push(`  last failure (${words(c.failure.kind)}): ${c.failure.message}`);
    if (c.failure?.stack && isCause(c)) lines.push(...c.failure.stack.trimEnd().split('\n').map(l => '    ' + l));
    if (isCause(c) && decided(c)) lines.push(`  decision: ${decided(c)}: ${c.decision.reason}`);
  }
  if (!bad.length && !why) lines.push('No child is in trouble.');
  for (const run of tree.leaked ?? []) lines.push(`${run} is stuck: it was asked to stop and still runs`);
  lines.push('', 'Last events:');
  for (const e of past(100)) lines.push(`${e.time} ${e.path || tree.path} ${sentence(e)}`);
  return lines.join('\n') + '\n';
}

function json() {
  const {tree, children, report, why} = known.shown;
  return JSON.stringify({
    time: time(), causes: [...causes()].map(c => c.path), tree, why, report, children: [...children.values()],
    declarations: [...known.declarations.values()], events: past(1000),
  }, null, 1);
}

// show opens a dialog with the report, to copy and to download. Only a page in a secure context may use the clipboard.
export function show() {
  if (!known.shown) return;
  const name = `${known.shown.tree.path}-${time().toISOString().replaceAll(':', '').slice(0, 17)}`;
  const field = make('textarea', {readonly: true, rows: 20, 'aria-label': 'Report', spellcheck: 'false'}, text());
  const said = make('span', {role: 'status'});
  const copy = async () => {
    try { await navigator.clipboard.writeText(field.value); said.textContent = 'Copied.'; } catch {
      field.select();
      said.textContent = 'The browser keeps the clipboard from this page: the text is selected, copy it by hand.';
    }
  };
  const download = (what, extension, type) => make('button', {type: 'button', click: () => {
    const link = make('a', {href: URL.createObjectURL(new Blob([what()], {type})), download: `${name}.${extension}`});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }}, `Download ${extension === 'json' ? 'JSON' : 'text'}`);
  const box = make('dialog', {'aria-label': 'Report of an incident', close: () => { box.remove(); $('report').focus(); }},
    make('h2', {}, 'Report'), field,
    make('div', {class: 'buttons'}, make('button', {type: 'button', click: copy}, 'Copy'), download(() => field.value, 'txt', 'text/plain'), download(json, 'json', 'application/json'),
      make('button', {type: 'button', click: () => box.close()}, 'Close'), said));
  document.body.append(box);
  box.showModal();
}
