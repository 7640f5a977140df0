// What was begun and not sent, by conversation. It outlives a reload of the tab, and nothing else.

import { signal } from '../../lib/view.js';

const KEEP = 'ventana.drafts';

function read() {
  try { return new Map(/** @type {[string, string][]} */ (JSON.parse(sessionStorage.getItem(KEEP) ?? '[]'))); } catch { return new Map(); }
}

/** Drafts by conversation. */
export const drafts = signal(/** @type {Map<string, string>} */ (read()));

/** @param {string} conversation @param {string} text */
export function keepDraft(conversation, text) {
  const kept = drafts.peek().get(conversation) ?? '';
  if (kept === text) return;
  const to = new Map(drafts.peek());
  if (text.trim()) to.set(conversation, text);
  else to.delete(conversation);
  drafts.value = to;
  try { sessionStorage.setItem(KEEP, JSON.stringify([...to])); } catch { /* Then it lasts as long as the page. */ }
}
