// The present minute, for whatever counts down. One timer for all.

import { signal } from './view.js';

/** Milliseconds, moved each half minute and whenever the page comes to the front. */
export const now = signal(Date.now());

/** Starts it. */
export function startClock() {
  const tick = () => { if (!document.hidden) now.value = Date.now(); };
  setInterval(tick, 30_000);
  document.addEventListener('visibilitychange', tick);
}
