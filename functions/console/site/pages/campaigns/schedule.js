// Fourth step: when it starts and ends, how fast it goes, and what keeps it within bounds.

import { badOf, CheckField, Segmented, SelectField, Switch, TextField } from '../../lib/forms.js';
import { dateTime } from '../../lib/format.js';
import { language, localeOf, t } from '../../lib/i18n.js';
import { Icon } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { readCron, writeCron } from './model.js';

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
const ZONES = /** @type {string[]} */ (/** @type {any} */ (Intl).supportedValuesOf?.('timeZone') ?? [HERE]);
const QUIET = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
// 2023-01-01 was a Sunday: its week has the names of the days.
const dayName = (/** @type {number} */ n) => new Intl.DateTimeFormat(localeOf(language.value), { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + n)));

/** When it starts, in a few words. @param {any} definition */
export function startWords({ start }) {
  // A text has an `at` of its own, so it is told apart first.
  if (typeof start !== 'object' || !start) return t('campaigns.start.now_short');
  if (start.at) return start.at.time ? `${dateTime(start.at.time)} · ${start.at.zone.split('/').pop().replace(/_/g, ' ')}` : t('campaigns.start.at');
  const when = readCron(start.recurring?.cron ?? '');
  if (!when) return t('campaigns.start.recurring');
  const days = when.monthDay ? t('campaigns.start.month_day', { n: when.monthDay }) : when.days.length ? when.days.map(dayName).join(', ') : t('campaigns.start.daily');
  return `${days} · ${when.time}`;
}

/** A zone, from all that the browser knows. @param {{ label: string, value: string, onChange: (zone: string) => void, bad?: any }} props */
const Zone = ({ label, value, onChange, bad }) => html`<${SelectField} label=${label} value=${value} onChange=${onChange} bad=${bad} options=${[...new Set([value, HERE, ...ZONES].filter(Boolean))].map((one) => ({ value: one, label: one.replace(/_/g, ' ') }))}/>`;

