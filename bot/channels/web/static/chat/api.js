// The desk's HTTP API, as a user of it.

import { below } from '../below.js';
import { user } from './keep.js';
import { spoken } from './says.js';

const PATIENCE = 20_000;

/** A call that failed. `status` is 0 where nothing came back. `message` is in the reader's words, or empty. */
export class Fault extends Error {
  constructor(status, code = '', message = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Call the API and return what it says; what is sent again under the same `key` is done once. Throws Fault. */
export async function call(method, path, body, key) {
  const headers = {
    'X-Helpdesk-User': user(), Accept: 'application/json', 'Accept-Language': spoken(), ...(key && { 'Idempotency-Key': key }),
  };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  let said;
  try {
    const signal = AbortSignal.timeout?.(PATIENCE);
    response = await fetch(`${below}/api/v1${path}`, { method, headers, signal, body: body && JSON.stringify(body) });
    said = await response.json();
  } catch {
    throw new Fault(0);
  }
  if (!response.ok) throw new Fault(response.status, said.error?.code, said.error?.message);
  return said;
}
