// The answers somebody opened last, in this browser: what one caller asks the next may ask too.

import { at } from './net.js';

const KEY = `helpdesk-recent:${document.body.dataset.me ?? ''}`;
const MOST = 10;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

/** Note that an answer was opened. */
export function opened(entry, question) {
  const rest = kept().filter((one) => one.entry !== entry);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ entry, question }, ...rest].slice(0, MOST)));
  } catch {
    // full, or not allowed: one can search
  }
}

/** Show them where there is room for them. */
export function show(within) {
  const place = within.querySelector('[data-recent]');
  const answers = kept();
  if (!place || !answers.length) return;
  place.querySelector('ul').replaceChildren(...answers.map(({ entry, question }) => {
    const link = document.createElement('a');
    link.href = at(`/console/answer/${encodeURIComponent(entry)}`);
    link.dataset.entry = entry;
    link.textContent = question;
    const row = document.createElement('li');
    row.append(link);
    return row;
  }));
  place.hidden = false;
}
