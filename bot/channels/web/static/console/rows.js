// J and K in tables: to the next row and the one before, on what can be done first in it.

import { on } from './keys.js';

const DOABLE = 'a[href], button, input:not([type=hidden]), select, summary';

function step(by) {
  const rows = [...document.querySelectorAll('table.rows tbody tr')].filter((row) => row.querySelector(DOABLE));
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next.querySelector(DOABLE).focus();
  return true;
}

export function start() {
  if (!document.querySelector('table.rows')) return;
  on('KeyJ', '', () => step(1));
  on('KeyK', '', () => step(-1));
}
