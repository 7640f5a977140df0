// The inbox's state: every conversation that was seen, the list that is shown, the counts.

import { get } from '../../lib/api.js';
import { numberOf, numbers } from '../../lib/directory.js';
import { me } from '../../lib/me.js';
import { batch, computed, signal } from '../../lib/view.js';
import { inboxCount } from '../../shell/rail.js';
import { belongs, newer, ordered, questionOf } from './list-model.js';

/** @typedef {import('./list-model.js').Row} Row */
/** @typedef {import('./list-model.js').Asked} Asked */
/** @typedef {{ asked: Asked, ids: string[], next: string | null, loading: boolean, problem: unknown, order: string }} Shown */

/** Every conversation that was seen, by id. */
export const rows = signal(/** @type {Map<string, Row>} */ (new Map()));
/** @type {Shown} */
const nothing = { asked: { category: 'mine', state: 'open' }, ids: [], next: null, loading: true, problem: null, order: 'recent' };
/** The list that is shown. */
export const shown = signal(nothing);
/** How many in each category; of one number where one is asked for. */
export const counts = signal(/** @type {Record<string, { count: number, shown: string }>} */ ({}));
/** How many of each number, by its id. */
export const numberCounts = signal(/** @type {Record<string, string>} */ ({}));
/** What would move if nobody were looking at the list. */
export const held = signal(/** @type {Set<string>} */ (new Set()));
/** Whether rows must not move now: the pointer or the focus is in the list. */
export const still = signal(false);

/** The rows of the list, in the order in which they are shown. */
export const listed = computed(() => shown.value.ids.map((id) => rows.value.get(id)).filter((row) => row !== undefined));

const known = () => ({ me: me.peek().id, departmentOf: (/** @type {string} */ id) => numberOf(id)?.department });

/** @param {Row[]} more */
function keep(more) {
  const to = new Map(rows.peek());
  for (const row of more) to.set(row.id, newer(to.get(row.id), row));
  rows.value = to;
}

/** A page is as large as a list is long on a screen; the rest comes while one scrolls. */
const PAGE = 30;
/** Lists other than all come with what is longest first: to show the newest first, they are read whole, up to this. */
const WHOLE = 600;
let round = 0;

/** The first page of a list that is on its way before anything is drawn. @type {{ asked: string, page: Promise<any> } | null} */
let ahead = null;

/** Asks for a list before it is shown: while the API still says who is there. @param {Asked} asked */
export function askAhead(asked) {
  ahead = { asked: JSON.stringify(asked), page: get('/v1/conversations', { ...questionOf(asked), limit: PAGE }) };
  ahead.page.catch(() => {});
}

/**
 * Shows a list. What is known already is there at once.
 * @param {Asked} asked
 * @param {string} order
 */
export async function show(asked, order) {
  round += 1;
  const mine = round;
  const from = [...rows.peek().values()].filter((row) => belongs(row, asked, known()));
  batch(() => {
    held.value = new Set();
    shown.value = { asked, ids: ordered(from, order).map((row) => row.id), next: null, loading: true, problem: null, order };
  });
  try {
    const early = ahead?.asked === JSON.stringify(asked) ? ahead.page : null;
    ahead = null;
    let page = await (early ?? get('/v1/conversations', { ...questionOf(asked), limit: PAGE }));
    /** @type {Row[]} */
    let items = page.items;
    const isAll = asked.category === 'all' && !asked.assignee;
    if (mine !== round) return;
    // Where few pass a filter, a page is short and has a next one all the same.
    const wanted = isAll ? PAGE : WHOLE;
    const goesOn = () => page.next !== null && items.length < wanted;
    settle(items, page.next, goesOn());
    while (goesOn()) {
      page = await get('/v1/conversations', { ...questionOf(asked), limit: 100, cursor: page.next });
      items = [...items, ...page.items];
      if (mine !== round) return;
      settle(items, page.next, goesOn());
    }
  } catch (problem) {
    if (mine === round) shown.value = { ...shown.peek(), loading: false, problem };
  }
}

/**
 * @param {Row[]} items
 * @param {string | null} next
 * @param {boolean} loading
 */
