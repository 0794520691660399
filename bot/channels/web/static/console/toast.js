// Short messages at the bottom; some can be taken back.

const place = document.getElementById('toasts');
const STAYS = 6000;
let takeBack = null;

export function toast(text, { bad = false, undo = null } = {}) {
  const box = document.createElement('div');
  box.className = bad ? 'toast bad' : 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  box.append(words);
  takeBack = undo;
  if (undo) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append('취소 ');
    const key = document.createElement('kbd');
    key.textContent = 'U';
    button.append(key);
    button.addEventListener('click', undoLast);
    box.append(button);
  }
  place.replaceChildren(box);
  setTimeout(() => box.remove(), undo ? STAYS * 2 : STAYS);
}

export async function undoLast() {
  const work = takeBack;
  takeBack = null;
  if (!work) return toast('취소할 것이 없습니다.');
  try {
    await work();
  } catch (error) {
    toast(error.message, { bad: true });
  }
}
