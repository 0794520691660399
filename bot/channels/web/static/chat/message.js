// One thing that was said, as an element. What its buttons do is the conversation's to say.

import { below } from '../below.js';
import { address, asked, button, make, outside, paragraphs, signed, tongue } from './dom.js';
import { say, setup, spoken } from './says.js';

const REASONS = ['wrong', 'old', 'hard', 'other'];

/** Make the element of an item of the conversation. `acts` does what its buttons say. */
export function message(item, acts) {
  const node = make('div', { class: `message ${item.who}`, 'data-key': item.key });
  const who = { me: say('web_me'), staff: item.name || say('web_staff') }[item.who] ?? say('web_desk');
  node.append(make('span', { class: item.who === 'staff' ? 'who' : 'unseen' }, who, make('span', { class: 'unseen' }, ': ')));
  const bubble = make('div', { class: 'bubble' });
  if (item.guided !== undefined) bubble.append(...guided(item, acts));
  else if (item.reply) bubble.append(...answer(item, acts));
  else if (item.who === 'me') bubble.append(make('p', { class: 'typed', lang: tongue(item.text) }, item.text));
  else bubble.append(make('div', { class: 'text', lang: tongue(item.text) }, paragraphs(item.text, setup.contacts)));
  if (item.ways) bubble.append(buttons(item.ways.map((name) => button(say(name), name, () => acts[name]()))));
  node.append(bubble);
  if (item.who === 'me') node.append(...sending(item, acts));
  return node;
}

function sending(item, acts) {
  if (item.state === 'sending') return [make('p', { class: 'state waiting', 'aria-hidden': 'true' }, say(item.to === 'person' ? 'web_sending' : 'web_waiting'))];
  if (item.state !== 'failed') return [];
  return [
    make('div', { class: 'state failed', role: 'alert' },
      make('p', {}, item.fault || say('web_failed')),
      button(say('web_retry'), 'retry', () => acts.retry(item), { class: 'button' })),
  ];
}

function answer(item, acts) {
  const reply = item.reply;
  const parts = [make('div', { class: 'text', lang: tongue(reply.body) }, paragraphs(own(reply.body), reply.contacts))];
  if (reply.choices.length) parts.push(choices(item, acts));
  if (reply.contacts.length) parts.push(contacts(reply));
  if (reply.signature) parts.push(signed(reply));
  if (reply.related.length) parts.push(related(item, acts));
  if (reply.outcome === 'answer' && item.reply.exchange) parts.push(feedback(item, acts));
  if (reply.outcome === 'fallback' && !reply.choices.length) {
    parts.push(buttons([button(say('person'), 'person', acts.person), button(say('web_menu'), 'menu', acts.menu)]));
  }
  return parts;
}

/** Return a label without the picture in front of it, for which not every device has a glyph. */
const plain = (label) => label.replace(/^[\p{Extended_Pictographic}\uFE0F\s]+/u, '');

const buttons = (made) => make('div', { class: 'buttons' }, made.map((b) => (b.classList.add('button'), b)));

/** A step of the guided check; where it is not there any more, nothing but what was said. */
function guided(item, acts) {
  const step = setup.guided?.[spoken()].steps[item.guided];
  if (!step) return [];
  const options = step.options.map((o) =>
    make('li', {}, button(o.say, `check-${o.taps}`, () => acts.check(o.taps, o.say), { class: 'choice' })));
  const ends = step.entries.map((c) =>
    make('li', {}, button(asked(c), `choice-${c.entry}`, () => acts.choose(c), { class: 'choice' })));
  const back = step.back === null ? null : button(say('back'), 'check-back', () => acts.check(step.back, say('back')), { class: 'quiet-button' });
  return [
    make('div', { class: 'text', lang: spoken() }, paragraphs(step.text, setup.contacts)),
    options.length || ends.length ? make('ul', { class: 'plain-list choices', 'aria-label': say('web_choices') }, options, ends) : null,
    back ? make('div', {}, back) : null,
  ].filter(Boolean);
}

