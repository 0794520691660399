// The web chat: a conversation with the desk, and with a person. All it knows comes from the HTTP API.

import { call, Fault } from './api.js';
import { closes, skips } from './back.js';
import { Composer } from './composer.js';
import { watch } from './corrections.js';
import { asked, button, make, paragraphs } from './dom.js';
import * as keep from './keep.js';
import * as later from './later.js';
import '../look.js';
import { Menu } from './menu.js';
import { message } from './message.js';
import { Person } from './person.js';
import { say, setup, speak, spoken, typed } from './says.js';
import { Suggestions } from './suggest.js';
import * as unread from './unread.js';

const LONGEST = 2000;
const $ = (id) => document.getElementById(id);

class Conversation {
  constructor() {
    this.log = $('log');
    this.items = keep.talk();
    this.under = new Set();
    this.queue = Promise.resolve();
    this.known = new Set(this.items.map((i) => i.id).filter(Boolean));
    this.menu = new Menu((choice) => this.choose(choice));
    this.person_ = new Person(this, Math.max(0, ...this.known));
    this.acts = {
      retry: (item) => this.retry(item),
      choose: (choice) => this.choose(choice),
      none: (item) => this.once(`none-${item.key}`, () => this.none(item)),
      rate: (item, verdict, reason) => this.once(`rate-${item.key}`, () => this.rate(item, verdict, reason)),
      check: (taps, said) => this.check(taps, said),
      person: () => this.person(),
      menu: () => this.menu.open(),
    };
    this.draw();
    this.person_.resume();
    watch((correction) => this.add({ who: 'desk', reply: correction.answer }));
  }

  // what is shown

  /** Redraw everything, without reading it out. */
  draw() {
    this.log.setAttribute('aria-live', 'off');
    this.log.replaceChildren(this.#welcome(), ...this.items.map((item) => message(item, this.acts)));
    if (this.items.length) this.log.lastElementChild.scrollIntoView({ block: 'end' });
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
  }

  #welcome() {
    const list = (label, nodes) => nodes.length
      ? [make('p', { class: 'quiet' }, label), make('ul', { class: 'plain-list topics', 'aria-label': label }, nodes)]
      : [];
    const most = setup.asked[spoken()].map((choice) =>
      make('li', {}, button(asked(choice), '', () => this.choose(choice), { class: 'chip most' })));
    const sections = setup.sections[spoken()].map((s) =>
      make('li', {}, button(s.title, '', () => this.menu.open(s.id), { class: 'chip', 'aria-haspopup': 'dialog' })));
    return make('div', { class: 'message desk welcome' },
      make('span', { class: 'unseen' }, `${say('web_desk')}: `),
      make('div', { class: 'bubble' },
        paragraphs(say('welcome')),
        setup.guided ? make('p', {}, button(setup.guided[spoken()].title, '', () => this.check(''), { class: 'button check' })) : null,
        list(say('web_asked'), most),
        list(say('web_sections'), sections)));
  }

  add(item) {
    const added = { key: crypto.randomUUID?.() ?? `${Date.now()}-${this.items.length}`, ...item };
    this.items.push(added);
    keep.setTalk(this.items);
    const node = message(added, this.acts);
    this.log.append(node);
    this.#reveal(node);
    return added;
  }

