// How large the text is and how strong its colours are: as somebody chose it in this browser, else as their system asks.
// A page that imports this looks so; where it has the buttons for it, they work.

const KEY = 'helpdesk.look';
const SIZES = ['', 'large', 'larger'];
const asks = matchMedia('(prefers-contrast: more)');

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

const look = kept();
const strong = () => look.contrast ?? asks.matches;

function show() {
  const root = document.documentElement;
  if (look.size) root.dataset.size = look.size;
  else delete root.dataset.size;
  if (strong()) root.dataset.contrast = 'high';
  else delete root.dataset.contrast;
  document.getElementById('contrast')?.setAttribute('aria-pressed', String(strong()));
}

function choose(values) {
  Object.assign(look, values);
  show();
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // it holds for this page
  }
}

function size(by) {
  const at = Math.max(0, SIZES.indexOf(look.size ?? ''));
  choose({ size: SIZES[Math.max(0, Math.min(SIZES.length - 1, at + by))] });
}

show();
asks.addEventListener('change', show);
document.getElementById('larger')?.addEventListener('click', () => size(1));
document.getElementById('smaller')?.addEventListener('click', () => size(-1));
document.getElementById('contrast')?.addEventListener('click', () => choose({ contrast: !strong() }));
