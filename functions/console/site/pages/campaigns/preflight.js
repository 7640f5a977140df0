// Last step: what would happen if it started now, person by person in sums, and the button that starts it.

import { get, id as part, newKey, post } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { confirm } from '../../lib/dialog.js';
import { numberOf } from '../../lib/directory.js';
import { dateTime, money, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { marketName } from '../../lib/markets.js';
import { useKeys } from '../../lib/keyboard.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { Button, Callout, Chip, Meter, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate, path } from '../../lib/router.js';
import { html, useEffect, useRef, useState } from '../../lib/view.js';
import { letter, outcomes, share } from './model.js';
import { LivePreview } from './parameters.js';
import { startWords } from './schedule.js';
import { keep } from './store.js';
import { range, soon, wordOr } from './words.js';

const COLORS = ['var(--cat-7)', 'var(--cat-4)', 'var(--danger)', 'var(--cat-5)', 'var(--cat-6)', 'var(--cat-2)', 'var(--plaster-6)'];
const LOOK_MS = 900;
/** The newest pre-flight of each campaign, so that going back and forth between steps does not count anew. @type {Map<string, any>} */
const flights = new Map();

/**
 * A pre-flight of the campaign as it is now: begun by itself, looked at until it is through.
 * @param {any} campaign
 * @param {() => Promise<boolean>} save
 * @param {() => number} version
 */
function usePreflight(campaign, save, version) {
  const [flight, setFlight] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!campaign) return undefined;
    let gone = false;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const place = `/v1/campaigns/${part(campaign.id)}/preflight`;
    const look = async () => {
      try {
        const now = await get(place);
        if (gone) return;
        setFlight(now);
        flights.set(campaign.id, now);
        if (now.state === 'running') timer = setTimeout(look, LOOK_MS);
      } catch (failed) { if (!gone) setProblem(failed); }
    };
    (async () => {
      setProblem(null);
      if (!await save()) return;
      try {
        const newest = round === 0 ? flights.get(campaign.id) : null;
        const fresh = newest && newest.campaign_version === version() && newest.state !== 'failed' && Date.now() - Date.parse(newest.updated_at) < 120_000;
        const begun = fresh ? newest : await post(place);
        if (gone) return;
        setFlight(begun);
        if (begun.state === 'running') timer = setTimeout(look, LOOK_MS);
      } catch (failed) { if (!gone) setProblem(failed); }
    })();
    return () => { gone = true; clearTimeout(timer); };
  }, [campaign?.id, round]);
  return { flight, problem, again: () => setRound((n) => n + 1) };
}

