// Keys. The newest listener hears first; one that answers `false` lets the others hear.

import { signal, useEffect, useRef } from './view.js';

/** @typedef {{ keys: string, run: (event: KeyboardEvent) => unknown, inText?: boolean }} Key */

const KEEP = 'ventana.single-keys';
/** @type {{ current: Key[], dialog: boolean }[]} */
const layers = [];
let before = '';
let beforeAt = 0;

export const isMac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform ?? '');

function initial() {
  try { return localStorage.getItem(KEEP) !== 'off'; } catch { return true; }
}

/** Whether single letters are shortcuts. They can be turned off, for people who speak to their computer. */
export const singleKeys = signal(initial());

/** @param {boolean} on */
export function setSingleKeys(on) {
  singleKeys.value = on;
  try { localStorage.setItem(KEEP, on ? 'on' : 'off'); } catch { /* Then it lasts as long as the page. */ }
}

/**
 * A key as shortcuts write it: `mod+shift+l`, `j`, `?`, `escape`.
 * @param {{ key: string, metaKey: boolean, ctrlKey: boolean, shiftKey: boolean, altKey: boolean }} event
 * @param {boolean} [mac]
 */
export function comboOf(event, mac = isMac) {
  const key = event.key.toLowerCase();
  const mod = mac ? event.metaKey : event.ctrlKey;
  // The shift is part of a sign such as `?`, and a key of its own beside a letter.
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key) || mod);
  return [mod && 'mod', event.altKey && 'alt', shift && 'shift', key].filter(Boolean).join('+');
}

/** @param {EventTarget | null} target */
export function isText(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}

/** @param {KeyboardEvent} event */
function heard(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const combo = comboOf(event);
  const text = isText(event.target);
  const single = !/^(mod|alt)\+/.test(combo) && combo.replace('shift+', '').length === 1;
  if (single && !text && !singleKeys.value) return;
  const sequence = before && Date.now() - beforeAt < 1200 ? `${before} ${combo}` : '';
  const inDialog = document.querySelector('dialog[open]') !== null;
  for (const layer of [...layers].reverse()) {
    if (inDialog && !layer.dialog) continue;
    for (const key of layer.current) {
      if (key.keys !== combo && key.keys !== sequence) continue;
      if (text && !key.inText && !combo.startsWith('mod+')) continue;
      if (key.run(event) === false) continue;
      event.preventDefault();
      before = '';
      return;
    }
  }
  if (single && !text) { before = combo; beforeAt = Date.now(); }
}

/** Starts listening, once. */
export const startKeys = () => document.addEventListener('keydown', heard);

/**
 * Keys while a component is shown.
 * @param {Key[]} keys
 * @param {{ dialog?: boolean }} [where] whether they count while a dialog is open
 */
export function useKeys(keys, where = {}) {
  const layer = useRef({ current: keys, dialog: where.dialog ?? false }).current;
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => { layers.splice(layers.indexOf(layer), 1); };
  }, []);
}

/** How a shortcut is written on screen: `⌘K`, `Ctrl K`. @param {string} combo */
export function keyCaps(combo) {
  const names = /** @type {Record<string, string>} */ ({
    mod: isMac ? '⌘' : 'Ctrl', shift: '⇧', alt: isMac ? '⌥' : 'Alt', enter: '↵', escape: 'Esc',
  });
  return combo.split('+').map((part) => names[part] ?? part.toUpperCase());
}
