// Addresses inside the inbox: `/inbox/<category>/<conversation>?state=…&number=…&label=…&assignee=…&department=…`.

import { address, parts, path, query } from '../../lib/router.js';
import { CATEGORIES } from './list-model.js';

/** The category that the address names. */
export const categoryHere = () => (CATEGORIES.includes(parts.value[1]) ? parts.value[1] : 'mine');

/** What the list that the address names asks for. @returns {import('./list-model.js').Asked} */
export function askedHere() {
  const of = (/** @type {string} */ name) => query.value.get(name) ?? undefined;
  return { category: categoryHere(), state: of('state') ?? 'open', number: of('number'), label: of('label'), assignee: of('assignee'), department: of('department') };
}

/** A conversation in the list that is shown. @param {string} conversation */
export const placeOf = (conversation) => path('inbox', categoryHere(), conversation) + address.value.query;

/** The list without a conversation. */
export const listHere = () => path('inbox', categoryHere()) + address.value.query;

/**
 * The same list asked otherwise.
 * @param {Record<string, string | undefined>} change
 * @param {string} [category]
 */
export function otherwise(change, category = categoryHere()) {
  const to = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(change)) {
    if (value) to.set(name, value);
    else to.delete(name);
  }
  return path('inbox', category) + (to.size ? `?${to}` : '');
}
