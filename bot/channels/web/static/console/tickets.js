// The inbox as it changes: list and thread are asked for again and put in where they differ; what one writes stays.

import { on } from './keys.js';
import { part, send } from './net.js';
import { toast } from './toast.js';

const EVERY = 2000;
const HIDDEN = 10000;
const list = document.querySelector('.tickets #list');
const place = document.getElementById('case');
let tags = {};
let shown = '';
let busy = false;

/** What scrolls: the pane, or in a narrow window the page. */
const scroller = () => (getComputedStyle(place).overflowY === 'auto' ? place : document.scrollingElement);
const toEnd = () => scroller().scrollTo(0, scroller().scrollHeight);

async function renew(target, address, name) {
  const mark = address.includes('?') ? '&' : '?';
  const html = await part(`${address}${mark}tag=${tags[name] ?? ''}`, undefined, (tag) => (tags[name] = tag));
  if (!html) return false;
  const { scrollHeight, scrollTop, clientHeight } = scroller();
  const end = scrollHeight - scrollTop - clientHeight < 80;
  const closed = target.querySelector('details.before:not([open])');
  target.innerHTML = html;
  if (closed) target.querySelector('details.before')?.removeAttribute('open');
  return end;
}

async function look() {
  const state = list.dataset.state;
  await renew(list, `/console/tickets/list?state=${state}&shown=${shown}`, 'list');
  const said = document.getElementById('said');
  if (!said || !shown) return;
  const end = await renew(said, `/console/tickets/${shown}/live`, 'said');
  document.getElementById('reply').hidden = !said.querySelector('form[action$="/close"]');
  if (end) toEnd();
}

async function turn() {
  try {
    if (!busy) await look();
  } catch {
    // the next one may do better
  }
  setTimeout(turn, document.hidden ? HIDDEN : EVERY);
}

async function open(link, push) {
  try {
    const html = await part(link.href);
    shown = link.dataset.ticket;
    tags = {};
    place.innerHTML = html;
    document.body.classList.add('reading');
    if (push) history.pushState(null, '', link.href);
    toEnd();
    document.getElementById('reply-text')?.focus({ preventScroll: true });
    await look();
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

async function quick(form) {
  if (busy) return;
  busy = true;
  try {
    await send(form.action, {});
    if (form.dataset.done) toast(form.dataset.done);
  } catch (error) {
    toast(error.message, { bad: true });
  }
  busy = false;
  await look().catch(() => {});
}

async function reply(form, kind) {
  const field = form.elements.text;
  if (busy || !field.value.trim()) return;
  busy = true;
  form.dataset.once ||= crypto.randomUUID?.() ?? String(Date.now()) + Math.random();
  const once = form.dataset.once.slice(0, 60);
  try {
    await send(form.action, { text: field.value, kind, once });
    field.value = '';
    delete form.dataset.once;
  } catch (error) {
    toast(error.message, { bad: true });
  }
  busy = false;
  await look().catch(() => {});
  toEnd();
}

function submitted(event) {
  const form = event.target;
  if (form.matches('[data-quick]')) quick(form);
  else if (form.id === 'reply') reply(form, event.submitter?.value ?? 'say');
  else return;
  event.preventDefault();
}

export function start() {
  if (!list) return;
  shown = place.querySelector('.ticket')?.dataset.id ?? '';
  document.addEventListener('submit', submitted);
  list.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-ticket]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link, true);
  });
  place.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
    if (event.target.id !== 'reply-text') return;
    event.preventDefault();
    reply(event.target.form, 'say');
  });
  addEventListener('popstate', () => location.reload());
  on('', 'insert', (event, button) => {
    const field = document.getElementById('reply-text');
    field.value = field.value ? `${field.value}\n\n${button.dataset.text}` : button.dataset.text;
    field.focus();
  });
  toEnd();
  turn();
}
