// Talking to a person: a case, its news, and where it stands.

import { call, Fault } from './api.js';
import { hadCase, hasCase, setCase } from './keep.js';
import { say, spoken } from './says.js';

const SOON = 3_000;
const LATER = 10_000;
const LATEST = 60_000;
const HOUR = 3_600_000;

export class Person {
  /** `talk` shows what is said: `said(message)` and `line(text, ways)`. */
  constructor(talk, after) {
    this.talk = talk;
    this.after = after;
    this.ticket = null;
    this.posting = 0;
    this.pause = SOON;
    this.timer = 0;
    this.strip = document.getElementById('strip');
    this.standing = document.getElementById('standing');
    this.field = document.getElementById('text');
    document.getElementById('leave').addEventListener('click', () => this.leave());
    document.addEventListener('visibilitychange', () => this.ticket && !document.hidden && this.#soon(0));
  }

  /** Whether what is typed goes to a person. */
  get listening() {
    return Boolean(this.ticket?.relay && this.ticket.state !== 'closed');
  }

  /** Go on with a case that this browser has. */
  resume() {
    if (hasCase() || hadCase()) this.#soon(0);
  }

  async open() {
    const opened = await call('POST', '/ticket', { language: spoken() });
    setCase(true);
    this.talk.line(opened.lines.join('\n'));
    this.#stands(opened.ticket);
    this.#soon();
  }

  /** Say something in the case; returns it as it was kept. Throws Fault; 404 and 409 mean that there is no case any more. */
  async say(text, key) {
    this.posting += 1;
    try {
      const kept = await call('POST', '/ticket/messages', { text }, key);
      this.talk.seen(kept.id);
      return kept;
    } catch (fault) {
      if (fault.status === 404 || fault.status === 409) await this.#look();
      throw fault;
    } finally {
      this.posting -= 1;
      this.#soon();
    }
  }

  async leave() {
    try {
      const left = await call('POST', '/ticket/leave');
      this.talk.line(left.lines.join('\n'));
      this.#stands(left.ticket);
    } catch (fault) {
      if (fault.status === 404 || fault.status === 409) await this.#look();
      else this.talk.line(fault.message || say('trouble'));
    }
    this.field.focus();
  }

  forget() {
    clearTimeout(this.timer);
    this.#stands(null);
    this.after = 0;
  }

  /** Say where the case stands, in the language that is spoken now. */
  describe() {
    const listening = this.listening;
    this.strip.hidden = !listening;
    this.standing.textContent = listening ? `${this.ticket.notice} ${say('web_person_strip')}` : '';
    this.field.placeholder = say(listening ? 'web_placeholder_person' : 'web_placeholder');
    document.body.classList.toggle('with-person', listening);
    this.talk.settle();
  }

  #stands(ticket) {
    const before = this.ticket;
    this.ticket = ticket;
    this.describe();
    if (ticket && ticket.state !== 'closed') {
      setCase(true);
      this.closed = undefined;
    }
    if (ticket?.state === 'closed') {
      this.closed ??= Date.now();
      setCase(false);
      if (before && before.state !== 'closed') this.talk.line(ticket.notice);
    }
  }

  #soon(pause = SOON) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), document.hidden ? Math.max(pause, LATER) : pause);
  }

  async #look() {
    clearTimeout(this.timer);
    try {
      const busy = this.posting;
      const news = await call('GET', `/ticket?after=${this.after}`);
      if (!busy && !this.posting) this.#told(news);
      this.pause = SOON;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.pause = Math.min(this.pause * 2, LATEST);
      if (this.listening) this.standing.textContent = say('web_lost_touch');
    }
    if (this.ticket && this.ticket.state !== 'closed') this.#soon(this.listening ? this.pause : Math.max(this.pause, LATER));
    else if (hasCase() && !this.ticket) this.#soon(this.pause);
    else if (this.ticket && Date.now() - this.closed < HOUR) this.#soon(LATEST); // it may be opened again
  }

  #told(news) {
    for (const message of news.messages) {
      this.after = Math.max(this.after, message.id);
      this.talk.said(message);
    }
    if (news.ticket) this.#stands(news.ticket);
    else {
      setCase(false);
      this.#stands(null);
    }
  }
}
