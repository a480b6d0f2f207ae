// Being up to date: the state is asked for when something has happened, which a stream of events tells. One tab has the stream, and tells
// the others of the same page; a tab that is hidden has none.
import {clear, log, maxEvents, record} from './events.js';
import {changed, known, look} from './tree.js';

export async function ask(path, options = {}) {
  const r = await fetch(path, options);
  if (r.ok) return r;
  const body = await r.json().catch(() => ({}));
  throw Object.assign(new Error(body.error || `the server answers ${r.status}`), {status: r.status});
}
export const get = async path => (await ask(path)).json();

let tellTrouble = () => {}; // is called with what is wrong, or ''
const troubles = {stream: '', state: ''};
function trouble(of, said) {
  troubles[of] = said;
  tellTrouble(troubles.stream || troubles.state);
}

// ---- The state

let asking = false, again = false, earliest = 0;

// refresh asks for the state, soon: at most five times a second, and less often where it takes long.
export function refresh() {
  if (!following) return;
  if (asking) { again = true; return; }
  asking = true;
  setTimeout(async () => {
    const began = performance.now();
    again = false;
    try {
      known.live = await get('state');
      known.offset = Date.parse(known.live.tree.time) - Date.now();
      if (known.past === null) { known.shown = look(known.live); changed(); }
      if (troubles.state) trouble('state', '');
    } catch (e) { trouble('state', `No answer: ${e.message}.`); }
    earliest = performance.now() + Math.max(200, 3 * (performance.now() - began));
    asking = false;
    if (again) refresh();
  }, Math.max(0, earliest - performance.now()));
}

// ---- The events

let incarnation = '', last = 0; // of the last event that is known
let loading = null;

// load asks for the events that are not known yet: for all of them at the beginning, and when some are gone or the program is another.
const load = () => loading ??= loadAll().finally(() => { loading = null; });
async function loadAll() {
  const kept = await get('history');
  if (kept.incarnation !== incarnation || last + 1 < kept.first) {
    const d = await get('declarations');
    Object.assign(known, {operate: d.operate, declarations: new Map(d.declarations.map(x => [x.path, x])), past: null});
    clear();
    dispatchEvent(new Event('anew'));
    incarnation = kept.incarnation;
    last = Math.max(kept.first - 1, kept.last - maxEvents);
  }
  while (last < kept.last) {
    const page = await get('history?from=' + (last + 1));
    for (const e of page.events) if (e.sequence > last) keep(e);
    if (!page.events.length) last = kept.last;
  }
  if (log.begin === Infinity) log.begin = Date.now() + known.offset;
  refresh();
}

// add keeps an event, and reports whether it is the next one.
function add(e) {
  if (e.sequence <= last) return true;
  if (e.sequence - (e.lost ?? 1) > last) return false;
  keep(e);
  return true;
}
function keep(e) {
  record(e);
  last = e.sequence;
}

// receive takes a message of the stream: {event}, {reset: true} or {trouble}.
async function receive(m) {
  if ('trouble' in m) { trouble('stream', m.trouble); return; }
  if (m.reset || m.incarnation !== incarnation || !add(m.event)) await load();
  refresh();
}

// ---- The stream

const name = 'supgen ' + new URL('.', location.href).pathname;
const tabs = new BroadcastChannel(name);
let following = null; // an AbortController, while the tab follows

tabs.onmessage = e => { if (following) receive(e.data).catch(() => {}); };

// follow has the tab follow the tree, until it is asked to stop.
export async function follow(tell) {
  if (following) return;
  const {signal} = following = new AbortController();
  tellTrouble = tell;
  for (let delay = 500; !signal.aborted; delay = Math.min(10000, delay * 2)) {
    try {
      await load();
      trouble('stream', '');
      break;
    } catch (e) {
      trouble('stream', `No answer: ${e.message}. Trying again.`);
      await pause(delay, signal);
    }
  }
  // Without a secure context there are no locks, and each tab has a stream.
  if (!navigator.locks) return lead(signal);
  await navigator.locks.request(name, {signal}, () => lead(signal)).catch(() => {});
}

export function stop() {
  following?.abort();
  following = null;
}

const pause = (ms, signal) => new Promise(done => { setTimeout(done, ms); signal.addEventListener('abort', done); });

// lead reads the stream for all tabs. It resumes behind the last event.
async function lead(signal) {
  const tell = async m => { tabs.postMessage(m); await receive(m); };
  for (let delay = 500; !signal.aborted; delay = Math.min(10000, delay * 2)) {
    let why = '';
    try {
      const r = await ask('events', {headers: {'Last-Event-ID': `${incarnation}.${last}`}, signal});
      delay = 500;
      await tell({trouble: ''});
      refresh();
      why = await read(r.body.pipeThrough(new TextDecoderStream()).getReader(), tell);
    } catch (e) { why ||= e.message; }
    if (signal.aborted) return;
    await tell({trouble: `Not connected: ${why || 'the connection was closed'}. Trying again.`});
    await pause(delay, signal);
  }
}

// read reads server-sent events, and returns why there are no more, if the server says so.
async function read(reader, tell) {
  for (let text = '', ended = ''; ;) {
    const {value, done} = await reader.read();
    if (done) return ended;
    text += value;
    const messages = text.split('\n\n');
    text = messages.pop();
    for (const m of messages) {
      let kind = 'message', id = '', data = '';
      for (const line of m.split('\n')) {
        if (line.startsWith('id: ')) id = line.slice(4);
        else if (line.startsWith('event: ')) kind = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      if (kind === 'end') ended = JSON.parse(data).why;
      else if (kind === 'reset') await tell({reset: true});
      else if (data) await tell({incarnation: id.split('.')[0], event: JSON.parse(data)});
    }
  }
}
