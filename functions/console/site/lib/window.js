// The customer service window: how much of it is left, in shape, number and colour. No clock of its own.

const HOUR = 3_600_000;

/** @typedef {{ open: boolean, closes_at?: string | null }} Window */
/** @typedef {'open' | 'low' | 'last' | 'closed'} WindowState */
/** @typedef {{ state: WindowState, left: number, total: number, closesAt: number | null, ad: boolean }} Left */

/**
 * What is left of a conversation's window at a time.
 * A person who came by an ad may be written to free of charge for 72 hours; what may be written is still ruled by the 24.
 * @param {Window | null | undefined} window
 * @param {Window | null | undefined} freeEntry
 * @param {number} now milliseconds
 * @returns {Left}
 */
export function windowLeft(window, freeEntry, now) {
  const closes = window?.closes_at ? Date.parse(window.closes_at) : null;
  const free = freeEntry?.closes_at ? Date.parse(freeEntry.closes_at) : null;
  const left = closes === null ? 0 : Math.max(0, closes - now);
  const ad = free !== null && free > now && left > 0;
  if (left === 0) return { state: 'closed', left: 0, total: 24 * HOUR, closesAt: closes, ad: false };
  const state = left <= HOUR ? 'last' : left <= 4 * HOUR ? 'low' : 'open';
  return { state, left, total: 24 * HOUR, closesAt: closes, ad };
}

/**
 * `7 h 04`, `38 min`. Under a minute there is still something left: `1 min`.
 * @param {number} left milliseconds
 */
export function leftText(left) {
  const minutes = Math.max(1, Math.floor(left / 60_000));
  if (minutes <= 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

/**
 * The arc of a frame whose path is as long as the window's hours. Near the end it stays long enough to be seen.
 * @param {Left} of
 */
export function arc(of) {
  const hours = of.total / HOUR;
  const shown = Math.min(Math.max(of.left / HOUR, 1.3 * (hours / 24)), hours - 0.02);
  return { length: hours, dash: `${shown.toFixed(2)} ${hours}` };
}

/** The share that is left, between 0 and 1. */
export const share = (/** @type {Left} */ of) => Math.min(1, of.left / of.total);
