// The messages of a conversation: one of each, in order, ticks that never go back. No requests, no clock of its own.

/**
 * @typedef {any} Message as `GET /v1/conversations/{id}/messages` has it, and of what is being sent: `local`, its state of sending
 * @typedef {{ key: string, items: Message[] }} Chunk
 */

const RANK = /** @type {Record<string, number>} */ ({ sent: 1, failed: 2, delivered: 3, read: 4, played: 5 });
const rank = (/** @type {string} */ status) => RANK[status] ?? 0;

/** The ends of a message's way, as a tick shows it. */
export function tickOf(/** @type {Message} */ message) {
  if (message.direction !== 'outbound') return null;
  if (message.status === 'failed' || message.local === 'refused') return 'error';
  if (message.status === 'played') return 'read';
  return rank(message.status) > 0 ? message.status : 'pending';
}

/**
 * The same message with what is newly known of it. Where the order of two answers is not known, the higher status stands.
 * @param {Message | undefined} was
 * @param {Message} comes
 * @returns {Message}
 */
export function merged(was, comes) {
  if (!was) return { ...comes, place: placeOf(comes) };
  const back = rank(comes.status) < rank(was.status);
  const statuses = { ...was.statuses, ...Object.fromEntries(Object.entries(comes.statuses ?? {}).filter(([, at]) => at)) };
  // Its place was given when it was drawn first, and it stays there.
  const kept = { key: was.key, place: was.place ?? placeOf(was) };
  return back ? { ...comes, ...kept, status: was.status, errors: was.errors, statuses } : { ...comes, ...kept, statuses };
}

/** Where a message stands: by its time, and within a second by when it was received. */
export const placeOf = (/** @type {Message} */ message) =>
  message.place ?? `${stamp(message.timestamp)} ${stamp(message.received_at ?? message.timestamp)} ${message.id}`;

/** Times with all three digits of a second, so that they compare as texts. @param {string} at */
const stamp = (at) => {
  const ms = Date.parse(at);
  return String(Number.isNaN(ms) ? 0 : ms).padStart(14, '0');
};

/**
 * Takes messages into those that are there. What is there stays the same object where nothing new is known.
 * @param {Map<string, Message>} all
 * @param {Message[]} more
 * @returns {Map<string, Message>} the same map if nothing changed
 */
export function take(all, more) {
  /** @type {Map<string, Message> | null} */
  let to = null;
  for (const message of more) {
    const was = all.get(message.id);
    const now = merged(was, message);
    if (was && JSON.stringify(was) === JSON.stringify(now)) continue;
    to ??= new Map(all);
    to.set(message.id, now);
  }
  return to ?? all;
}

/** In order. @param {Map<string, Message>} all */
export function sorted(all) {
  return [...all.values()]
    .map((message) => /** @type {[string, Message]} */ ([placeOf(message), message]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, message]) => message);
}

const CHUNK = 24;

/**
 * Messages in chunks that keep their bounds, so that what did not change is not drawn again: bounds stand where they
 * stood, and older messages make chunks of their own before them.
 * @param {Message[]} messages in order
 * @param {Chunk[]} was the chunks before
 * @returns {Chunk[]}
 */
export function chunked(messages, was) {
  const bounds = new Set(was.map((chunk) => chunk.key));
  /** @type {Chunk[]} */
  const chunks = [];
  const old = new Map(was.map((chunk) => [chunk.key, chunk]));
  let firstBound = messages.findIndex((message) => bounds.has(keyOf(message)));
  if (firstBound < 0) firstBound = 0;
  messages.forEach((message, i) => {
    const last = chunks[chunks.length - 1];
    // Before the first bound, chunks are cut from the bound backwards, so that loading more leaves them as they are.
    const cut = i < firstBound ? (firstBound - i) % CHUNK === 0 : bounds.has(keyOf(message));
    if (!last || cut || last.items.length >= CHUNK * 2) chunks.push({ key: keyOf(message), items: [message] });
    else last.items.push(message);
  });
  return chunks.map((chunk) => {
    const before = old.get(chunk.key);
    const same = before && before.items.length === chunk.items.length && before.items.every((item, i) => item === chunk.items[i]);
    return same ? before : chunk;
  });
}

/** What a message is drawn under: it stays the same when a message that was being sent gets its id. */
export const keyOf = (/** @type {Message} */ message) => message.key ?? message.id;

/**
 * How messages stand together: where a day begins, where a speaker changes, where the tail of a bubble is.
 * @param {Message} message
 * @param {Message | undefined} before
 * @param {Message | undefined} after
 */
export function standing(message, before, after) {
  const isBubble = (/** @type {Message | undefined} */ one) => one !== undefined && one.direction !== 'note';
  const together = (/** @type {Message | undefined} */ a, /** @type {Message | undefined} */ b) =>
    isBubble(a) && isBubble(b) && a.direction === b.direction && sameDay(a.timestamp, b.timestamp) && Math.abs(Date.parse(a.timestamp) - Date.parse(b.timestamp)) < 600_000;
  return {
    newDay: !before || !sameDay(before.timestamp, message.timestamp),
    gap: !together(before, message),
    tail: !together(message, after),
  };
}

/** @param {string} a @param {string} b */
const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

/** The text of a message, for quotes, copies and search. */
export function textOf(/** @type {Message} */ message) {
  const content = message.edited?.content ?? message.content ?? {};
  const { interactive } = content;
  return content.text?.body ?? content[message.type]?.caption ?? content.button?.text ?? interactive?.body?.text
    ?? interactive?.button_reply?.title ?? interactive?.list_reply?.title ?? content.note?.text ?? content.location?.name ?? '';
}
