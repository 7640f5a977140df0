// The parts of a report that are drawn: messages, times, costs, opt-outs. Each has its table.

import { money, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Meter } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { html } from '../../lib/view.js';
import { Card } from './card.js';
import { Heat, Legend, StackedBars } from './charts.js';
import { bars, CATEGORIES, markets, share, week, worst } from './model.js';
import { againstCount, barName, categoryName, hourFrom, hourLong, marketName, rate, time, weekdayLong } from './words.js';

/** @typedef {import('./model.js').Report} Report */

const COLORS = { received: 'var(--accent)', agents: 'color-mix(in oklab, var(--accent) 38%, var(--bg-panel))', programs: 'var(--cat-6)', automatic: 'var(--cat-4)', campaigns: 'var(--cat-2)' };

/**
 * A card of bars by day with their table.
 * @param {{ report: Report, title: string, file?: string, series: { key: string, name: string, color: string, hatch?: boolean }[], value: (bar: any, key: string) => number, label: (most: string, when: string) => string, extra?: import('../../lib/table.js').Column[], none: string, children?: any }} props
 */
function Daily({ report, title, file = 'days', series, value, label, extra = [], none, children }) {
  const drawn = bars(report);
  const shown = series.filter((one) => drawn.bars.some((bar) => value(bar, one.key) > 0));
  const sum = (/** @type {any} */ bar) => shown.reduce((all, one) => all + value(bar, one.key), 0);
  const top = drawn.bars.reduce((most, bar) => (sum(bar) > sum(most) ? bar : most), drawn.bars[0]);
  const columns = [{ key: 'day', label: t(drawn.weekly ? 'reports.week' : 'reports.day'), cell: (/** @type {any} */ bar) => html`<span class="nowrap">${barName(bar)}</span>` },
    ...series.map((one) => ({ key: one.key, label: one.name, number: true, cell: (/** @type {any} */ bar) => number(value(bar, one.key)) })), ...extra];
  return html`<${Card} title=${drawn.weekly ? t('reports.by_week', { what: title }) : t('reports.by_day', { what: title })} file=${file} table=${() => html`<${Table} class="tight" label=${title} rows=${drawn.bars} id=${(/** @type {any} */ bar) => bar.from} columns=${columns}/>`}>
    ${shown.length === 0 ? html`<p class="muted">${none}</p>` : html`<${Legend} series=${shown}/><${StackedBars} label=${label(number(sum(top)), barName(top))} series=${shown} bars=${drawn.bars.map((bar) => ({ from: bar.from, to: bar.to, values: shown.map((one) => value(bar, one.key)) }))}/>`}${children}<//>`;
}

/** @param {{ report: Report }} props */
export const Messages = ({ report }) => html`<${Daily} report=${report} title=${t('reports.messages')} none=${t('reports.no_messages')} value=${(/** @type {any} */ bar, /** @type {string} */ key) => bar[key]}
  series=${[{ key: 'received', name: t('reports.received'), color: COLORS.received }, { key: 'agents', name: t('reports.by_agents'), color: COLORS.agents }, { key: 'programs', name: t('reports.by_programs'), color: COLORS.programs }, { key: 'automatic', name: t('reports.by_machine'), color: COLORS.automatic }, { key: 'campaigns', name: t('reports.by_campaigns'), color: COLORS.campaigns, hatch: true }]}
  extra=${[{ key: 'conversations', label: t('reports.conversations'), number: true, optional: true, cell: (/** @type {any} */ bar) => number(bar.conversations) }, { key: 'resolved', label: t('reports.resolved'), number: true, optional: true, cell: (/** @type {any} */ bar) => number(bar.resolved) }]}
  label=${(/** @type {string} */ most, /** @type {string} */ when) => t('reports.messages_label', { most, when })}/>`;

/** Answers in time, late and never, day by day. @param {{ report: Report }} props */
export const Answered = ({ report }) => html`<${Daily} report=${report} title=${t('reports.answers')} none=${t('reports.no_waits')} value=${(/** @type {any} */ bar, /** @type {string} */ key) => (key === 'late' ? bar.answered - bar.on_time : bar[key])}
  series=${[{ key: 'on_time', name: t('reports.in_time'), color: COLORS.received }, { key: 'late', name: t('reports.late'), color: 'var(--cat-4)', hatch: true }, { key: 'unanswered', name: t('reports.never'), color: 'var(--danger)' }]}
  extra=${[{ key: 'share', label: t('reports.on_time'), number: true, cell: (/** @type {any} */ bar) => rate(share(bar.on_time, bar.answered)) }]}
  label=${(/** @type {string} */ most, /** @type {string} */ when) => t('reports.answers_label', { most, when })}/>`;

