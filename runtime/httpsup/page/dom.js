// Elements. What comes from children reaches the document as text alone.

export const $ = id => document.getElementById(id);

// make makes an element: attributes, and children that are elements or texts.
export function make(tag, attributes = {}, ...children) {
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
export function draw(tag, attributes = {}, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

// put sets a text or an attribute if that changes it: what stays is not read again, nor loses the focus.
export function put(e, text) { if (e.textContent !== text) e.textContent = text; }
export function set(e, name, value) { if (e.getAttribute(name) !== String(value)) e.setAttribute(name, value); }

// list puts commas between parts.
export const list = parts => parts.flatMap((p, i) => i ? [', ', p] : [p]);

// fill makes parts the content of a box, and keeps those elements in it that are as they should be: in these the focus, the caret
// and what is selected survive. None is kept that was about something else, for what it does when pressed would be about that.
export function fill(box, parts, about = '') {
  const fresh = make('div', {}, ...parts), focused = box.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && [...box.querySelectorAll(focused.tagName)].indexOf(focused);
  const open = new Set([...box.querySelectorAll('details[open] > summary')].map(s => s.textContent));
  for (const s of fresh.querySelectorAll('details > summary')) if (open.has(s.textContent)) s.parentNode.open = true;
  const same = (box.dataset.about ?? '') === about, old = new Set(same ? box.children : []);
  box.dataset.about = about;
  const wanted = [...fresh.children].map(f => {
    for (const o of old) if (o.isEqualNode(f)) { old.delete(o); return o; }
    return f;
  });
  const kept = new Set(wanted);
  for (const n of [...box.childNodes]) if (!kept.has(n)) n.remove();
  let at = box.firstChild;
  for (const w of wanted) {
    if (w === at) at = at.nextSibling;
    else box.insertBefore(w, at);
  }
  if (focused && !focused.isConnected) (same && box.querySelectorAll(focused.tagName)[place] || box).focus({preventScroll: true});
}
