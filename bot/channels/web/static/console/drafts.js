// What one began to write in a case: kept in this browser for each member of staff and each case, over other cases, a
// reload and the end of a session, until it is sent.

const PREFIX = `helpdesk-draft:${document.body.dataset.me ?? ''}:`;
const LONGEST_KEPT = 14 * 24 * 3600 * 1000; // ms

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < LONGEST_KEPT ? draft : null;
  } catch {
    return null;
  }
}

/** Return what was begun in a case: `text` and `kind` (say, note), or null. */
export const draft = (ticket) => read(PREFIX + ticket);

/** Keep what was begun in a case; an empty text forgets it. Returns whether it is kept. */
export function keep(ticket, text, kind) {
  try {
    if (text.trim()) localStorage.setItem(PREFIX + ticket, JSON.stringify({ text, kind, at: Date.now() }));
    else localStorage.removeItem(PREFIX + ticket);
    return true;
  } catch {
    return false; // full, or not allowed: it stays in the box
  }
}

/** Forget drafts that nobody came back to. */
export function tidy() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('helpdesk-draft:') && !read(key)) localStorage.removeItem(key);
    }
  } catch {
    // nothing is kept here at all
  }
}