/** How many opted out, and how many came back. @param {{ report: Report }} props */
function Answers({ report: { totals, previous } }) {
  const told = againstCount(totals.opted_out, previous.opted_out);
  return html`<dl class="kv"><dt>${t('reports.opted_out')}</dt><dd><b class="tab">${number(totals.opted_out)}</b> <span class=${told.by > 0 ? 't-danger' : told.by < 0 ? 't-ok' : 'meta'}>${told.text}</span><span class="meta">, ${t('reports.before', { n: number(previous.opted_out) })}</span></dd>
    <dt>${t('reports.opted_in')}</dt><dd><b class="tab">${number(totals.opted_in)}</b> <span class="meta">${t('reports.before', { n: number(previous.opted_in) })}</span></dd></dl>`;
}

/** The same without the days. @param {{ report: Report }} props */
export const OptOutFigures = ({ report }) => html`<${Card} title=${t('reports.opt_outs')} file="days"><${Answers} report=${report}/><//>`;

/** Opt-outs day by day, and after which campaigns. @param {{ report: Report }} props */
export function OptOuts({ report }) {
  const from = [...report.campaigns].filter((one) => one.opted_out > 0).sort((a, b) => b.opted_out - a.opted_out).slice(0, 5);
  return html`<${Daily} report=${report} title=${t('reports.opt_outs')} none=${t('reports.no_opt_outs')} value=${(/** @type {any} */ bar, /** @type {string} */ key) => bar[key]}
    series=${[{ key: 'opted_out', name: t('reports.opted_out'), color: 'var(--cat-3)' }]} extra=${[{ key: 'opted_in', label: t('reports.opted_in'), number: true, cell: (/** @type {any} */ bar) => number(bar.opted_in) }]} label=${(/** @type {string} */ most, /** @type {string} */ when) => t('reports.opt_outs_label', { most, when })}>
    <${Answers} report=${report}/>${from.length > 0 && html`<dl class="kv"><dt>${t('reports.after_campaigns')}</dt><dd>${from.map((one) => html`<span class="block" key=${one.id}>${one.name} <span class="meta">${t('reports.n_of', { n: number(one.opted_out), of: number(one.delivered) })}</span></span>`)}</dd></dl>`}<//>`;
}

/** First response by weekday and hour. @param {{ report: Report }} props */
export function Hours({ report }) {
  const target = report.target_seconds;
  const table = week(report.hours, target);
  const slow = worst(report.hours, target);
  const tell = (/** @type {number} */ day, /** @type {any} */ cell) => t('reports.hour_tip', { day: weekdayLong(day), hour: hourLong(cell.hour), much: time(cell.seconds), n: cell.count });
  const sentence = slow && t('reports.slow_label', { day: weekdayLong(slow.weekday), from: hourFrom(slow.from), to: hourLong(slow.to), much: time(slow.most) });
  const rows = [...report.hours].filter((one) => one.count > 0).sort((a, b) => a.weekday - b.weekday || a.hour - b.hour);
  const columns = [
    { key: 'day', label: t('reports.weekday'), cell: (/** @type {any} */ one) => weekdayLong(one.weekday) }, { key: 'hour', label: t('reports.hour'), number: true, cell: (/** @type {any} */ one) => hourLong(one.hour) },
    { key: 'median', label: t('reports.median'), number: true, cell: (/** @type {any} */ one) => time(one.median_seconds) }, { key: 'n', label: t('reports.waits'), number: true, cell: (/** @type {any} */ one) => number(one.count) }, { key: 'never', label: t('reports.never'), number: true, cell: (/** @type {any} */ one) => number(one.unanswered ?? 0) },
  ];
  return html`<${Card} title=${t('reports.by_hour')} meta=${t('reports.by_hour_meta', { much: number(Math.round(target / 60)) })} file="hours" table=${table && (() => html`<${Table} class="tight" label=${t('reports.by_hour')} rows=${rows} id=${(/** @type {any} */ one) => `${one.weekday} ${one.hour}`} columns=${columns}/>`)}>
    ${!table ? html`<p class="muted">${t('reports.no_waits')}</p>` : html`<${Heat} title=${t('reports.by_hour')} label=${t('reports.by_hour_label', { worst: sentence ?? t('reports.all_in_time') })} table=${table} tell=${tell}/>
      <p class="muted">${slow ? html`<b class="ink">${t('reports.slow_when', { day: weekdayLong(slow.weekday), from: hourFrom(slow.from), to: hourLong(slow.to) })}</b> ${t('reports.slow_text', { much: time(slow.most), n: slow.count })}` : t('reports.all_in_time')}</p>`}<//>`;
}

