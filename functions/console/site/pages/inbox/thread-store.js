// The messages of the conversations that were opened, and what is on its way to the API.

import { get, id, newKey, post, Problem } from '../../lib/api.js';
import { announce } from '../../lib/parts.js';
import { t } from '../../lib/i18n.js';
import { signal } from '../../lib/view.js';
import { chunked, merged, placeOf, sorted, take, textOf } from './thread-model.js';

/** @typedef {import('./thread-model.js').Message} Message */
/** @typedef {import('./thread-model.js').Chunk} Chunk */
/**
 * @typedef {{ all: Map<string, Message>, messages: Message[], chunks: Chunk[], older: string | null, loading: boolean, problem: unknown, loaded: boolean, sending: number }} Thread
 */

/** @type {Map<string, import('@preact/signals').Signal<Thread>>} */
const threads = new Map();
/** A page: what fills a screen. The first paint waits for no more. */
const FIRST = 40;
/** How many messages of one conversation are kept while its end is what is looked at, and how many are left then. */
const [MOST, LEFT] = [800, 300];
/** Older messages were let go: to have them again, pages are read from the newest on. */
const WALK = '#';
/** Conversations in which somebody reads further up: nothing is let go there. */
const readingUp = new Set();

/** Tells whether the end of a conversation is on screen. @param {string} conversation @param {boolean} atEnd */
export function atEndOf(conversation, atEnd) {
  if (atEnd) readingUp.delete(conversation);
  else readingUp.add(conversation);
}

/** How many conversations keep their messages. */
const KEPT = 12;

/** @param {string} conversation */
export function thread(conversation) {
  let one = threads.get(conversation);
  if (!one) {
    one = signal(/** @type {Thread} */ ({ all: new Map(), messages: [], chunks: [], older: null, loading: true, problem: null, loaded: false, sending: 0 }));
    threads.set(conversation, one);
    if (threads.size > KEPT) {
      const idle = [...threads].find(([other, kept]) => other !== conversation && kept.peek().sending === 0);
      if (idle) threads.delete(idle[0]);
    }
  }
  return one;
}

/**
 * @param {string} conversation
 * @param {Message[]} more
 * @param {Partial<Thread>} [facts]
 */
function put(conversation, more, facts = {}) {
  const one = thread(conversation);
  const was = one.peek();
  const all = take(was.all, more);
  const messages = all === was.all ? was.messages : sorted(all);
  one.value = { ...was, all, messages, chunks: all === was.all ? was.chunks : chunked(messages, was.chunks), ...facts };
}

const path = (/** @type {string} */ conversation) => `/v1/conversations/${id(conversation)}/messages`;

/** Opens a conversation's messages: the newest page, or what is new since it was last open. @param {string} conversation */
export async function openThread(conversation) {
  const one = thread(conversation);
  if (one.peek().loaded) return loadNew(conversation);
  try {
    const page = await get(path(conversation), { limit: FIRST });
    put(conversation, page.items, { older: page.next ?? null, loading: false, loaded: true, problem: null });
  } catch (problem) {
    one.value = { ...one.peek(), loading: false, problem };
  }
}

/** The page before the oldest. @param {string} conversation */
export async function loadOlder(conversation) {
  const one = thread(conversation);
  const { older, loading } = one.peek();
  if (!older || loading) return;
  one.value = { ...one.peek(), loading: true };
  try {
    let page = await get(path(conversation), { limit: 96, cursor: older === WALK ? null : older });
    const oldest = one.peek().messages[0]?.timestamp ?? '';
    while (older === WALK && page.next && page.items.at(-1)?.timestamp > oldest) page = await get(path(conversation), { limit: 96, cursor: page.next });
    put(conversation, page.items, { older: page.next ?? null, loading: false, problem: null });
  } catch (problem) {
    one.value = { ...one.peek(), loading: false, problem };
  }
}

/**
 * What came or changed since: reads back until a page that was there.
 * @param {string} conversation
 * @returns {Promise<number>} how many are new
 */
export async function loadNew(conversation) {
  const one = threads.get(conversation);
  if (!one?.peek().loaded) return 0;
  // What is older than all that is here is not new: it was not read yet.
  const last = one.peek().messages.at(-1);
  const isNewer = (/** @type {Message} */ message) => !last || message.timestamp > last.timestamp;
  let fresh = 0;
  let cursor = null;
  try {
    do {
      const page = await get(path(conversation), { limit: FIRST, cursor });
      const unseen = page.items.filter((/** @type {Message} */ message) => !one.peek().all.has(message.id));
      fresh += unseen.filter((/** @type {Message} */ message) => message.direction === 'inbound' && isNewer(message)).length;
      arrive(conversation, page.items);
      cursor = unseen.length === page.items.length ? page.next : null;
    } while (cursor && fresh < 2000);
  } catch { /* The next push or the next look tries again; what is there stays. */ }
  return fresh;
}

/** What comes of ours while a message has no id yet may be that message: it waits for the answer. */
/** @type {Map<string, Message[]>} */
const waiting = new Map();

/**
 * Takes messages that came: of a page, or pushed.
 * @param {string} conversation
 * @param {Message[]} messages
 */
