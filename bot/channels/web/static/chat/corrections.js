// Answers that were put right after they had been given here: shown once, when the page is opened or while it is open.

import { call, Fault } from './api.js';
import { asked, corrected, setCorrected } from './keep.js';

const EVERY = 120_000;

/** Keep looking; `show` is given each correction. */
export function watch(show) {
  let timer = 0;
  async function look() {
    clearTimeout(timer);
    if (asked() && !document.hidden) {
      try {
        const news = await call('GET', `/corrections?after=${corrected()}`);
        for (const correction of news.corrections.filter((c) => c.id > corrected())) {
          show(correction);
          setCorrected(correction.id);
        }
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault; // the next look may do better
      }
    }
    timer = setTimeout(look, EVERY);
  }
  document.addEventListener('visibilitychange', () => document.hidden || look());
  look();
}