const CATEGORY_COLORS = ['var(--accent)', 'var(--cat-2)', 'var(--cat-3)', 'var(--cat-6)', 'var(--cat-7)'];
const colorOf = (/** @type {string} */ category) => CATEGORY_COLORS[CATEGORIES.indexOf(category)] ?? 'var(--cat-5)';

/** What messages cost, by market and category. @param {{ report: Report, full?: boolean }} props */
export function Costs({ report, full }) {
  const all = markets(report.costs);
  const charged = new Set(report.costs.filter((one) => one.micros > 0).map((one) => one.category));
  const used = [...CATEGORIES.filter((category) => charged.delete(category)), ...charged];
  // One currency stands in the heading; several stand in each cell.
  const priced = (/** @type {number} */ micros, /** @type {string} */ currency) => money(micros / 1e6, all.length > 1 ? currency : '').trim();
  const rows = all.flatMap((one) => one.rows.flatMap((row) => row.parts.map((part) => ({ ...part, market: row.market, name: row.name, currency: one.currency }))));
  const columns = [
    { key: 'market', label: t('reports.market'), cell: (/** @type {any} */ row) => marketName(row.market, row.name) }, { key: 'category', label: t('reports.category'), cell: (/** @type {any} */ row) => categoryName(row.category) },
    { key: 'messages', label: t('reports.messages'), number: true, cell: (/** @type {any} */ row) => number(row.messages) }, { key: 'cost', label: all.length === 1 ? t('reports.cost_in', { currency: all[0].currency }) : t('reports.cost_short'), number: true, cell: (/** @type {any} */ row) => priced(row.micros, row.currency) },
  ];
  const table = () => html`<${Table} class="tight" label=${t('reports.costs')} rows=${rows} id=${(/** @type {any} */ row) => `${row.currency} ${row.name} ${row.category}`} columns=${columns} foot=${all.map((one) => html`<tr key=${one.currency}><td colspan="2">${t('reports.total')}</td><td class="n">${number(one.rows.reduce((sum, row) => sum + row.messages, 0))}</td><td class="n">${priced(one.micros, one.currency)}</td></tr>`)}/>`;
  return html`<${Card} title=${t('reports.costs')} meta=${html`<span class="tab">${all.map((one) => money(one.micros / 1e6, one.currency)).join(', ')}</span>`} file="costs" table=${full || rows.length === 0 ? undefined : table}>
    ${rows.length === 0 ? html`<p class="muted">${t('reports.no_costs')}</p>` : html`${all.map((one) => html`<ul class="report-bars" key=${one.currency}>${one.rows.slice(0, full ? 100 : 6).map((row) => html`<li key=${row.name}><div class="flex between"><span>${marketName(row.market, row.name)}</span><b class="tab">${priced(row.micros, one.currency)}</b></div>
      <${Meter} label=${row.parts.map((part) => `${categoryName(part.category)} ${money(part.micros / 1e6, one.currency)}`).join(', ')} parts=${row.parts.filter((part) => part.micros > 0).map((part) => ({ share: part.micros / one.most, color: colorOf(part.category) }))}/></li>`)}</ul>`)}
      <${Legend} series=${used.map((category) => ({ name: categoryName(category), color: colorOf(category) }))}/>`}
    ${Number(report.totals.unpriced) > 0 && html`<p class="hint t-warn">${t('reports.unpriced', { n: report.totals.unpriced })}</p>`}
    ${report.totals.free_messages > 0 && html`<p class="hint">${t('reports.free', { n: report.totals.free_messages })}</p>`}
    ${full && rows.length > 0 && html`<div class="report-table" tabindex="0" role="group" aria-label=${t('reports.costs')}>${table()}</div>`}<//>`;
}
