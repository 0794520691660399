// Search while typing: each keystroke asks, an older question is called off, and the first answer is shown beside.

import { call } from './call.js';
import { on } from './keys.js';
import { at, part } from './net.js';
import * as recent from './recent.js';
import { toast } from './toast.js';

const field = document.getElementById('q');
const list = document.getElementById('list');
const reader = document.getElementById('reader');
const said = document.getElementById('said');
const PEEK = 40; // ms of rest before an answer is fetched
const narrow = matchMedia('(max-width: 55.99rem)');
let searching = null;
let reading = null;
let resting = 0;
let telling = 0;
let chosen = 0;
let shown = field?.value ?? '';
let scrolled = false; // to ask the list itself makes the browser lay it out at once
let under = Promise.resolve(); // the answer that is on its way: what is copied waits for it
let arrived = () => {};
const name = document.title.split(' · ').at(-1);

const options = () => [...list.querySelectorAll('[role="option"]')];

async function search() {
  const text = field.value;
  if (text === shown) return;
  shown = text;
  searching?.abort();
  reading?.abort();
  searching = new AbortController();
  const started = performance.now();
  try {
    const html = await part('/console/search?q=' + encodeURIComponent(text), searching.signal);
    if (text !== shown) return;
    list.innerHTML = html;
    if (scrolled) list.scrollTop = 0;
    scrolled = false;
    list.dataset.for = text;
    performance.measure('console-search', { start: started, end: performance.now() });
    clearTimeout(telling);
    telling = setTimeout(told, PEEK, text); // what the browser keeps of it would come before the results are painted
    document.body.classList.remove('reading');
    call.heard(text);
    found();
  } catch (error) {
    if (error.name === 'AbortError') return;
    shown = null;
    if (document.getElementById('away').hidden) toast(error.message, { bad: true });
  }
}

// The address says what is on the screen, as soon as the fingers rest.
function told(text) {
  telling = 0;
  history.replaceState(null, '', at(text ? '/console?q=' + encodeURIComponent(text) : '/console'));
}

const known = () => list.querySelector('#results')?.dataset.known !== '0';

// Show what was found: the first answer, or that there is none. What was shown to the caller before goes.
function found() {
  said.textContent = list.querySelector('#results')?.dataset.said ?? '';
  chosen = -1;
  if (options().length && known()) return choose(0);
  clearTimeout(resting);
  reading?.abort();
  reading = null;
  arrived();
  const instead = list.querySelector('#nothing') ?? document.getElementById('idle');
  reader.replaceChildren(instead.content.cloneNode(true));
  recent.show(reader);
  title(shown.trim());
  field.setAttribute('aria-expanded', String(options().length > 0));
  field.removeAttribute('aria-activedescendant');
}

function title(words) {
  const count = /^\(\d+\) /.exec(document.title)?.[0] ?? '';
  document.title = `${count}${words || '찾기'} · ${name}`;
}

// Choose a result, and have it in sight.
function select(index) {
  choose(index);
  options()[chosen]?.scrollIntoView({ block: 'nearest' });
}

function choose(index) {
  const found = options();
  field.setAttribute('aria-expanded', String(found.length > 0));
  if (!found.length) {
    field.removeAttribute('aria-activedescendant');
    return;
  }
  chosen = Math.max(0, Math.min(index, found.length - 1));
  found.forEach((option, i) => option.setAttribute('aria-selected', String(i === chosen)));
  field.setAttribute('aria-activedescendant', found[chosen].id);
  clearTimeout(resting);
  if (narrow.matches) {
    reader.replaceChildren(); // it is behind the list, and of another question
    return;
  }
  const { href } = found[chosen];
  expected();
  resting = setTimeout(() => read(href), PEEK);
}

function expected() {
  arrived();
  under = new Promise((resolve) => (arrived = resolve));
}

async function read(address, { focus = false, push = false } = {}) {
  clearTimeout(resting);
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  expected();
  try {
    const html = await part(address, mine.signal);
    reader.innerHTML = html;
    reader.scrollTop = 0;
    const entry = reader.querySelector('.answer[data-entry]')?.dataset.entry;
    if (entry) call.saw(entry);
    title(reader.querySelector('[data-question]')?.dataset.question);
    if (push) {
      if (telling) {
        clearTimeout(telling);
        told(list.dataset.for);
      }
      history.pushState(null, '', address);
    }
    if (focus) {
      document.body.classList.add('reading');
      reader.querySelector('h1')?.focus({ preventScroll: true });
      noted();
      if (narrow.matches) scrollTo(0, 0);
    }
  } catch (error) {
    if (error.name !== 'AbortError') toast(error.message, { bad: true });
  }
  if (reading === mine) arrived();
}