  /** Scroll to what was added: its end where all of it can be seen, else its beginning, with the question before it. */
  #reveal(node) {
    const room = $('scroller').clientHeight;
    const before = node.previousElementSibling;
    const first = before?.classList.contains('me') && before.offsetHeight < room / 4 ? before : node;
    const tall = node.getBoundingClientRect().bottom - first.getBoundingClientRect().top > room;
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
    (tall ? first : node).scrollIntoView({ block: tall ? 'start' : 'end', behavior });
  }

  /** Keep the end in sight where the room for it has become less. */
  settle() {
    if (!this.items.length) return; // what stands at the beginning is read first
    const { scrollTop, scrollHeight, clientHeight } = $('scroller');
    const rest = scrollHeight - scrollTop - clientHeight;
    if (rest > 0 && rest < clientHeight / 3) $('scroller').scrollTop = scrollHeight;
  }

  /** Change an item and redraw it; the focus stays where it was, or goes back to the box. */
  change(item, values) {
    Object.assign(item, values);
    keep.setTalk(this.items);
    const old = this.log.querySelector(`[data-key="${CSS.escape(item.key)}"]`);
    if (!old) return;
    const act = old.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    const node = message(item, this.acts);
    old.replaceWith(node);
    if (item.state === 'failed') this.#reveal(node);
    else (node.querySelector('.reasons') ?? node.querySelector('.noted'))?.scrollIntoView({ block: 'nearest' });
    if (act !== undefined) (node.querySelector(`[data-act="${CSS.escape(act)}"]`) ?? $('text')).focus();
  }

  /** Go on from where another tab of this browser is; what is on its way here stays. */
  follow() {
    const here = this.items.filter((item) => item.state === 'sending');
    const there = keep.said();
    const keys = new Set(there.map((item) => item.key));
    this.items = [...there, ...here.filter((item) => !keys.has(item.key))];
    for (const item of this.items) if (item.id) this.seen(item.id);
    this.draw();
  }

  line(text, ways) {
    return this.add({ who: 'desk', text, ways });
  }

  /** Show what was said in a case, once. */
  said(told) {
    if (this.known.has(told.id)) return;
    this.seen(told.id);
    const lost = told.author === 'user' && this.items.find((i) => i.state === 'failed' && i.text === told.text);
    if (lost) this.change(lost, { state: 'sent', id: told.id }); // it had arrived after all
    else this.add({ who: { user: 'me', staff: 'staff' }[told.author] ?? 'desk', text: told.text, name: told.name, id: told.id });
    if (told.author === 'staff') unread.came(told.text);
  }

  seen(id) {
    this.known.add(id);
    this.person_.after = Math.max(this.person_.after, id);
  }

  // what is done

  /** Do something unless it is under way already: a second tap does nothing. */
  async once(name, work) {
    if (this.under.has(name)) return;
    this.under.add(name);
    try {
      await work();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.line(fault.message || say(navigator.onLine ? 'trouble' : 'web_offline'));
    } finally {
      this.under.delete(name);
    }
  }

  type(text) {
    const letters = Array.from(text);
    const sent = letters.slice(0, LONGEST).join('');
    const item = this.add({ who: 'me', text: sent, state: 'sending' });
    if (letters.length > LONGEST) this.line(say('too_long', { limit: LONGEST }));
    this.#deliver(item);
  }

  choose(choice) {
    this.once(`choice-${choice.entry}`, () => {
      const item = this.add({ who: 'me', text: choice.question, choice: choice.entry, state: 'sending' });
      return this.#deliver(item);
    });
  }

  /** Go on with the guided check: `taps` lead to its step, and `said` is what was tapped. */
  check(taps, said = setup.guided[spoken()].title) {
    this.add({ who: 'me', text: said, state: 'sent' });
    this.add({ who: 'desk', guided: taps });
  }

  retry(item) {
    if (item.state !== 'failed') return;
    this.items.splice(this.items.indexOf(item), 1);
    this.items.push(item); // its answer will stand below it
    this.change(item, { state: 'sending', fault: '' });
    const node = this.log.querySelector(`[data-key="${CSS.escape(item.key)}"]`);
    if (node) this.log.append(node);
    this.#deliver(item);
  }

  /** Send an item when those before it are through, so that they arrive in order. */
  #deliver(item) {
    const sent = this.queue.then(() => this.#send(item));
    this.queue = sent.catch(() => {});
    return sent;
  }

  async #send(item) {
    try {
      if (this.person_.listening && !item.choice) {
        this.change(item, { to: 'person' });
        const kept = await this.person_.say(item.text, item.key);
        this.change(item, { state: 'sent', id: kept.id, text: kept.text });
        return;
      }
      const question = { text: item.text, ...(item.choice && { choice: item.choice }) };
      // where nobody chose a language, what is typed or tapped shows it
      const language = chosen && { language: spoken() };
      const reply = await call('POST', '/ask', { ...question, ...language }, `${item.key}.${spoken()}`);
      this.change(item, { state: 'sent' });
      this.add({ who: 'desk', reply });
      keep.setAsked();
      if (reply.outcome === 'handover') await this.person();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.change(item, { state: 'failed', fault: fault.message || say(navigator.onLine ? 'web_failed' : 'web_offline') });
    }
  }

  async none(item) {
    const said = await call('POST', '/none', { exchange: item.reply.exchange });
    this.change(item, { none: said.text });
  }

  async rate(item, verdict, reason) {
    const said = await call('POST', '/feedback', { exchange: item.reply.exchange, verdict, ...(reason && { reason }) });
    this.change(item, { feedback: { verdict, reason, thanks: said.text } });
  }

  person() {
    return this.once('person', () => this.person_.open());
  }

  async restart() {
    const said = await call('POST', '/reset');
    this.items = this.items.filter((item) => item.state === 'failed');
    keep.setTalk(this.items);
    this.draw();
    this.line(said.text);
  }

  async forget() {
    await call('DELETE', '/me');
    keep.forget();
    this.items = [];
    this.known.clear();
    this.person_.forget();
    this.draw();
    this.line(say('web_forgotten'));
  }
}