/** @param {{ definition: any, details: Map<string, any>, campaign: any, save: () => Promise<boolean>, version: () => number, go: (step: string) => void }} props */
export function Preflight({ definition, details, campaign, save, version, go }) {
  const { flight, problem, again } = usePreflight(campaign, save, version);
  const [shown, setShown] = useState(0);
  if (!campaign) return html`<${Callout} tone="warn">${t('campaigns.preflight.first')}<//>`;
  const summary = flight?.summary;
  const ready = flight?.state === 'finished';
  const variant = definition.templates[Math.min(shown, definition.templates.length - 1)];
  return html`<div class="cols cols-main"><div class="stack">
      <${Blocks} problem=${problem} retry=${again} go=${go}/>
      ${flight?.state === 'failed' && html`<${Callout} tone="danger" role="alert" title=${t('campaigns.preflight.failed')} actions=${html`<${Button} small onClick=${again}>${t('action.retry')}<//>`}>${flight.reason && html`<p class="muted">${flight.reason}</p>`}<//>`}
      ${flight && !ready && flight.state === 'running' && html`<p class="muted" role="status">${t('campaigns.preflight.counting', { n: flight.people })}</p>`}
      ${!flight && !problem && html`<${Skeleton} lines=${8}/>`}
      ${summary && html`<${Receivers} summary=${summary} definition=${definition} go=${go} again=${again} ready=${ready}/>
        <div class="cols cols-2 cols-stretch"><${Cost} summary=${summary} definition=${definition}/><${Room} summary=${summary} definition=${definition}/><${Health} definition=${definition} details=${details}/><${Guards} definition=${definition} go=${go}/></div>`}
    </div>
    <aside class="stack ready"><${Ready} campaign=${campaign} definition=${definition} summary=${ready ? summary : null} blocked=${Boolean(problem)} save=${save}/>
      ${definition.templates.length > 1 && html`<div class="seg" role="group" aria-label=${t('campaigns.variants')}>${definition.templates.map((/** @type {any} */ _, /** @type {number} */ i) => html`<button type="button" key=${i} aria-pressed=${shown === i ? 'true' : 'false'} onClick=${() => setShown(i)}>${letter(i)}</button>`)}</div>`}
      ${variant && html`<${LivePreview} definition=${definition} variant=${variant} detail=${details.get(variant.template)} name=${letter(shown)}/>`}</aside></div>`;
}

/** What has to be changed before it may start, with the step where that is. @param {{ problem: any, retry: () => void, go: (step: string) => void }} props */
function Blocks({ problem, retry, go }) {
  if (!problem) return null;
  if (!problem.errors?.length) return html`<${ProblemCallout} problem=${problem} retry=${retry}/>`;
  const stepOf = (/** @type {string} */ field) => (field.startsWith('templates') || field.startsWith('language') ? (field.includes('parameters') ? 'parameters' : 'template') : /^(audience|numbers|name)/.test(field) ? 'audience' : 'schedule');
  return html`<${Callout} tone="danger" role="alert" title=${t('campaigns.preflight.blocks', { n: problem.errors.length })} actions=${html`<${Button} small icon="refresh" onClick=${retry}>${t('action.retry')}<//>`}>
    <ul class="errors">${problem.errors.map((/** @type {any} */ one) => html`<li key=${one.field}><button type="button" class="linkish" onClick=${() => go(stepOf(one.field))}>${t(`campaigns.step.${stepOf(one.field)}`)}</button> <span class="mono meta">${one.field}</span> ${one.detail}</li>`)}</ul><//>`;
}

