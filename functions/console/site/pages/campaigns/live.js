// A campaign that runs, waits or is paused: how far it is, what came of it so far, and how it goes.

import { get, id as part } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { money, number, percent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Meter } from '../../lib/parts.js';
import { html, useEffect, useRef, useState } from '../../lib/view.js';
import { Hours } from './charts.js';
import { share, standing } from './model.js';
import { wordOr } from './words.js';

const PALE = 'color-mix(in oklab, var(--accent) 50%, var(--bg-panel))';

/** How many messages a minute went out lately, from what the report said before. @param {any} report */
function useRate(report) {
  const seen = useRef(/** @type {{ at: number, accepted: number }[]} */ ([]));
  const [rate, setRate] = useState(/** @type {number | null} */ (null));
  useEffect(() => {
    const now = Date.parse(report.counted_at);
    seen.current = [...seen.current.filter((one) => now - one.at < 60_000), { at: now, accepted: report.accepted }];
    const first = seen.current[0];
    if (now - first.at >= 5000) setRate(((report.accepted - first.accepted) / (now - first.at)) * 60_000);
  }, [report.counted_at]);
  return rate;
}

/** @param {{ campaign: any, report: any }} props */
export function Live({ campaign, report }) {
  const where = standing(report);
  const rate = useRate(report);
  const settled = where.delivered + where.unconfirmed + where.failed;
  const done = share(settled, where.meant) ?? 0;
  const parked = where.parked + (campaign.state === 'paused' ? where.queued : 0);
  const queued = campaign.state === 'paused' ? 0 : where.queued;
  const of = (/** @type {number} */ n) => share(n, where.meant) ?? 0;
  const reasons = Object.entries(report.put_off ?? {}).filter(([, n]) => Number(n) > 0).map(([why]) => wordOr(`campaigns.put.${why}`, why));
  const left = parked + queued;
  const minutes = rate && rate > 0 && campaign.state === 'running' ? Math.ceil(queued / rate) : null;
  const after = campaign.state === 'paused' ? t('campaigns.left_parked', { n: left }) : minutes !== null && queued > 0 ? t('campaigns.left_minutes', { n: minutes }) : left > 0 ? t('campaigns.left', { n: left }) : '';
  if (!campaign.progress.frozen_at) return html`<section class="card"><div class="card-h"><h2>${t('campaigns.freezing')}</h2></div><div class="card-b"><p class="muted">${t('campaigns.freezing_text')}</p></div></section>`;
  return html`<section class="card"><div class="card-h"><h2 class="tab live-share">${percent(done)}</h2><span class="muted tab">${t('campaigns.sent_of', { n: settled, all: where.meant })}</span><span class="end muted" role="status">${after}</span></div>
      <div class="card-b"><${Meter} size="lg" label=${t('campaigns.meter', { delivered: number(where.delivered), sent: number(where.unconfirmed), failed: number(where.failed), parked: number(parked), queued: number(queued) })} parts=${[{ share: of(where.delivered) }, { share: of(where.unconfirmed), color: PALE }, { share: of(where.failed), color: 'var(--danger)' }, { share: of(parked), color: 'var(--window-low)', hatch: true }]}/>
        <div class="legend live-legend"><span><i style=${{ '--c': 'var(--accent)' }}></i>${t('campaigns.delivered')}</span><span><i style=${{ '--c': PALE }}></i>${t('campaigns.unconfirmed')}</span><span><i style=${{ '--c': 'var(--danger)' }}></i>${t('campaigns.failed')}</span><span><i class="hatch-key" style=${{ '--c': 'var(--window-low)' }}></i>${t('campaigns.parked')}${parked > 0 && reasons.length > 0 && ` (${reasons.join(', ')})`}</span><span><i style=${{ '--c': 'var(--window-track)' }}></i>${t('campaigns.queued')}</span></div></div>
      <${Figures} report=${report} meant=${where.meant}/></section>
    <div class="cols cols-2 cols-stretch">${report.by_hour.length > 0 && html`<section class="card"><div class="card-h"><h2>${t('campaigns.by_hour')}</h2></div><div class="card-b"><${Hours} hours=${report.by_hour} names=${[t('campaigns.accepted'), t('campaigns.read')]} label=${t('campaigns.by_hour_label', { n: report.accepted, read: number(report.read) })}/></div></section>`}
      <${Going} campaign=${campaign} rate=${rate} report=${report}/></div>`;
}