/** Tomorrow at nine, as `datetime-local` writes it. */
function tomorrow() {
  const at = new Date(Date.now() + 86_400_000);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}T09:00`;
}

/** A moment as `datetime-local` writes it. @param {string | null | undefined} when */
function local(when) {
  if (!when) return '';
  const at = new Date(when);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {{ definition: any, set: (change: any) => void, problem: unknown }} props */
export function Schedule({ definition, set, problem }) {
  return html`<div class="cols cols-2"><div class="stack">
    <${Start} definition=${definition} set=${set} problem=${problem}/><${Pace} definition=${definition} set=${set} problem=${problem}/></div>
    <div class="stack"><${Guards} definition=${definition} set=${set} problem=${problem}/><${More} definition=${definition} set=${set} problem=${problem}/></div></div>`;
}

/** @param {{ definition: any, set: (change: any) => void, problem: unknown }} props */
function Start({ definition, set, problem }) {
  const { start } = definition;
  const mode = typeof start !== 'object' || !start ? 'now' : start.at ? 'at' : 'recurring';
  const begin = /** @type {Record<string, () => any>} */ ({ now: () => 'now', at: () => ({ at: { time: tomorrow(), zone: HERE } }), recurring: () => ({ recurring: { cron: '0 10 * * 1', zone: HERE } }) });
  const when = mode === 'recurring' ? readCron(start.recurring.cron) : null;
  const recur = (/** @type {any} */ to) => set({ start: { recurring: { ...start.recurring, ...to } } });
  const rhythm = when?.monthDay ? 'month' : when?.days.length ? 'week' : 'day';
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.when')}</h2></div><div class="card-b stack">
    <${Segmented} label=${t('campaigns.when')} value=${mode} onChange=${(/** @type {string} */ to) => set({ start: begin[to]() })} options=${['now', 'at', 'recurring'].map((one) => ({ value: one, label: t(`campaigns.start.${one}`) }))}/>
    ${mode === 'now' && html`<p class="muted">${t('campaigns.start.now_text')}</p>`}
    ${mode === 'at' && html`<div class="cols cols-2"><${TextField} label=${t('campaigns.start.time')} type="datetime-local" value=${start.at.time.slice(0, 16)} bad=${badOf(problem, 'start.at.time')} onInput=${(/** @type {string} */ time) => time && set({ start: { at: { ...start.at, time } } })}/>
      <${Zone} label=${t('campaigns.zone')} value=${start.at.zone} bad=${badOf(problem, 'start.at.zone')} onChange=${(/** @type {string} */ zone) => set({ start: { at: { ...start.at, zone } } })}/></div>`}
    ${mode === 'recurring' && html`${when ? html`<${SelectField} label=${t('campaigns.rhythm')} value=${rhythm} onChange=${(/** @type {string} */ to) => recur({ cron: writeCron({ time: when.time, days: to === 'week' ? [1] : [], monthDay: to === 'month' ? 1 : null }) })} options=${['day', 'week', 'month'].map((one) => ({ value: one, label: t(`campaigns.rhythm.${one}`) }))}/>
        ${rhythm === 'week' && html`<div class="seg seg-wrap" role="group" aria-label=${t('campaigns.days')}>${[1, 2, 3, 4, 5, 6, 0].map((n) => html`<button type="button" key=${n} aria-pressed=${when.days.includes(n) ? 'true' : 'false'} onClick=${() => { const days = when.days.includes(n) ? when.days.filter((one) => one !== n) : [...when.days, n]; if (days.length) recur({ cron: writeCron({ ...when, days }) }); }}>${dayName(n)}</button>`)}</div>`}
        ${rhythm === 'month' && html`<${TextField} label=${t('campaigns.month_day')} type="number" min="1" max="31" value=${when.monthDay} onInput=${(/** @type {string} */ n) => recur({ cron: writeCron({ ...when, monthDay: Math.max(1, Math.min(31, Number(n) || 1)) }) })}/>`}
        <${TextField} label=${t('campaigns.start.hour')} type="time" value=${when.time} onInput=${(/** @type {string} */ time) => time && recur({ cron: writeCron({ ...when, time }) })}/>` : html`<${TextField} label=${t('campaigns.cron')} class="input mono" value=${start.recurring.cron} bad=${badOf(problem, 'start.recurring.cron')} onInput=${(/** @type {string} */ cron) => recur({ cron })}/>`}
      <${Zone} label=${t('campaigns.zone')} value=${start.recurring.zone} bad=${badOf(problem, 'start.recurring.zone')} onChange=${(/** @type {string} */ zone) => recur({ zone })}/>
      <${TextField} label=${t('campaigns.until')} type="datetime-local" value=${local(start.recurring.until)} hint=${t('campaigns.until_hint')} onInput=${(/** @type {string} */ to) => recur({ until: to ? new Date(to).toISOString() : null })}/>`}
    <${TextField} label=${t('campaigns.ends_at')} type="datetime-local" value=${local(definition.ends_at)} bad=${badOf(problem, 'ends_at')} hint=${t('campaigns.ends_at_hint')} onInput=${(/** @type {string} */ to) => set({ ends_at: to ? new Date(to).toISOString() : null })}/>
  </div></section>`;
}

