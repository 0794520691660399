// What an answer's page can do beyond reading: copy its address, print. Without this script neither is offered.

import '../look.js';

const copy = document.getElementById('copy');
const print = document.getElementById('print');

if (copy && navigator.clipboard) {
  const copied = document.getElementById('copied');
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(new URL(copy.dataset.address, location.href).href);
    copied.textContent = copied.dataset.text;
  });
  copy.hidden = false;
}
if (print) {
  print.addEventListener('click', () => window.print());
  print.hidden = false;
}
