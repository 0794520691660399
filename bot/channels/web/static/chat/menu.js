// The menu: sections and topics, and behind each its questions. Any answer is three taps away.

import { call } from './api.js';
import { asked, button, make } from './dom.js';
import { say, spoken } from './says.js';

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
    this.#show(say('web_menu'), menu.sections.map((s) =>
      make('section', { class: 'group' }, make('h3', {}, s.title), this.#topics(s, () => this.#top(menu)))));
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
    const rows = item.entries.map((choice) =>
      make('li', {}, button(asked(choice), '', () => {
        this.dialog.close();
        this.choose(choice);
      }, { class: 'choice' })));
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
