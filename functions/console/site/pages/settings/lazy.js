// A part of a page that is loaded, with its words, when it is first shown.

import { loadWords, t } from '../../lib/i18n.js';
import { Button, Empty, Skeleton } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';

/** What stands in place of a part that the person may not see. @param {{ title: string }} props */
export const NoAccess = ({ title }) => html`<main id="main" class="app-main" tabindex="-1"><h1 class="vh">${title}</h1><${Empty} title=${t('page.no_access')}>${t('page.no_access_text')}<//></main>`;

/** @type {Map<string, any>} */
const loaded = new Map();

/**
 * @param {{ id: string, words: string[], load: () => Promise<{ default: any }>, [more: string]: any }} props what is more
 *   goes to the part
 */
export function Lazy({ id, words, load, ...rest }) {
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState(0);
  const Part = loaded.get(id);
  useEffect(() => {
    if (loaded.has(id)) return undefined;
    let gone = false;
    setFailed(false);
    Promise.all([load(), loadWords(...words)]).then(
      ([module]) => { loaded.set(id, module.default); if (!gone) redraw((n) => n + 1); },
      () => { if (!gone) setFailed(true); },
    );
    return () => { gone = true; };
  }, [id]);
  if (failed) return html`<main id="main" class="app-main" tabindex="-1"><${Empty} title=${t('page.not_loaded')} action=${html`<${Button} onClick=${() => location.reload()}>${t('action.reload')}<//>`}/></main>`;
  if (!Part) return html`<main id="main" class="app-main" tabindex="-1"><${Skeleton} lines=${8}/></main>`;
  return html`<${Part} key=${id} ...${rest}/>`;
}
