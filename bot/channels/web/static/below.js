// The path below which the desk lives on this site, without a slash at its end; empty at the root. This file stands at
// BELOW/static/VERSION/below.js.

export const below = new URL('../..', import.meta.url).pathname.slice(0, -1);
