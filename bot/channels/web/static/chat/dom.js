// Small makers of elements. Text is only ever set as text, so nothing that was typed or curated can become markup.

/** Make an element: attributes (`on…` are listeners, false and undefined are left out) and children (strings are text). */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ''));
  return node;
}

/** Make a button. `act` names what it does, so that the focus finds it again after its message is drawn again. */
export const button = (label, act, onclick, attributes = {}) =>
  make('button', { type: 'button', 'data-act': act, onclick, ...attributes }, label);

/** Return the language of a text, for those who have it read aloud. */
export function tongue(text) {
  const hangul = (text.match(/[가-힣]/g) ?? []).length;
  return hangul * 4 > text.length ? 'ko' : 'en';
}

/** Make the words of a question that can be chosen. */
export const asked = (choice) => make('span', { lang: tongue(choice.question) }, choice.question);

export function address(contact) {
  if (contact.kind === 'phone') return `tel:${contact.value.replace(/[^\d+*#]/g, '')}`;
  if (contact.kind === 'email') return `mailto:${contact.value}`;
  return /^https?:\/\//.test(contact.value) ? contact.value : `https://${contact.value}`;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
const WEB = String.raw`https?:\/\/[^\s<>"'()\[\]{}«»‘’“”]+[^\s<>"'()\[\]{}«»‘’“”.,;:!?。·]`;

export const outside = (url) => ({ href: url, target: '_blank', rel: 'noopener' });

function pieces(line, contacts) {
  const known = new Map(contacts.map((c) => [c.value, address(c)]));
  const names = [...known.keys()].sort((a, b) => b.length - a.length).map((v) => `${escaped(v)}(?![\\d-])`);
  const found = [];
  let end = 0;
  for (const match of line.matchAll(new RegExp([...names, WEB].join('|'), 'g'))) {
    if (known.has(match[0]) && /[\w./-]/.test(line.charAt(match.index - 1))) continue; // a part of something longer
    found.push(line.slice(end, match.index));
    const url = known.get(match[0]) ?? match[0];
    found.push(make('a', url.startsWith('http') ? outside(url) : { href: url }, match[0]));
    end = match.index + match[0].length;
  }
  return [...found, line.slice(end)];
}

/** Make the paragraphs of a text, its contacts and addresses as links. */
export const paragraphs = (text, contacts = []) =>
  text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => make('p', line.startsWith('※') || line.startsWith('Note:') ? { class: 'aside' } : {}, pieces(line, contacts)));

/** Return the line that says where an answer comes from, the titles in it as links. */
export function signed(reply) {
  const titles = reply.sources.filter((s) => /^https?:\/\//.test(s.url) && reply.signature.includes(s.title));
  let parts = [reply.signature];
  for (const source of new Map(titles.map((s) => [s.title, s])).values()) {
    parts = parts.flatMap((part) => {
      const at = typeof part === 'string' ? part.indexOf(source.title) : -1;
      if (at < 0) return [part];
      const link = make('a', outside(source.url), source.title);
      return [part.slice(0, at), link, part.slice(at + source.title.length)];
    });
  }
  return make('p', { class: 'signature' }, parts.map((p) => (typeof p === 'string' ? dated(p) : p)));
}

/** Return a text in pieces in which no day is broken at its hyphens. */
const dated = (text) =>
  text.split(/(\d{4}-\d{2}(?:-\d{2})?)/).map((piece, i) => (i % 2 ? make('span', { class: 'day' }, piece) : piece));
