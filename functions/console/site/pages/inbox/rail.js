// What stands in the rail while the inbox is shown: categories, numbers, departments, labels, each with its count.

import { departments, labelColor, labels, numberName, numbers } from '../../lib/directory.js';
import { t } from '../../lib/i18n.js';
import { Icon } from '../../lib/parts.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { parts, query } from '../../lib/router.js';
import { html } from '../../lib/view.js';
import { categoryHere } from './places.js';
import { counts, numberCounts } from './store.js';

export const VIEWS = /** @type {[string, string][]} */ ([['mine', 'me'], ['unassigned', 'userx'], ['important', 'star'], ['new', 'spark'], ['unknown', 'unknown'], ['all', 'stack']]);

/** @param {{ href: string, current: boolean, mark: any, name: string, count?: string, title?: string }} props */
const Line = ({ href, current, mark, name, count, title }) => html`<li><a href=${href} aria-current=${current ? 'true' : undefined} title=${title ?? name}>${mark}<span>${name}</span>${count !== undefined && html`<em class="count">${count}</em>`}</a></li>`;

/** The rail of the inbox. */
export function InboxRail() {
  const here = parts.value[0] === 'inbox' || parts.value.length === 0;
  const filter = (/** @type {string} */ name) => query.value.get(name);
  const plain = here && !['number', 'label', 'department', 'assignee'].some((name) => filter(name));
  return html`
    <ul class="rail-list">${VIEWS.map(([view, icon]) => html`<${Line} key=${view} href=${`/inbox/${view}`} current=${plain && categoryHere() === view} mark=${html`<${Icon} name=${icon}/>`} name=${t(`view.${view}`)} count=${counts.value[view]?.shown}/>`)}</ul>
    ${numbers.value.length > 0 && html`<h2 class="rail-h">${t('inbox.numbers')}</h2><ul class="rail-list">${numbers.value.map((number) => html`<${Line} key=${number.id} href=${`/inbox/all?number=${encodeURIComponent(number.id)}`} current=${filter('number') === number.id} mark=${html`<${NumberBadge} id=${number.id}/>`} name=${numberName(number.id)} count=${numberCounts.value[number.id]}/>`)}</ul>`}
    ${departments.value.length > 0 && html`<h2 class="rail-h">${t('inbox.departments')}</h2><ul class="rail-list">${departments.value.map((one) => html`<${Line} key=${one.id} href=${`/inbox/all?department=${encodeURIComponent(one.id)}`} current=${filter('department') === one.id} mark=${html`<${Icon} name="users"/>`} name=${one.name}/>`)}</ul>`}
    ${labels.value.length > 0 && html`<h2 class="rail-h">${t('inbox.labels')}</h2><ul class="rail-list">${labels.value.map((label) => html`<${Line} key=${label.id} href=${`/inbox/all?label=${encodeURIComponent(label.id)}`} current=${filter('label') === label.id} mark=${html`<i class="swatch" style=${{ '--c': labelColor(label.id) }}></i>`} name=${label.name}/>`)}</ul>`}`;
}
