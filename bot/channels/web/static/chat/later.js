// Coming back to a case: an address that opens it anywhere, and where else one may be reached.

import { below } from '../below.js';
import { call, Fault } from './api.js';
import * as keep from './keep.js';
import { say } from './says.js';

const $ = (id) => document.getElementById(id);

export const address = () => `${location.origin}${below}/#back=${keep.user()}`;

async function copy() {
  const field = $('later-link');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand('copy'); // without https, or in a frame that may not
  }
  $('later-said').textContent = say('web_copied');
}

async function leave(event) {
  event.preventDefault();
  const contact = $('contact').value.trim().replace(/\s+/g, ' ');
  try {
    const kept = await call('PUT', '/ticket/callback', { contact });
    $('contact').value = kept.contact;
    $('later-said').textContent = say(kept.contact ? 'web_contact_kept' : 'web_contact_gone');
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    $('later-said').textContent = fault.message || say('trouble');
  }
}

/** Let somebody who comes by such an address decide. Returns whether there is something to decide. */
export function returns() {
  const key = window.parent === window ? keep.returning() : ''; // in a frame a tap may be meant for what is around it
  const clean = () => history.replaceState(null, '', location.pathname + location.search);
  if (!key) {
    if (location.hash.startsWith('#back=')) clean();
    return;
  }
  const dialog = $('returning');
  dialog.showModal();
  dialog.addEventListener('close', clean, { once: true });
  $('returning-no').addEventListener('click', () => dialog.close());
  $('returning-yes').addEventListener('click', () => {
    keep.adopt(key);
    clean();
    location.reload();
  });
}

export function start() {
  $('later').addEventListener('click', () => {
    $('later-link').value = address();
    $('later-said').textContent = '';
    $('later-sheet').showModal();
  });
  $('later-copy').addEventListener('click', copy);
  $('later-close').addEventListener('click', () => $('later-sheet').close());
  $('contact-form').addEventListener('submit', leave);
}
