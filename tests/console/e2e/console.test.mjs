// All flows in one browser and one world; a flow has people of its own. `--test-name-pattern` chooses among them.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { complaints, PATIENCE, shot, startBrowser } from './support/browser.mjs';
import { moveIn } from './support/company.mjs';
import { Stage } from './support/stage.mjs';
import { startWorld } from './support/world.mjs';
import talking from './flows/talking.mjs';
import work from './flows/work.mjs';
import line from './flows/line.mjs';
import rights from './flows/rights.mjs';
import campaigns from './flows/campaigns.mjs';
import settings from './flows/settings.mjs';
import reports from './flows/reports.mjs';
import reach from './flows/reach.mjs';
import media from './flows/media.mjs';
import phone from './flows/phone.mjs';

const stage = new Stage();

before(async () => {
  [stage.world, stage.browser] = await Promise.all([startWorld(), startBrowser()]);
  stage.company = await moveIn(stage.world);
});
after(async () => {
  await stage.browser?.close();
  await stage.world?.stop();
});

const flows = { ...talking, ...media, ...phone, ...work, ...line, ...rights, ...campaigns, ...settings, ...reports, ...reach };
for (const [name, flow] of Object.entries(flows)) {
  test(name, { timeout: 6 * PATIENCE }, async () => {
    complaints.length = 0;
    let failed = true;
    try {
      await flow(stage);
      assert.deepEqual(complaints, [], 'no page complains');
      failed = false;
    } finally {
      if (failed) await keep(name);
      await stage.clear(failed);
    }
  });
}

/** What was on screen when a flow failed. @param {string} name */
async function keep(name) {
  const pages = stage.browser.contexts().flatMap((context) => context.pages());
  for (const [n, page] of pages.entries()) await shot(page, `failed-${name.replace(/[^\w]+/g, '-').slice(0, 50)}-${n}`).catch(() => {});
}
