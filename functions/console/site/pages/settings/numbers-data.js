// Numbers with everything that is known of them, and the accounts that they belong to.

import { get, id } from '../../lib/api.js';
import { all } from '../../lib/data.js';
import { can } from '../../lib/me.js';

/** @typedef {import('../../../../../tests/console/api').components['schemas']} Api */
/** @typedef {Api['NumberDetail']} NumberDetail */

/** So many are asked for at once: a company with a hundred numbers does not ask a hundred things in one moment. */
const AT_ONCE = 6;

/**
 * Does something for each, a few at once, in order.
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} each
 * @returns {Promise<R[]>}
 */
export async function few(items, each) {
  /** @type {R[]} */
  const done = [];
  for (let i = 0; i < items.length; i += AT_ONCE) done.push(...await Promise.all(items.slice(i, i + AT_ONCE).map(each)));
  return done;
}

/**
 * Every number that the person sees, whole.
 * @param {AbortSignal} [signal]
 * @returns {Promise<NumberDetail[]>}
 */
export async function loadNumbers(signal) {
  const rows = await all('/v1/numbers');
  return few(rows, (row) => get(`/v1/numbers/${id(row.id)}`, undefined, { signal }));
}

/** The accounts at Meta. Agents do not see them. @returns {Promise<Api['Waba'][]>} */
export const loadAccounts = async () => (can('supervisor') ? all('/v1/wabas') : []);

/** The messaging limits, by portfolio; those that nothing is sent under are of no use here. @returns {Promise<Api['Portfolio'][]>} */
export const loadPortfolios = async () => (can('supervisor') ? (await all('/v1/portfolios')).filter((one) => one.numbers.length > 0) : []);

/** What an account is called. @param {{ id: string, name?: string | null } | undefined} account @param {string} [other] */
export const accountName = (account, other = '') => account?.name ?? account?.id ?? other;

/** What a number is called. @param {{ id: string, name?: string | null, display?: string | null, facts?: any }} one */
export const titleOf = (one) => one.name ?? one.facts?.display_name?.value ?? one.display ?? one.id;