/** @param {{ definition: any, set: (change: any) => void, problem: unknown }} props */
function Pace({ definition, set, problem }) {
  const pace = definition.pace;
  const mode = pace?.over_hours ? 'over_hours' : pace?.per_minute ? 'per_minute' : 'fast';
  const put = (/** @type {any} */ to) => {
    const next = { ...pace, ...to };
    if (!next.warm_up?.length) delete next.warm_up;
    set({ pace: next.over_hours || next.per_minute || next.warm_up ? next : null });
  };
  const whole = (/** @type {string} */ text, /** @type {number} */ most) => Math.max(1, Math.min(most, Math.round(Number(text) || 1)));
  const [warm, setWarm] = useState((pace?.warm_up ?? []).join(', '));
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.pace')}</h2></div><div class="card-b stack">
    <${Segmented} label=${t('campaigns.pace')} value=${mode} onChange=${(/** @type {string} */ to) => put({ over_hours: to === 'over_hours' ? 4 : null, per_minute: to === 'per_minute' ? 60 : null })} options=${['fast', 'per_minute', 'over_hours'].map((one) => ({ value: one, label: t(`campaigns.pace.${one}`) }))}/>
    ${mode === 'fast' && html`<p class="muted">${t('campaigns.pace.fast_text')}</p>`}
    ${mode === 'per_minute' && html`<${TextField} label=${t('campaigns.pace.per_minute_label')} type="number" min="1" value=${pace.per_minute} bad=${badOf(problem, 'pace.per_minute')} onInput=${(/** @type {string} */ n) => put({ per_minute: whole(n, 100_000) })}/>`}
    ${mode === 'over_hours' && html`<${TextField} label=${t('campaigns.pace.over_hours_label')} type="number" min="1" max="720" value=${pace.over_hours} bad=${badOf(problem, 'pace.over_hours')} onInput=${(/** @type {string} */ n) => put({ over_hours: whole(n, 720) })}/>`}
    <${TextField} label=${t('campaigns.warm_up')} value=${warm} placeholder="200, 400, 800" bad=${badOf(problem, 'pace.warm_up')} hint=${t('campaigns.warm_up_hint')} onInput=${(/** @type {string} */ text) => { setWarm(text); put({ warm_up: text.split(/[\s,;]+/).map(Number).filter((n) => n > 0) }); }}/>
    <${SelectField} label=${t('campaigns.order')} value=${definition.order} onChange=${(/** @type {string} */ order) => set({ order })} options=${['audience', 'reversed', 'shuffled'].map((one) => ({ value: one, label: t(`campaigns.order.${one}`) }))}/>
  </div></section>`;
}

/** A guard that is on or off, with what it says. @param {{ icon: string, title: string, text: string, on: boolean, onChange: (on: boolean) => void, children?: any }} props */
const Guard = ({ icon, title, text, on, onChange, children }) => html`<div class="guard"><${Icon} name=${icon}/><div class="stack-s"><b>${title}</b><p>${text}</p>${on && children && html`<div class="guard-in">${children}</div>`}</div><span class="guard-switch"><${Switch} label=${html`<span class="vh">${title}</span>`} checked=${on} onChange=${onChange}/></span></div>`;

/** @param {{ definition: any, set: (change: any) => void, problem: unknown }} props */
function Guards({ definition, set, problem }) {
  const { canary, quiet_hours: quiet, frequency_cap: cap, budget } = definition;
  const figure = (/** @type {string} */ name, /** @type {any} */ of, /** @type {string} */ member, /** @type {any} */ more = {}) => html`<${TextField} label=${t(`campaigns.${name}.${member}`)} type="number" min="0" step="any" value=${of[member]} bad=${badOf(problem, `${name}.${member}`)} onInput=${(/** @type {string} */ n) => set({ [name]: { ...of, [member]: Number(n) || 0 } })} ...${more}/>`;
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.guards')}</h2><span class="meta end">${t('campaigns.guards_meta')}</span></div><div class="card-b">
    <${Guard} icon="flask" title=${t('campaigns.canary')} text=${t('campaigns.canary_text')} on=${Boolean(canary)} onChange=${(/** @type {boolean} */ on) => set({ canary: on ? { share: 5, wait_minutes: 30, most_failed: 5, most_opted_out: 1, most_only_sent: 20 } : null })}>
      ${canary && html`<div class="cols cols-2">${figure('canary', canary, 'share')}${figure('canary', canary, 'wait_minutes')}${figure('canary', canary, 'most_failed')}${figure('canary', canary, 'most_opted_out')}${figure('canary', canary, 'most_only_sent')}</div>`}<//>
    <${Guard} icon="clock" title=${t('campaigns.quiet')} text=${t('campaigns.quiet_text')} on=${Boolean(quiet)} onChange=${(/** @type {boolean} */ on) => set({ quiet_hours: on ? { from: '20:00', to: '08:00', otherwise: HERE, days: [] } : null })}>
      ${quiet && html`<div class="cols cols-2">${['from', 'to'].map((one) => html`<${TextField} key=${one} label=${t(`campaigns.quiet.${one}`)} type="time" value=${quiet[one]} bad=${badOf(problem, `quiet_hours.${one}`)} onInput=${(/** @type {string} */ to) => to && set({ quiet_hours: { ...quiet, [one]: to } })}/>`)}</div>
        <${Zone} label=${t('campaigns.quiet.otherwise')} value=${quiet.otherwise} onChange=${(/** @type {string} */ otherwise) => set({ quiet_hours: { ...quiet, otherwise } })}/>
        <div class="seg seg-wrap" role="group" aria-label=${t('campaigns.quiet.days')}>${QUIET.map((one, i) => html`<button type="button" key=${one} aria-pressed=${(quiet.days ?? []).includes(one) ? 'true' : 'false'} onClick=${() => { const days = (quiet.days ?? []).includes(one) ? quiet.days.filter((/** @type {string} */ each) => each !== one) : [...(quiet.days ?? []), one]; if (days.length < 7) set({ quiet_hours: { ...quiet, days } }); }}>${dayName((i + 1) % 7)}</button>`)}</div><p class="hint">${t('campaigns.quiet.days_hint')}</p>`}<//>
    <${Guard} icon="shield" title=${t('campaigns.cap')} text=${t('campaigns.cap_text')} on=${Boolean(cap)} onChange=${(/** @type {boolean} */ on) => set({ frequency_cap: on ? { messages: 2, days: 7 } : null })}>
      ${cap && html`<div class="cols cols-2">${figure('frequency_cap', cap, 'messages', { min: 1, max: 8, step: 1 })}${figure('frequency_cap', cap, 'days', { min: 1, max: 90, step: 1 })}</div>`}<//>
    <${Guard} icon="wallet" title=${t('campaigns.budget')} text=${t('campaigns.budget_text')} on=${Boolean(budget)} onChange=${(/** @type {boolean} */ on) => set({ budget: on ? { micros: 100_000_000, currency: 'USD' } : null })}>
      ${budget && html`<div class="cols cols-2"><${TextField} label=${t('campaigns.budget.amount')} type="number" min="1" step="any" value=${budget.micros / 1e6} bad=${badOf(problem, 'budget.micros')} onInput=${(/** @type {string} */ n) => set({ budget: { ...budget, micros: Math.round((Number(n) || 0) * 1e6) } })}/>
        <${TextField} label=${t('campaigns.budget.currency')} maxlength="3" value=${budget.currency} bad=${badOf(problem, 'budget.currency')} onInput=${(/** @type {string} */ to) => set({ budget: { ...budget, currency: to.toUpperCase() } })}/></div>`}<//>
    <p class="hint">${t('campaigns.guards_always')}</p>
  </div></section>`;
}

/** @param {{ definition: any, set: (change: any) => void, problem: unknown }} props */
const More = ({ definition, set, problem }) => html`<section class="card"><div class="card-h"><h2>${t('campaigns.results')}</h2></div><div class="card-b stack">
  <${TextField} label=${t('campaigns.reply_hours')} type="number" min="1" max="168" value=${definition.reply_hours} bad=${badOf(problem, 'reply_hours')} hint=${t('campaigns.reply_hours_hint')} onInput=${(/** @type {string} */ n) => set({ reply_hours: Math.max(1, Math.min(168, Math.round(Number(n) || 1))) })}/>
  <${CheckField} label=${t('campaigns.retry')} checked=${definition.retry_marketing_limit} onChange=${(/** @type {boolean} */ on) => set({ retry_marketing_limit: on })}/>
</div></section>`;
