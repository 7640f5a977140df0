// The figures at the head of a report, against the range before.

import { money, number, percent, relative } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { now } from '../../lib/now.js';
import { html } from '../../lib/view.js';
import { share } from './model.js';
import { againstCount, againstTime, rate, time } from './words.js';

/** @typedef {import('./model.js').Report} Report */

/** Whether more is good (1), bad (-1), or neither (0). @param {number} by @param {number} good */
const tone = (by, good) => (by * good > 0 ? 't-ok' : by * good < 0 ? 't-danger' : '');

/** @param {{ name: string, children?: any, value: any }} props */
const Stat = ({ name, value, children }) => html`<div class="stat"><span>${name}</span><b>${value}</b><small>${children}</small></div>`;

/** A count against the one before. @param {{ now: number, before: number, good: number }} props */
const Count = ({ now: here, before, good }) => {
  const { text, by } = againstCount(here, before);
  return html`<span class=${tone(by, good)}>${text}</span>, ${t('reports.before', { n: number(before) })}`;
};

/** A time against the one before; less is better. @param {{ now: number | null | undefined, before: number | null | undefined }} props */
const Time = ({ now: here, before }) => {
  const told = againstTime(here, before);
  return told ? html`<span class=${tone(told.by, -1)}>${told.text}</span>` : html`${t(here === null || here === undefined ? 'reports.none_measured' : 'reports.none_before')}`;
};

/** Each currency's sum; rounded to whole units from a hundred on. @param {import('./model.js').Cost[]} cost */
const sums = (cost) => cost.filter((one) => one.micros !== 0).map((one) => (one.micros >= 100e6 ? `${one.currency} ${number(Math.round(one.micros / 1e6))}` : money(one.micros / 1e6, one.currency)));

/** @param {{ report: Report }} props */
export function Figures({ report: { totals, previous } }) {
  const cost = sums(totals.cost);
  const each = totals.cost.length === 1 && totals.conversations ? totals.cost[0].micros / 1e6 / totals.conversations : null;
  const unanswered = share(totals.unanswered, totals.conversations);
  return html`<section class="card stats fold" aria-label=${t('reports.figures')}>
    <${Stat} name=${t('reports.conversations')} value=${number(totals.conversations)}><${Count} now=${totals.conversations} before=${previous.conversations} good=${1}/><//>
    <${Stat} name=${t('reports.first_median')} value=${time(totals.first_response.median_seconds)}><${Time} now=${totals.first_response.median_seconds} before=${previous.first_response.median_seconds}/><//>
    <${Stat} name=${t('reports.resolution_median')} value=${time(totals.resolution.median_seconds)}><${Time} now=${totals.resolution.median_seconds} before=${previous.resolution.median_seconds}/><//>
    <${Stat} name=${t('reports.unanswered')} value=${number(totals.unanswered)}><${Count} now=${totals.unanswered} before=${previous.unanswered} good=${-1}/>${unanswered !== null && unanswered > 0 && unanswered <= 1 && html`<br/>${t('reports.of_conversations', { share: percent(unanswered, 1) })}`}<//>
    <${Stat} name=${t('reports.cost')} value=${cost[0] ?? '0'}>${cost.length > 1 ? cost.slice(1).join(', ') : each !== null && each > 0 ? t('reports.each', { much: number(each, { minimumFractionDigits: 2, maximumFractionDigits: each < 0.1 ? 4 : 2 }) }) : t('reports.nothing_charged')}<//></section>`;
}

/** Times in detail: how quick half of all were, nine of ten, and how many in time. @param {{ report: Report }} props */
export function TimeFigures({ report: { totals, previous, target_seconds: target } }) {
  const [first, before] = [totals.first_response, previous.first_response];
  const inTime = share(first.on_time, first.count);
  const earlier = share(before.on_time, before.count);
  return html`<section class="card stats fold" aria-label=${t('reports.figures')}>
    <${Stat} name=${t('reports.first_median')} value=${time(first.median_seconds)}><${Time} now=${first.median_seconds} before=${before.median_seconds}/><//>
    <${Stat} name=${t('reports.first_p90')} value=${time(first.p90_seconds)}><${Time} now=${first.p90_seconds} before=${before.p90_seconds}/><//>
    <${Stat} name=${t('reports.on_time')} value=${rate(inTime)}>${t('reports.on_time_of', { n: number(first.on_time ?? 0), of: number(first.count), much: time(target) })}${earlier !== null && html`, ${t('reports.before', { n: rate(earlier) })}`}<//>
    <${Stat} name=${t('reports.resolution_median')} value=${time(totals.resolution.median_seconds)}><${Time} now=${totals.resolution.median_seconds} before=${previous.resolution.median_seconds}/><//>
    <${Stat} name=${t('reports.resolution_p90')} value=${time(totals.resolution.p90_seconds)}><${Time} now=${totals.resolution.p90_seconds} before=${previous.resolution.p90_seconds}/><//></section>`;
}

/** The API counts those who wait up to here. */
const MANY = 999;

/** Who waits now, whatever the dates. @param {{ report: Report }} props */
export function Backlog({ report: { backlog } }) {
  const since = backlog.oldest_waiting_since;
  return html`<section class="card report-card"><div class="card-h"><h2>${t('reports.backlog')}</h2><span class="meta end">${t('reports.backlog_meta')}</span><a class="btn sm ghost" href="/inbox/all">${t('page.to_inbox')}</a></div>
    <div class="stats fold three lined"><${Stat} name=${t('reports.open')} value=${number(backlog.open)}/><${Stat} name=${t('reports.waiting')} value=${backlog.waiting < MANY ? number(backlog.waiting) : `${MANY}+`}>${backlog.open > 0 && rate(share(backlog.waiting, backlog.open))}<//>
    <${Stat} name=${t('reports.oldest')} value=${since ? relative(since, now.value) : '—'}>${!since && t('reports.nobody_waits')}<//></div></section>`;
}

/** What became of messages at WhatsApp. @param {{ report: Report }} props */
export function Delivery({ report: { totals: { delivery }, previous } }) {
  const { accepted, delivered, read, failed } = delivery;
  const rows = /** @type {[string, number, number, string, string][]} */ ([
    ['accepted', accepted, accepted, '', 'var(--accent)'], ['delivered', delivered, accepted, 'of_accepted', 'var(--accent)'],
    ['read', read, delivered, 'of_delivered', 'var(--accent)'], ['failed', failed, delivered + failed, 'of_known', 'var(--danger)'],
  ]);
  const was = /** @type {Record<string, number | null>} */ ({ delivered: share(previous.delivery.delivered, previous.delivery.accepted), read: share(previous.delivery.read, previous.delivery.delivered), failed: share(previous.delivery.failed, previous.delivery.delivered + previous.delivery.failed) });
  return html`<ul class="report-bars">${rows.map(([name, n, of, base, color]) => html`<li key=${name}><div class="flex between"><span>${t(`reports.${name}`)}</span><b class="tab">${number(n)}</b></div>
    <div class="meter xs" aria-hidden="true"><i style=${{ '--v': `${accepted ? (n / accepted) * 100 : 0}%`, '--c': color }}></i></div>
    ${base && of > 0 && html`<p class="meta">${t(`reports.${base}`, { share: rate(share(n, of)) })}${was[name] !== null && html`, ${t('reports.before', { n: rate(was[name]) })}`}</p>`}</li>`)}</ul>`;
}
