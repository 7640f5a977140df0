// Short confirmations, most of them with an undo. Errors never stand here: they stand where they happened.

import { html, signal } from './view.js';
import { t } from './i18n.js';
import { useKeys } from './keyboard.js';

/** @typedef {{ id: number, text: string, undo?: () => unknown }} Toast */

const SHOWN_MS = 8000;
const toasts = signal(/** @type {Toast[]} */ ([]));
let made = 0;

/** @param {number} id */
const drop = (id) => { toasts.value = toasts.value.filter((toast) => toast.id !== id); };

/**
 * Says that something was done.
 * @param {string} text
 * @param {() => unknown} [undo] takes it back, for as long as it is shown
 */
export function toast(text, undo) {
  made += 1;
  const id = made;
  toasts.value = [...toasts.value.slice(-2), { id, text, undo }];
  setTimeout(() => drop(id), SHOWN_MS);
}

function undoLast() {
  const last = [...toasts.peek()].reverse().find((one) => one.undo);
  if (!last) return false;
  drop(last.id);
  last.undo?.();
  return true;
}

/** Where they are shown: once, in the shell. */
export function Toasts() {
  useKeys([{ keys: 'mod+z', run: (event) => (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement ? false : undoLast()) }]);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map((one) => html`<div class="toast" key=${one.id}><span>${one.text}</span>
      ${one.undo && html`<button class="btn" onClick=${() => { drop(one.id); one.undo?.(); }}>${t('action.undo')}</button>`}
    </div>`)}
  </div>`;
}