export function arrive(conversation, messages) {
  const one = threads.get(conversation);
  if (!one) return;
  const { sending, all } = one.peek();
  const unsure = (/** @type {Message} */ message) => sending > 0 && message.direction === 'outbound' && !all.has(message.id);
  const later = messages.filter(unsure);
  if (later.length) waiting.set(conversation, [...(waiting.get(conversation) ?? []), ...later]);
  const now = messages.filter((message) => !unsure(message));
  const heard = now.filter((message) => message.direction === 'inbound' && !all.has(message.id));
  put(conversation, now);
  letGo(conversation);
  if (one.peek().loaded && heard.length > 0 && heard.length < 4) announce(heard.map((message) => textOf(message) || t(`message.kind.${message.type}`)).join('. '));
}

/** Lets the oldest messages go where there are too many: a page that stays open for days does not grow. @param {string} conversation */
function letGo(conversation) {
  const one = thread(conversation);
  const { messages, chunks } = one.peek();
  if (messages.length <= MOST || readingUp.has(conversation)) return;
  const left = messages.slice(-LEFT);
  one.value = { ...one.peek(), messages: left, all: new Map(left.map((message) => [message.id, message])), chunks: chunked(left, chunks), older: WALK };
}

/** Whether the messages of a conversation are here. @param {string} conversation */
export const isLoaded = (conversation) => threads.get(conversation)?.peek().loaded === true;

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();

let lastAt = 0;
/** Now, and later than the last time: several that are sent at once keep their order. */
const nextInstant = () => {
  lastAt = Math.max(Date.now(), lastAt + 1);
  return new Date(lastAt).toISOString();
};

/**
 * Sends a message: on screen at once, at the API in the order of the conversation. While there is no line it waits; a
 * repeat is the same request.
 * @param {string} conversation
 * @param {string} from the number that sends
 * @param {any} message in Meta's shape
 * @param {string} [key] of a message that is tried again
 */
export function send(conversation, from, message, key = newKey()) {
  const local = `local:${key}`;
  const at = nextInstant();
  const was = thread(conversation).peek().all.get(local);
  const shown = {
    id: local, key: local, conversation, direction: 'outbound', type: message.type, timestamp: at, received_at: at, content: message, reading: 'known',
    status: 'queued', statuses: {}, errors: [], reactions: [], context: message.context ? { wamid: message.context.message_id } : null, local: 'sending', sent: { from, key },
  };
  put(conversation, [was ? { ...shown, place: placeOf(was), timestamp: was.timestamp } : shown], { sending: thread(conversation).peek().sending + 1 });
  const before = queues.get(conversation) ?? Promise.resolve();
  const going = before.then(() => deliver(conversation, from, message, key, local));
  queues.set(conversation, going);
  return going;
}

/**
 * @param {string} conversation
 * @param {string} from
 * @param {any} message
 * @param {string} key
 * @param {string} local
 */
async function deliver(conversation, from, message, key, local) {
  const one = thread(conversation);
  try {
    const answer = await untilSent(() => post('/v1/messages', { from, to: { conversation }, message }, { key }));
    settle(conversation, local, answer.id);
  } catch (problem) {
    const was = one.peek().all.get(local);
    put(conversation, [{ ...was, local: 'refused', problem }]);
  } finally {
    one.value = { ...one.peek(), sending: one.peek().sending - 1 };
    const later = waiting.get(conversation) ?? [];
    if (one.peek().sending === 0) { waiting.delete(conversation); arrive(conversation, later); }
  }
}

/**
 * Tries for as long as nothing answers.
 * @param {() => Promise<any>} ask
 */
async function untilSent(ask) {
  for (;;) {
    try { return await ask(); } catch (error) {
      if (!(error instanceof Problem) || ![0, 502, 503, 504].includes(error.status)) throw error;
      await new Promise((done) => { setTimeout(done, 3000); addEventListener('online', done, { once: true }); });
    }
  }
}

/**
 * Gives what was being sent its id, in its place, with what came of it meanwhile.
 * @param {string} conversation
 * @param {string} local
 * @param {string} real
 */
function settle(conversation, local, real) {
  const one = thread(conversation);
  const was = one.peek().all.get(local);
  const all = new Map(one.peek().all);
  all.delete(local);
  const came = all.get(real) ?? (waiting.get(conversation) ?? []).find((message) => message.id === real);
  const sent = { ...was, id: real, local: undefined, key: local, place: placeOf(was) };
  all.set(real, came ? { ...merged(sent, came), key: local, place: sent.place } : sent);
  const messages = sorted(all);
  one.value = { ...one.peek(), all, messages, chunks: chunked(messages, one.peek().chunks) };
}

/** Takes away what was refused before it was sent. @param {string} conversation @param {string} local */
export function discard(conversation, local) {
  const one = thread(conversation);
  const all = new Map(one.peek().all);
  all.delete(local);
  const messages = sorted(all);
  one.value = { ...one.peek(), all, messages, chunks: chunked(messages, one.peek().chunks) };
}

/**
 * Reacts to a message, or takes the reaction back with an empty emoji. Shown at once; what is refused is taken back.
 * @param {string} conversation
 * @param {string} from
 * @param {Message} message
 * @param {string} emoji
 */
export async function react(conversation, from, message, emoji) {
  const others = message.reactions.filter((/** @type {any} */ one) => one.by !== 'company');
  put(conversation, [{ ...message, reactions: emoji ? [...others, { emoji, by: 'company', at: new Date().toISOString() }] : others }]);
  try {
    await post('/v1/messages', { from, to: { conversation }, message: { type: 'reaction', reaction: { message_id: message.wamid, emoji } } });
  } catch (problem) {
    put(conversation, [message]);
    throw problem;
  }
}
