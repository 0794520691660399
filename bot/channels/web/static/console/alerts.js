// A sound and a notification of the browser when something new waits: only where somebody asked for it in this browser.

import { at } from './net.js';

const KEY = 'helpdesk-alerts';

function wanted() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function want(values) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...wanted(), ...values }));
  } catch {
    // it holds for this page
  }
}

function sound() {
  const Context = window.AudioContext;
  if (!Context) return;
  const context = new Context();
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.frequency.value = 880;
  level.gain.setValueAtTime(0.15, context.currentTime);
  level.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
  tone.connect(level).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
  tone.addEventListener('ended', () => void context.close());
}

/** Say that something new waits, in the ways that were chosen. */
export function alert(text) {
  const chosen = wanted();
  if (chosen.sound) sound();
  if (!chosen.notify || !document.hidden || window.Notification?.permission !== 'granted') return;
  const shown = new Notification(text, { tag: 'helpdesk-inbox', renotify: true });
  shown.addEventListener('click', () => {
    window.focus();
    if (!location.pathname.startsWith(at('/console/tickets'))) location.assign(at('/console/tickets'));
    shown.close();
  });
}

export function start() {
  const boxes = { sound: document.getElementById('alert-sound'), notify: document.getElementById('alert-notify') };
  if (!boxes.sound) return;
  const chosen = wanted();
  boxes.sound.checked = Boolean(chosen.sound);
  boxes.notify.checked = Boolean(chosen.notify) && window.Notification?.permission === 'granted';
  boxes.notify.disabled = !window.Notification;
  boxes.sound.addEventListener('change', () => {
    want({ sound: boxes.sound.checked });
    if (boxes.sound.checked) sound();
  });
  boxes.notify.addEventListener('change', async () => {
    const granted = boxes.notify.checked && (await Notification.requestPermission()) === 'granted';
    boxes.notify.checked = granted;
    want({ notify: granted });
  });
}
