// The inbox as it changes: list and thread are asked for again and patched where they differ.

import * as composer from './composer.js';
import { on } from './keys.js';
import { part, send } from './net.js';
import { patch } from './patch.js';
import { toast } from './toast.js';

const EVERY = 2000;
const HIDDEN = 8000;
const list = document.querySelector('.tickets #list');
const place = document.getElementById('case');
let tags = {};
let shown = '';
let busy = false;

/** What scrolls: the pane, or in a narrow window the page. */
const scroller = () => (getComputedStyle(place).overflowY === 'auto' ? place : document.scrollingElement);
const toEnd = () => shown && scroller().scrollTo(0, scroller().scrollHeight);

async function renew(target, address, name) {
  const mark = address.includes('?') ? '&' : '?';
  const html = await part(`${address}${mark}tag=${tags[name] ?? ''}`, undefined, (tag) => (tags[name] = tag));
  if (!html || !target.isConnected) return false;
  const { scrollHeight, scrollTop, clientHeight } = scroller();
  const end = scrollHeight - scrollTop - clientHeight < 80;
  patch(target, html);
  return end;
}

async function look() {
  await renew(list, `/console/tickets/list?state=${list.dataset.state}&page=${list.dataset.page}&shown=${shown}`, 'list');
  const said = document.getElementById('said');
  if (!said || !shown) return;
  const read = document.hidden ? 0 : (said.querySelector('#case-head')?.dataset.last ?? 0);
  const end = await renew(said, `/console/tickets/${shown}/live?read=${read}&writing=${composer.writing() ? 1 : 0}`, 'said');
  composer.show(said.querySelector('#case-head')?.dataset.state !== 'closed');
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

async function open(link, { push = true, focus = true } = {}) {
  composer.keep();
  if (shown && shown !== link.dataset.ticket) send(`/console/tickets/${shown}/away`, {}).catch(() => {});
  try {
    const html = await part(link.href);
    shown = link.dataset.ticket;
    tags = {};
    place.innerHTML = html;
    composer.begin(shown);
    document.body.classList.add('reading');
    document.title = document.title.replace(/상담( #\d+)?/, `상담 #${shown}`);
    if (push) history.pushState(null, '', link.href);
    toEnd();
    if (focus) document.getElementById('reply-text')?.focus({ preventScroll: true });
    else document.getElementById('case-title')?.focus({ preventScroll: true });
    await look();
    document.dispatchEvent(new Event('inbox-read'));
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function step(by) {
  const links = [...list.querySelectorAll('a[data-ticket]')];
  const at = links.findIndex((link) => link.dataset.ticket === shown);
  const next = links[at < 0 ? 0 : at + by];
  if (!next) return toast(links.length ? '더 없습니다.' : '상담이 없습니다.');
  next.scrollIntoView({ block: 'nearest' });
  return open(next, { focus: false });
}

async function quick(form) {
  if (busy) return;
  busy = true;
  const what = form.dataset.quick;
  try {
    await send(form.action, Object.fromEntries(new FormData(form)));
    form.closest('details')?.removeAttribute('open');
    if (what === 'close') toast('상담을 닫았습니다.', { undo: () => again(form.action) });
    else if (form.dataset.done) toast(form.dataset.done);
  } catch (error) {
    toast(error.message, { bad: true });
  }
  busy = false;
  await look().catch(() => {});
  document.dispatchEvent(new Event('inbox-read'));
}

async function again(closed) {
  await send(closed.replace(/close$/, 'reopen'), {});
  await look().catch(() => {});
  toast('다시 열었습니다.');
}

async function reply() {
  if (busy) return;
  busy = true;
  await composer.send().catch((error) => toast(error.message, { bad: true }));
  busy = false;
  await look().catch(() => {});
  toEnd();
}

function submitted(event) {
  const form = event.target;
  if (form.matches('[data-quick]')) quick(form);
  else if (form.id === 'reply') reply();
  else return;
  event.preventDefault();
}

const press = (...whats) => () => {
  const form = whats.map((what) => document.querySelector(`#case-acts [data-quick="${what}"]`)).find(Boolean);
  if (!form) return false;
  form.requestSubmit();
  return true;
};

function insert(number) {
  const button = document.querySelector(`#near-${number} [data-act="insert"]`);
  if (!button) return false;
  composer.insert(button.dataset.text);
  return true;
}

function typed(event) {
  if (event.target.id !== 'reply-text' || event.isComposing || event.keyCode === 229) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) reply();
  else if (event.key === 'Escape') document.getElementById('case-title').focus({ preventScroll: true });
  else if (event.altKey && /^Digit[1-9]$/.test(event.code) && document.body.dataset.keys === 'on') insert(event.code.slice(5));
  else return;
  event.preventDefault();
}

function keys() {
  on('KeyJ', '', () => void step(1));
  on('KeyK', '', () => void step(-1));
  on('KeyM', '', press('claim', 'reopen'));
  on('KeyD', '', press('close'));
  on('KeyW', '', press('record'));
  on('KeyR', '', () => composer.write('say'));
  on('KeyI', '', () => composer.write('note'));
  for (let n = 1; n <= 3; n += 1) {
    on(`Digit${n}`, '', () => insert(n));
    on(`Numpad${n}`, '', () => insert(n));
  }
  on('', 'insert', (event, button) => composer.insert(button.dataset.text));
}

export function start() {
  if (!list) return;
  shown = place.querySelector('.ticket')?.dataset.id ?? '';
  document.addEventListener('submit', submitted);
  list.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-ticket]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  place.addEventListener('keydown', typed);
  addEventListener('popstate', () => location.reload());
  document.addEventListener('visibilitychange', () => document.hidden || look().catch(() => {}));
  keys();
  composer.begin(shown);
  toEnd();
  turn();
}
