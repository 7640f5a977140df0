// Each figure by itself, in a browser of its own.

import { at, signIn, violations } from '../e2e/support/browser.mjs';
import { lookAtAll } from '../e2e/support/pages.mjs';
import { until } from '../e2e/support/world.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('../e2e/support/world.mjs').World} World */
/** @typedef {import('./town.mjs').Town} Town */

/** @param {number[]} values @param {number} share */
const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;

/** Carmen, whose browser has the issuer's session and nothing else: no page is in its cache. @param {Browser} browser @param {World} world */
async function fresh(browser, world) {
  const before = await signIn(browser, world, 'carmen');
  const storageState = await before.context().storageState();
  await before.context().close();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-VE', storageState });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  return page;
}

/**
 * From asking for the address to rows that can be clicked, the way by the issuer included; the middle of five. Bytes are those of
 * the wire, with heads, of everything that was asked for until then.
 * @param {Browser} browser @param {World} world
 */
export async function firstLoad(browser, world) {
  const runs = [];
  for (let i = 0; i < 5; i += 1) {
    const page = await fresh(browser, world);
    const wire = await page.context().newCDPSession(page);
    await wire.send('Network.enable');
    let [bytes, requests] = [0, 0];
    wire.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; requests += 1; });
    const began = performance.now();
    await page.goto(`${world.origin}/inbox/all`, { waitUntil: 'commit' });
    await page.locator('.conv-row').first().click({ trial: true });
    runs.push({ interactive: performance.now() - began, kb: bytes / 1024, requests });
    await page.context().close();
  }
  const middle = percentile(runs.map((run) => run.interactive), 0.5);
  return runs.find((run) => run.interactive === middle) ?? runs[0];
}

/** From a click on the long conversation to its messages painted; the middle of five, each in a page that never had it. @param {Browser} browser @param {World} world @param {Town} town */
export async function opening(browser, world, town) {
  const times = [];
  for (let i = 0; i < 5; i += 1) {
    const page = await fresh(browser, world);
    await page.goto(`${world.origin}/inbox/all`, { waitUntil: 'commit' });
    await page.locator('.conv-row').first().waitFor();
    // Another one first: what opening needs for the first time is loaded by then.
    await page.locator(`.conv-row:not([data-id="${town.long}"])`).first().click();
    await page.locator('.thread .msg').first().waitFor();
    // What the page itself still asks for is no part of opening another conversation.
    await page.waitForLoadState('networkidle');
    times.push(await page.evaluate(async (to) => {
      const router = new URL('lib/router.js', /** @type {HTMLScriptElement} */ (document.querySelector('script[type=module]')).src).href;
      const { navigate } = await import(router);
      const began = performance.now();
      navigate(to);
      return new Promise((painted) => {
        const look = () => {
          const there = document.querySelectorAll('.thread .msg').length > 5 && location.pathname === to;
          if (there) requestAnimationFrame(() => setTimeout(() => painted(performance.now() - began)));
          else requestAnimationFrame(look);
        };
        look();
      });
    }, at({ id: town.long })));
    await page.context().close();
  }
  return percentile(/** @type {number[]} */ (times), 0.5);
}

/** The long conversation open in a page that counts its long tasks. @param {Browser} browser @param {World} world @param {Town} town @param {(page: import('playwright-core').Page) => Promise<void>} [before] */
async function opened(browser, world, town, before) {
  const page = await fresh(browser, world);
  await before?.(page);
  await page.addInitScript(() => {
    const scope = /** @type {any} */ (window);
    scope.longTasks = [];
    new PerformanceObserver((list) => scope.longTasks.push(...list.getEntries().map((one) => one.duration))).observe({ entryTypes: ['longtask'] });
  });
  await page.goto(`${world.origin}${at({ id: town.long })}`, { waitUntil: 'commit' });
  await page.locator('.thread .msg').nth(5).waitFor();
  await page.locator('.conv-row').first().waitFor();
  return page;
}

/** Turns the wheel over the list and over the messages. @param {Browser} browser @param {World} world @param {Town} town */
export async function scrolling(browser, world, town) {
  const page = await opened(browser, world, town);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => { /** @type {any} */ (window).longTasks.length = 0; });
  for (const [where, by, times] of /** @type {[string, number, number][]} */ ([['.list-scroll', 600, 80], ['.thread-scroll', -600, 120]])) {
    await page.locator(where).hover();
    for (let i = 0; i < times; i += 1) { await page.mouse.wheel(0, by); await page.evaluate(() => new Promise((next) => { requestAnimationFrame(() => requestAnimationFrame(next)); })); }
  }
  const tasks = /** @type {number[]} */ (await page.evaluate(() => /** @type {any} */ (window).longTasks));
  await page.context().close();
  return { tasks: tasks.length, longest: Math.max(0, ...tasks) };
}

