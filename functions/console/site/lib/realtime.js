// The line on which the API pushes. It reconnects by itself and then asks for what it missed; where there is no line,
// it asks again and again, so that a page is never silent.

import { get, post, Problem } from './api.js';
import { config } from './config.js';
import { signal } from './view.js';

/**
 * @typedef {'off' | 'connecting' | 'on' | 'broken'} Line
 * @typedef {{
 *   messages: (conversation: string, messages: any[]) => void, rows: (rows: any[]) => void, gone: (conversation: string) => void,
 *   presence: (conversation: string, people: any[]) => void, caughtUp: (first: boolean) => void, openMessages: () => Promise<unknown>, anew: () => void
 * }} Listener
 */

const PING_MS = 5 * 60_000;
const LIFE_MS = 110 * 60_000;
const POLL_MS = 4000;

/** How the line stands. */
export const line = signal(/** @type {Line} */ ('off'));
/** Since when it is broken, in milliseconds; 0 if it is not. */
export const brokenSince = signal(0);

/** @type {Listener | null} */
let listener = null;
/** @type {WebSocket | null} */
let socket = null;
let opened = '';
/** The conversation that was opened and not confirmed: what came in between is read once it is. */
let unsure = '';
let attempts = 0;
let timer = 0;
let since = new Date().toISOString();
let everConnected = false;
/** @type {number[]} */
let timers = [];

/** @param {any} frame */
function say(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** Tells which conversation is on screen; none for an empty one. @param {string} conversation */
export function open(conversation) {
  opened = conversation;
  unsure = conversation;
  say(conversation ? { action: 'open', conversation } : { action: 'close' });
}

/** Tells what this person writes. @param {string} conversation @param {'reply' | 'note' | 'none'} what */
export function typing(conversation, what) {
  say({ action: 'typing', conversation, what });
}

/** @param {any} frame */
function heard(frame) {
  switch (frame.type) {
    case 'messages': listener?.messages(frame.conversation, frame.messages); break;
    case 'conversations': since = frame.at ?? latest(frame.conversations); listener?.rows(frame.conversations); break;
    case 'presence':
      listener?.presence(frame.conversation, frame.people);
      if (frame.conversation === unsure) { unsure = ''; listener?.openMessages(); }
      break;
    case 'gone': listener?.gone(frame.conversation); break;
    case 'resync': if (frame.conversation) listener?.openMessages(); else catchUp(false); break;
    default: break;
  }
}

/** @param {any[]} rows */
const latest = (rows) => rows.reduce((at, row) => (row.last_activity > at ? row.last_activity : at), since);

/**
 * Asks for what changed while there was no line: a little more than that, since clocks and streams are not exact.
 * @param {boolean} first
 */
async function catchUp(first) {
  const from = new Date(Date.parse(since) - 30_000).toISOString();
  try {
    let cursor = null;
    let pages = 0;
    do {
      const page = await get('/v1/conversations', { changed_since: from, limit: 100, cursor });
      since = latest(page.items);
      if (page.items.length) listener?.rows(page.items);
      cursor = page.next;
      pages += 1;
    } while (cursor && pages < 50);
    await listener?.openMessages();
    listener?.caughtUp(first);
  } catch (error) {
    // What changed is remembered for two hours. Whoever was away longer begins anew.
    if (error instanceof Problem && error.status === 410) {
      since = new Date().toISOString();
      listener?.anew();
    }
    // Everything else: the next connection, or the next round, asks again.
  }
}

async function connect() {
  clearTimeout(timer);
  line.value = everConnected ? 'broken' : 'connecting';
  try {
    const ticket = await post('/v1/realtime/ticket', undefined, { patience: 1 });
    const url = new URL(ticket.url, location.href);
    url.searchParams.set('ticket', ticket.ticket);
    const mine = new WebSocket(url);
    socket = mine;
    mine.onopen = () => {
      attempts = 0;
      timers = [window.setInterval(() => say({ action: 'ping' }), PING_MS), window.setTimeout(() => mine.close(), LIFE_MS)];
      line.value = 'on';
      brokenSince.value = 0;
      if (opened) open(opened);
      const first = !everConnected;
      everConnected = true;
      catchUp(first);
    };
    mine.onmessage = (event) => { try { heard(JSON.parse(event.data)); } catch { /* A frame of a newer build: nothing to do. */ } };
    mine.onclose = () => { if (socket === mine) lost(); };
  } catch { lost(); }
}

function lost() {
  for (const one of timers) { clearInterval(one); clearTimeout(one); }
  timers = [];
  socket = null;
  if (line.peek() !== 'broken') { line.value = 'broken'; }
  if (!brokenSince.peek()) brokenSince.value = Date.now();
  attempts += 1;
  const wait = Math.min(30_000, 500 * 2 ** Math.min(attempts, 6)) * (0.7 + Math.random() * 0.6);
  timer = window.setTimeout(connect, wait);
}

/** Tries now instead of later. */
export function reconnect() {
  if (socket) return;
  attempts = 0;
  connect();
}

async function poll() {
  if (!document.hidden && line.peek() !== 'on') await catchUp(false);
  setTimeout(poll, POLL_MS);
}

/** Starts it, once. @param {Listener} to */
export function startRealtime(to) {
  if (listener) { listener = to; return; }
  listener = to;
  addEventListener('online', reconnect);
  document.addEventListener('visibilitychange', () => { if (!document.hidden && line.peek() === 'broken') reconnect(); });
  if (config.realtime) connect();
  poll();
}
