// What is done with a conversation: at once on screen, then at the API; taken back if that refuses.

import { get, id, patch, post, put } from '../../lib/api.js';
import { agentShort, labelOf } from '../../lib/directory.js';
import { dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { me } from '../../lib/me.js';
import { toast } from '../../lib/toast.js';
import { signal } from '../../lib/view.js';
import { countSoon, move, rows } from './store.js';
import { loadNew } from './thread-store.js';

/** @typedef {import('./list-model.js').Row} Row */

/** What the last change of a conversation was refused with, shown above its messages. */
export const refused = signal(/** @type {{ conversation: string, problem: unknown } | null} */ (null));

/** @param {string} conversation @param {Partial<Row>} facts */
function paint(conversation, facts) {
  const was = rows.peek().get(conversation);
  if (was) rows.value = new Map(rows.peek()).set(conversation, { ...was, ...facts });
}

/**
 * Changes a conversation.
 * @param {Row} row
 * @param {Record<string, any>} change
 * @param {string} [said] what the toast says; nothing without
 * @param {Record<string, any>} [back] the change that takes it back
 */
export async function change(row, change, said, back) {
  const seen = 'assignee' in change && change.assignee === 'me' ? { ...change, assignee: me.peek().id } : change;
  paint(row.id, { ...seen, ...(change.state && change.state !== 'snoozed' ? { snoozed_until: null } : {}) });
  move();
  try {
    const now = await patch(`/v1/conversations/${id(row.id)}`, change);
    refused.value = null;
    rows.value = new Map(rows.peek()).set(row.id, { ...now, unread: rows.peek().get(row.id)?.unread ?? now.unread });
    move();
    countSoon();
    loadNew(row.id);
    if (said) toast(said, back && (() => changeById(row.id, back)));
    return true;
  } catch (problem) {
    rows.value = new Map(rows.peek()).set(row.id, row);
    move();
    refused.value = { conversation: row.id, problem };
    return false;
  }
}

/** @param {string} conversation @param {Record<string, any>} back */
const changeById = (conversation, back) => {
  const row = rows.peek().get(conversation);
  return row && change(row, back);
};

/** @param {Row} row @param {string | null} agent */
export const assign = (row, agent) =>
  change(row, { assignee: agent }, agent ? t('inbox.did.assigned', { name: agentShort(agent === 'me' ? me.peek().id : agent) }) : t('inbox.did.unassigned'), { assignee: row.assignee ?? null });

/** @param {Row} row @param {string | null} department */
export const sendTo = (row, department) => change(row, { department }, t('inbox.did.department'), { department: row.department ?? null });

/** Lets the number's rule give it to somebody. @param {Row} row */
export async function assignByRule(row) {
  try {
    const now = await post(`/v1/conversations/${id(row.id)}/assign`);
    rows.value = new Map(rows.peek()).set(row.id, now);
    toast(t('inbox.did.assigned', { name: agentShort(now.assignee) }), () => changeById(row.id, { assignee: row.assignee ?? null }));
    loadNew(row.id);
  } catch (problem) { refused.value = { conversation: row.id, problem }; }
}

/** @param {Row} row */
export const resolve = (row) => change(row, { state: 'closed' }, t('inbox.did.resolved'), { state: 'open', ...(row.assignee ? { assignee: row.assignee } : {}) });

/** @param {Row} row */
export const reopen = (row) => change(row, { state: 'open' }, t('inbox.did.reopened'), { state: 'closed' });

/** @param {Row} row @param {Date} until */
export const snooze = (row, until) => change(row, { state: 'snoozed', snoozed_until: until.toISOString() }, t('inbox.did.snoozed', { at: dateTime(until) }), { state: row.state === 'snoozed' ? 'open' : row.state });

/** @param {Row} row */
export const setPending = (row) => change(row, { state: 'pending' }, t('inbox.did.pending'), { state: row.state === 'pending' ? 'open' : row.state });

/** @param {Row} row */
export const toggleImportant = (row) => change(row, { important: !row.important }, t(row.important ? 'inbox.did.not_important' : 'inbox.did.important'), { important: row.important });

/** @param {Row} row @param {string} label */
export function toggleLabel(row, label) {
  const labels = row.labels.includes(label) ? row.labels.filter((one) => one !== label) : [...row.labels, label];
  const said = t(labels.includes(label) ? 'inbox.did.labelled' : 'inbox.did.unlabelled', { name: labelOf(label)?.name ?? label });
  return change(row, { labels }, said, { labels: row.labels });
}

/** Tabs of the same browser tell each other what was read: the API does not push it. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ventana');
if (tabs) tabs.onmessage = ({ data }) => { if (rows.peek().get(data.read)?.last_received === data.received) paint(data.read, { unread: false, unread_count: 0 }); };

/** @type {Map<string, string>} */
const readUpTo = new Map();

/**
 * Marks what is on screen as read, for this person, and on the customer's phone.
 * @param {Row} row
 * @param {any[]} messages
 */
export async function markRead(row, messages) {
  const last = messages.findLast((message) => message.direction === 'inbound');
  if (!last || readUpTo.get(row.id) === last.id || !row.unread) return;
  readUpTo.set(row.id, last.id);
  paint(row.id, { unread: false, unread_count: 0 });
  tabs?.postMessage({ read: row.id, received: row.last_received });
  try {
    await put(`/v1/conversations/${id(row.id)}/read`, {});
    // Blue ticks are told once somebody has it: who only looks around says nothing to the customer.
    if (row.assignee === me.peek().id && last.wamid) {
      await post('/v1/messages', { from: row.number.id, to: { conversation: row.id }, message: { status: 'read', message_id: last.wamid } }, { key: `read-${last.id}`.slice(-128) });
    }
  } catch { readUpTo.delete(row.id); }
}

/** A conversation by its id, whether it is in a list or not. @param {string} conversation */
export async function loadRow(conversation) {
  const row = await get(`/v1/conversations/${id(conversation)}`);
  rows.value = new Map(rows.peek()).set(conversation, row);
  return /** @type {Row} */ (row);
}
