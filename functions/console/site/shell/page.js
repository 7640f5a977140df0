// Shows the page of a path: loads it once, with its words and styles, and keeps what it draws apart from the shell.

import { loadWords, t } from '../lib/i18n.js';
import { can } from '../lib/me.js';
import { Button, Empty, Skeleton } from '../lib/parts.js';
import { parts, query } from '../lib/router.js';
import { html, signal, useEffect, useErrorBoundary, useState } from '../lib/view.js';
import { moduleOf } from './modules.js';

/** @typedef {import('./modules.js').Page} Page */

/** @type {Map<string, Page>} */
const loaded = new Map();
/** What the page that is shown puts into the rail. */
export const railOfPage = signal(/** @type {(() => any) | null} */ (null));

/** Where the site stands: a build serves it under its version. */
const SITE = new URL('../', import.meta.url);

/** @param {string} path */
function loadStyle(path) {
  const href = new URL(path.slice(1), SITE).pathname;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
}

/**
 * Loads a module's page.
 * @param {import('./modules.js').Module} module
 */
export async function loadPage(module) {
  const page = loaded.get(module.id) ?? await module.load();
  await Promise.all([loadWords(...(page.areas ?? [])), ...(page.styles ?? []).map(loadStyle)]);
  loaded.set(module.id, page);
  return page;
}

/** What is shown right of the rail. */
export function PageFrame() {
  const module = moduleOf(parts.value[0]);
  const [failed, setFailed] = useState(/** @type {unknown} */ (null));
  const [, redraw] = useState(0);
  const page = module && loaded.get(module.id);
  const allowed = module && can(module.least);
  useEffect(() => {
    railOfPage.value = null;
    if (!module || !allowed) return;
    document.title = `${t(`nav.${module.id}`)} · Ventana`;
    setFailed(null);
    let gone = false;
    loadPage(module).then(
      (now) => { if (!gone) { railOfPage.value = now.Rail ?? null; redraw((n) => n + 1); } },
      (error) => { if (!gone) setFailed(error); },
    );
    return () => { gone = true; };
  }, [module?.id, allowed]);
  if (!module) return html`<main id="main" class="app-main" tabindex="-1"><${Empty} title=${t('page.unknown')} action=${html`<a class="btn" href="/inbox">${t('page.to_inbox')}</a>`}/></main>`;
  if (!allowed) return html`<main id="main" class="app-main" tabindex="-1"><${Empty} title=${t('page.no_access')}>${t('page.no_access_text')}<//></main>`;
  if (failed) return html`<main id="main" class="app-main" tabindex="-1"><${Empty} title=${t('page.not_loaded')} action=${html`<${Button} onClick=${() => location.reload()}>${t('action.reload')}<//>`}/></main>`;
  if (!page) return html`<main id="main" class="app-main" tabindex="-1"><${Skeleton} lines=${8}/></main>`;
  return html`<${Guarded} key=${module.id} Page=${page.default} path=${parts.value.slice(1)} query=${query.value}/>`;
}

/** @param {{ Page: any, path: string[], query: URLSearchParams }} props */
function Guarded({ Page, path, query: asked }) {
  const [error, reset] = useErrorBoundary((caught) => { console.error(caught); });
  if (error) return html`<main id="main" class="app-main" tabindex="-1"><${Empty} title=${t('problem.unexpected')} action=${html`<${Button} onClick=${reset}>${t('action.retry')}<//>`}/></main>`;
  return html`<${Page} path=${path} query=${asked}/>`;
}
