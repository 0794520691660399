// What cannot be taken back with one key is asked about first; what takes long says that it is under way.

const dialog = document.getElementById('asking');

function asked(event) {
  const button = event.submitter;
  const words = button?.dataset.ask;
  if (!words || !dialog) return slow(event);
  event.preventDefault();
  document.getElementById('asking-text').textContent = words;
  dialog.returnValue = '';
  dialog.addEventListener('close', () => {
    if (dialog.returnValue !== 'yes') return button.focus();
    delete button.dataset.ask;
    button.click();
  }, { once: true });
  dialog.showModal();
}

// A form that makes the server try all tests says so, with the seconds that went by.
function slow(event) {
  const form = event.target;
  if (!form.matches('[data-slow]') || event.defaultPrevented) return;
  const said = document.createElement('p');
  said.className = 'strip warn';
  said.setAttribute('role', 'status');
  form.append(said);
  const began = Date.now();
  const tell = () => {
    said.textContent = `${form.dataset.slow} ${Math.round((Date.now() - began) / 1000)}초 지났습니다.`;
  };
  tell();
  const ticking = setInterval(tell, 1000);
  setTimeout(() => form.querySelectorAll('button').forEach((b) => (b.disabled = true)));
  const done = () => {
    clearInterval(ticking);
    said.remove();
    form.querySelectorAll('button').forEach((b) => (b.disabled = false));
  };
  addEventListener('pageshow', done, { once: true });
  addEventListener('focus', () => setTimeout(done, 60_000), { once: true }); // a patch is saved without leaving the page
}

export function start() {
  document.addEventListener('submit', asked);
}
