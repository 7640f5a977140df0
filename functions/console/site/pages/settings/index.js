// Settings: the rail with their parts, and the part that is shown.

import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Empty, Icon } from '../../lib/parts.js';
import { parts } from '../../lib/router.js';
import { html } from '../../lib/view.js';
import { Lazy, NoAccess } from './lazy.js';
import { GROUPS, SECTIONS, sectionsSeen } from './sections.js';

export const areas = ['settings'];
export const styles = ['/css/settings.css'];

/** The part that an address names; the first without one. */
const current = () => parts.value[1] ?? 'numbers';

/** The parts, below the modules. */
export function Rail() {
  return GROUPS.map((group) => [group, sectionsSeen().filter((section) => section.group === group)]).filter(([, sections]) => sections.length).map(([group, sections]) => html`
    ${group && html`<h2 class="rail-h">${t(`settings.group.${group}`)}</h2>`}
    <ul class="rail-list">${/** @type {import('./sections.js').Section[]} */ (sections).map((section) => html`<li key=${section.id}>
      <a href=${`/settings/${section.id}`} aria-current=${current() === section.id ? 'true' : undefined} title=${t(`settings.${section.id}`)}><${Icon} name=${section.icon}/><span>${t(`settings.${section.id}`)}</span></a></li>`)}</ul>`);
}

/** @param {{ path: string[], query: URLSearchParams }} props */
export default function Settings({ path, query }) {
  const section = SECTIONS.find((one) => one.id === (path[0] ?? 'numbers'));
  if (!section) return html`<main id="main" class="app-main" tabindex="-1"><h1 class="vh">${t('nav.settings')}</h1><${Empty} title=${t('page.unknown')} action=${html`<a class="btn" href="/settings">${t('nav.settings')}</a>`}/></main>`;
  if (!can(section.least)) return html`<${NoAccess} title=${t(`settings.${section.id}`)}/>`;
  return html`<${Lazy} id=${section.id} words=${section.words} load=${section.load} path=${path.slice(1)} query=${query}/>`;
}