/** The six figures of a campaign. @param {{ report: any, meant: number }} props */
export function Figures({ report, meant }) {
  const figures = /** @type {[string, number, number, string][]} */ ([
    ['accepted', report.accepted, meant, 'campaigns.of_all'], ['delivered', report.delivered, report.accepted, 'campaigns.of_accepted'], ['read', report.read, report.delivered, 'campaigns.of_delivered'],
    ['replied', report.replied, report.delivered, 'campaigns.of_delivered'], ['failed', report.failed, report.accepted + (report.refused ?? 0), 'campaigns.of_accepted'], ['opted_out', report.opted_out, report.delivered, 'campaigns.of_delivered'],
  ]);
  return html`<div class="stats stats-line">${figures.map(([name, n, of, base]) => html`<div class="stat" key=${name}><span>${t(`campaigns.${name}`)}</span><b>${number(n)}</b><small>${share(n, of) === null ? '—' : t(base, { share: percent(share(n, of) ?? 0, n > 0 && n / of < 0.1 ? 1 : 0), of: number(of) })}</small></div>`)}</div>`;
}

/** How it goes: pace, limit, what it costs. @param {{ campaign: any, rate: number | null, report: any }} props */
function Going({ campaign, rate, report }) {
  const limit = useResource(async (signal) => {
    const all = (await get('/v1/portfolios', undefined, { signal })).items;
    return all.find((/** @type {any} */ one) => one.numbers.includes(campaign.definition.numbers[0])) ?? null;
  }, [campaign.id, Math.floor(report.accepted / 50), campaign.state]);
  const { pace } = campaign.definition;
  const { cost } = report;
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.going')}</h2></div><div class="card-b stack"><dl class="kv">
    <dt>${t('campaigns.rate')}</dt><dd class="tab">${rate === null || campaign.state !== 'running' ? '—' : t('campaigns.per_minute', { n: Math.round(rate) })}</dd>
    <dt>${t('campaigns.pace')}</dt><dd>${pace?.per_minute ? t('campaigns.at_most', { n: pace.per_minute }) : pace?.over_hours ? t('campaigns.spread', { n: pace.over_hours }) : t('campaigns.pace.fast')}</dd>
    ${limit.data && html`<dt>${t('limits.title')}</dt><dd class="tab">${limit.data.limit === null || limit.data.limit === undefined ? t('limits.unlimited_short') : t('limits.used_of', { used: number(limit.data.used), n: number(limit.data.limit) })}</dd>`}
    ${limit.data?.free_for_campaigns !== null && limit.data?.free_for_campaigns !== undefined && html`<dt>${t('limits.free_campaigns')}</dt><dd class="tab">${number(limit.data.free_for_campaigns)}</dd>`}
    ${cost && html`<dt>${t('campaigns.cost_so_far')}</dt><dd class="tab">${money(cost.actual.amount, cost.estimated.currency)}</dd><dt>${t('campaigns.cost_most')}</dt><dd class="tab">${money(cost.estimated.high, cost.estimated.currency)}</dd>`}
    ${cost?.budget && html`<dt>${t('campaigns.budget')}</dt><dd class="tab">${money(cost.budget.held, '').trim()} / ${money(cost.budget.limit, cost.estimated.currency)}</dd>`}</dl>
    ${limit.data?.limit && html`<${Meter} label=${t('limits.used_of', { used: number(limit.data.used), n: number(limit.data.limit) })} parts=${[{ share: limit.data.used / limit.data.limit }, { share: (limit.data.head_room + limit.data.others) / limit.data.limit, hatch: true, color: 'var(--ink-3)' }]}/>`}</div></section>`;
}
