// Ties the inbox to what is pushed: rows, messages, who else is there, notices.

import { get, id, put } from '../../lib/api.js';
import { agentName } from '../../lib/directory.js';
import { t } from '../../lib/i18n.js';
import { me } from '../../lib/me.js';
import { announce } from '../../lib/parts.js';
import { line, open, startRealtime, typing } from '../../lib/realtime.js';
import { signal } from '../../lib/view.js';
import { personName } from '../../lib/conversation-parts.js';
import { notify } from '../../shell/bell.js';
import { countSoon, forget, push, rows, show, shown } from './store.js';
import { arrive, loadNew } from './thread-store.js';

/** Who else is in the open conversation. */
export const people = signal(/** @type {{ id: string, name: string, what: string }[]} */ ([]));
/** How many messages came while there was no line; shown once. */
export const missed = signal(/** @type {{ conversation: string, n: number } | null} */ (null));
/** The conversation that is on screen. */
export const openId = signal('');
let writing = 'none';
let toldAt = 0;

/** @param {any[]} changed */
function changedRows(changed) {
  for (const row of changed) {
    const was = rows.peek().get(row.id);
    const isNew = row.unread && row.last_received && (!was || was.last_received !== row.last_received);
    if (isNew && was && row.assignee === me.peek().id && (row.id !== openId.peek() || document.hidden)) {
      notify({ id: `${row.id} ${row.last_received}`, conversation: row.id, text: `${personName(row.contact)}: ${row.last_message_preview}`, at: row.last_received, icon: 'inbox' });
    }
    if (was && row.assignee === me.peek().id && was.assignee !== row.assignee) {
      notify({ id: `${row.id} ${row.assigned_at}`, conversation: row.id, text: t('inbox.assigned_to_you', { name: personName(row.contact) }), at: row.assigned_at, icon: 'me' });
    }
  }
  push(changed);
}

/** Starts it. */
export const startLive = () => startRealtime({
  messages: arrive,
  rows: changedRows,
  gone: (conversation) => { forget(conversation); countSoon(); },
  presence: (conversation, present) => { if (conversation === openId.peek()) people.value = present.filter((one) => one.id !== me.peek().id); },
  caughtUp: () => countSoon(),
  anew: () => { show(shown.peek().asked, shown.peek().order); countSoon(); },
  openMessages: async () => {
    const conversation = openId.peek();
    if (!conversation) return;
    const n = await loadNew(conversation);
    if (n > 0 && line.peek() === 'on') {
      missed.value = { conversation, n };
      announce(t('inbox.missed', { n }));
      setTimeout(() => { missed.value = null; }, 8000);
    }
  },
});

/** @param {string} conversation */
export function nowOpen(conversation) {
  openId.value = conversation;
  people.value = [];
  writing = 'none';
  open(conversation);
  if (conversation) stay();
}

/**
 * Tells colleagues what one writes. Over the line at once; without it, with the next look.
 * @param {'reply' | 'note' | 'none'} what
 */
export function nowWriting(what) {
  // What somebody writes is told for fifteen seconds: who goes on writing says so again.
  if (what === writing && (what === 'none' || Date.now() - toldAt < 8000)) return;
  writing = what;
  toldAt = Date.now();
  if (line.peek() === 'on') typing(openId.peek(), what);
  else stay();
}

let staying = 0;

/** Without the line, being there is told by asking who is there. */
async function stay() {
  clearTimeout(staying);
  const conversation = openId.peek();
  if (!conversation || document.hidden) { staying = window.setTimeout(stay, 10_000); return; }
  if (line.peek() !== 'on') {
    try {
      const page = await put(`/v1/conversations/${id(conversation)}/presence`, { activity: writing === 'none' ? 'viewing' : 'typing' });
      const present = page?.items ?? (await get(`/v1/conversations/${id(conversation)}/presence`)).items;
      if (conversation === openId.peek()) {
        people.value = present.filter((/** @type {any} */ one) => one.agent !== me.peek().id).map((/** @type {any} */ one) => ({ id: one.agent, name: agentName(one.agent), what: one.activity === 'typing' ? 'reply' : 'reading' }));
      }
    } catch { /* Who is there is a courtesy. */ }
  }
  staying = window.setTimeout(stay, 10_000);
}