/** @param {{ summary: any, definition: any, go: (step: string) => void, again: () => void, ready: boolean }} props */
function Receivers({ summary, definition, go, again, ready }) {
  const { receiving, wait, heldOut, skipped, people } = outcomes(summary);
  const parts = [{ share: share(receiving, people) ?? 0 }, { share: share(heldOut, people) ?? 0, hatch: true }, ...skipped.map(([, n], i) => ({ share: share(n, people) ?? 0, color: COLORS[i % COLORS.length] }))];
  const steps = /** @type {Record<string, string>} */ ({ missing_parameter: 'parameters', over_frequency_cap: 'schedule', excluded: 'audience', no_language: 'template', never_awake: 'schedule' });
  const missing = Object.entries(summary.missing ?? {});
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.preflight.who')}</h2><span class="meta end tab">${t('campaigns.preflight.audience', { n: people })}</span></div>
    <div class="card-b"><${Meter} size="lg" parts=${parts} label=${t('campaigns.preflight.meter', { get: number(receiving), held: number(heldOut), out: number(people - receiving - heldOut) })}/></div>
    <table class="table tight outc"><thead><tr><th>${t('campaigns.preflight.outcome')}</th><th>${t('campaigns.preflight.why')}</th><th class="n">${t('campaigns.preflight.people')}</th><th><span class="vh">${t('campaigns.preflight.action')}</span></th></tr></thead><tbody>
      <tr><td><i class="swatch" style=${{ '--c': 'var(--accent)' }}></i>${t('campaigns.preflight.receive')}</td><td class="muted">${t('campaigns.preflight.receive_why')}</td><td class="n"><b>${number(receiving)}</b></td><td></td></tr>
      ${heldOut > 0 && html`<tr><td><i class="swatch hatch-key" style=${{ '--c': 'var(--accent)' }}></i>${t('campaigns.skip.held_out')}</td><td class="muted">${t('campaigns.preflight.held_why', { share: number(definition.hold_out) })}</td><td class="n">${number(heldOut)}</td><td class="n"><button type="button" class="linkish" onClick=${() => go('template')}>${t('campaigns.adjust')}</button></td></tr>`}
      ${skipped.map(([why, n], i) => html`<tr key=${why}><td><i class="swatch" style=${{ '--c': COLORS[i % COLORS.length] }}></i>${wordOr(`campaigns.skip.${why}`, why)}</td><td class="muted">${why === 'missing_parameter' && missing.length ? missing.map(([name, of]) => `${name}: ${number(of)}`).join(' · ') : wordOr(`campaigns.skip_why.${why}`, '')}</td><td class="n">${number(n)}</td><td class="n">${steps[why] && html`<button type="button" class="linkish" onClick=${() => go(steps[why])}>${t('campaigns.adjust')}</button>`}</td></tr>`)}
    </tbody></table>
    ${(wait > 0 || summary.unreadable_lines > 0 || summary.before > 0) && html`<ul class="card-b stack-s meta">${Object.entries(summary.wait ?? {}).map(([why, n]) => html`<li key=${why}>${t('campaigns.preflight.wait', { n: Number(n), why: wordOr(`campaigns.put.${why}`, why) })}</li>`)}${summary.latest && html`<li>${t('campaigns.preflight.latest', { when: dateTime(summary.latest) })}</li>`}${summary.before > 0 && html`<li>${t('campaigns.preflight.before', { n: summary.before })}</li>`}${summary.unreadable_lines > 0 && html`<li class="t-warn">${t('campaigns.preflight.unreadable', { n: summary.unreadable_lines })}</li>`}</ul>`}
    ${ready && html`<div class="card-f"><span class="meta grow">${t('campaigns.preflight.as_of')}</span><${Button} small kind="ghost" icon="refresh" onClick=${again}>${t('campaigns.preflight.again')}<//></div>`}</section>`;
}

/** @param {{ summary: any, definition: any }} props */
function Cost({ summary, definition }) {
  const byMarket = new Map();
  for (const one of summary.receive ?? []) byMarket.set(one.market, (byMarket.get(one.market) ?? 0) + one.people);
  const { cost } = summary;
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.cost')}</h2>${cost && html`<span class="end"><${Chip}>${range(cost)}<//></span>`}</div>
    <table class="table tight"><thead><tr><th>${t('campaigns.market')}</th><th class="n">${t('campaigns.messages')}</th></tr></thead><tbody>${[...byMarket].sort((a, b) => b[1] - a[1]).slice(0, 8).map(([market, n]) => html`<tr key=${market}><td>${marketName(market)}</td><td class="n">${number(n)}</td></tr>`)}</tbody></table>
    <p class="hint card-hint">${cost ? t('campaigns.cost_note', { card: cost.card }) : t('campaigns.cost_later')}</p>
    ${cost?.unpriced > 0 && html`<div class="card-b"><${Callout} tone="warn">${t('campaigns.unpriced', { n: cost.unpriced })}<//></div>`}
    ${definition.budget && cost && cost.high_micros > definition.budget.micros && html`<div class="card-b"><${Callout} tone="warn">${t('campaigns.over_budget', { budget: money(definition.budget.micros / 1e6, definition.budget.currency) })}<//></div>`}</section>`;
}

/** @param {{ summary: any, definition: any }} props */
function Room({ summary, definition }) {
  const waba = numberOf(definition.numbers[0])?.waba;
  const limit = useResource(async (signal) => {
    const found = (await get('/v1/portfolios', undefined, { signal })).items.find((/** @type {any} */ one) => one.numbers.includes(definition.numbers[0]));
    return found ? get(`/v1/portfolios/${part(found.id)}`, { people: summary.receiving }, { signal }) : null;
  }, [waba, summary.receiving]);
  const room = limit.data;
  if (!room) return html`<section class="card"><div class="card-h"><h2>${t('limits.room')}</h2></div><div class="card-b">${limit.problem ? html`<${ProblemCallout} problem=${limit.problem} retry=${limit.reload}/>` : html`<${Skeleton} lines=${3}/>`}</div></section>`;
  const later = room.free_for_campaigns === null ? 0 : Math.max(0, summary.receiving - room.free_for_campaigns);
  const today = summary.receiving - later;
  return html`<section class="card"><div class="card-h"><h2>${t('limits.room')}</h2><span class="end">${later > 0 ? html`<${Chip} tone="warn" icon="alert">${t('limits.later', { n: later })}<//>` : html`<${Chip} tone="ok">${t('limits.fits')}<//>`}</span></div>
    <div class="card-b room"><p class="muted">${room.limit === null || room.limit === undefined ? t('limits.unlimited') : t('limits.limit', { n: room.limit })}</p>
      ${room.limit && html`<div class="room-bar" role="img" aria-label=${t('limits.bar', { used: number(room.used), campaign: number(today), later: number(later) })}><i style=${{ '--v': `${(room.used / room.limit) * 100}%`, '--c': 'light-dark(#6a6358, #57514a)' }}>${room.used > 0 && number(room.used)}</i><i style=${{ '--v': `${(today / room.limit) * 100}%`, '--c': 'var(--accent-solid)' }}>${today > 0 && number(today)}</i></div>
        <div class="legend"><span><i style=${{ '--c': 'light-dark(#6a6358, #57514a)' }}></i>${t('limits.used')}</span><span><i style=${{ '--c': 'var(--accent-solid)' }}></i>${t('limits.this')}</span><span><i style=${{ '--c': 'var(--window-track)' }}></i>${t('limits.free')}</span></div>`}
      ${room.forecast.days.length > 1 && html`<ol class="days">${room.forecast.days.slice(0, 6).map((/** @type {number} */ n, /** @type {number} */ i) => html`<li key=${i}><b class="tab">${number(n)}</b><span class="meta">${i === 0 ? t('limits.today') : t('limits.in_days', { n: i })}</span></li>`)}</ol>`}
      <p class="meta"><a class="linkish" href="/campaigns/limits">${t('limits.see')}</a></p></div></section>`;
}

/** @param {{ definition: any, details: Map<string, any> }} props */
const Health = ({ definition, details }) => html`<section class="card"><div class="card-h"><h2>${t('campaigns.health')}</h2></div><div class="card-b stack">${definition.templates.map((/** @type {any} */ variant, /** @type {number} */ i) => {
  const one = details.get(variant.template);
  return one && html`<dl class="kv" key=${i}><dt>${letter(i)}</dt><dd><a class="linkish mono" href=${path('templates', one.waba, one.name, one.language)}>${one.name}</a></dd><dt>${t('campaigns.health_status')}</dt><dd>${wordOr(`templates.status.${one.status}`, one.status)} · ${one.language}</dd><dt>${t('campaigns.health_quality')}</dt><dd class=${{ GREEN: 't-ok', YELLOW: 't-warn', RED: 't-danger' }[/** @type {'GREEN'} */ (one.quality)] ?? ''}>${wordOr(`templates.quality.${one.quality ?? 'UNKNOWN'}`, one.quality ?? '')}</dd></dl>`;
})}</div></section>`;

/** @param {{ definition: any, go: (step: string) => void }} props */
const Guards = ({ definition, go }) => html`<section class="card"><div class="card-h"><h2>${t('campaigns.guards')}</h2><button type="button" class="linkish end" onClick=${() => go('schedule')}>${t('campaigns.adjust')}</button></div><div class="card-b"><dl class="kv">
  <dt>${t('campaigns.canary')}</dt><dd>${definition.canary ? t('campaigns.canary_is', { share: number(definition.canary.share), minutes: number(definition.canary.wait_minutes) }) : t('campaigns.off')}</dd>
  <dt>${t('campaigns.quiet')}</dt><dd>${definition.quiet_hours ? `${definition.quiet_hours.from.slice(0, 5)} – ${definition.quiet_hours.to.slice(0, 5)}` : t('campaigns.off')}</dd>
  <dt>${t('campaigns.cap')}</dt><dd>${definition.frequency_cap ? t('campaigns.cap_is', { messages: number(definition.frequency_cap.messages), days: number(definition.frequency_cap.days) }) : t('campaigns.off')}</dd>
  <dt>${t('campaigns.budget')}</dt><dd>${definition.budget ? money(definition.budget.micros / 1e6, definition.budget.currency) : t('campaigns.off')}</dd></dl></div></section>`;

/** @param {{ campaign: any, definition: any, summary: any, blocked: boolean, save: () => Promise<boolean> }} props */
function Ready({ campaign, definition, summary, blocked, save }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const scheduled = campaign.state === 'scheduled';
  const starts = definition.start !== 'now';
  const nobody = summary && summary.receiving === 0 && !starts;
  const able = summary && !blocked && !nobody && !busy;
  const act = async (/** @type {string} */ step, /** @type {boolean} */ ask) => {
    if (ask && !await confirm({ title: t('campaigns.start_title'), text: t('campaigns.start_text', { n: summary.receiving, name: definition.name }), action: t('campaigns.start_now') })) return;
    setBusy(true);
    try {
      await save();
      keep(await post(`/v1/campaigns/${part(campaign.id)}/${step}`, undefined, { key: key.current }));
      navigate(path('campaigns', campaign.id), { replace: true });
    } catch (failed) { setProblem(failed); key.current = newKey(); }
    setBusy(false);
  };
  const main = () => { if (able && !scheduled) act(starts ? 'schedule' : 'start', !starts); };
  useKeys([{ keys: 'mod+enter', inText: true, run: main }]);
  return html`<section class="card"><div class="card-b stack ready-b"><h2>${t(scheduled ? 'campaigns.ready_scheduled' : blocked || nobody ? 'campaigns.ready_blocked' : summary ? 'campaigns.ready' : 'campaigns.ready_counting')}</h2>
    <dl class="kv"><dt>${t('campaigns.ready_start')}</dt><dd>${startWords(definition)}</dd><dt>${t('campaigns.from')}</dt><dd>${definition.numbers.map((/** @type {string} */ one) => html`<${NumberBadge} key=${one} id=${one}/> `)}</dd>
      ${summary && html`<dt>${t('campaigns.ready_get')}</dt><dd class="tab">${number(summary.receiving)}</dd>`}${summary?.expected_end && definition.start === 'now' && html`<dt>${t('campaigns.ready_end')}</dt><dd>${soon(summary.expected_end)}</dd>`}${summary?.cost && html`<dt>${t('campaigns.cost')}</dt><dd class="tab">${range(summary.cost)}</dd>`}</dl>
    ${nobody && html`<${Callout} tone="warn">${t('campaigns.ready_nobody')}<//>`}<${ProblemCallout} problem=${problem}/>
    ${scheduled ? html`<${Button} busy=${busy} onClick=${() => act('unschedule', false)}>${t('campaigns.unschedule')}<//>` : html`<${Button} kind="primary" class="lg" busy=${busy} disabled=${!able} keys="mod+enter" onClick=${main}>${t(starts ? 'campaigns.schedule' : 'campaigns.start_now')}<//>`}
    ${starts && !scheduled && html`<${Button} kind="ghost" busy=${busy} disabled=${!able || summary.receiving === 0} onClick=${() => act('start', true)}>${t('campaigns.start_now')}<//>`}
    <p class="hint center">${t('campaigns.ready_stop')}</p></div></section>`;
}
