// Tables of people, departments, numbers and campaigns, side by side.

import { agentName, departmentName, numberName } from '../../lib/directory.js';
import { day, money, number } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { AgentMark, Chip } from '../../lib/parts.js';
import { path } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html } from '../../lib/view.js';
import { TONES } from '../campaigns/model.js';
import { Card } from './card.js';
import { share } from './model.js';
import { rate, time } from './words.js';

/** @typedef {import('./model.js').Report} Report */

/** Whoever has most first. @param {any[]} rows */
const byWork = (rows) => [...rows].sort((a, b) => b.conversations - a.conversations);

/** A share, and of how many it is the share. @param {number} n @param {number} of */
const partOf = (n, of) => html`${rate(share(n, of))}<span class="block meta">${number(n)}</span>`;

/** How many were answered in time, drawn and in figures. @param {{ of: import('./model.js').Times }} props */
const OnTime = ({ of }) => {
  const found = share(of?.on_time, of?.count);
  return html`<span class="on-time">${found !== null && html`<span class="meter xs" aria-hidden="true"><i style=${{ '--v': `${found * 100}%` }}></i></span>`}<span>${rate(found)}</span></span>`;
};

/** What all of these tables tell. @returns {import('../../lib/table.js').Column[]} */
const work = () => [
  { key: 'conversations', label: t('reports.col.conversations'), number: true, cell: (row) => number(row.conversations) },
  { key: 'first', label: t('reports.col.first'), number: true, cell: (row) => time(row.first_response?.median_seconds) },
  { key: 'resolution', label: t('reports.col.resolution'), number: true, optional: true, cell: (row) => time(row.resolution?.median_seconds) },
  { key: 'unanswered', label: t('reports.col.unanswered'), number: true, optional: true, cell: (row) => number(row.unanswered) },
  { key: 'on_time', label: t('reports.on_time'), number: true, cell: (row) => html`<${OnTime} of=${row.first_response}/>` },
];

/** @param {{ report: Report, full?: boolean }} props */
export function Team({ report, full }) {
  const rows = byWork(report.agents);
  const name = (/** @type {any} */ row) => (row.agent ? row.name ?? agentName(row.agent) : t('assign.nobody'));
  const columns = [
    { key: 'agent', label: t('reports.agent'), cell: (/** @type {any} */ row) => html`<span class="flex"><${AgentMark} id=${row.agent} name=${name(row)} label=${name(row)}/><b class="mid">${name(row)}</b></span>` },
    { key: 'department', label: t('reports.department'), optional: true, cell: (/** @type {any} */ row) => html`<span class="muted nowrap">${departmentName(row.department)}</span>` },
    ...work(), ...(full ? [{ key: 'sent', label: t('reports.col.sent'), number: true, optional: true, cell: (/** @type {any} */ row) => number(row.sent) }] : []),
  ];
  return html`<${Card} title=${t('reports.team')} meta=${t('reports.agents_n', { n: rows.length })} file="agents" flush><${Table} class="tight" label=${t('reports.team')} rows=${rows} id=${(/** @type {any} */ row) => row.agent ?? ''} columns=${columns} empty=${{ title: t('reports.none_here') }}/><//>`;
}

/** @param {{ report: Report }} props */
export function Departments({ report }) {
  const name = (/** @type {any} */ row) => (row.department ? row.name ?? departmentName(row.department) : t('reports.no_department'));
  const columns = [{ key: 'department', label: t('reports.department'), cell: (/** @type {any} */ row) => html`<b class="mid">${name(row)}</b>` }, ...work()];
  return html`<${Card} title=${t('reports.departments')} file="departments" flush><${Table} class="tight" label=${t('reports.departments')} rows=${byWork(report.departments)} id=${(/** @type {any} */ row) => row.department ?? ''} columns=${columns} empty=${{ title: t('reports.none_here') }}/><//>`;
}

