// Changes of a record, shown wherever the person is: in every conversation that was seen.

import { id, patch } from '../../lib/api.js';
import { signal } from '../../lib/view.js';
import { rows } from './store.js';

/** What the last change of a record was refused with. */
export const contactProblem = signal(/** @type {{ contact: string, problem: unknown } | null} */ (null));

/** Records as they were last heard of after a change, by id. */
export const latest = signal(/** @type {Map<string, any>} */ (new Map()));

/** The newest that is known of a record. @param {any} contact */
export function newest(contact) {
  const known = contact && latest.value.get(contact.id);
  return known && known.version >= contact.version ? known : contact;
}

/** Puts a record into the conversations of the person. @param {any} contact */
export function paintContact(contact) {
  latest.value = new Map(latest.peek()).set(contact.id, contact);
  const to = new Map(rows.peek());
  for (const [key, row] of to) if (row.contact?.id === contact.id) to.set(key, { ...row, contact });
  rows.value = to;
}

/**
 * Changes a record.
 * @param {any} contact
 * @param {Record<string, any>} change
 */
export async function changeContact(contact, change) {
  try {
    const now = await patch(`/v1/contacts/${id(contact.id)}`, change);
    contactProblem.value = null;
    paintContact(now);
    return now;
  } catch (problem) {
    contactProblem.value = { contact: contact.id, problem };
    throw problem;
  }
}
