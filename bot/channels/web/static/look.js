// How large the text is and how strong its colours are, as somebody chose it in this browser.

const KEY = 'helpdesk.look';
const SIZES = ['', 'large', 'larger'];

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

const look = kept();

function show() {
  const root = document.documentElement;
  if (look.size) root.dataset.size = look.size;
  else delete root.dataset.size;
  if (look.contrast) root.dataset.contrast = 'high';
  else delete root.dataset.contrast;
  const button = document.getElementById('contrast');
  button?.setAttribute('aria-pressed', String(Boolean(look.contrast)));
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // it holds for this page
  }
}

function size(by) {
  const at = Math.max(0, SIZES.indexOf(look.size ?? ''));
  look.size = SIZES[Math.max(0, Math.min(SIZES.length - 1, at + by))];
  show();
}

export function start() {
  show();
  document.getElementById('larger')?.addEventListener('click', () => size(1));
  document.getElementById('smaller')?.addEventListener('click', () => size(-1));
  document.getElementById('contrast')?.addEventListener('click', () => {
    look.contrast = !look.contrast;
    show();
  });
}
