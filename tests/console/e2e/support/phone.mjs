// The customer's phone, as `/phone` shows it.

import { existsSync, readFileSync } from 'node:fs';
import { listen } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Opens somebody's phone beside a page, at their chat with the number of a conversation.
 * @param {Page} page @param {import('./world.mjs').World} world @param {string} person @param {{ number: { id: string } }} [row] without one, at the list of chats
 */
export async function phoneOf(page, world, person, row) {
  const phone = await page.context().newPage();
  listen(phone, `the phone of ${person}`);
  // Narrow: the console beside it is not loaded.
  await phone.setViewportSize({ width: 1000, height: 860 });
  if (process.env.VENTANA_PHONE) await fromFolder(phone, process.env.VENTANA_PHONE);
  await phone.goto(`${world.origin}/phone#${encodeURIComponent(person)}`, { waitUntil: 'commit' });
  await phone.locator('#controls select').first().waitFor();
  if (row) {
    const { verified_name: name } = (await world.sim('/numbers')).numbers.find((/** @type {any} */ one) => one.id === row.number.id);
    await phone.locator('#screen button.row:enabled', { hasText: name }).click();
    await phone.locator('.thread').waitFor();
  }
  return phone;
}

/**
 * Looks at somebody's phone, and puts it away.
 * @template T @param {Page} page @param {import('./world.mjs').World} world @param {string} person @param {{ number: { id: string } }} row
 * @param {(phone: Page) => Promise<T>} look
 */
export async function onPhone(page, world, person, row, look) {
  const phone = await phoneOf(page, world, person, row);
  try { return await look(phone); } finally { await phone.close(); }
}

/** The page's files as they stand in a folder, under the policy that the program gives them. @param {Page} phone @param {string} folder */
const fromFolder = (phone, folder) => phone.route(/\/phone\/[a-z]*\.?[a-z]*$/, async (route) => {
  const file = `${folder}/${new URL(route.request().url()).pathname.split('/').pop() || 'index.html'}`;
  const answer = await route.fetch();
  const kind = file.endsWith('.js') ? { 'content-type': 'text/javascript' } : {};
  await route.fulfill({ status: 200, headers: { ...answer.headers(), ...kind }, body: existsSync(file) ? readFileSync(file, 'utf8') : await answer.text() });
});
