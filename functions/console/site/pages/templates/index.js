// Templates: the list with their health, one of them with its history, and the editor.

import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Chip, Empty, Icon, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate, path as pathOf, query as asked } from '../../lib/router.js';
import { SearchField } from '../../lib/forms.js';
import { useKeys } from '../../lib/keyboard.js';
import { classes, html, useEffect, useState } from '../../lib/view.js';
import { Detail } from './detail.js';
import { Editor } from './editor.js';
import { families, loadTemplates, loadWabas, problem, SHELVES, shelfOf, templates, wabas } from './store.js';
import { Quality, StatusChip } from './words.js';

export const areas = ['templates'];
export const styles = ['/css/templates.css'];

const CATEGORIES = /** @type {[string, string][]} */ ([['MARKETING', 'var(--cat-1)'], ['UTILITY', 'var(--cat-2)'], ['AUTHENTICATION', 'var(--cat-3)']]);
const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those of the shelf and category that the address says. @param {any[]} all @param {URLSearchParams} query */
function shelved(all, query) {
  const [shelf, category] = [query.get('shelf'), query.get('category')];
  return all.filter((one) => (shelf ? shelfOf(one.status) === shelf : one.status !== 'DELETED') && (!category || one.category === category));
}

/** @param {{ path: string[], query: URLSearchParams }} props */
export default function Templates({ path, query }) {
  useEffect(() => { loadTemplates(); if (can('supervisor')) loadWabas(); }, []);
  const making = path[0] === 'new';
  const [waba, name, language, what] = making ? [] : path;
  const moving = templates.value?.some((one) => ['submitting', 'PENDING'].includes(one.status) || one.step?.state === 'pending');
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => { if (!document.hidden) loadTemplates(); }, 4000);
    return () => clearInterval(timer);
  }, [moving]);
  useKeys([{ keys: 'c', run: () => (can('supervisor') ? navigate('/templates/new') : false) }]);
  const open = making || Boolean(name);
  const known = templates.value;
  const place = [waba, name, language].join(' ');
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class=${classes('page-head', open && 'tpl-head-open')}><div class="grow"><h1>${t('templates.title')}</h1><p class="meta">${known ? t('templates.count', { n: families(known.filter((one) => one.status !== 'DELETED')).length }) : ''}${wabas.value.length > 1 ? ` · ${t('templates.accounts', { n: wabas.value.length })}` : ''}</p></div>
      ${can('supervisor') && html`<a class="btn primary" href="/templates/new"><${Icon} name="plus" size="s"/>${t('templates.new')}</a>`}</header>
    <div class=${classes('tpl-grid', open && 'tpl-open')}>
      <${List} current=${`${waba} ${name}`} query=${query}/>
      ${making ? html`<${Editor} key=${query.get('from') ?? 'new'} from=${query.get('from')}/>`
        : what === 'edit' ? html`<${Editor} key=${place} edit=${[waba, name, language]}/>`
        : name ? html`<${Detail} key=${place} waba=${waba} name=${name} language=${language}/>`
        : html`<div class="tpl-none"><${Empty} title=${t('templates.choose')}>${t('templates.choose_text')}<//></div>`}
    </div></main>`;
}

/** @param {{ current: string, query: URLSearchParams }} props */
function List({ current, query }) {
  const [text, setText] = useState('');
  const known = templates.value;
  const rows = families(shelved(known ?? [], query)).filter((all) => plain(`${all[0].name} ${all.map((one) => one.language).join(' ')}`).includes(plain(text.trim())));
  const to = (/** @type {any} */ one) => `${pathOf('templates', one.waba, one.name, one.language)}${asked.value.size ? `?${asked.value}` : ''}`;
  const at = rows.findIndex((all) => `${all[0].waba} ${all[0].name}` === current);
  const move = (/** @type {number} */ by) => { const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))]; if (!next) return false; navigate(to(next[0])); return true; };
  useKeys([{ keys: 'j', run: () => move(1) }, { keys: 'k', run: () => move(at < 0 ? 1 : -1) }]);
  const filtered = query.get('shelf') || query.get('category') || text.trim();
  return html`<section class="tpl-list" aria-label=${t('templates.list')}><div class="tpl-find"><${SearchField} label=${t('templates.find')} value=${text} onInput=${setText}/></div>
    <nav class="cats" aria-label=${t('templates.shelves')}><a href="/templates" aria-current=${query.get('shelf') ? undefined : 'true'}>${t('templates.all')}</a>${SHELVES.map(([shelf]) => html`<a key=${shelf} href=${`/templates?shelf=${shelf}`} aria-current=${query.get('shelf') === shelf ? 'true' : undefined}>${t(`templates.shelf.${shelf}`)}</a>`)}</nav>
    ${problem.value && html`<${ProblemCallout} problem=${problem.value} retry=${loadTemplates}/>`}${!known && !problem.value && html`<div class="tpl-pad"><${Skeleton} lines=${8}/></div>`}
    ${known && rows.length === 0 && html`<${Empty} title=${t(filtered ? 'state.none_found' : 'templates.none')} action=${!filtered && can('supervisor') ? html`<a class="btn" href="/templates/new">${t('templates.new')}</a>` : null}>${filtered ? '' : t('templates.none_text')}<//>`}
    <ul class="tpl-rows">${rows.map((all) => { const one = all.find((each) => each.status === 'APPROVED') ?? all[0]; const bad = all.find((each) => !each.usable) ?? one; return html`<li key=${`${one.waba} ${one.name}`}><a href=${to(one)} class="trow" aria-current=${`${one.waba} ${one.name}` === current ? 'true' : undefined}>
      <span class="flex between"><b class="ell">${one.name}</b>${one.next_category ? html`<${Chip} tone="warn">${t('templates.changes')}<//>` : html`<${StatusChip} template=${bad}/>`}</span>
      <span class="flex meta"><span class="ell">${t(`templates.category.${one.category ?? 'UNKNOWN'}`)}${one.next_category ? `, ${t('templates.becomes', { category: t(`templates.category.${one.next_category.category}`) })}` : ''} · ${all.map((each) => each.language).join(', ')}</span><span class="end"></span><${Quality} of=${one.quality}/></span></a></li>`; })}</ul></section>`;
}

/** What stands in the rail. */
export function Rail() {
  const known = templates.value;
  const [shelf, category] = [asked.value.get('shelf'), asked.value.get('category')];
  const count = (/** @type {any[]} */ some) => (known ? html`<em class="count">${families(some).length}</em>` : null);
  const alive = (known ?? []).filter((one) => one.status !== 'DELETED');
  return html`<ul class="rail-list"><li><a href="/templates" aria-current=${shelf || category ? undefined : 'true'} title=${t('templates.all')}><${Icon} name="stack"/><span>${t('templates.all')}</span>${count(alive)}</a></li>
      ${SHELVES.map(([one, icon]) => { const some = (known ?? []).filter((each) => shelfOf(each.status) === one); return (one !== 'gone' || some.length > 0) && html`<li key=${one}><a href=${`/templates?shelf=${one}`} aria-current=${shelf === one ? 'true' : undefined} title=${t(`templates.shelf.${one}`)}><${Icon} name=${icon}/><span>${t(`templates.shelf.${one}`)}</span>${count(some)}</a></li>`; })}</ul>
    <h2 class="rail-h">${t('templates.category')}</h2><ul class="rail-list">${CATEGORIES.map(([one, color]) => html`<li key=${one}><a href=${`/templates?category=${one}`} aria-current=${category === one ? 'true' : undefined} title=${t(`templates.category.${one}`)}><i class="swatch" style=${{ '--c': color }}></i><span>${t(`templates.category.${one}`)}</span>${count(alive.filter((each) => each.category === one))}</a></li>`)}</ul>`;
}
