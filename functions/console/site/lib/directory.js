// What every page needs to name things: people at work, departments, numbers, labels, fields. Loaded once, kept current.

import { get } from './api.js';
import { phone } from './format.js';
import { all } from './data.js';
import { me } from './me.js';
import { computed, signal } from './view.js';

/** @typedef {import('../../../../tests/console/api').components['schemas']} Api */
/** @typedef {{ id: string, name: string, role: string, active: boolean, departments: string[] }} Agent */
/** @typedef {{ id: string, name: string }} Department */
/** @typedef {{ id: string, display?: string | null, name?: string | null, department?: string | null, waba?: string | null }} PhoneNumber */
/** @typedef {{ id: string, name: string, color?: string | null }} Label */
/** @typedef {{ id: string, label: string, type: string, kinds: string[], options: string[] }} Field */
/** @typedef {{ id: string, shortcut: string, text: string }} QuickReply */

export const agents = signal(/** @type {Agent[]} */ ([]));
export const departments = signal(/** @type {Department[]} */ ([]));
export const numbers = signal(/** @type {PhoneNumber[]} */ ([]));
export const labels = signal(/** @type {Label[]} */ ([]));
export const fields = signal(/** @type {Field[]} */ ([]));
export const quickReplies = signal(/** @type {QuickReply[]} */ ([]));

const LISTS = /** @type {[import('@preact/signals').Signal<any[]>, string][]} */ ([
  [agents, '/v1/agents'], [departments, '/v1/departments'], [numbers, '/v1/numbers'],
  [labels, '/v1/labels'], [fields, '/v1/fields'], [quickReplies, '/v1/quick-replies'],
]);

/**
 * Loads everything, or only some lists. A list that cannot be had stays as it is: ids are shown in place of names.
 * @param {...import('@preact/signals').Signal<any[]>} only
 */
export async function loadDirectory(...only) {
  const asked = LISTS.filter(([list]) => !only.length || only.includes(list));
  await Promise.all(asked.map(async ([list, path]) => {
    try { list.value = await all(path); } catch { /* Shown by ids; the page's own requests say what is wrong. */ }
  }));
}

/** @param {import('@preact/signals').Signal<any[]>} list */
const byId = (list) => computed(() => new Map(list.value.map((item) => [item.id, item])));
const agentsById = byId(agents);
const departmentsById = byId(departments);
const numbersById = byId(numbers);
const labelsById = byId(labels);

/** A colleague's name; the id where the directory does not know them. */
export const agentName = (/** @type {string | null | undefined} */ id) => (id ? agentsById.value.get(id)?.name ?? shortId(id) : '');
/** The first word of a colleague's name. */
export const agentShort = (/** @type {string | null | undefined} */ id) => agentName(id).split(' ')[0];
/** A department's name. */
export const departmentName = (/** @type {string | null | undefined} */ id) => (id ? departmentsById.value.get(id)?.name ?? id : '');
/** A number of the company. */
export const numberOf = (/** @type {string} */ id) => /** @type {PhoneNumber | undefined} */ (numbersById.value.get(id));
/** A label. */
export const labelOf = (/** @type {string} */ id) => /** @type {Label | undefined} */ (labelsById.value.get(id));
/** The name of who is signed in. */
export const myName = computed(() => agentsById.value.get(me.value.id)?.name ?? shortId(me.value.id));

const shortId = (/** @type {string} */ id) => (id.length > 14 ? `${id.slice(0, 8)}…` : id);

/** What a number is called: its name, else its digits. */
export function numberName(/** @type {string} */ id) {
  const number = numberOf(id);
  return number?.name ?? (phone(number?.display) || id);
}

/** Three letters for a number's badge, from its name: `VTA`, `BOG`. */
export function numberCode(/** @type {string} */ id) {
  const name = numberName(id);
  // Without a name, the last digits tell numbers apart.
  if (!/\p{L}/u.test(name)) return name.replace(/\D/g, '').slice(-3);
  const words = name.normalize('NFD').replace(/[^\p{L}\p{N} ]/gu, '').split(' ').filter(Boolean);
  const letters = words.length > 2 ? words.map((word) => word[0]).join('') : words[0] ?? id;
  return letters.slice(0, 3).toUpperCase();
}

/** The colour of a number's badge: by its place in the list, so that it stays. */
export function numberColor(/** @type {string} */ id) {
  const place = numbers.value.findIndex((number) => number.id === id);
  return `var(--cat-${([1, 3, 2, 4, 5, 6, 7][Math.max(place, 0) % 7])})`;
}

/** The colour of a label: its own, else one by its place. */
export function labelColor(/** @type {string} */ id) {
  const place = labels.value.findIndex((label) => label.id === id);
  return labels.value[place]?.color ?? `var(--cat-${([2, 3, 4, 5, 6, 7, 1][Math.max(place, 0) % 7])})`;
}

/** Puts a list right after a change elsewhere in the console. */
export const reloadLabels = () => get('/v1/labels').then((page) => { labels.value = page.items; });
