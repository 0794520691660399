// The menu: sections and topics, and behind each its questions. Any answer is three taps away.

import { call } from './api.js';
import { asked, button, make } from './dom.js';
import { say, spoken } from './says.js';

const MOST = 30;

export class Menu {
  /** `choose` is given the question that was picked. */
  constructor(choose) {
    this.choose = choose;
    this.dialog = document.getElementById('menu');
    this.title = document.getElementById('menu-title');
    this.body = document.getElementById('menu-body');
    this.known = new Map();
    document.getElementById('menu-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', (e) => e.target === this.dialog && this.dialog.close());
  }

  async open(section = '') {
    this.#show(say('web_menu'), make('p', { class: 'quiet' }, say('web_waiting')));
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const menu = await this.#menu();
      const one = menu.sections.find((s) => s.id === section);
      if (one) this.#section(one);
      else this.#top(menu);
    } catch (fault) {
      this.#show(say('web_menu'), make('p', { role: 'alert' }, fault.message || say('trouble')));
    }
  }

  close() {
    this.dialog.close();
  }

  async #menu() {
    const language = spoken();
    if (!this.known.has(language)) this.known.set(language, await call('GET', `/menu?language=${language}`));
    return this.known.get(language);
  }

  #top(menu) {
    const groups = make('div', {}, menu.sections.map((s) =>
      make('section', { class: 'group' }, make('h3', {}, s.title), this.#topics(s, () => this.#top(menu)))));
    const filter = make('input', {
      class: 'field filter', type: 'search', autocomplete: 'off', 'aria-label': say('web_menu_search'), placeholder: say('web_menu_search'),
      oninput: () => this.#filtered(menu, filter.value, groups, found),
    });
    const found = make('ul', { class: 'plain-list', hidden: true, 'aria-live': 'polite' });
    this.#show(say('web_menu'), [filter, found, groups]);
  }

  /** Show the questions in which what is typed stands, instead of the groups. */
  #filtered(menu, text, groups, found) {
    const letters = (words) => words.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
    const wanted = letters(text);
    groups.hidden = Boolean(wanted);
    found.hidden = !wanted;
    const every = menu.sections.flatMap((s) => s.items.flatMap((item) => item.entries));
    const fitting = [...new Map(every.map((c) => [c.entry, c])).values()].filter((c) => letters(c.question).includes(wanted));
    found.replaceChildren(...(wanted ? fitting.slice(0, MOST).map((c) => this.#choice(c)) : []));
    if (wanted && !fitting.length) found.append(make('li', { class: 'quiet' }, say('web_menu_none')));
  }

  #choice(choice) {
    return make('li', {}, button(asked(choice), '', () => {
      this.dialog.close();
      this.choose(choice);
    }, { class: 'choice' }));
  }

  #section(section) {
    if (section.items.length === 1) this.#questions(section.items[0], () => this.open());
    else this.#show(section.title, [this.#topics(section, () => this.#section(section)), this.#back(() => this.open())]);
  }

  #topics(section, back) {
    return make('ul', { class: 'plain-list topics' }, section.items.map((item) =>
      make('li', {}, button(item.title, '', () => this.#questions(item, back), { class: 'chip' }))));
  }

  #questions(item, back) {
    const rows = item.entries.map((choice) => this.#choice(choice));
    this.#show(item.title, [make('ul', { class: 'plain-list' }, rows), this.#back(back)]);
  }

  #back(where) {
    return make('div', { class: 'sheet-back' }, button(say('back'), '', where, { class: 'quiet-button' }));
  }

  #show(title, content) {
    const focused = this.dialog.contains(document.activeElement);
    this.title.textContent = title;
    this.body.replaceChildren(...[content].flat());
    this.body.scrollTop = 0;
    if (focused) this.title.focus();
  }
}
