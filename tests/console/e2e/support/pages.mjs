// Every page of the console that has an address of its own.

import { go, violations } from './browser.mjs';

export const PAGES = [
  '/inbox/mine', '/inbox/unknown', '/people', '/people/imports', '/people/duplicates', '/campaigns', '/campaigns/new', '/campaigns/limits',
  '/reports', '/reports/times', '/reports/team', '/reports/campaigns', '/reports/costs', '/reports/consent',
  '/templates', '/templates/new', '/settings/numbers', '/settings/blocked', '/settings/team', '/settings/departments', '/settings/quick-replies',
  '/settings/labels', '/settings/fields', '/settings/consent', '/settings/retention', '/settings/audit', '/settings/rates', '/settings/clients',
  '/settings/webhooks', '/settings/letters',
];

/** Looks at every page with axe; what it finds, a line each. @param {import('playwright-core').Page} page @param {string} theme */
export async function lookAtAll(page, theme) {
  const found = [];
  for (const path of PAGES) {
    await go(page, path);
    await page.locator('#main').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('#main .skeleton, #main [aria-busy=true]'))
      .catch((error) => { throw new Error(`${path} is never there`, { cause: error }); });
    found.push(...(await violations(page)).map((one) => `${theme} ${path} ${one}`));
  }
  return found;
}
