// Words, shapes, durations and times.

export const states = { // lifecycle: shape, word
  declared: ['○', 'not started'], starting: ['◔', 'starting'], running: ['◐', 'running'], ready: ['●', 'ready'],
  restarting: ['▲', 'restarting'], paused: ['‖', 'paused'], quarantined: ['◆', 'quarantined'], shutting_down: ['▽', 'stopping'],
  stopped: ['□', 'stopped'], failed: ['✖', 'failed'],
};
export const endings = {completed: ['✔', 'completed'], ended: ['✔', 'ended'], by_hand: ['□', 'stopped by hand'], tree: ['□', 'stopped']};

export const words = text => String(text ?? '').replaceAll('_', ' ');
export const count = (n, word) => `${number(n)} ${word}${n === 1 ? '' : 's'}`; // "2 starts"
export const number = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
export const firstLine = text => { const line = String(text).split('\n')[0]; return line.length > 200 ? line.slice(0, 200) + '…' : line; };

// A path is Shop.Ingest.Conn["10.0.0.7"]: the declaration's, and the key of a replica or a dynamic child.
export const declarationOf = path => path.split('[')[0];
export const keyOf = path => path.slice(declarationOf(path).length);
export const short = path => declarationOf(path).split('.').at(-1) + keyOf(path);

const units = [[86400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']];
// span is a duration in seconds, in words: "3m 20s".
export function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 1) return '0s';
  const i = units.findIndex(([n]) => s >= n), [n, unit] = units[i];
  const rest = units[i + 1] ? Math.floor(s % n / units[i + 1][0]) : 0;
  return `${Math.floor(s / n)}${unit}` + (rest && s / n < 10 ? ` ${rest}${units[i + 1][1]}` : '');
}
export const nanos = n => n > 0 && n < 1e9 ? `${Math.round(n / 1e6)}ms` : span(n / 1e9);
export const clock = ms => new Date(ms).toLocaleTimeString([], {hour12: false});

// sentence tells an event.
export function sentence(e) {
  const word = l => states[l]?.[1] ?? words(l);
  switch (e.kind) {
    case 'not_ready': return `not ready: ${firstLine(e.failure?.message ?? '')}`;
    case 'transition': return e.failure ? `not ready: ${firstLine(e.failure.message)}` : `${word(e.from)} → ${(e.to === 'stopped' && endings[e.stopped]?.[1]) || word(e.to)}`;
    case 'failed': return `failed: ${firstLine(e.failure?.message ?? '')} – ${words(e.decision?.action)}`;
    case 'command': return `${e.audit.verb} by ${e.audit.who}: ${e.audit.why}`;
    case 'health': return `health: ${e.health}`;
    case 'ended': return `a run ended: ${words(e.outcome)}`;
    case 'asked': return `asked to stop${e.with && e.with !== e.path ? ` with ${e.with}` : ''}`;
    case 'lost': return `${count(e.lost, 'event')} lost`;
  }
  return words(e.kind);
}
