// People: everybody on record, by kind, segment, list and filter; their records; import, merge, export.

import { get, id, post, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { agentName, labelColor, labelOf, labels } from '../../lib/directory.js';
import { Chooser, confirm, Menu, Popup } from '../../lib/dialog.js';
import { SearchField } from '../../lib/forms.js';
import { phone } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { AgentMark, Button, Icon, IconButton, ProblemCallout } from '../../lib/parts.js';
import { Frame, personName } from '../../lib/conversation-parts.js';
import { navigate, parts, path, query } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { classes, html, signal, useEffect, useState } from '../../lib/view.js';
import { changeContact, newest } from '../inbox/contact-store.js';
import { Lazy, NoAccess } from '../settings/lazy.js';
import { ExportDialog } from './export.js';
import { FilterDialog, NewList, SaveSegment } from './filters.js';
import { Import } from './import.js';
import { Merge } from './merge.js';
import { NewPerson } from './new-person.js';
import { Person } from './person.js';

export const areas = ['people', 'record', 'inbox', 'people-more'];
export const styles = ['/css/people.css', '/css/settings.css'];

/** Segments and lists, shared by the rail and the page. */
export const segments = signal(/** @type {{ id: string, name: string, filter: string }[]} */ ([]));
export const lists = signal(/** @type {{ id: string, name: string }[]} */ ([]));

/** Loads both anew. */
export async function loadGroups() {
  const [one, two] = await Promise.allSettled([get('/v1/segments'), get('/v1/lists')]);
  if (one.status === 'fulfilled') segments.value = one.value;
  if (two.status === 'fulfilled') lists.value = two.value;
}

const KINDS = /** @type {[string, string][]} */ ([['lead', 'target'], ['contact', 'me'], ['organization', 'building'], ['vendor', 'truck'], ['unknown', 'unknown']]);

/** What the address asks for. */
const asked = () => ({ q: query.value.get('q') ?? '', filter: query.value.get('filter') ?? '', segment: query.value.get('segment') ?? '', list: query.value.get('list') ?? '', kind: query.value.get('kind') ?? '' });

/** A place with other questions. @param {Record<string, string>} change */
export function asking(change) {
  const to = new URLSearchParams();
  for (const [name, value] of Object.entries(change)) if (value) to.set(name, value);
  return `/people${to.size ? `?${to}` : ''}`;
}

/** @param {{ href: string, icon?: string, mark?: any, name: string, current: boolean }} props */
const Line = ({ href, icon, mark, name, current }) => html`<li><a href=${href} aria-current=${current ? 'true' : undefined} title=${name}>${mark ?? html`<${Icon} name=${icon}/>`}<span>${name}</span></a></li>`;

/** The rail of the page. */
export function Rail() {
  const now = asked();
  const here = parts.value.length === 1;
  const only = (/** @type {string} */ name) => here && Object.entries(now).every(([key, value]) => (key === name ? value : !value));
  return html`<ul class="rail-list"><${Line} href="/people" icon="people" name=${t('people.all')} current=${here && Object.values(now).every((value) => !value)}/>
      ${KINDS.map(([kind, icon]) => html`<${Line} key=${kind} href=${asking({ kind })} icon=${icon} name=${t(`people.kinds.${kind}`)} current=${only('kind') && now.kind === kind}/>`)}</ul>
    ${segments.value.length > 0 && html`<h2 class="rail-h">${t('people.segments')}</h2><ul class="rail-list">${segments.value.map((one, i) => html`<${Line} key=${one.id} href=${asking({ segment: one.id })} mark=${html`<i class="swatch" style=${{ '--c': `var(--cat-${(i % 7) + 1})` }}></i>`} name=${one.name} current=${now.segment === one.id}/>`)}</ul>`}
    <h2 class="rail-h">${t('people.lists')}</h2><ul class="rail-list">${lists.value.map((one) => html`<${Line} key=${one.id} href=${asking({ list: one.id })} icon="stack" name=${one.name} current=${now.list === one.id}/>`)}</ul>
    <h2 class="rail-h">${t('people.upkeep')}</h2><ul class="rail-list"><${Line} href="/people/duplicates" icon="merge" name=${t('duplicates.title')} current=${parts.value[1] === 'duplicates'}/>${can('supervisor') && html`<${Line} href="/people/imports" icon="hist" name=${t('imports.title')} current=${parts.value[1] === 'imports'}/>`}</ul>`;
}

/** The question as the API reads it. @param {ReturnType<typeof asked>} of */
const filterOf = (of) => [of.kind && `kind:${of.kind}`, of.filter].filter(Boolean).join(' ');

const columns = () => [
  { key: 'name', label: t('people.col.name'), cell: (/** @type {any} */ one) => html`<${Frame} contact=${one} id=${one.id} size="plain" bare/><span class="who-cell"><b class="ell">${personName(one)}</b><small class="muted">${t(`kind.${one.kind}`)}</small></span>` },
  { key: 'address', label: t('people.col.address'), cell: (/** @type {any} */ one) => html`<span class="tab nowrap">${one.phone ? phone(one.phone) : one.username ? `@${one.username}` : one.email ?? ''}</span>` },
  { key: 'labels', label: t('people.col.labels'), optional: true, cell: (/** @type {any} */ one) => html`<span class="flex wrap">${one.labels.slice(0, 2).map((/** @type {string} */ label) => html`<span class="label" key=${label} style=${{ '--c': labelColor(label) }}>${labelOf(label)?.name ?? label}</span>`)}${one.labels.length > 2 && html`<span class="meta">+${one.labels.length - 2}</span>`}</span>` },
  { key: 'owner', label: t('people.col.owner'), optional: true, cell: (/** @type {any} */ one) => one.owner && html`<span class="flex"><${AgentMark} id=${one.owner} name=${agentName(one.owner)}/><span class="ell">${agentName(one.owner)}</span></span>` },
  { key: 'active', label: t('people.col.active'), optional: true, number: true, cell: (/** @type {any} */ one) => html`<span class="tab">${one.last_active ?? ''}</span>` },
];

/** @param {{ chosen: Set<string>, rows: any[], list: string, done: () => void }} props */
function Chosen({ chosen, rows, list, done }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const each = async (/** @type {() => Promise<void>} */ run) => { try { await run(); setProblem(null); } catch (failed) { setProblem(failed); } };
  const label = (/** @type {string} */ one) => each(async () => {
    const people = rows.filter((row) => chosen.has(row.id) && !row.labels.includes(one));
    await Promise.all(people.map((row) => changeContact(row, { add_labels: [one] })));
    toast(t('people.labelled', { n: people.length }), async () => { await Promise.all(people.map((row) => changeContact(row, { remove_labels: [one] }))); done(); });
    done();
  });
  const enlist = (/** @type {string} */ to, /** @type {boolean} */ on) => each(async () => {
    const ids = [...chosen];
    const change = (/** @type {boolean} */ add) => post(`/v1/lists/${id(to)}/members`, add ? { add: ids } : { remove: ids });
    await change(on);
    toast(on ? t('people.listed', { n: ids.length, name: lists.peek().find((one) => one.id === to)?.name ?? '' }) : t('people.unlisted', { n: ids.length }), async () => { await change(!on); done(); });
    done();
  });
  const options = labels.value.map((one) => ({ id: one.id, label: one.name, mark: html`<i class="swatch" style=${{ '--c': labelColor(one.id) }}></i>` }));
  return html`<div class="chosen" role="status"><b>${t('people.chosen', { n: chosen.size })}</b>
    <${Popup} class="btn sm" label=${t('people.add_label')} button=${t('people.add_label')}>${(/** @type {() => void} */ close) => html`<${Chooser} label=${t('people.add_label')} options=${options} onChoose=${(/** @type {string} */ one) => { close(); label(one); }}/>`}<//>
    ${can('supervisor') && html`<${Popup} class="btn sm" label=${t('people.add_to_list')} button=${t('people.add_to_list')}>${(/** @type {() => void} */ close) => html`<${Chooser} label=${t('people.add_to_list')} options=${lists.value.map((one) => ({ id: one.id, label: one.name }))} onChoose=${(/** @type {string} */ one) => { close(); enlist(one, true); }}/>`}<//>`}
    ${list && can('supervisor') && html`<${Button} small onClick=${() => enlist(list, false)}>${t('people.remove_from_list')}<//>`}
    <${ProblemCallout} problem=${problem}/></div>`;
}

/** What has a page of its own, beside the list. */
const WIDER = /** @type {Record<string, () => Promise<{ default: any }>>} */ ({ imports: () => import('./imports.js'), duplicates: () => import('./duplicates.js') });

/** @param {{ path: string[] }} props */
export default function People({ path: where }) {
  const load = WIDER[where[0]];
  if (where[0] === 'imports' && !can('supervisor')) return html`<${NoAccess} title=${t('imports.title')}/>`;
  return load ? html`<${Lazy} key=${where[0]} id=${`people/${where[0]}`} words=${['people-more', 'settings']} load=${load} path=${where.slice(1)}/>` : html`<${Everybody} path=${where}/>`;
}

/** @param {{ path: string[] }} props */
function Everybody({ path: where }) {
  const of = asked();
  const [person, what, other] = where;
  const [open, setOpen] = useState('');
  const [text, setText] = useState(of.q);
  const [chosen, setChosen] = useState(/** @type {Set<string>} */ (new Set()));
  const found = usePages(of.list ? `/v1/lists/${id(of.list)}/members` : '/v1/contacts', of.list ? {} : { q: of.q, filter: filterOf(of), segment: of.segment, limit: 60 });
  useEffect(() => { loadGroups(); }, []);
  useEffect(() => { setText(of.q); }, [of.q]);
  useEffect(() => { setChosen(new Set()); }, [query.value.toString()]);
  useEffect(() => {
    if (text === of.q) return undefined;
    const timer = setTimeout(() => navigate(asking({ ...of, list: '', q: text.trim() }), { replace: true }), 200);
    return () => clearTimeout(timer);
  }, [text]);
  const group = of.segment ? segments.value.find((one) => one.id === of.segment) : of.list ? lists.value.find((one) => one.id === of.list) : null;
  const title = group?.name ?? (of.kind ? t(`people.kinds.${of.kind}`) : t('people.title'));
  const rows = found.items.map(newest);
  const back = () => navigate(`/people${location.search}`);
  const drop = async () => {
    const isSegment = Boolean(of.segment);
    if (!isSegment && !await confirm({ title: t('people.delete_list'), text: t('people.delete_list_text'), action: t('action.delete'), danger: true })) return;
    const was = group;
    await remove(`/v1/${isSegment ? 'segments' : 'lists'}/${id(of.segment || of.list)}`);
    await loadGroups();
    navigate('/people');
    toast(t(isSegment ? 'people.segment_deleted' : 'people.list_deleted'), isSegment ? async () => { await post('/v1/segments', { name: was?.name, filter: /** @type {any} */ (was).filter }); loadGroups(); } : undefined);
  };
  const isFirst = !of.q && !of.filter && !of.kind && !group;
  const filters = [of.filter && 1, of.q && 1].filter(Boolean).length;
  return html`<main id="main" class=${classes('app-main people', person && 'with-drawer')} tabindex="-1"><div class="page">
    <header class="page-head"><div class="grow"><h1>${title}</h1>${of.segment && group && html`<p class="meta mono">${/** @type {any} */ (group).filter}</p>`}</div>
      ${group && can('supervisor') && html`<${IconButton} icon="trash" label=${t(of.segment ? 'people.delete_segment' : 'people.delete_list')} onClick=${drop}/>`}
      ${can('supervisor') && html`<${Button} icon="up" onClick=${() => setOpen('import')}>${t('import.title')}<//>`}
      ${can('supervisor') && html`<${Button} class="opt" icon="down" onClick=${() => setOpen('export')}>${t('people.export')}<//>`}
      <span class="section-menu"><${Popup} label=${t('people.upkeep')} button=${html`<${Icon} name="more"/>`}>${(/** @type {() => void} */ shut) => html`<${Menu} close=${shut} items=${[{ label: t('duplicates.title'), icon: 'merge', run: () => navigate('/people/duplicates') }, ...(can('supervisor') ? [{ label: t('imports.title'), icon: 'hist', run: () => navigate('/people/imports') }] : [])]}/>`}<//></span>
      <${Button} kind="primary" icon="plus" onClick=${() => setOpen('new')}>${t('people.new')}<//></header>
    <div class="people-tools"><${SearchField} label=${t('people.search')} value=${text} onInput=${setText}/>
      <${Button} icon="filter" onClick=${() => setOpen('filter')} aria-pressed=${filters ? 'true' : undefined}>${t('people.filters')}<//>
      ${of.filter && html`<a class="chip accent mono filter-chip" href=${asking({ ...of, filter: '' })} title=${t('inbox.clear')}><span class="ell">${of.filter}</span><${Icon} name="x"/></a>`}
      ${(of.filter || of.kind) && can('supervisor') && html`<${Button} small kind="ghost" icon="plus" onClick=${() => setOpen('segment')}>${t('people.save_segment')}<//>`}
      ${can('supervisor') && html`<${Button} small kind="ghost" class="opt" icon="plus" onClick=${() => setOpen('list')}>${t('people.new_list')}<//>`}</div>
    ${chosen.size > 0 && html`<${Chosen} chosen=${chosen} rows=${rows} list=${of.list} done=${() => { setChosen(new Set()); found.reload(); }}/>`}
    <div class="people-rows"><${Table} label=${title} columns=${columns()} rows=${rows} loading=${found.loading} problem=${found.problem} retry=${found.reload} next=${found.next} onMore=${found.more}
      current=${person} chosen=${chosen} onChoose=${setChosen} onOpen=${(/** @type {any} */ one) => navigate(path('people', one.id) + location.search)}
      empty=${isFirst ? { title: t('people.first'), text: t('people.first_text') } : { title: t('people.none'), text: t('people.none_text'), action: html`<a class="btn" href="/people">${t('inbox.clear')}</a>` }}/></div></div>
    ${person && html`<${Person} key=${person} id=${person} close=${back} changed=${found.reload}/>`}
    ${person && what === 'merge' && html`<${Merge} person=${person} other=${other} close=${() => navigate(path('people', person))} done=${(/** @type {string} */ into) => { found.reload(); navigate(path('people', into)); }}/>`}
    ${open === 'filter' && html`<${FilterDialog} filter=${of.filter} close=${() => setOpen('')} done=${(/** @type {string} */ filter) => { setOpen(''); navigate(asking({ ...of, list: '', filter })); }}/>`}
    ${open === 'segment' && html`<${SaveSegment} filter=${filterOf(of)} close=${() => setOpen('')} done=${(/** @type {any} */ one) => { setOpen(''); loadGroups(); navigate(asking({ segment: one.id })); }}/>`}
    ${open === 'list' && html`<${NewList} close=${() => setOpen('')} done=${(/** @type {any} */ one) => { setOpen(''); loadGroups(); navigate(asking({ list: one.id })); }}/>`}
    ${open === 'export' && html`<${ExportDialog} filter=${of.segment && group ? /** @type {any} */ (group).filter : filterOf(of)} close=${() => setOpen('')}/>`}
    ${open === 'new' && html`<${NewPerson} close=${() => setOpen('')} done=${(/** @type {any} */ one) => { setOpen(''); found.reload(); navigate(path('people', one.id)); }}/>`}
    ${open === 'import' && html`<${Import} lists=${lists.value} close=${() => setOpen('')} done=${() => { found.reload(); loadGroups(); }}/>`}
  </main>`;
}