/**
 * Fifty messages a second, a tenth of them to the conversation on screen: from the simulated phone to the screen.
 * @param {Browser} browser @param {World} world @param {Town} town @param {number} seconds
 */
export async function arriving(browser, world, town, seconds) {
  let frames = 0;
  const page = await opened(browser, world, town, async (it) => { it.on('websocket', (line) => line.on('framereceived', () => { frames += 1; })); });
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    const scope = /** @type {any} */ (window);
    scope.seen = {};
    new MutationObserver(() => {
      for (const one of document.querySelectorAll('.thread .msg.in .txt')) {
        const stamp = /enviado (\d+)\.(\d+)/.exec(one.textContent ?? '');
        if (stamp) scope.seen[stamp[2]] ??= Date.now() - Number(stamp[1]);
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  const [began, rate, total] = [Date.now(), 50, 50 * seconds];
  frames = 0;
  const posts = [];
  const mine = [];
  for (let i = 0; i < total; i += 1) {
    await until(() => Date.now() - began >= (i * 1000) / rate, 'its turn');
    const here = i % 10 === 0;
    if (here) mine.push(i);
    posts.push(world.sim(`/people/${here ? 'long' : `many-${i % 500}`}/messages`, { text: `enviado ${Date.now()}.${i}`, to: '900000000000201' }));
  }
  await Promise.all(posts);
  const took = (Date.now() - began) / 1000;
  const all = () => page.evaluate((count) => Object.keys(/** @type {any} */ (window).seen).length >= count, mine.length);
  await until(all, 'all are on screen', 60_000).catch(() => null);
  const seen = /** @type {Record<string, number>} */ (await page.evaluate(() => /** @type {any} */ (window).seen));
  const times = mine.map((i) => seen[i]).filter((one) => one !== undefined);
  await page.context().close();
  return { rate: total / took, p50: percentile(times, 0.5), p95: percentile(times, 0.95), missing: mine.length - times.length, pushes: frames / total };
}

/**
 * The most that the heap has in the second fifth of the pushes, when all is warm, and in the last. They are put into the line as the server would:
 * in turn new messages of the open conversation, ticks of these, and rows of all conversations.
 * @param {Browser} browser @param {World} world @param {Town} town @param {number} pushes
 */
export async function memory(browser, world, town, pushes) {
  /** @type {import('playwright-core').WebSocketRoute | null} */
  let line = null;
  const page = await opened(browser, world, town, (it) => it.routeWebSocket(/realtime/, (route) => { route.connectToServer(); line = route; }));
  await until(() => line, 'the line stands');
  const like = (await world.api('GET', `/v1/conversations/${town.long}/messages?limit=5`)).items.find((/** @type {any} */ one) => one.direction === 'inbound');
  const rows = (await world.api('GET', '/v1/conversations?limit=100')).items;
  const wire = await page.context().newCDPSession(page);
  const heap = async () => {
    await wire.send('HeapProfiler.collectGarbage');
    return (await wire.send('Runtime.getHeapUsage')).usedSize / 1_048_576;
  };
  const say = (/** @type {unknown} */ frame) => line?.send(JSON.stringify(frame));
  // Threads let go of old messages now and then: what counts is how much there is at most.
  let [before, after] = [0, 0];
  for (let i = 0; i < pushes; i += 1) {
    const now = new Date(Date.now() + i).toISOString();
    if (i % 3 === 2) say({ type: 'conversations', conversations: [{ ...rows[i % rows.length], last_activity: now, last_message_preview: `aviso ${i}` }] });
    else say({ type: 'messages', conversation: town.long, messages: [{ ...like, id: `${like.id.slice(0, -8)}${String(i - (i % 3)).padStart(8, '0')}`, wamid: `wamid.${i - (i % 3)}`, timestamp: now, received_at: now, content: { type: 'text', text: { body: `empujado ${i}` } } }] });
    if (i % 200 === 199) await page.evaluate(() => new Promise((next) => { requestAnimationFrame(next); }));
    if (i % Math.max(1, Math.floor(pushes / 100)) !== 0) continue;
    const share = i / pushes;
    if (share >= 0.2 && share < 0.4) before = Math.max(before, await heap());
    if (share >= 0.8) after = Math.max(after, await heap());
  }
  await page.locator('.thread', { hasText: 'empujado' }).waitFor();
  await page.context().close();
  return { before, after };
}

/** @param {Browser} browser @param {World} world */
export async function accessibility(browser, world) {
  const page = await signIn(browser, world, 'carmen');
  const found = await violations(page);
  for (const theme of /** @type {('light' | 'dark')[]} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: theme });
    found.push(...await lookAtAll(page, theme));
  }
  await page.context().close();
  return found;
}
