// «못 찾음» and «잘못된 답 알리기»: one key each, and one key to take it back.

import { call } from './call.js';
import { on } from './keys.js';
import { send } from './net.js';
import { clear, text } from './search.js';
import { toast, undoLast } from './toast.js';

const dialog = document.getElementById('flag');
const form = document.getElementById('flag-form');

async function leave(address, values, words) {
  try {
    const { id } = await send(address, { ...call.context(), ...values });
    toast(words, {
      undo: async () => {
        await send('/console/undo', { id, call: call.id });
        toast('취소했습니다.');
      },
    });
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function none() {
  const asked = text().trim() || document.querySelector('#reader [data-question]')?.dataset.question || '';
  if (!asked) return toast('들은 말을 먼저 찾는 칸에 적으세요.', { bad: true });
  return leave('/console/none', { question: asked }, '못 찾음으로 남겼습니다. 지식 담당이 봅니다.');
}

function flag() {
  if (!document.querySelector('#reader .answer[data-entry]')) return toast('알릴 답을 먼저 여세요.', { bad: true });
  form.reset();
  dialog.showModal();
  document.getElementById('flag-note').focus();
  return undefined;
}

function flagged() {
  if (dialog.returnValue !== 'send') return;
  const entry = document.querySelector('#reader .answer[data-entry]').dataset.entry;
  const { why, note } = Object.fromEntries(new FormData(form));
  leave('/console/flag', { entry, why, note, question: text() }, why === 'stale' ? '오래됐다고 알렸습니다.' : '틀렸다고 알렸습니다.');
}

export function start() {
  on('KeyU', '', () => void undoLast());
  if (!dialog) return;
  on('KeyX', 'none', () => void none());
  on('F2', '', none);
  on('KeyF', 'flag', () => void flag());
  on('KeyN', 'new-call', () => {
    call.renew();
    clear();
    toast('새 통화입니다.');
  });
  dialog.addEventListener('close', flagged);
  // Enter in the note sends, unless a syllable is being composed; Shift+Enter is a new line
  document.getElementById('flag-note').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    dialog.close('send');
  });
}