/** Return what an answer says without the notice, which stands above the conversation all the time. */
const own = (body) => body.split('\n').filter((line) => !line.trim() || line.trim() !== setup.notice[spoken()]).join('\n');

function choices(item, acts) {
  const list = item.reply.choices.map((c, i) =>
    make('li', {},
      button([make('span', { class: 'number', 'aria-hidden': 'true' }, `${i + 1}`), asked(c)],
        `choice-${c.entry}`, () => acts.choose(c), { class: 'choice' })));
  const none = item.none
    ? make('div', { class: 'noted', role: 'status' }, make('p', {}, item.none),
        buttons([button(say('person'), 'person', acts.person), button(say('web_menu'), 'menu', acts.menu)]))
    : button(say('none_of_these'), 'none', () => acts.none(item), { class: 'quiet-button' });
  return make('div', { class: 'choices' },
    make('ol', { class: 'plain-list', 'aria-label': say('web_choices') }, list),
    item.reply.exchange ? none : null);
}

/** One line a number: to call it, to copy it. Addresses are links in the text already. */
function contacts(reply) {
  const numbers = reply.contacts.filter((c) => c.kind === 'phone');
  const rows = (numbers.length ? numbers : reply.contacts).map((c) => {
    const what = { phone: 'web_call', email: 'web_mail', url: 'web_open' }[c.kind];
    const value = c.value.replace(/^https?:\/\//, '').replace(/\/$/, '');
    const open = make('a', { class: 'reach', ...(c.kind === 'url' ? outside(address(c)) : { href: address(c) }) },
      make('span', { class: 'unseen' }, `${say(what)} `), c.label, ' ', make('b', {}, value));
    return make('li', {}, open, navigator.clipboard && copying(c));
  });
  return make('ul', { class: 'plain-list contacts', 'aria-label': say('web_contacts') }, rows);
}

function copying(contact) {
  const done = make('span', { class: 'unseen', role: 'status' });
  const node = button([say('web_copy'), make('span', { class: 'unseen' }, ` ${contact.value}`)], `copy-${contact.value}`,
    async () => {
      await navigator.clipboard.writeText(contact.value);
      done.textContent = say('web_copied');
      node.firstChild.textContent = say('web_copied');
    }, { class: 'quiet-button' });
  return [node, done];
}

function related(item, acts) {
  const id = `related-${item.key}`;
  return make('div', { class: 'related' },
    make('p', { class: 'heading', id }, say('web_related')),
    make('ul', { class: 'plain-list', 'aria-labelledby': id },
      item.reply.related.map((c) =>
        make('li', {}, button(asked(c), `choice-${c.entry}`, () => acts.choose(c), { class: 'choice' })))));
}

function feedback(item, acts) {
  const { verdict, reason, thanks } = item.feedback ?? {};
  const vote = (which, label) =>
    button([make('span', { class: 'thumb', 'aria-hidden': 'true' }), plain(label)], which, () => acts.rate(item, which), { class: 'quiet-button', 'aria-pressed': String(verdict === which) });
  const row = make('div', { class: 'feedback', role: 'group', 'aria-label': say('web_helpful') },
    vote('up', say('good')), vote('down', say('bad')),
    make('a', { class: 'quiet-button page', ...outside(`${below}/a/${encodeURIComponent(item.reply.entry)}`) },
      say('web_page'), make('span', { class: 'unseen' }, ` (${say('web_new_window')})`)));
  const why = verdict === 'down' && !reason
    ? make('div', { class: 'reasons', role: 'group', 'aria-label': say('why_bad') },
        REASONS.map((r) => button(say(`bad_${r}`), `reason-${r}`, () => acts.rate(item, 'down', r), { class: 'button' })))
    : null;
  const ways = reason ? buttons([button(say('person'), 'person', acts.person)]) : null;
  return make('div', { class: 'after' }, row, thanks ? make('p', { class: 'noted', role: 'status' }, thanks) : null, why, ways);
}
