// Copying an answer, in the form that is wanted.

import { call } from './call.js';
import { on } from './keys.js';
import { send } from './net.js';
import { settled, text } from './search.js';
import { toast } from './toast.js';

const NAMES = { subject: '메일 제목을 복사했습니다.', plain: '답을 복사했습니다.', kakao: '카카오톡에 보낼 짧은 글을 복사했습니다.', mail: '메일 한 통을 복사했습니다. 제목은 T로 복사합니다.' };

async function put(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea'); // without https there is only the old way
  const before = document.activeElement;
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  before?.focus();
  if (!done) throw new Error('refused');
}

// What was typed for it may be a way to ask for it: that is proposed to the maintainers, and nobody waits for it.
function propose() {
  const entry = document.querySelector('#reader .answer[data-entry]')?.dataset.entry;
  const question = text().trim();
  if (entry && question) send('/console/copied', { entry, question, call: call.id }).catch(() => {});
}

async function copy(kind) {
  await settled(); // never the answer to the question before
  const words = document.querySelector(`#reader [data-copy="${kind}"]`)?.textContent;
  if (!words) return toast('복사할 답이 없습니다.', { bad: true });
  try {
    await put(words);
    toast(NAMES[kind]);
    propose();
  } catch {
    toast('브라우저가 복사를 막았습니다. 글을 끌어서 복사하세요.', { bad: true });
  }
}

export function start() {
  if (!document.getElementById('reader')) return;
  on('KeyC', '', () => void copy('plain'));
  on('KeyK', '', () => void copy('kakao'));
  on('KeyT', '', () => void copy('subject'));
  document.addEventListener('copy-answer', () => void copy('plain'));
  on('KeyE', '', () => void copy('mail'));
  on('', 'copy', (event, button) => copy(button.dataset.kind));
  on('', 'print', () => print());
}
