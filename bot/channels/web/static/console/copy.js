// Copying an answer, in the form that is wanted.

import { on } from './keys.js';
import { settled } from './search.js';
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

async function copy(kind) {
  await settled(); // never the answer to the question before
  const text = document.querySelector(`#reader [data-copy="${kind}"]`)?.textContent;
  if (!text) return toast('복사할 답이 없습니다.', { bad: true });
  try {
    await put(text);
    toast(NAMES[kind]);
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
