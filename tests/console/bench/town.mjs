// People enough for the figures: many conversations, and one that has gone on for years.

import { until } from '../e2e/support/world.mjs';

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
  await each(Array.from({ length: conversations - 1 }, (_, i) => i), 8, (i) => sim(`/people/many-${i}/messages`, { text: `Hola, soy la persona ${i}`, to: SALES }));
  await sim('/faults').catch(() => null);
  await until(async () => (await sim('/webhooks?state=waiting&bodies=false&limit=1')).length === 0 || (await sim('/webhooks?state=waiting&bodies=false&limit=1')).items?.length === 0, 'all webhooks are delivered', 1_800_000);
  await sim('/faults', { webhooks: {} });
  const count = async () => { let [n, cursor] = [0, '']; const ids = []; do { const page = await api('GET', `/v1/conversations?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`); n += page.items.length; ids.push(...page.items.map((/** @type {any} */ row) => row.id)); cursor = page.next; } while (cursor); return ids; };
  const ids = await until(async () => { const found = await count(); return found.length >= conversations ? found : null; }, 'all conversations are in the list', 1_800_000);
  const long = await until(async () => {
    const found = (await api('GET', '/v1/contacts?q=Larga')).items?.[0] ?? null;
    if (!found) return null;
    const pages = await Promise.all(ids.slice(-5).concat(ids.slice(0, 5)).map((id) => api('GET', `/v1/conversations/${id}`)));
    return pages.find((row) => row.contact?.id === found.id)?.id ?? (await findOf(api, found.id));
  }, 'the long conversation');
  return { long, ids };
}

/** @param {any} api @param {string} contact */
async function findOf(api, contact) {
  let cursor = '';
  do {
    const page = await api('GET', `/v1/conversations?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    const row = page.items.find((/** @type {any} */ one) => one.contact?.id === contact);
    if (row) return row.id;
    cursor = page.next;
  } while (cursor);
  return null;
}
