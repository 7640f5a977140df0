// The parts of the reports, as the rail and narrow screens show them.

import { t } from '../../lib/i18n.js';
import { Icon } from '../../lib/parts.js';
import { parts, query } from '../../lib/router.js';
import { html, useEffect, useRef } from '../../lib/view.js';
import { askedOf, searchOf, todayOf } from './range.js';

/** Each part, by its place in the address. */
export const SECTIONS = [
  { id: '', word: 'overview', icon: 'chart' }, { id: 'times', word: 'times', icon: 'clock' }, { id: 'team', word: 'team', icon: 'users' },
  { id: 'campaigns', word: 'campaigns', icon: 'megaphone' }, { id: 'costs', word: 'costs', icon: 'wallet' }, { id: 'consent', word: 'consent', icon: 'shield' },
];

/** What an address asks for today. @param {URLSearchParams} of */
export const asked = (of) => askedOf(of, todayOf(new Date()));

/** The address of a part, with the same dates and filters. @param {string} id @param {import('./range.js').Asked} of */
export const sectionPath = (id, of) => `/reports${id && `/${id}`}${searchOf(of)}`;

/** @param {{ icons?: boolean, mark: string }} props */
const Links = ({ icons, mark }) => SECTIONS.map((one) => html`<${icons ? 'li' : 'span'} key=${one.id}><a href=${sectionPath(one.id, asked(query.value))} aria-current=${(parts.value[1] ?? '') === one.id ? mark : undefined} title=${t(`reports.section.${one.word}`)}>
  ${icons && html`<${Icon} name=${one.icon}/>`}<span>${t(`reports.section.${one.word}`)}</span></a><//>`);

/** Below the modules in the rail. */
export const Rail = () => html`<ul class="rail-list"><${Links} icons mark="true"/></ul>`;

/** Above the page where there is no rail. */
export function Narrow() {
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  const part = parts.value[1];
  useEffect(() => { row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [part]);
  return html`<nav ref=${row} class="cats" aria-label=${t('reports.sections')}><${Links} mark="page"/></nav>`;
}
