// The messaging limit of each portfolio: what is used, when it is free again, how what is planned will go, and the way up.

import { badOf, TextField } from '../../lib/forms.js';
import { get, id as part, patch } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { Dialog } from '../../lib/dialog.js';
import { dateTime, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { Button, Callout, Chip, Empty, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { soon } from './words.js';

const GREY = 'light-dark(#6a6358, #57514a)';
const TEAL = 'light-dark(#176b65, #1f6b65)';
const isNone = (/** @type {any} */ n) => n === null || n === undefined;

/** The page. */
export function Limits() {
  const list = useResource((signal) => get('/v1/portfolios', undefined, { signal }), []);
  // Under a portfolio without numbers nothing is sent.
  const portfolios = (list.data?.items ?? []).filter((/** @type {any} */ one) => one.numbers.length > 0);
  return html`<main id="main" class="app-main page" tabindex="-1"><header class="page-head"><div class="grow"><h1>${t('limits.title')}</h1><p class="meta">${t('limits.about')}</p></div></header>
    <div class="page-body stack">${list.problem && html`<${ProblemCallout} problem=${list.problem} retry=${list.reload}/>`}${list.loading && !list.data && html`<${Skeleton} lines=${6}/>`}
      ${list.data && portfolios.length === 0 && html`<${Empty} title=${t('limits.none')}>${t('limits.none_text')}<//>`}
      ${portfolios.map((/** @type {any} */ one) => html`<${PortfolioLimit} key=${one.id} id=${one.id} several=${portfolios.length > 1}/>`)}</div></main>`;
}

/** @param {{ id: string, several: boolean }} props */
function PortfolioLimit({ id, several }) {
  const [people, setPeople] = useState('');
  const [days, setDays] = useState('7');
  const [editing, setEditing] = useState(false);
  const asked = Math.max(0, Math.round(Number(people) || 0));
  const found = useResource((signal) => get(`/v1/portfolios/${part(id)}`, { people: people ? asked : undefined, days: Number(days) || 7 }, { signal }), [id, people, days]);
  const one = found.data;
  if (!one) return html`<section class="card"><div class="card-b pad">${found.problem ? html`<${ProblemCallout} problem=${found.problem} retry=${found.reload}/>` : html`<${Skeleton} lines=${6}/>`}</div></section>`;
  return html`<div class="stack">${several && html`<h2>${t('limits.portfolio', { id })}</h2>`}
    <section class="card"><div class="card-h"><h2>${isNone(one.limit) ? t('limits.unlimited') : t('limits.limit', { n: one.limit })}</h2><span class="end flex">${one.numbers.map((/** @type {string} */ each) => html`<${NumberBadge} key=${each} id=${each}/>`)}</span></div>
      <div class="card-b room">${!isNone(one.limit) && html`<div class="room-bar" role="img" aria-label=${t('limits.bar_label', { used: number(one.used), others: number(one.others), room: number(one.head_room), n: number(one.limit) })}>
          <i style=${{ '--v': `${(one.used / one.limit) * 100}%`, '--c': GREY }}>${one.used > 0 && number(one.used)}</i><i style=${{ '--v': `${(one.others / one.limit) * 100}%`, '--c': TEAL }}>${one.others > 0 && number(one.others)}</i><i class="hatch" style=${{ '--v': `${(one.head_room / one.limit) * 100}%`, '--c': 'var(--ink-3)' }}></i></div>
        <div class="legend"><span><i style=${{ '--c': GREY }}></i>${t('limits.used_n', { n: one.used })}</span><span><i style=${{ '--c': TEAL }}></i>${t('limits.others_n', { n: one.others })}</span><span><i class="hatch-key" style=${{ '--c': 'var(--ink-3)' }}></i>${t('limits.head_room_n', { n: one.head_room })}</span><span><i style=${{ '--c': 'var(--window-track)' }}></i>${t('limits.free_n', { n: one.free_for_campaigns ?? 0 })}</span></div>`}</div>
      <div class="stats stats-line"><div class="stat"><span>${t('limits.used')}</span><b>${number(one.used)}</b><small>${t('limits.in_24')}</small></div><div class="stat"><span>${t('limits.free_campaigns')}</span><b>${isNone(one.free_for_campaigns) ? '∞' : number(one.free_for_campaigns)}</b><small>${t('limits.now')}</small></div><div class="stat"><span>${t('limits.free_single')}</span><b>${isNone(one.free_for_single_messages) ? '∞' : number(one.free_for_single_messages)}</b><small>${t('limits.now')}</small></div></div>
      ${can('admin') && !isNone(one.limit) && html`<div class="card-f"><span class="grow muted">${t('limits.head_room_text')}</span><${Button} small onClick=${() => setEditing(true)}>${t('limits.change')}<//></div>`}</section>
    <div class="cols cols-3 cols-stretch">
      <section class="card"><div class="card-h"><h2>${t('limits.freed')}</h2></div><div class="card-b">${one.freed.length === 0 ? html`<p class="muted">${t('limits.freed_none')}</p>` : html`<dl class="kv">${one.freed.slice(0, 10).map((/** @type {any} */ each) => html`<dt>${soon(each.at)}</dt><dd class="tab">${t('campaigns.people', { n: each.people })}</dd>`)}</dl>`}</div></section>
      <section class="card"><div class="card-h"><h2>${t('limits.forecast')}</h2></div><div class="card-b stack"><${TextField} label=${t('limits.people')} type="number" min="0" value=${people} placeholder=${number(one.forecast.people)} hint=${t('limits.people_hint')} onInput=${setPeople}/>
        ${one.forecast.people > 0 ? html`<ol class="days">${one.forecast.days.slice(0, 7).map((/** @type {number} */ n, /** @type {number} */ i) => html`<li key=${i}><b class="tab">${number(n)}</b><span class="meta">${i === 0 ? t('limits.today') : t('limits.in_days', { n: i })}</span></li>`)}</ol><p class="meta">${one.forecast.ends_at ? t('limits.ends', { when: dateTime(one.forecast.ends_at) }) : t('limits.no_end')} ${t('limits.per_hour', { n: one.forecast.per_hour })}</p>` : html`<p class="muted">${t('limits.nothing_planned')}</p>`}</div></section>
      <section class="card"><div class="card-h"><h2>${t('limits.next')}</h2>${one.next_limit && html`<span class="end"><${Chip} tone="accent">${isNone(one.next_limit.limit) ? t('limits.unlimited_short') : number(one.next_limit.limit)}<//></span>`}</div><div class="card-b stack">${!one.next_limit ? html`<p class="muted">${t('limits.top')}</p>` : html`
        <p>${one.next_limit.still > 0 ? t('limits.still', { n: one.next_limit.still, all: number(one.next_limit.people), days: number(one.next_limit.within_days) }) : t('limits.done')}</p>
        <${TextField} label=${t('limits.days')} type="number" min="1" max="30" value=${days} onInput=${(/** @type {string} */ n) => setDays(String(Math.max(1, Math.min(30, Math.round(Number(n) || 1)))))}/>
        ${one.next_limit.days.length > 0 && html`<ol class="days">${one.next_limit.days.slice(0, 7).map((/** @type {number} */ n, /** @type {number} */ i) => html`<li key=${i}><b class="tab">${number(n)}</b><span class="meta">${i === 0 ? t('limits.today') : t('limits.in_days', { n: i })}</span></li>`)}</ol>`}
        ${one.next_limit.is_too_short && html`<${Callout} tone="warn">${t('limits.too_short')}<//>`}${one.next_limit.or_by_verification && html`<p class="meta">${t('limits.verification')}</p>`}`}</div></section></div>
    ${editing && html`<${HeadRoom} one=${one} onClose=${() => setEditing(false)} done=${found.reload}/>`}</div>`;
}

/** @param {{ one: any, onClose: () => void, done: () => void }} props */
function HeadRoom({ one, onClose, done }) {
  const [room, setRoom] = useState(String(one.head_room));
  const [others, setOthers] = useState(String(one.others));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const whole = (/** @type {string} */ text) => (text.trim() === '' ? null : Math.max(0, Math.round(Number(text) || 0)));
  const put = (/** @type {number | null} */ head, /** @type {number | null} */ rest) => patch(`/v1/portfolios/${part(one.id)}`, { head_room: head, others: rest });
  const save = async () => {
    setBusy(true);
    try {
      await put(whole(room), whole(others));
      done();
      onClose();
      toast(t('limits.changed'), async () => { await put(one.head_room, one.others); done(); });
    } catch (failed) { setProblem(failed); setBusy(false); }
  };
  return html`<${Dialog} title=${t('limits.change')} onClose=${onClose} onSubmit=${save} footer=${html`<${Button} kind="ghost" onClick=${onClose}>${t('action.cancel')}<//><button class="btn primary" disabled=${busy}>${t('action.save')}</button>`}>
    <div class="stack"><${TextField} label=${t('limits.head_room')} type="number" min="0" max=${one.limit} value=${room} hint=${t('limits.head_room_hint')} bad=${badOf(problem, 'head_room')} onInput=${setRoom} autofocus/>
      <${TextField} label=${t('limits.others')} type="number" min="0" max=${one.limit} value=${others} hint=${t('limits.others_hint')} bad=${badOf(problem, 'others')} onInput=${setOthers}/><${ProblemCallout} problem=${problem}/></div><//>`;
}