// the page

const framed = setup.embedded && window.parent !== window;
if (framed) await keep.share();
const kept = setup.given ? null : keep.language();
/** Whether somebody chose the language: with the button, now or before, or by the address of the page. */
let chosen = setup.languages.includes(kept) || (setup.given && setup.language !== setup.languages[0]);
speak(setup.languages.includes(kept) ? kept : setup.language);
const conversation = new Conversation();
const suggestions = new Suggestions($('text'), {
  choose: (choice) => conversation.choose(choice),
  wanted: () => !conversation.person_.listening,
});
const composer = new Composer($('composer'), $('text'), (text) => {
  suggestions.close();
  if (typed('command_forget', text)) forgetting();
  else conversation.type(text);
});
$('composer').hidden = false;
conversation.person_.describe();

/** Return the language that the button changes to: the one after what is spoken now. */
const next = () => setup.languages[(setup.languages.indexOf(spoken()) + 1) % setup.languages.length];

function toggle() {
  const other = next();
  chosen = true;
  keep.setLanguage(other);
  speak(other);
  label();
  conversation.draw();
  conversation.person_.describe();
  conversation.line(say('language_set'));
}

function label() {
  $('language').textContent = setup.names[next()];
  $('language').lang = next();
}

label();
$('language').hidden = setup.languages.length < 2;
$('language').addEventListener('click', toggle);
$('open-menu').addEventListener('click', () => conversation.menu.open());
$('person').addEventListener('click', () => conversation.person());
$('restart').addEventListener('click', () => {
  conversation.menu.close();
  conversation.once('restart', () => conversation.restart());
  $('text').focus();
});

function forgetting() {
  conversation.menu.close();
  $('forgetting-fault').textContent = '';
  $('forgetting').showModal();
}

$('forget').addEventListener('click', forgetting);
$('forget-no').addEventListener('click', () => $('forgetting').close());
$('forget-yes').addEventListener('click', async () => {
  try {
    await conversation.forget();
    composer.clear();
    $('forgetting').close();
    $('text').focus();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    $('forgetting-fault').textContent = fault.message || say('trouble');
  }
});

for (const dialog of document.querySelectorAll('dialog')) closes(dialog);
skips(document.querySelector('.skip'), $('text'));
unread.start();
later.start();
later.returns();
keep.followed(() => conversation.follow());

if (framed) {
  unread.begin();
  const close = () => window.parent.postMessage({ helpdesk: 'close' }, '*');
  $('close').hidden = false;
  $('close').addEventListener('click', close);
  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && !e.isComposing && !document.querySelector('dialog[open]')) close();
  });
}
if (setup.choice) {
  conversation.choose(setup.choice);
  history.replaceState(null, '', location.pathname);
}
