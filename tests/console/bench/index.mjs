// The console's figures, in headless Chromium, against the local program with the pages that are built into it. Prints a table
// and, as its last line, one JSON object as the other benches do; exits with 1 when a figure misses its target.
//   node bench/index.mjs [--conversations 10000] [--messages 5000] [--seconds 60] [--pushes 20000]

import { parseArgs } from 'node:util';
import { startBrowser } from '../e2e/support/browser.mjs';
import { startWorld } from '../e2e/support/world.mjs';
import { accessibility, arriving, firstLoad, memory, opening, scrolling } from './measures.mjs';
import { settle } from './town.mjs';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '10000' }, messages: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' }, pushes: { type: 'string', default: '20000' },
  },
});
const [conversations, messages, seconds, pushes] = [values.conversations, values.messages, values.seconds, values.pushes].map(Number);

const figures = /** @type {Record<string, number>} */ ({ conversations, messages_in_one: messages });
const targets = /** @type {Record<string, { at_most: number, holds: boolean }>} */ ({});
const note = (/** @type {string} */ name, /** @type {number} */ value) => {
  figures[name] = Math.round(value * 1000) / 1000;
  console.log(`  ${name.padEnd(28)} ${String(figures[name]).padStart(10)}`);
};
const atMost = (/** @type {string} */ name, /** @type {number} */ value, /** @type {number} */ most) => {
  note(name, value);
  // A figure that is no number misses every target.
  targets[name] = { at_most: most, holds: value <= most };
};

const world = await startWorld({ embedded: !process.env.VENTANA_SITE });
const browser = await startBrowser();
try {
  console.log(`${conversations} conversations, one of ${messages} messages …`);
  const began = Date.now();
  const town = await settle(world, { conversations, messages });
  console.log(`… are there after ${Math.round((Date.now() - began) / 1000)} s`);

  const first = await firstLoad(browser, world);
  atMost('first_load_ms', first.interactive, 1000);
  atMost('first_load_kb', first.kb, 150);
  note('first_load_requests', first.requests);

  atMost('open_ms', await opening(browser, world, town), 150);

  const scroll = await scrolling(browser, world, town);
  atMost('long_tasks_scrolling', scroll.tasks, 0);
  note('longest_task_ms', scroll.longest);

  const arrived = await arriving(browser, world, town, seconds);
  note('arriving_per_second', arrived.rate);
  note('on_screen_p50_ms', arrived.p50);
  atMost('on_screen_p95_ms', arrived.p95, 500);
  atMost('never_on_screen', arrived.missing, 0);
  note('pushes_per_inbound_message', arrived.pushes);

  const heap = await memory(browser, world, town, pushes);
  note('heap_before_mb', heap.before);
  note('heap_after_mb', heap.after);
  // Flat: a tenth, since lists and threads keep what they show.
  atMost('heap_growth', heap.after / heap.before - 1, 0.1);

  const found = await accessibility(browser, world);
  for (const one of found) console.log(`  axe: ${one}`);
  atMost('axe_violations', found.length, 0);
} finally {
  await browser.close();
  await world.stop();
}

console.log('\nTargets');
for (const [name, { at_most, holds }] of Object.entries(targets)) console.log(`  ${name.padEnd(24)} ${String(figures[name]).padStart(10)}   ≤ ${String(at_most).padStart(5)}   ${holds ? 'yes' : 'NO'}`);
const holds = Object.values(targets).every((one) => one.holds);
console.log(JSON.stringify({ bench: 'console', figures, targets, holds }));
process.exitCode = holds ? 0 : 1;
