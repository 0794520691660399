// Shortcuts. Letters are known by their place on the keyboard, so that they work in the Hangul layout too; never while
// a syllable is being composed, and never in a field where one writes.

import { go } from './live.js';
import { at } from './net.js';

const doings = new Map();
let awaiting = 0;

// Let something happen on a key ('KeyC', 'Slash', 'Escape') or on a button with data-act="name".
export function on(code, name, work) {
  if (code) doings.set(code, work);
  if (name) acts.set(name, work);
}

const acts = new Map();

export const composing = (event) => event.isComposing || event.keyCode === 229;

const writing = (element) => element instanceof HTMLElement && (element.matches('input:not([type=checkbox], [type=radio]), textarea, select') || element.isContentEditable);

// Function keys write nothing: they work in fields too, once a syllable under way is done.
function functional(event) {
  const work = doings.get(event.code);
  if (!/^F\d/.test(event.code) || !work || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (document.querySelector('dialog[open]') || document.body.dataset.keys !== 'on') return;
  event.preventDefault();
  if (!event.isComposing) {
    work(event);
    return;
  }
  const field = event.target;
  field.blur();
  field.focus();
  setTimeout(() => work(event));
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (writing(event.target) || document.querySelector('dialog[open]')) return;
  const letter = document.body.dataset.keys === 'on';
  if (letter && Date.now() < awaiting && event.code.startsWith('Key')) {
    awaiting = 0;
    if (go(event.code.slice(3))) event.preventDefault();
    return;
  }
  if (letter && event.code === 'KeyG') {
    awaiting = Date.now() + 1500;
    return;
  }
  const named = event.key === '?' || (event.code === 'Slash' && event.shiftKey) ? 'Question' : event.code;
  const work = doings.get(named);
  if (!work || (!letter && named !== 'Escape' && !named.startsWith('Arrow'))) return;
  if (work(event) !== false) event.preventDefault();
}

// To the search from wherever one is, also out of a field: Ctrl+K.
function toSearch(event) {
  if (event.code !== 'KeyK' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
  if (document.querySelector('dialog[open]') || document.body.dataset.keys !== 'on') return;
  event.preventDefault();
  (doings.get('Slash') ?? searchPage)();
}

export const searchPage = () => location.assign(at('/console'));

document.addEventListener('keydown', toSearch);
document.addEventListener('keydown', functional);
document.addEventListener('keydown', pressed);
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-act]');
  const work = button && acts.get(button.dataset.act);
  if (work) work(event, button);
});
