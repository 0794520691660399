// Requests to the console: marked as a script's, with the page's CSRF token; a lost session leads to the log-in page.

import { below } from '../below.js';

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? '';

export class Refused extends Error {
  constructor(message, code = '') {
    super(message);
    this.code = code;
  }
}

const LONGEST = 10_000; // ms for what only reads: a connection that is gone may never say so

let away = false;

// Tell the page when the server cannot be reached, and when it can again.
function reached(now) {
  if (away === !now) return;
  away = !now;
  document.dispatchEvent(new Event(now ? 'server-back' : 'server-away'));
}

// Return an address as this site knows it: ours are written as if the desk were at the root.
export const at = (address) => (address.startsWith('/') ? below + address : address);

async function fetched(address, options) {
  try {
    const response = await fetch(at(address), { credentials: 'same-origin', ...options });
    reached(true);
    return response;
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    reached(false);
    throw new Refused('서버에 닿지 않아 하지 못했습니다. 적은 것은 그대로 있습니다.');
  }
}

function limited(signal) {
  const end = AbortSignal.timeout(LONGEST);
  return signal && AbortSignal.any ? AbortSignal.any([signal, end]) : (signal ?? end);
}

async function ask(address, options) {
  const response = await fetched(address, options);
  if (response.status === 401) {
    const here = location.pathname.slice(below.length) + location.search;
    location.assign(at('/console/login?ended=1&next=' + encodeURIComponent(here)));
    throw new Refused('로그인이 끝났습니다.');
  }
  return response;
}

async function refusal(response) {
  const said = await response.json().catch(() => null);
  return new Refused(said?.error?.message ?? '지금은 할 수 없습니다. 잠시 뒤에 다시 하세요.', said?.error?.code);
}

// Return a part of a page as HTML (made and escaped by the server). 404 is a page too; '' is «nothing new».
export async function part(address, signal, tagged) {
  const response = await ask(address, { headers: { 'X-Console': '1' }, signal: limited(signal) });
  if (response.status === 204) return '';
  if (!response.ok && response.status !== 404) throw await refusal(response);
  tagged?.(response.headers.get('X-Tag') ?? '');
  return response.text();
}

export async function json(address, signal) {
  const response = await ask(address, { headers: { 'X-Console': '1', Accept: 'application/json' }, signal: limited(signal) });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

export async function send(address, values) {
  const response = await ask(address, {
    method: 'POST',
    headers: { 'X-Console': '1', 'X-CSRF': csrf },
    body: new URLSearchParams(values),
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}
