// What a flow has to work with: the world, and pages of people who are signed in already.

import { go, signIn } from './browser.mjs';

/** One flow: a sentence and what proves it. @typedef {Record<string, (stage: Stage) => Promise<void>>} Flows */

export class Stage {
  /** @type {import('./world.mjs').World} */
  world = /** @type {any} */ (null);
  /** @type {import('playwright-core').Browser} */
  browser = /** @type {any} */ (null);
  /** @type {{ labels: Record<string, string> }} */
  company = { labels: {} };
  /** @type {Map<string, import('playwright-core').Page>} */
  #pages = new Map();

  /** The page of somebody of the team: whoever was there before stays signed in. @param {string} who @param {string} [path] */
  async page(who, path = '/inbox/all') {
    const kept = this.#pages.get(who);
    if (kept && !kept.isClosed()) {
      for (let i = 0; i < 2; i += 1) await kept.keyboard.press('Escape');
      await go(kept, path);
      return kept;
    }
    const page = await signIn(this.browser, this.world, who, path);
    this.#pages.set(who, page);
    return page;
  }

  /** Ends what a flow left open. After one that failed, everybody begins anew. @param {boolean} failed */
  async clear(failed) {
    if (failed) this.#pages.clear();
    const kept = new Set([...this.#pages.values()].map((page) => page.context()));
    for (const context of this.browser?.contexts() ?? []) if (!kept.has(context)) await context.close();
    for (const page of this.#pages.values()) for (const other of page.context().pages()) if (other !== page) await other.close();
  }
}
