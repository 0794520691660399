// What goes on by itself: how many people wait, and going to another page by a key.

import { alert } from './alerts.js';
import { json, part } from './net.js';
import { toast } from './toast.js';

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
  if (before && news.told > before.told) toast('알려 주신 답이 어떻게 되었는지 나왔습니다. 찾기 첫 화면이나 «못 찾은 것»에서 보세요.');
  ending(news);
  if (before && news.knowledge !== before.knowledge) document.dispatchEvent(new Event('knowledge-changed'));
  before = news;
}

const SOON = 600; // s before the end of a session from which on it is said
const warning = document.getElementById('ending');

// Without a sign of life a session ends, and nothing is told any more. It is said before, and any key or tap is a sign.
function ending({ ends, extends: goesOn }) {
  const soon = ends < SOON;
  if (soon && warning.hidden) alert('곧 로그인이 끝납니다. 그 뒤에는 새 상담을 알리지 못합니다.');
  warning.hidden = !soon;
  if (!soon) return;
  const minutes = Math.max(1, Math.round(ends / 60));
  const what = goesOn ? '아무 글쇠나 누르면 이어집니다.' : '하던 일을 마치고 다시 로그인하세요. 쓰던 답은 남습니다.';
  const words = `${minutes}분 뒤에 로그인이 끝나고 새 상담을 알리지 못합니다. ${what}`;
  if (warning.textContent !== words) warning.textContent = words;
}

async function stay() {
  if (warning.hidden) return;
  warning.hidden = true; // once, however many keys are pressed
  try {
    await part('/console/stay');
    await pulse();
  } catch {
    // the next look says how it stands
  }
}

const title = () => document.title.replace(/^\(\d+\) /, '');

export function start() {
  const away = document.getElementById('away');
  document.addEventListener('server-away', () => (away.hidden = false));
  document.addEventListener('server-back', () => (away.hidden = true));
  if (!badge) return;
  window.addEventListener('online', pulse);
  document.addEventListener('inbox-read', pulse);
  for (const sign of ['keydown', 'pointerdown']) document.addEventListener(sign, stay);
  pulse();
}
