// Questions near what is being typed. They never take the focus, and never an Enter that ends a syllable: what is typed is
// sent as it stands unless one of them was chosen by an arrow or a tap.

import { call, Fault } from './api.js';
import { asked, make } from './dom.js';
import { say } from './says.js';

const REST = 110; // ms between two questions to the desk: the first is asked at once, of what follows faster the last
const SHORTEST = 2; // characters
const LONGEST = 60;
const MOST = 5;

export class Suggestions {
  /** `choose` is given the question that was picked; `wanted` says whether any should be shown now. */
  constructor(field, { choose, wanted }) {
    this.field = field;
    this.choose = choose;
    this.wanted = wanted;
    this.list = document.getElementById('suggestions');
    this.said = document.getElementById('suggested');
    this.at = -1;
    this.timer = 0;
    this.last = 0;
    this.asked = '';
    field.addEventListener('input', () => this.#typed());
    field.addEventListener('compositionend', () => this.#typed());
    field.addEventListener('keydown', (event) => this.#key(event));
    field.addEventListener('blur', () => setTimeout(() => document.activeElement !== field && this.close(), 150));
  }

  close() {
    clearTimeout(this.timer);
    this.asked = '';
    this.at = -1;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.said.textContent = '';
    this.field.removeAttribute('aria-activedescendant');
  }

  #typed() {
    clearTimeout(this.timer);
    const text = this.field.value.trim();
    if (text.length < SHORTEST || text.length > LONGEST || text.includes('\n') || !this.wanted()) return this.close();
    const wait = this.last + REST - performance.now();
    if (wait <= 0) this.#ask(text);
    else this.timer = setTimeout(() => this.#ask(text), wait);
  }

  async #ask(text) {
    if (text === this.asked) return;
    this.asked = text;
    const started = performance.now();
    this.last = started;
    try {
      const { suggestions } = await call('GET', `/suggest?limit=${MOST}&q=${encodeURIComponent(text)}`);
      if (this.asked !== text || this.field.value.trim() !== text) return;
      performance.measure('chat-suggest', { start: started, end: performance.now() });
      this.#show(suggestions);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault; // one can ask without them
    }
  }

  #show(found) {
    if (!found.length) {
      const text = this.asked;
      this.close();
      this.asked = text;
      return;
    }
    this.at = -1;
    this.found = found;
    this.list.replaceChildren(...found.map((choice, i) =>
      make('li', {
        id: `s${i}`, role: 'option', 'aria-selected': 'false', class: 'suggestion',
        onpointerdown: (event) => event.preventDefault(), // the field keeps the focus, a phone its keyboard
        onclick: () => this.#take(i),
      }, asked(choice))));
    this.list.hidden = false;
    this.field.removeAttribute('aria-activedescendant');
    this.said.textContent = say('web_suggested', { count: found.length });
  }

  #take(index) {
    const choice = this.found[index];
    this.close();
    this.field.value = '';
    this.field.dispatchEvent(new Event('input'));
    this.choose(choice);
    this.field.focus();
  }

  #move(by) {
    const options = [...this.list.children];
    this.at = Math.max(-1, Math.min(options.length - 1, this.at + by));
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === this.at)));
    if (this.at < 0) this.field.removeAttribute('aria-activedescendant');
    else {
      this.field.setAttribute('aria-activedescendant', options[this.at].id);
      options[this.at].scrollIntoView({ block: 'nearest' });
    }
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229 || this.list.hidden) return;
    if (event.key === 'ArrowDown') this.#move(1);
    else if (event.key === 'ArrowUp' && this.at >= 0) this.#move(-1);
    else if (event.key === 'Escape') {
      this.close();
      event.stopPropagation();
    } else if (event.key === 'Enter' && this.at >= 0 && !event.shiftKey) this.#take(this.at);
    else return;
    event.preventDefault();
  }
}
