// Search while typing: each keystroke asks, an older question is called off, and the first answer is shown beside.

import { call } from './call.js';
import { on } from './keys.js';
import { part } from './net.js';
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
let chosen = 0;
let shown = field?.value ?? '';

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
    list.scrollTop = 0;
    list.dataset.for = text;
    performance.measure('console-search', { start: started, end: performance.now() });
    history.replaceState(null, '', text ? '/console?q=' + encodeURIComponent(text) : '/console');
    document.body.classList.remove('reading');
    call.heard(text);
    select(0, { quiet: false });
  } catch (error) {
    if (error.name === 'AbortError') return;
    shown = null;
    if (document.getElementById('away').hidden) toast(error.message, { bad: true });
  }
}

function select(index, { quiet = true } = {}) {
  const found = options();
  field.setAttribute('aria-expanded', String(found.length > 0));
  if (!quiet) said.textContent = shown.trim() ? `결과 ${found.length}개` : '';
  if (!found.length) {
    field.removeAttribute('aria-activedescendant');
    return;
  }
  chosen = Math.max(0, Math.min(index, found.length - 1));
  found.forEach((option, i) => option.setAttribute('aria-selected', String(i === chosen)));
  field.setAttribute('aria-activedescendant', found[chosen].id);
  found[chosen].scrollIntoView({ block: 'nearest' });
  clearTimeout(resting);
  if (!narrow.matches) resting = setTimeout(() => read(found[chosen].href), PEEK);
}

async function read(address, { focus = false, push = false } = {}) {
  clearTimeout(resting);
  reading?.abort();
  reading = new AbortController();
  try {
    const html = await part(address, reading.signal);
    reader.innerHTML = html;
    reader.scrollTop = 0;
    const entry = reader.querySelector('[data-entry]')?.dataset.entry;
    if (entry) call.saw(entry);
    if (push) history.pushState(null, '', address);
    if (focus) {
      document.body.classList.add('reading');
      reader.querySelector('h1')?.focus({ preventScroll: true });
      if (narrow.matches) scrollTo(0, 0);
    }
  } catch (error) {
    if (error.name !== 'AbortError') toast(error.message, { bad: true });
  }
}

// Open the result that is chosen; where the list is behind the field, as soon as it has caught up.
async function open(index = chosen) {
  if (field.value !== (list.dataset.for ?? field.defaultValue)) {
    shown = null;
    index = 0;
    await search();
  }
  const option = options()[index];
  if (!option) return;
  select(index);
  await read(option.href, { focus: true, push: true });
}

function back() {
  if (document.activeElement === field) {
    if (field.value) field.value = '';
    else field.blur();
    search();
    return;
  }
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
    enter();
    return;
  }
  if (event.isComposing || event.keyCode === 229) return;
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
  reader.addEventListener('click', clicked);
  addEventListener('popstate', () => location.reload());
  document.addEventListener('server-back', () => shown === null && search());
  on('Slash', '', () => {
    field.focus();
    field.select();
  });
  on('ArrowDown', '', () => (options().length ? select(chosen + 1) : false));
  on('ArrowUp', '', () => (options().length ? select(chosen - 1) : false));
  on('Enter', '', (event) => (event.target.closest('a, button, summary') ? false : open()));
  on('Escape', 'back', back);
  for (let n = 1; n <= 9; n += 1) {
    on(`Digit${n}`, '', () => open(n - 1));
    on(`Numpad${n}`, '', () => open(n - 1));
  }
  if (!document.body.classList.contains('reading') || !narrow.matches) field.focus();
  const entry = reader.querySelector('[data-entry]')?.dataset.entry;
  if (entry) call.saw(entry);
  if (field.value) call.heard(field.value);
}

export const text = () => field?.value ?? '';

export function clear() {
  field.value = '';
  search();
  reader.replaceChildren();
  field.focus();
}
