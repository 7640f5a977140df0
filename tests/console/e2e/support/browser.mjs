// Chromium, and a person of the team in it. Whatever a page complains of is kept: nobody may.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ROOT } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./world.mjs').World} World */

const SHOTS = `${ROOT}target/screenshots`;
const AXE = readFileSync(fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
/** How long one waits for what should be there at once, in milliseconds: long, since a build may run beside the tests. */
export const PATIENCE = Number(process.env.VENTANA_PATIENCE ?? 30_000);
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export function startBrowser() {
  const executablePath = [process.env.VENTANA_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('Chromium is missing: apt-get install chromium, or name one in VENTANA_CHROMIUM');
  // In a container, as root, there is no sandbox to be had.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'] });
}

/** What pages complained of, with whose page it was. */
export const complaints = /** @type {string[]} */ ([]);

/**
 * What belongs to a test and is no fault of the page: a network that the test cut, and answers that it provoked.
 * @param {Page} page @param {RegExp} what
 */
export const expectComplaint = (page, what) => { expected.set(page, [...(expected.get(page) ?? []), what]); };
const expected = /** @type {Map<Page, RegExp[]>} */ (new Map());

/**
 * Opens the console as somebody, in a browser of their own.
 * @param {import('playwright-core').Browser} browser @param {World} world @param {string} who their name in the demo team
 * @param {string} [path] @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function signIn(browser, world, who, path = '/inbox/all', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-VE', timezoneId: 'America/Caracas', permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  listen(page, who);
  await page.goto(`${world.origin}${path}${path.includes('?') ? '&' : '?'}login_hint=${who}`, { waitUntil: 'commit' });
  // On narrow screens a list stands hidden behind its conversation.
  await page.locator('#main h1, #main h2, .conv-row, .msg').filter({ visible: true }).first().waitFor();
  return page;
}

/** Frames that were pushed to a page, newest last. */
const pushed = /** @type {WeakMap<Page, string[]>} */ (new WeakMap());

/** Whether a push to a page had this in it. @param {Page} page @param {string} text */
export const wasPushed = (page, text) => (pushed.get(page) ?? []).some((frame) => frame.includes(text));

/** @param {Page} page @param {string} who */
export function listen(page, who) {
  page.setDefaultTimeout(PATIENCE);
  page.setDefaultNavigationTimeout(PATIENCE);
  const frames = /** @type {string[]} */ ([]);
  pushed.set(page, frames);
  page.on('websocket', (line) => line.on('framereceived', ({ payload }) => frames.push(String(payload))));
  const complain = (/** @type {string} */ text) => { if (!(expected.get(page) ?? []).some((one) => one.test(text))) complaints.push(`${who} at ${page.url()}: ${text}`); };
  page.on('pageerror', (error) => complain(error.stack ?? String(error)));
  page.on('console', (message) => { if (message.type() === 'error') complain(`${message.text()} (${message.location().url})`); });
}

/** @param {Page} page @param {string} name */
export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** What axe finds on a page, a line for each element. @param {Page} page @returns {Promise<string[]>} */
export async function violations(page) {
  // As an expression of the debugger, which the page's policy does not forbid; the policy stays as it is.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(`${AXE};0`);
  return page.evaluate(async (rules) => {
    const found = await /** @type {any} */ (window).axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
    return found.violations.flatMap((/** @type {any} */ one) => one.nodes.map((/** @type {any} */ node) => `${one.id}: ${node.html.slice(0, 160)} :: ${node.any[0]?.message ?? node.all[0]?.message ?? one.help}`));
  }, RULES);
}

/** Goes to another page of the console without loading it anew. @param {Page} page @param {string} path */
export const go = (page, path) => page.evaluate((to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, path);

/** The address of a conversation: a dot would look like a file. @param {{ id: string }} row @param {string} [view] */
export const at = (row, view = 'all') => `/inbox/${view}/${row.id.replace('.', '~1')}`;

/** Opens a conversation as an address does. @param {Page} page @param {{ id: string }} row */
export async function open(page, row) {
  await go(page, at(row));
  // A message's id begins with its conversation's: what was open before may still be on screen.
  await page.locator(`.thread .msg[data-id^="${row.id}."]`).first().waitFor();
  await page.locator('.thread-scroll').focus();
}

/** Writes an answer and sends it by the keyboard. @param {Page} page @param {string} text */
export async function reply(page, text) {
  await page.locator('.thread-scroll').focus();
  await page.keyboard.press('r');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  return page.locator('.msg.out', { hasText: text });
}
