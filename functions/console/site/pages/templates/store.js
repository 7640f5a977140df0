// Templates as Meta has them, shared by the list and the rail.

import { get } from '../../lib/api.js';
import { all } from '../../lib/data.js';
import { signal } from '../../lib/view.js';

export const templates = signal(/** @type {any[] | null} */ (null));
export const problem = signal(/** @type {unknown} */ (null));
export const wabas = signal(/** @type {any[]} */ ([]));

/** Reads all templates. What was there stays until the new came. */
export async function loadTemplates() {
  try {
    templates.value = await all('/v1/templates');
    problem.value = null;
  } catch (failed) { problem.value = failed; }
}

/** Reads the accounts. Only admins and supervisors may; others see ids. */
export const loadWabas = () => get('/v1/wabas').then((page) => { wabas.value = page.items; }, () => {});

/** What an account is called. @param {string} id */
export const wabaName = (id) => wabas.value.find((one) => one.id === id)?.name ?? id;

/** The shelves of the list: by where a template stands. */
export const SHELVES = /** @type {[string, string, string[]][]} */ ([
  ['approved', 'checkc', ['APPROVED']], ['review', 'clock', ['PENDING', 'IN_APPEAL', 'submitting', 'PENDING_DELETION']], ['paused', 'pause', ['PAUSED', 'FLAGGED', 'LIMIT_EXCEEDED', 'DISABLED', 'ARCHIVED']],
  ['rejected', 'alertc', ['REJECTED', 'not_created']], ['gone', 'trash', ['DELETED', 'unknown']],
]);

/** @param {string} status */
export const shelfOf = (status) => SHELVES.find(([, , all_]) => all_.includes(status))?.[0] ?? 'gone';

/** Templates of one account and name: all languages together, in the order of the list. @param {any[]} list */
export function families(list) {
  /** @type {Map<string, any[]>} */
  const found = new Map();
  for (const one of list) {
    const key = `${one.waba} ${one.name}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}