function settle(items, next, loading) {
  batch(() => {
    keep(items);
    const { asked, order } = shown.peek();
    shown.value = { ...shown.peek(), ids: inOrder(new Set(items.map((row) => row.id)), asked, order), next, loading, problem: null };
  });
}

/**
 * @param {Set<string>} ids
 * @param {Asked} asked
 * @param {string} order
 */
function inOrder(ids, asked, order) {
  const all = [...ids].map((id) => rows.peek().get(id)).filter((row) => row !== undefined);
  return ordered(all.filter((row) => belongs(row, asked, known())), order).map((row) => row.id);
}

/** The next page of the list. */
export async function more() {
  const { asked, next, loading } = shown.peek();
  const mine = round;
  if (!next || loading) return;
  shown.value = { ...shown.peek(), loading: true };
  try {
    const page = await get('/v1/conversations', { ...questionOf(asked), limit: 100, cursor: next });
    if (mine !== round) return;
    batch(() => {
      keep(page.items);
      const ids = new Set([...shown.peek().ids, ...page.items.map((/** @type {Row} */ row) => row.id)]);
      shown.value = { ...shown.peek(), ids: inOrder(ids, asked, shown.peek().order), next: page.next, loading: false };
    });
  } catch (problem) {
    if (mine === round) shown.value = { ...shown.peek(), loading: false, problem };
  }
}

/**
 * Takes conversations that changed. Rows move only while nobody points at the list.
 * @param {Row[]} changed
 */
export function push(changed) {
  const before = rows.peek();
  batch(() => {
    keep(changed);
    const { asked, ids } = shown.peek();
    const there = new Set(ids);
    const newly = changed.filter((row) => belongs(/** @type {Row} */ (rows.peek().get(row.id)), asked, known()));
    if (still.peek() && ids.length > 0) {
      const hasNews = (/** @type {Row} */ row) => row.unread && row.last_received !== before.get(row.id)?.last_received;
      const moves = newly.filter((row) => !there.has(row.id) || (ids[0] !== row.id && hasNews(row))).map((row) => row.id);
      if (moves.length) held.value = new Set([...held.peek(), ...moves]);
    } else {
      move(newly.map((row) => row.id));
    }
  });
  // Polling brings the same rows again and again: counts are asked for only when something is another.
  if (changed.some((row) => row.version !== before.get(row.id)?.version)) countSoon();
}

/** Lets rows move: those that were held, and those that belong elsewhere now. @param {string[]} [newly] */
export function move(newly = []) {
  const { asked, ids, order } = shown.peek();
  const to = inOrder(new Set([...ids, ...held.peek(), ...newly]), asked, order);
  batch(() => {
    held.value = new Set();
    if (to.join() !== ids.join()) shown.value = { ...shown.peek(), ids: to };
  });
}

/** Forgets a conversation that may not be seen any more. @param {string} id */
export function forget(id) {
  const to = new Map(rows.peek());
  to.delete(id);
  batch(() => {
    rows.value = to;
    shown.value = { ...shown.peek(), ids: shown.peek().ids.filter((one) => one !== id) };
  });
}

let counting = 0;

/** Asks for the counts, shortly after the last change of several. */
export function countSoon() {
  clearTimeout(counting);
  counting = window.setTimeout(count, 700);
}

/** Asks for the counts. */
export async function count() {
  const of = (/** @type {string | undefined} */ number) => get('/v1/conversations/counts', { number });
  try {
    const all = await of(undefined);
    batch(() => {
      counts.value = all;
      inboxCount.value = all.mine.count ? all.mine.shown : '';
    });
    const each = numbers.peek().slice(0, 8);
    const found = await Promise.all(each.map((number) => of(number.id)));
    numberCounts.value = Object.fromEntries(each.map((number, i) => [number.id, found[i].all.shown]));
  } catch { /* Counts that are a little old are better than an error above the list. */ }
}

/** The newest activity that is known: from here on something may be missing after a break. */
export const newestActivity = () => [...rows.peek().values()].reduce((newest, row) => (row.last_activity > newest ? row.last_activity : newest), '');
