// The report of a campaign that is over: what it brought, against those who got nothing, and what it cost.

import { money, number, percent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { marketName } from '../../lib/markets.js';
import { Chip } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { Bars, Funnel, Hours, Intervals } from './charts.js';
import { letter, share, standing } from './model.js';
import { wordOr } from './words.js';

const COLORS = ['var(--cat-4)', 'var(--cat-7)', 'var(--danger)', 'var(--cat-6)', 'var(--cat-5)'];
const rate = (/** @type {number} */ part, /** @type {number} */ of) => { const found = share(part, of); return found === null ? '—' : percent(found, found > 0 && found < 0.1 ? 1 : 0); };
/** Signed, in points of a hundred. @param {number} of */
const points = (of) => `${of > 0 ? '+' : of < 0 ? '−' : ''}${number(Math.abs(of * 100), { maximumFractionDigits: 2 })}`;

/** @param {{ campaign: any, report: any }} props */
export function Report({ campaign, report }) {
  const where = standing(report);
  const kinds = Object.keys(report.conversions.by_kind);
  const [kind, setKind] = useState('');
  const told = kind ? report.conversions.by_kind[kind] : report.conversions.any;
  const has = report.conversions.any.conversions > 0;
  return html`<${Top} report=${report} told=${told} has=${has}/>
    <div class="cols cols-report"><section class="card"><div class="card-h"><h2>${t('campaigns.funnel')}</h2><span class="meta end">${t('campaigns.funnel_meta')}</span></div><div class="card-b scroll-x" tabindex="0" role="region" aria-label=${t('campaigns.funnel')}>
      <${Funnel} label=${t('campaigns.funnel_label', { meant: number(where.meant), accepted: number(report.accepted), delivered: number(report.delivered), read: number(report.read), replied: number(report.replied) })} steps=${[
        { name: t('campaigns.audience'), value: where.meant, share: null }, { name: t('campaigns.accepted'), value: report.accepted, share: share(report.accepted, where.meant) }, { name: t('campaigns.delivered'), value: report.delivered, share: share(report.delivered, report.accepted) },
        { name: t('campaigns.read'), value: report.read, share: share(report.read, report.delivered) }, { name: t('campaigns.replied'), value: report.replied, share: share(report.replied, report.delivered) }, ...(has ? [{ name: t('campaigns.converted'), value: told.converted, share: share(told.converted, report.delivered) }] : []),
      ]}/></div></section>
      <${Effect} told=${told} kinds=${kinds} kind=${kind} setKind=${setKind} has=${has} campaign=${campaign}/></div>
    <div class="cols cols-3 cols-stretch"><${Variants} report=${report} told=${told} has=${has}/><${Markets} report=${report}/><${Failed} report=${report}/></div>
    <div class="cols cols-report">${report.by_hour.length > 0 && html`<section class="card"><div class="card-h"><h2>${t('campaigns.by_hour')}</h2></div><div class="card-b"><${Hours} hours=${report.by_hour} names=${[t('campaigns.accepted'), t('campaigns.read')]} label=${t('campaigns.by_hour_label', { n: report.accepted, read: number(report.read) })}/></div></section>`}
      <${LeftOut} report=${report}/></div>`;
}

/** @param {{ report: any, told: any, has: boolean }} props */
function Top({ report, told, has }) {
  const { uplift } = told;
  const { cost } = report;
  const extra = uplift ? uplift.difference * told.people : null;
  const ends = uplift ? [Math.max(0, uplift.from * told.people), Math.max(0, uplift.to * told.people)] : null;
  return html`<section class="card stats stats-line">
    ${has && html`<div class="stat"><span>${t('campaigns.extra')}</span><b>${extra === null ? '—' : `${extra >= 0 ? '+' : '−'}${number(Math.round(Math.abs(extra)))}`}</b><small>${ends ? t(uplift.is_significant ? 'campaigns.between' : 'campaigns.between_unsure', { low: number(Math.round(ends[0])), high: number(Math.round(ends[1])) }) : t('campaigns.no_hold_out')}</small></div>`}
    ${has && told.value.slice(0, 1).map((/** @type {any} */ one) => html`<div class="stat" key=${one.currency}><span>${t('campaigns.value')}</span><b>${money(one.amount, one.currency)}</b><small>${t('campaigns.conversions', { n: told.conversions })}</small></div>`)}
    ${cost && html`<div class="stat"><span>${t('campaigns.cost')}</span><b>${money(cost.actual.amount, cost.estimated.currency)}</b><small>${cost.actual.untold > 0 ? t('campaigns.cost_untold', { n: cost.actual.untold }) : t('campaigns.cost_charged', { n: cost.actual.charged, free: number(cost.actual.free) })}</small></div>`}
    <div class="stat"><span>${t('campaigns.reads_of')}</span><b>${rate(report.read, report.delivered)}</b><small>${t('campaigns.n_of', { n: number(report.read), of: number(report.delivered) })}</small></div>
    <div class="stat"><span>${t('campaigns.replies_of')}</span><b>${rate(report.replied, report.delivered)}</b><small>${t('campaigns.n_of', { n: number(report.replied), of: number(report.delivered) })}</small></div>
    <div class="stat"><span>${t('campaigns.opted_out')}</span><b>${rate(report.opted_out, report.delivered)}</b><small>${t('campaigns.people', { n: report.opted_out })}</small></div></section>`;
}

/** @param {{ told: any, kinds: string[], kind: string, setKind: (kind: string) => void, has: boolean, campaign: any }} props */
function Effect({ told, kinds, kind, setKind, has, campaign }) {
  const uplift = has ? told.uplift : null;
  const heldOut = Number(campaign.definition.hold_out) > 0;
  const verdict = uplift && (uplift.is_significant ? (uplift.difference > 0 ? ['ok', 'better'] : ['danger', 'worse']) : ['warn', uplift.difference > 0 ? 'maybe' : 'unsure']);
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.effect')}</h2>${verdict && html`<span class="end"><${Chip} tone=${verdict[0]}>${t(`campaigns.effect.${verdict[1]}`)}<//></span>`}</div><div class="card-b stack">
    ${kinds.length > 1 && html`<div class="seg" role="group" aria-label=${t('campaigns.kind')}>${['', ...kinds].map((one) => html`<button type="button" key=${one} aria-pressed=${one === kind ? 'true' : 'false'} onClick=${() => setKind(one)}>${one || t('campaigns.any_kind')}</button>`)}</div>`}
    ${!has && html`<p class="muted">${t(heldOut ? 'campaigns.effect.waits' : 'campaigns.effect.none')}</p>`}
    ${has && !uplift && html`<p class="muted">${t('campaigns.effect.without', { n: told.converted })}</p>`}
    ${uplift && html`<${Intervals} label=${t('campaigns.effect.label', { share: percent(uplift.share, 2), held: percent(uplift.held_out_share, 2) })} rows=${[{ name: t('campaigns.effect.got'), part: told.converted, of: told.people, main: true }, { name: t('campaigns.effect.held'), part: told.held_out_converted, of: told.held_out }]}/>
      <p class="muted"><b class="ink">${t('campaigns.effect.points', { n: points(uplift.difference) })}</b> ${t('campaigns.effect.margin', { from: points(uplift.from), to: points(uplift.to), n: number(told.held_out_converted), of: number(told.held_out) })}${uplift.is_significant ? '' : ` ${t('campaigns.effect.more')}`}</p>`}</div></section>`;
}

/** @param {{ report: any, told: any, has: boolean }} props */
function Variants({ report, told, has }) {
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.by_variant')}</h2></div>${report.by_template.length === 0 ? html`<p class="card-b meta">${t('campaigns.nothing_sent')}</p>` : html`<table class="table tight"><thead><tr><th>${t('campaigns.variant_h')}</th><th class="n">${t('campaigns.read')}</th><th class="n">${t('campaigns.replied_short')}</th>${has && html`<th class="n">${t('campaigns.converted_short')}</th>`}</tr></thead><tbody>
    ${report.by_template.map((/** @type {any} */ one) => html`<tr key=${one.variant}><td><b>${letter(one.variant)}</b> <span class="muted mono break">${one.template ?? ''}</span><div class="meta">${t('campaigns.delivered_n', { n: one.delivered })}</div></td><td class="n">${rate(one.read, one.delivered)}</td><td class="n">${rate(one.replied, one.delivered)}</td>${has && html`<td class="n">${number(told.converted_by_template[String(one.variant)] ?? 0)}</td>`}</tr>`)}</tbody></table>`}
    ${report.by_template.length > 1 && html`<p class="hint card-hint">${t('campaigns.variants_note')}</p>`}</section>`;
}

/** @param {{ report: any }} props */
function Markets({ report }) {
  const rows = [...report.by_market].sort((/** @type {any} */ a, /** @type {any} */ b) => b.accepted - a.accepted).slice(0, 8);
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.by_market')}</h2></div>${rows.length === 0 ? html`<p class="card-b meta">${t('campaigns.nothing_sent')}</p>` : html`<table class="table tight"><thead><tr><th>${t('campaigns.market')}</th><th class="n">${t('campaigns.delivered')}</th><th class="n">${t('campaigns.replied_short')}</th></tr></thead><tbody>
    ${rows.map((/** @type {any} */ one) => html`<tr key=${`${one.market} ${one.country}`}><td>${marketName(one.market)}${one.country && html` <span class="meta">${one.country}</span>`}</td><td class="n">${number(one.delivered)}</td><td class="n">${rate(one.replied, one.delivered)}</td></tr>`)}</tbody>
    <tfoot><tr><td>${t('campaigns.total')}</td><td class="n">${number(report.delivered)}</td><td class="n">${rate(report.replied, report.delivered)}</td></tr></tfoot></table>`}</section>`;
}

/** @param {{ report: any }} props */
function Failed({ report }) {
  const codes = [...report.failed_by_code].sort((/** @type {any} */ a, /** @type {any} */ b) => b.people - a.people);
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.not_delivered')}</h2><span class="meta end tab">${number(report.failed)}</span></div><div class="card-b">${codes.length === 0 ? html`<p class="muted">${t('campaigns.none_failed')}</p>` : html`<${Bars} of=${report.failed} rows=${codes.slice(0, 6).map((/** @type {any} */ one, /** @type {number} */ i) => ({ key: String(one.code), value: one.people, color: COLORS[i % COLORS.length], name: html`${wordOr(`campaigns.code.${one.code}`, one.meaning ?? t('campaigns.code'))} <span class="mono meta">${one.code}</span>` }))}/>`}</div>
    ${report.only_sent.people > 0 && html`<p class="hint card-hint">${t('campaigns.only_sent', { n: report.only_sent.people })}</p>`}</section>`;
}

/** Who got nothing, and why; what people did. @param {{ report: any }} props */
function LeftOut({ report }) {
  const skipped = Object.entries(report.skipped).filter(([, n]) => Number(n) > 0).sort((a, b) => Number(b[1]) - Number(a[1]));
  const did = [...report.clicked_by.map((/** @type {any} */ one) => ({ key: `b${one.button}`, name: t('campaigns.tapped', { n: one.button + 1 }), value: one.people })), ...Object.entries(report.replied_by).map(([how, n]) => ({ key: how, name: wordOr(`campaigns.reply.${how}`, how), value: Number(n) }))];
  return html`<div class="stack">${did.length > 0 && html`<section class="card"><div class="card-h"><h2>${t('campaigns.did')}</h2></div><div class="card-b"><${Bars} of=${report.delivered} rows=${did}/></div></section>`}
    <section class="card"><div class="card-h"><h2>${t('campaigns.left_out')}</h2><span class="meta end tab">${number(skipped.reduce((all, [, n]) => all + Number(n), 0))}</span></div><div class="card-b">${skipped.length === 0 ? html`<p class="muted">${t('campaigns.none_left_out')}</p>` : html`<${Bars} of=${report.people} rows=${skipped.map(([why, n]) => ({ key: why, name: wordOr(`campaigns.skip.${why}`, why), value: Number(n), color: 'var(--cat-7)' }))}/>`}</div></section></div>`;
}
