// People enough for the figures: many conversations, and one that has gone on for years.

import { until } from '../e2e/support/world.mjs';

/** Ten thousand people take their time to write, in milliseconds. */
const PATIENCE = 3_600_000;
/** In how many minutes they write. */
const MINUTES = 45;
const SALES = '900000000000201';

/** @typedef {{ long: string, ids: string[] }} Town */

/** Does something for each of many, some at a time. @template T @param {T[]} all @param {number} at @param {(one: T) => Promise<unknown>} work */
async function each(all, at, work) {
  let next = 0;
  await Promise.all(Array.from({ length: at }, async () => { while (next < all.length) { const one = all[next]; next += 1; await work(one); } }));
}

/**
 * @param {import('../e2e/support/world.mjs').World} world
 * @param {{ conversations: number, messages: number }} size
 * @returns {Promise<Town>}
 */
export async function settle({ api, sim }, { conversations, messages }) {
  await api('PUT', '/v1/agents/demo-carmen', { name: 'Carmen Ávila', role: 'admin', departments: [], email: 'carmen@electroavila.example' });
  await sim('/people/many', { count: conversations - 1, prefix: 'many' });
  await sim('/people', { id: 'long', name: 'Larga Historia', phone: '+584129990000' });
  // A post for each message would take hours to be what a week of a company leaves behind.
  await sim('/faults', { webhooks: { batch: 200, merge: true, max_wait_ms: 300 } });
  await each(Array.from({ length: messages }, (_, i) => i), 8, (i) => sim('/people/long/messages', { text: `Mensaje ${i}: ¿queda de la *Polar Norte* de 420 litros?`, to: SALES }));
  const delivered = () => until(async () => (await sim('/webhooks?state=waiting&bodies=false&limit=1')).length === 0, 'all webhooks are delivered', PATIENCE);
  // Over three quarters of an hour, as far as a token reaches: nobody has ten thousand conversations in one minute.
  const all = Array.from({ length: conversations - 1 }, (_, i) => i);
  const part = Math.ceil(all.length / MINUTES);
  for (let from = 0; from < all.length; from += part) {
    await each(all.slice(from, from + part), 8, (i) => sim(`/people/many-${i}/messages`, { text: `Hola, soy la persona ${i}`, to: SALES }));
    await delivered();
    await sim('/clock', { forward: 60 });
  }
  await sim('/faults', { webhooks: {} });
  const rows = await until(async () => {
    const found = await pages(api, '/v1/conversations').catch(() => []);
    if (found.length >= conversations) return found;
    await new Promise((next) => { setTimeout(next, 2000); });
    return null;
  }, 'all conversations are in the list', PATIENCE);
  const long = rows.find((/** @type {any} */ row) => row.contact?.profile_name === 'Larga Historia');
  // Who wrote first may still be worked on when everybody is there. Of one second none is the newest: all are counted.
  await until(async () => {
    if ((await pages(api, `/v1/conversations/${long.id}/messages`)).length >= messages) return true;
    await new Promise((next) => { setTimeout(next, 2000); });
    return false;
  }, 'the long conversation is whole', PATIENCE);
  return { long: long.id, ids: rows.map((/** @type {any} */ row) => row.id) };
}

/** A whole list, page by page. @param {(method: string, path: string) => Promise<any>} api @param {string} path @returns {Promise<any[]>} */
async function pages(api, path) {
  const rows = [];
  for (let cursor = ''; ;) {
    const page = await api('GET', `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    rows.push(...page.items);
    if (!page.next) return rows;
    cursor = page.next;
  }
}
