// The line on which the API pushes: cut, come back, several tabs.

import assert from 'node:assert/strict';
import { at, complaints, expectComplaint, listen, open, reply, wasPushed } from '../support/browser.mjs';
import { customer } from '../support/company.mjs';
import { until } from '../support/world.mjs';

/** How often each of the texts is on screen. @param {import('playwright-core').Page} page @param {string[]} texts */
const timesOnScreen = async (page, texts) => {
  const said = await page.locator('.thread .msg').allInnerTexts();
  return texts.map((text) => said.filter((one) => one.includes(text)).length);
};

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'ten seconds without a network: what came meanwhile is there, nothing is missing, nothing is there twice': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'carlos', name: 'Carlos Andrés Pinzón', text: 'Hola, ¿me ayudan?' });
    const other = await customer(world, { id: 'hotel', name: 'Hotel Altamira Suites', text: 'Necesitamos 14 minibares' });
    const page = await stage.page('joseluis');
    expectComplaint(page, /ERR_INTERNET_DISCONNECTED|Failed to fetch|WebSocket/);
    await open(page, row);
    await page.context().setOffline(true);
    const cutAt = Date.now();
    const texts = Array.from({ length: 5 }, (_, i) => `mientras tanto ${i}`);
    for (const text of texts) await world.sim('/people/carlos/messages', { text });
    await world.sim('/people/hotel/messages', { text: '¿Siguen ahí?' });
    const written = await reply(page, 'Escrito sin red');
    await written.waitFor();
    await until(async () => JSON.stringify(await world.api('GET', `/v1/conversations/${row.id}/messages`)).includes(texts[4]), 'all has arrived at the API');
    await until(() => Date.now() - cutAt >= 10_000, 'ten seconds');
    assert.deepEqual(await timesOnScreen(page, texts), [0, 0, 0, 0, 0], 'the network was really cut');
    await page.context().setOffline(false);
    await page.locator('.msg.in', { hasText: texts[4] }).waitFor();
    await written.locator('.tick.is-delivered, .tick.is-read').waitFor();
    await page.locator(`.conv-row[data-id="${other.id}"]`, { hasText: '¿Siguen ahí?' }).waitFor();
    await world.sim('/people/carlos/messages', { text: 'y sigue la conversación' });
    await page.locator('.msg.in', { hasText: 'y sigue la conversación' }).waitFor();
    assert.deepEqual(await timesOnScreen(page, [...texts, 'Escrito sin red', 'y sigue']), [1, 1, 1, 1, 1, 1, 1]);
    const chat = (await world.sim('/people/carlos')).chat.filter((/** @type {any} */ one) => JSON.stringify(one).includes('Escrito sin red'));
    assert.equal(chat.length, 1, 'and the customer has the answer once');
    await until(() => wasPushed(page, 'y sigue la conversación'), 'the line itself is back, not only the asking', 60_000);
  },

  'two tabs of one agent show the same, and what one sends is in the other once': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'taller', name: 'Taller Los Ruices', text: 'Buenos días' });
    const first = await stage.page('camila');
    const second = await first.context().newPage();
    listen(second, 'camila, second tab');
    await second.goto(`${world.origin}${at(row)}?login_hint=camila`, { waitUntil: 'commit' });
    await second.locator('.thread .msg').first().waitFor();
    await open(first, row);
    await (await reply(first, 'Buenos días, ¿en qué ayudamos?')).waitFor();
    const there = second.locator('.msg.out', { hasText: '¿en qué ayudamos?' });
    await there.locator('.tick.is-read').waitFor();
    await first.locator('.msg.out', { hasText: '¿en qué ayudamos?' }).locator('.tick.is-read').waitFor();
    for (const page of [first, second]) assert.deepEqual(await timesOnScreen(page, ['¿en qué ayudamos?', 'Buenos días']), [1, 2]);
    assert.deepEqual(complaints, []);
  },
};