// An answer that was opened, not merely shown beside the results, is one to come back to.
function noted() {
  const answer = reader.querySelector('.answer[data-entry]');
  if (answer) recent.opened(answer.dataset.entry, answer.dataset.question);
}

// Open the result that is chosen; where the list is behind the field, as soon as it has caught up.
async function open(index = chosen) {
  if (!known() && index < 0) return; // nothing was chosen, and nothing answers
  if (field.value !== (list.dataset.for ?? field.defaultValue)) {
    shown = null;
    index = 0;
    await search();
  }
  const option = options()[Math.max(0, index)];
  if (!option) return;
  select(Math.max(0, index));
  await read(option.href, { focus: true, push: true });
}

const opened = () => document.body.classList.contains('reading');

// One step back at a time: the words, the field, the answer. Where there is nothing to go back from, nothing happens.
function back() {
  if (document.activeElement === field) {
    if (field.value) {
      field.value = '';
      search();
    } else field.blur();
    return true;
  }
  if (!opened()) return false;
  focus();
  return true;
}

/** Go to the field, wherever one is. */
function focus() {
  document.body.classList.remove('reading');
  field.focus();
  field.select();
}

// Enter that ends a syllable opens too, once, whether or not the keyboard sends it a second time.
let pending = 0;

function enter() {
  clearTimeout(pending);
  pending = 0;
  open();
}

function typed(event) {
  if (event.key === 'Enter' || event.code === 'Enter' || event.code === 'NumpadEnter') {
    if (event.isComposing || event.keyCode === 229) {
      clearTimeout(pending);
      pending = setTimeout(enter, 60);
      return;
    }
    event.preventDefault();
    if (event.repeat) return;
    if (event.ctrlKey || event.metaKey) document.dispatchEvent(new Event('copy-answer'));
    else enter();
    return;
  }
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === '/' && !field.value) return event.preventDefault(); // where one is already
  if (event.key === 'ArrowDown') select(chosen + 1);
  else if (event.key === 'ArrowUp') select(chosen - 1);
  else if (event.key === 'Escape') back();
  else return;
  event.preventDefault();
}

function clicked(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest('a[data-entry]');
  if (!link) return;
  event.preventDefault();
  const index = options().indexOf(link);
  if (index >= 0) select(index);
  read(link.href, { focus: true, push: true });
}

export function start() {
  if (!field) return;
  list.dataset.for = field.value;
  field.addEventListener('input', search);
  field.addEventListener('compositionend', search);
  field.addEventListener('keydown', typed);
  field.form.addEventListener('submit', (event) => event.preventDefault());
  list.addEventListener('click', clicked);
  list.addEventListener('scroll', () => (scrolled = true), { passive: true });
  reader.addEventListener('click', clicked);
  addEventListener('popstate', () => location.reload());
  document.addEventListener('server-back', () => shown === null && search());
  on('Slash', '', focus);
  // what is open is scrolled by the browser itself
  on('ArrowDown', '', () => (options().length && !opened() ? select(chosen + 1) : false));
  on('ArrowUp', '', () => (options().length && !opened() ? select(chosen - 1) : false));
  on('Enter', '', (event) => (event.target.closest('a, button, summary') || opened() ? false : open()));
  on('Escape', 'back', back);
  on('KeyR', '', related);
  for (let n = 1; n <= 9; n += 1) {
    on(`Digit${n}`, '', () => open(n - 1));
    on(`Numpad${n}`, '', () => open(n - 1));
  }
  if (!document.body.classList.contains('reading') || !narrow.matches) field.focus();
  const entry = reader.querySelector('.answer[data-entry]')?.dataset.entry;
  if (entry) call.saw(entry);
  if (field.value) call.heard(field.value);
  if (opened()) noted();
  recent.show(reader);
  document.addEventListener('knowledge-changed', renewed);
}

// What is on the screen was changed by its editors: it is shown as it reads now, and said so.
async function renewed() {
  const before = reader.querySelector('[data-copy="plain"]')?.textContent;
  const { entry, language } = reader.querySelector('.answer[data-entry]')?.dataset ?? {};
  if (!entry) return;
  const asked = new URLSearchParams({ language, q: field.value });
  await read(`/console/answer/${encodeURIComponent(entry)}?${asked}`);
  const now = reader.querySelector('[data-copy="plain"]')?.textContent;
  if (now !== before) toast('보시던 답이 방금 바뀌었습니다. 다시 읽어 보고 알려 드리세요.', { bad: true });
}

// Go to what one may ask next, and from there to the one after it.
function related() {
  const links = [...reader.querySelectorAll('.next a')];
  if (!links.length) return false;
  const at = links.indexOf(document.activeElement);
  links[(at + 1) % links.length].focus();
  return true;
}

/** Wait for the answer that belongs to what was typed. */
export const settled = () => under;

export const text = () => field?.value ?? '';

export function clear() {
  field.value = '';
  search();
  focus();
}
