// What a person said while nobody looked: in the title, and for the page around us, which shows it on its button.

import { keeper, setUnread, unread } from './keep.js';
import { setup } from './says.js';

const title = document.title;
let open = true; // whether the panel that we may be in is

window.addEventListener('message', (event) => {
  if (event.source !== window.parent || event.data?.helpdesk !== 'shown') return;
  open = event.data.open;
  seen();
  if (open) begin();
});

/** In a panel that was just opened one writes at once; not where that would bring up a keyboard over what is to be read. */
export function begin() {
  if (open && matchMedia('(hover: hover)').matches) document.getElementById('text').focus({ preventScroll: true });
}

const looked = () => open && !document.hidden;

function tell(text) {
  const count = unread();
  document.title = count ? `(${count}) ${title}` : title;
  if (!setup.embedded || window.parent === window) return;
  const to = keeper(); // anybody may put us in a frame: what was said is for the page that keeps it, the others may count
  window.parent.postMessage({ helpdesk: 'unread', count, text: to ? text : '' }, to || '*');
}

/** Note that a person said something. */
export function came(text) {
  if (looked()) return;
  setUnread(unread() + 1);
  tell(text);
}

function seen() {
  if (!looked() || !unread()) return;
  setUnread(0);
  tell('');
}

/** Begin to watch whether somebody looks. */
export function start() {
  document.addEventListener('visibilitychange', seen);
  tell('');
  seen();
}
