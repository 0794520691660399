// What this browser keeps: whose conversation it is, and what was said. A browser that keeps nothing (private windows,
// frames of other sites) still has it until the page is closed.

const PREFIX = 'helpdesk.';

function area(name) {
  try {
    const found = window[name];
    found.setItem(`${PREFIX}probe`, '1');
    found.removeItem(`${PREFIX}probe`);
    return found;
  } catch {
    const values = new Map();
    return {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => values.set(key, value),
      removeItem: (key) => values.delete(key),
    };
  }
}

const local = area('localStorage');
const forNow = area('sessionStorage');
const MOST = 200;
const DAYS = 24 * 3600 * 1000; // ms
const LONGEST_KEPT = 7 * DAYS; // of what was said, and of a case that was closed
const PATIENCE = 3_000; // ms for a page that put this one in a frame to say what it keeps
let host = null;
let around = ''; // the origin of that page; empty where it has none

// What stays: in this browser, or with the page that put us in a frame by its script, since a browser may give frames
// of other sites nothing that outlives the page.
const forGood = {
  getItem: (key) => (host ? (host.get(key) ?? null) : local.getItem(key)),
  setItem(key, value) {
    if (!host) return local.setItem(key, value);
    host.set(key, value);
    return tell(key, value);
  },
  removeItem(key) {
    if (!host) return local.removeItem(key);
    host.delete(key);
    return tell(key, null);
  },
};

function tell(key, value) {
  window.parent.postMessage({ helpdesk: 'keep', name: key.slice(PREFIX.length), value }, around || '*');
}

/** The origin of the page around us that keeps what is said here; empty where there is none that may read it. */
export const keeper = () => (host ? around : '');

/** Ask the page around us what it keeps; returns whether it answered. Else this browser keeps it. Do so before all else. */
export function share() {
  return new Promise((resolve) => {
    const late = setTimeout(done, PATIENCE, false);
    window.addEventListener('message', answered);
    window.parent.postMessage({ helpdesk: 'ready' }, '*');

    // who answers later gets nothing: by then the conversation is the one that this browser keeps
    function done(found) {
      window.removeEventListener('message', answered);
      clearTimeout(late);
      resolve(found);
    }

    function answered(event) {
      if (event.source !== window.parent || event.data?.helpdesk !== 'kept') return;
      around = event.origin === 'null' ? '' : event.origin;
      host = new Map(Object.entries(event.data.values).map(([name, value]) => [PREFIX + name, value]));
      // a page of another origin gets nothing that was said when it was not there: it may be anybody's
      if (!host.has(`${PREFIX}user`) && event.origin === window.location.origin) hand();
      done(true);
    }
  });
}

/** Give the page around us what was kept here before. */
function hand() {
  for (const name of FOR_GOOD) {
    const value = local.getItem(PREFIX + name);
    if (value !== null) forGood.setItem(PREFIX + name, value);
  }
}

const FOR_GOOD = ['user', 'language', 'case', 'closed', 'asked', 'corrected', 'talk', 'unread'];

function set(where, name, value) {
  try {
    where.setItem(PREFIX + name, value);
  } catch {
    // full: the conversation goes on, it is only not kept
  }
}

const get = (where, name) => where.getItem(PREFIX + name);

const KEY = /^[A-Za-z0-9_-]{16,64}$/;

/** Return the key of this browser's conversation, made when first needed: 43 characters that nobody can guess. */
export function user() {
  const kept = get(forGood, 'user');
  if (kept && KEY.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  set(forGood, 'user', made);
  return made;
}

/** Return the key of a conversation that somebody comes back to, by the part of the address that is never sent. */
export function returning() {
  const named = /^#back=([A-Za-z0-9_-]{16,64})$/.exec(location.hash)?.[1] ?? '';
  return named === get(forGood, 'user') ? '' : named;
}

/** Go on with another conversation from now on. */
export function adopt(key) {
  forget();
  set(forGood, 'user', key);
  setCase(true);
}

export const language = () => get(forGood, 'language');
export const setLanguage = (value) => set(forGood, 'language', value);

/** Whether there is a case: then its news are asked for. */
export const hasCase = () => get(forGood, 'case') === '1';
/** Whether there was one lately: it may have been opened again. */
export const hadCase = () => Date.now() - Number(get(forGood, 'closed') ?? 0) < LONGEST_KEPT;

export function setCase(value) {
  if (value) set(forGood, 'case', '1');
  else if (hasCase()) {
    forGood.removeItem(`${PREFIX}case`);
    set(forGood, 'closed', String(Date.now()));
  }
}

/** What staff said and nobody has looked at. */
export const unread = () => Number(get(forGood, 'unread')) || 0;
export const setUnread = (count) => (count ? set(forGood, 'unread', String(count)) : forGood.removeItem(`${PREFIX}unread`));

/** Whether anything was asked from this browser: then it may have been put right since. */
export const asked = () => get(forGood, 'asked') === '1';
export const setAsked = () => set(forGood, 'asked', '1');

/** The last correction that was shown here. */
export const corrected = () => Number(get(forGood, 'corrected')) || 0;
export const setCorrected = (id) => set(forGood, 'corrected', String(id));

export const draft = () => get(forNow, 'draft') ?? '';
export const setDraft = (value) => set(forNow, 'draft', value);

/** Return what was said in the last days, oldest first, as it was left. */
export function said() {
  try {
    const { at, items } = JSON.parse(get(forGood, 'talk') ?? '{}');
    return Date.now() - at < LONGEST_KEPT ? items : [];
  } catch {
    return [];
  }
}

/** Return what was said. What was on its way when the page was left did not arrive for all we know. */
export const talk = () => said().map((item) => (item.state === 'sending' ? { ...item, state: 'failed' } : item));

export const setTalk = (items) => set(forGood, 'talk', JSON.stringify({ at: Date.now(), items: items.slice(-MOST) }));

/** Be told when another tab of this browser goes on with the conversation. */
export const followed = (work) =>
  window.addEventListener('storage', (event) => !host && event.key === `${PREFIX}talk` && work());

/** Forget everything, whose conversation it was included. */
export function forget() {
  for (const name of FOR_GOOD) if (name !== 'language') forGood.removeItem(PREFIX + name);
  forNow.removeItem(`${PREFIX}draft`);
}
