// Who is signed in, and what they may do.

import { get } from './api.js';
import { computed, signal } from './view.js';

/** @typedef {{ id: string, role: string, departments: string[] }} Me */

/** The person, once known. */
export const me = signal(/** @type {Me} */ ({ id: '', role: '', departments: [] }));

const RANK = /** @type {Record<string, number>} */ ({ agent: 1, supervisor: 2, admin: 3 });

/**
 * Whether the person is at least this: `agent`, `supervisor` or `admin`. The API decides; this hides what it would refuse.
 * @param {string} least
 */
export const can = (least) => (RANK[me.value.role] ?? 0) >= RANK[least];

/** Whether they lead: supervisors and admins. */
export const leads = computed(() => can('supervisor'));

/** Asks who it is. */
export async function loadMe() {
  me.value = await get('/v1/me');
}
