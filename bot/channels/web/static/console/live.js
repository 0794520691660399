// What goes on by itself: how many people wait, and going to another page by a key.

import { json } from './net.js';

const EVERY = 5000;
const badge = document.querySelector('[data-waiting]');
const title = document.title;
let next = 0;

export function go(letter) {
  const link = document.querySelector(`[data-go="${letter}"]`);
  if (link) link.click();
  return Boolean(link);
}

async function pulse() {
  clearTimeout(next);
  try {
    const { waiting } = await json('/console/pulse');
    badge.hidden = !waiting;
    badge.textContent = waiting;
    badge.setAttribute('aria-label', `${waiting}건 기다림`);
    document.title = waiting ? `(${waiting}) ${title}` : title;
  } catch {
    // the next one may do better
  }
  clearTimeout(next);
  next = setTimeout(pulse, document.hidden ? EVERY * 3 : EVERY);
}

export function start() {
  const away = document.getElementById('away');
  document.addEventListener('server-away', () => (away.hidden = false));
  document.addEventListener('server-back', () => (away.hidden = true));
  if (!badge) return;
  window.addEventListener('online', pulse);
  pulse();
}