/** @param {{ report: Report }} props */
export function Numbers({ report }) {
  const of = (/** @type {any} */ row, /** @type {string} */ part, /** @type {string} */ whole) => partOf(row.delivery?.[part] ?? 0, row.delivery?.[whole] ?? 0);
  const columns = [
    { key: 'number', label: t('reports.number'), cell: (/** @type {any} */ row) => html`<b class="mid">${row.name ?? numberName(row.number)}</b>` }, ...work(),
    { key: 'delivered', label: t('reports.delivered'), number: true, optional: true, cell: (/** @type {any} */ row) => of(row, 'delivered', 'accepted') },
    { key: 'read', label: t('reports.read'), number: true, optional: true, cell: (/** @type {any} */ row) => of(row, 'read', 'delivered') },
    { key: 'failed', label: t('reports.failed'), number: true, optional: true, cell: (/** @type {any} */ row) => partOf(row.delivery?.failed ?? 0, (row.delivery?.delivered ?? 0) + (row.delivery?.failed ?? 0)) },
  ];
  return html`<${Card} title=${t('reports.numbers')} file="numbers" flush><${Table} class="tight" label=${t('reports.numbers')} rows=${byWork(report.numbers)} id=${(/** @type {any} */ row) => row.number} columns=${columns} empty=${{ title: t('reports.none_here') }}/><//>`;
}

/** A state as campaigns' own pages call it. @param {{ state: string }} props */
const State = ({ state }) => html`<${Chip} tone=${TONES[state] ?? ''}>${has(`campaigns.state.${state}`) ? t(`campaigns.state.${state}`) : state}<//>`;

/** Campaigns of the range side by side, the newest first. @param {{ report: Report }} props */
export function Campaigns({ report }) {
  const rows = [...report.campaigns].sort((a, b) => (b.started_at ?? '').localeCompare(a.started_at ?? ''));
  const columns = [
    { key: 'name', label: t('reports.campaign'), cell: (/** @type {any} */ row) => html`<span class="cell-2"><a class="linkish" href=${path('campaigns', row.id)}>${row.name}</a><span class="meta">${row.started_at ? day(row.started_at) : ''}</span></span>` },
    { key: 'state', label: t('reports.state'), optional: true, cell: (/** @type {any} */ row) => html`<${State} state=${row.state}/>` },
    { key: 'accepted', label: t('reports.sent'), number: true, cell: (/** @type {any} */ row) => number(row.accepted) },
    { key: 'delivered', label: t('reports.delivered'), number: true, optional: true, cell: (/** @type {any} */ row) => partOf(row.delivered, row.accepted) },
    { key: 'read', label: t('reports.read'), number: true, cell: (/** @type {any} */ row) => partOf(row.read, row.delivered) },
    { key: 'replied', label: t('reports.replied'), number: true, cell: (/** @type {any} */ row) => partOf(row.replied, row.delivered) },
    { key: 'opted_out', label: t('reports.opted_out'), number: true, optional: true, cell: (/** @type {any} */ row) => partOf(row.opted_out, row.delivered) },
    { key: 'failed', label: t('reports.failed'), number: true, optional: true, cell: (/** @type {any} */ row) => partOf(row.failed, row.delivered + row.failed) },
    { key: 'cost', label: t('reports.cost_short'), number: true, optional: true, cell: (/** @type {any} */ row) => (row.cost.length === 0 ? '—' : row.cost.map((/** @type {any} */ one) => html`<span class="block" key=${one.currency}>${money(one.micros / 1e6, one.currency)}</span>`)) },
  ];
  return html`<${Card} title=${t('reports.campaigns')} meta=${t('reports.campaigns_meta')} file="campaigns" flush><${Table} label=${t('reports.campaigns')} rows=${rows} columns=${columns} empty=${{ title: t('reports.no_campaigns'), text: t('reports.no_campaigns_text') }}/><//>`;
}
