// The call under way: how long it lasts, what was searched for, and what is left for maintainers.

const KEY = 'helpdesk-call';

function fresh() {
  return { id: crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now(), began: Date.now(), words: [], entries: [] };
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? fresh();
  } catch {
    return fresh();
  }
}

const state = { now: kept() };

function keep() {
  sessionStorage.setItem(KEY, JSON.stringify(state.now));
}

export const call = {
  get id() {
    return state.now.id;
  },
  // words that grow into others are kept once
  heard(text) {
    const words = state.now.words;
    const last = words.at(-1) ?? '';
    if (!text.trim() || last.startsWith(text)) return;
    if (text.startsWith(last) && last) words.pop();
    words.push(text.trim().slice(0, 200));
    state.now.words = words.slice(-6);
    keep();
  },
  saw(entry) {
    state.now.entries = [...state.now.entries.filter((e) => e !== entry), entry].slice(-6);
    keep();
  },
  context() {
    return { call: state.now.id, words: state.now.words.join('\n'), entries: state.now.entries.join(' ') };
  },
  renew() {
    state.now = fresh();
    keep();
    tick();
  },
};

function tick() {
  const clock = document.querySelector('[data-call-clock]');
  if (!clock) return;
  const seconds = Math.floor((Date.now() - state.now.began) / 1000);
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function start() {
  document.querySelectorAll('form[action$="/console/logout"]').forEach((form) => {
    form.addEventListener('submit', () => sessionStorage.removeItem(KEY));
  });
  keep();
  tick();
  setInterval(tick, 1000);
}
