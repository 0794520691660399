// What goes on by itself: how many people wait, and going to another page by a key.

import { alert } from './alerts.js';
import { json } from './net.js';

const EVERY = 5000;
const badge = document.querySelector('[data-waiting]');
let next = 0;

export function go(letter) {
  const link = document.querySelector(`[data-go="${letter}"]`);
  if (link) link.click();
  return Boolean(link);
}

async function pulse() {
  clearTimeout(next);
  try {
    told(await json('/console/pulse'));
  } catch {
    // the next one may do better
  }
  clearTimeout(next);
  next = setTimeout(pulse, document.hidden ? EVERY * 2 : EVERY);
}

let before = null;

// Show how much waits for anybody and what came in for oneself, and say aloud that something new did.
function told(news) {
  const count = news.waiting + news.unread;
  const words = [news.waiting && `${news.waiting}건 기다림`, news.unread && `내 상담 ${news.unread}건에 새 말`].filter(Boolean).join(', ');
  badge.hidden = !count;
  badge.textContent = count;
  badge.setAttribute('aria-label', words);
  badge.title = words;
  document.title = count ? `(${count}) ${title()}` : title();
  for (const place of document.querySelectorAll('[data-waiting-count]')) place.textContent = news.waiting;
  if (before && (news.opened > before.opened || news.newest > before.newest)) {
    alert(news.newest > before.newest ? '맡은 상담에 새 말이 왔습니다.' : '새 상담이 기다립니다.');
  }
  if (before && news.knowledge !== before.knowledge) document.dispatchEvent(new Event('knowledge-changed'));
  before = news;
}

const title = () => document.title.replace(/^\(\d+\) /, '');

export function start() {
  const away = document.getElementById('away');
  document.addEventListener('server-away', () => (away.hidden = false));
  document.addEventListener('server-back', () => (away.hidden = true));
  if (!badge) return;
  window.addEventListener('online', pulse);
  document.addEventListener('inbox-read', pulse);
  pulse();
}
