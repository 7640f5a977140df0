// Which conversation belongs into which list, and in which order. No requests, no clock of its own.

/**
 * @typedef {{
 *   id: string, number: { id: string, display?: string | null }, contact?: any, group?: string | null, last_activity: string,
 *   last_message_preview: string, waiting_since?: string | null, last_received?: string | null,
 *   window: import('../../lib/window.js').Window, free_entry?: import('../../lib/window.js').Window | null, hold?: string | null,
 *   state: string, snoozed_until?: string | null, assignee?: string | null, assigned_at?: string | null, previous_assignee?: string | null,
 *   department?: string | null, labels: string[], important: boolean, answered: boolean, unread: boolean, unread_count?: number | null, version: number
 * }} Row
 * @typedef {{ category: string, state: string, number?: string, label?: string, assignee?: string, department?: string }} Asked
 */

export const CATEGORIES = ['mine', 'unassigned', 'important', 'new', 'unknown', 'all'];

/** Which states a category has: what is closed is nobody's, and nobody waits in it. */
export const statesOf = (/** @type {string} */ category) =>
  (category === 'all' || category === 'important' ? ['open', 'pending', 'snoozed', 'closed'] : ['open', 'pending', 'snoozed']);

/** What a list asks of the API. @param {Asked} asked */
export const questionOf = ({ category, state, number, label, assignee, department }) => ({ category, state, number, label, assignee, department });

/**
 * Whether a conversation belongs into a list, as it stands now.
 * @param {Row} row
 * @param {Asked} asked
 * @param {{ me: string, departmentOf: (number: string) => string | null | undefined }} known
 */
export function belongs(row, asked, { me, departmentOf }) {
  if (row.state !== asked.state) return false;
  if (asked.number && row.number.id !== asked.number) return false;
  if (asked.label && !row.labels.includes(asked.label)) return false;
  if (asked.assignee && row.assignee !== (asked.assignee === 'me' ? me : asked.assignee)) return false;
  if (asked.department && asked.department !== (row.department ?? departmentOf(row.number.id))) return false;
  const waits = Boolean(row.waiting_since);
  switch (asked.category) {
    case 'mine': return row.assignee === me;
    case 'unassigned': return waits && !row.assignee;
    case 'important': return row.important;
    case 'new': return waits && !row.answered;
    case 'unknown': return waits && row.contact?.kind === 'unknown';
    default: return true;
  }
}

/**
 * The newer of two of the same conversation. Two pushes may come in any order.
 * @param {Row | undefined} was
 * @param {Row} comes
 */
export function newer(was, comes) {
  if (!was) return comes;
  if (!comes.contact && was.contact) comes = { ...comes, contact: was.contact };
  const isOlder = comes.version < was.version || (comes.version === was.version && comes.last_activity < was.last_activity);
  if (isOlder) return was;
  // Lists do not count what is unread; what was counted stays until something new comes.
  const counted = comes.unread && comes.unread_count == null && comes.last_received === was.last_received;
  return counted ? { ...comes, unread_count: was.unread_count } : comes;
}

/** Times as numbers; what has none comes last. @param {string | null | undefined} at */
const ms = (at) => (at ? Date.parse(at) : Infinity);

/** @type {Record<string, (a: Row, b: Row) => number>} */
const ORDERS = {
  recent: (a, b) => (a.last_activity < b.last_activity ? 1 : a.last_activity > b.last_activity ? -1 : 0),
  waiting: (a, b) => ms(a.waiting_since) - ms(b.waiting_since) || ORDERS.recent(a, b),
  window: (a, b) => windowOrder(a) - windowOrder(b) || ORDERS.recent(a, b),
};

/** What closes soonest comes first; what is closed, last. @param {Row} row */
const windowOrder = (row) => (row.window.open ? ms(row.window.closes_at) : Infinity);

/** The ways to order a list. */
export const ORDER_NAMES = Object.keys(ORDERS);

/**
 * Rows in an order; with the same of both, by id, so that nothing jumps.
 * @param {Row[]} rows
 * @param {string} order
 */
export function ordered(rows, order) {
  const compare = ORDERS[order] ?? ORDERS.recent;
  return [...rows].sort((a, b) => {
    const by = compare(a, b);
    return (Number.isNaN(by) ? 0 : by) || (a.id < b.id ? -1 : 1);
  });
}

/**
 * The place of what is seen in a list whose rows are all as high: which rows to draw, and how much stands above.
 * @param {{ count: number, height: number, top: number, view: number, more?: number }} of
 */
export function slice({ count, height, top, view, more = 6 }) {
  const from = Math.max(0, Math.floor(top / height) - more);
  const to = Math.min(count, Math.ceil((top + view) / height) + more);
  return { from, to, above: from * height, total: count * height };
}
