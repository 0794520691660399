// Puts a new part of a page in where it differs, so that focus, selection, scroll places and what is announced stay.
// Elements are the same where they have the same id, or the same name at the same place.

const KEPT = new Set(['open', 'value', 'checked']); // what the reader did, not what the server says

function same(one, other) {
  return one && one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? '') === (other.id ?? '');
}

function attributes(to, from) {
  for (const { name, value } of from.attributes) {
    if (!KEPT.has(name) && to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
  for (const { name } of [...to.attributes]) {
    if (!KEPT.has(name) && !from.hasAttribute(name)) to.removeAttribute(name);
  }
}

function node(to, from) {
  if (to.nodeType !== Node.ELEMENT_NODE) {
    if (to.data !== from.data) to.data = from.data;
    return;
  }
  attributes(to, from);
  children(to, from);
}

function children(to, from) {
  const named = new Map([...to.children].filter((c) => c.id).map((c) => [c.id, c]));
  let place = to.firstChild;
  for (const wanted of [...from.childNodes]) {
    const known = wanted.id ? named.get(wanted.id) : undefined;
    if (same(place, wanted)) {
      const next = place.nextSibling;
      node(place, wanted);
      place = next;
    } else if (same(known, wanted)) {
      to.insertBefore(known, place);
      node(known, wanted);
    } else {
      to.insertBefore(wanted, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Make what is inside an element as `html` has it. */
export function patch(target, html) {
  const made = document.createElement('template');
  made.innerHTML = html;
  const focused = document.activeElement;
  children(target, made.content);
  if (focused && focused !== document.activeElement && target.contains(focused)) focused.focus({ preventScroll: true });
}
