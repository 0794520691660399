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

const forGood = area('localStorage');
const forNow = area('sessionStorage');
const MOST = 200;

function set(where, name, value) {
  try {
    where.setItem(PREFIX + name, value);
  } catch {
    // full: the conversation goes on, it is only not kept
  }
}

const get = (where, name) => where.getItem(PREFIX + name);

/** Return the key of this browser's conversation, made when first needed: 43 characters that nobody can guess. */
export function user() {
  const kept = get(forGood, 'user');
  if (kept && /^[A-Za-z0-9_-]{16,64}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  set(forGood, 'user', made);
  return made;
}

export const language = () => get(forGood, 'language');
export const setLanguage = (value) => set(forGood, 'language', value);

/** Whether there is, or was, a case: then its news are asked for. */
export const hasCase = () => get(forGood, 'case') === '1';
export const setCase = (value) => (value ? set(forGood, 'case', '1') : forGood.removeItem(`${PREFIX}case`));

/** Whether anything was asked from this browser: then it may have been put right since. */
export const asked = () => get(forGood, 'asked') === '1';
export const setAsked = () => set(forGood, 'asked', '1');

/** The last correction that was shown here. */
export const corrected = () => Number(get(forGood, 'corrected')) || 0;
export const setCorrected = (id) => set(forGood, 'corrected', String(id));

export const draft = () => get(forNow, 'draft') ?? '';
export const setDraft = (value) => set(forNow, 'draft', value);

/** Return what was said, oldest first. What was on its way when the page was left did not arrive for all we know. */
export function talk() {
  try {
    const items = JSON.parse(get(forNow, 'talk') ?? '[]');
    return items.map((item) => (item.state === 'sending' ? { ...item, state: 'failed' } : item));
  } catch {
    return [];
  }
}

export const setTalk = (items) => set(forNow, 'talk', JSON.stringify(items.slice(-MOST)));

/** Forget everything, whose conversation it was included. */
export function forget() {
  for (const name of ['user', 'case', 'asked', 'corrected']) forGood.removeItem(PREFIX + name);
  for (const name of ['talk', 'draft']) forNow.removeItem(PREFIX + name);
}
