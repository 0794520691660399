// The box in which one types. What is sent is what stands there when Enter arrives as a new line of its own: an Enter
// that ends a Hangul syllable is the input method's and comes, if at all, as no line break. So nothing is sent twice, no
// syllable is lost or left behind, and no Enter has to be pressed twice, in whatever order a browser says these things.

import { draft, setDraft } from './keep.js';
import { say } from './says.js';

const TALLEST = 160;
const LONGEST = 2000;
/** Characters before the longest from which on it is said how many are left. */
const NEAR = 200;
/** Milliseconds after which a syllable is taken as it stands, should a browser never say that it is finished. */
const LATEST = 300;

export class Composer {
  /** `send` is given what was typed; it stays in the box until `send` has taken it. */
  constructor(form, field, send) {
    this.field = field;
    this.send = send;
    this.composing = false;
    this.wanted = false;
    this.shift = false;
    field.value = draft();
    field.addEventListener('compositionstart', () => (this.composing = true));
    field.addEventListener('compositionend', () => this.#composed());
    field.addEventListener('keydown', (e) => (this.shift = e.shiftKey));
    field.addEventListener('beforeinput', (e) => this.#broken(e));
    field.addEventListener('input', () => this.#changed());
    form.addEventListener('submit', (e) => {
      e.preventDefault();
      this.#submit();
    });
    this.#changed();
  }

  #broken(event) {
    const line = event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph';
    if (!line || this.shift || event.isComposing || this.composing) return;
    event.preventDefault();
    this.#submit();
  }

  #composed() {
    this.composing = false;
    this.#changed();
    if (!this.wanted) return;
    this.wanted = false;
    // the browser puts the last syllable in after this event
    setTimeout(() => this.#submit());
  }

  /** Send what is there; a syllable that is still being composed first becomes part of it. */
  #submit() {
    if (this.composing) {
      this.wanted = true;
      this.field.blur();
      setTimeout(() => this.wanted && this.#composed(), LATEST);
      return;
    }
    const text = this.field.value.trim();
    if (text) {
      this.field.value = '';
      this.#changed();
      this.send(text);
    }
    this.field.focus();
  }

  /** Empty the box. */
  clear() {
    this.field.value = '';
    this.#changed();
  }

  #changed() {
    setDraft(this.field.value);
    const left = LONGEST - Array.from(this.field.value).length;
    const room = document.getElementById('room');
    room.hidden = left > NEAR;
    room.textContent = left > NEAR ? '' : say('web_left', { left });
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, TALLEST)}px`;
  }
}
