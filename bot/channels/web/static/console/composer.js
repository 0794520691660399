// What one writes in a case: a reply to its user, or a memo among staff, which looks otherwise and is never mixed up.

import * as drafts from './drafts.js';
import { Refused, send as post } from './net.js';
import { toast } from './toast.js';

const WORDS = {
  say: { label: '이용자에게 보낼 답', send: '보내기' },
  note: { label: '우리끼리 메모 (이용자에게 보이지 않습니다)', send: '메모 남기기' },
};
const STILL = 6000; // ms after the last keystroke in which one counts as writing
let ticket = '';
let once = '';
let touched = 0;

const form = () => document.getElementById('reply');
const field = () => document.getElementById('reply-text');
const kind = () => form()?.elements.kind.value ?? 'say';

export const writing = () => Date.now() - touched < STILL && Boolean(field()?.value.trim());

/** Keep what stands there as the draft of its case. */
export function keep() {
  if (!ticket || !field()) return;
  const kept = drafts.keep(ticket, field().value, kind());
  document.getElementById('draft-state').textContent = kept && field().value.trim() ? '쓰던 글을 이 브라우저에 두었습니다.' : '';
}

/** Begin with a case: what was begun in it stands there again. */
export function begin(number) {
  ticket = number;
  once = '';
  touched = 0;
  drafts.tidy();
  const kept = number && drafts.draft(number);
  if (!field()) return;
  if (kept) {
    field().value = kept.text;
    form().elements.kind.value = kept.kind;
  }
  dressed();
  form().addEventListener('input', (event) => {
    if (event.target.name === 'kind') dressed();
    else touched = Date.now();
    keep();
  });
}

function dressed() {
  const words = WORDS[kind()];
  form().classList.toggle('memo', kind() === 'note');
  document.getElementById('reply-label').textContent = words.label;
  field().placeholder = words.label;
  document.getElementById('reply-send').firstChild.data = `${words.send} `;
}

/** Begin to write a reply or a memo. */
export function write(wanted) {
  if (!field() || form().hidden) return false;
  form().elements.kind.value = wanted;
  dressed();
  keep();
  field().focus();
  return true;
}

export function show(open) {
  if (form()) form().hidden = !open;
}

/** Put an answer in where one writes, and show where it begins. */
export function insert(text) {
  const box = field();
  const before = box.value ? `${box.value.trimEnd()}\n\n` : '';
  box.value = before + text;
  touched = Date.now();
  keep();
  box.focus();
  box.setSelectionRange(before.length, before.length);
  const lines = before.split('\n').length - 1;
  box.scrollTop = lines * Number.parseFloat(getComputedStyle(box).lineHeight || '24');
}

function asked(message) {
  const dialog = document.getElementById('held');
  document.getElementById('held-text').textContent = `${message} 지금 보내면 이용자는 두 사람의 말을 읽게 됩니다.`;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true });
  });
}

/** Send what stands there. Into what somebody else holds one writes only knowingly. */
export async function send() {
  const [box, number, text, what] = [field(), ticket, field().value, kind()];
  if (!text.trim()) return;
  once ||= (crypto.randomUUID?.() ?? String(Date.now()) + Math.random()).slice(0, 60);
  const values = { text, kind: what, once };
  try {
    await post(form().action, values);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'ticket_taken') throw error;
    const chosen = await asked(error.message);
    if (!chosen) return;
    if (chosen === 'take') await post(`/console/tickets/${number}/claim`, { over: '1' });
    await post(`/console/tickets/${number}/say`, { ...values, over: '1' });
  }
  once = '';
  drafts.keep(number, '', what);
  if (number !== ticket) return;
  box.value = '';
  touched = 0;
  form().elements.kind.value = 'say';
  dressed();
  keep();
  if (what === 'note') toast('메모를 남겼습니다.');
}
