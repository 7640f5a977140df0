// One number: what Meta says of it, how it is answered, how its quality was, and what happened to it.

import { get, id as part } from '../../lib/api.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { usePages, useResource } from '../../lib/data.js';
import { agentName, departmentName } from '../../lib/directory.js';
import { Menu, Popup } from '../../lib/dialog.js';
import { dateTime, day, money, phone, shortDay } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { Button, Callout, Icon, ProblemCallout } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { nameOf, qualitySteps, toneOf, wordOf } from './facts.js';
import { hoursInWords } from './hours.js';
import { AssignmentDialog, HoursDialog, NumberDialog } from './number-edit.js';
import { ProfileDialog } from './number-profile.js';
import { stepsOf, StepDialog } from './number-steps.js';
import { accountName, titleOf } from './numbers-data.js';

const DAYS = 90;
const ICONS = /** @type {Record<string, string>} */ ({ limit: 'up', quality: 'gauge', display_name: 'edit', name_status: 'edit', requested_name: 'edit', requested_name_status: 'edit', throughput: 'bolt', health: 'shield', status: 'phone' });
const COLORS = /** @type {Record<string, string>} */ ({ ok: 'var(--ok)', warn: 'var(--warn)', danger: 'var(--danger)', accent: 'var(--accent)' });

/** The quality over 90 days, drawn. @param {{ history: any[] }} props */
function QualityChart({ history }) {
  const end = now.value;
  const steps = qualitySteps(history, end, DAYS);
  if (!steps.length) return html`<p class="meta">${t('fact.unknown')}</p>`;
  // A line of a few pixels says nothing: until there is more to draw, words do.
  if (end - steps[0].from < 3 * 86_400_000) return html`<p>${t('numbers.quality_since', { what: wordOf('quality', steps[steps.length - 1].value), when: day(steps[0].from) })}</p>`;
  const x = (/** @type {number} */ at) => 56 + ((at - (end - DAYS * 86_400_000)) / (DAYS * 86_400_000)) * 364;
  const y = (/** @type {string} */ value) => ({ GREEN: 16, YELLOW: 48, RED: 80 }[value] ?? null);
  const known = steps.filter((step) => y(step.value) !== null);
  const words = known.map((step) => t('numbers.quality_from', { what: wordOf('quality', step.value), from: day(step.from), to: day(step.to) })).join('; ');
  return html`<svg class="chart" viewBox="0 0 420 96" role="img" aria-label=${words || t('fact.unknown')}>
    <path class="grid" d="M56 16H420M56 48H420M56 80H420"/>
    ${[['GREEN', 20], ['YELLOW', 52], ['RED', 84]].map(([value, at]) => html`<text x="48" y=${at} text-anchor="end">${wordOf('quality', String(value))}</text>`)}
    ${known.map((step, i) => html`<path key=${step.from} d=${`M${i > 0 ? `${x(step.from)} ${y(known[i - 1].value)}V` : `${x(step.from)} `}${y(step.value)}H${x(step.to)}`} fill="none" stroke-width=${step.value === 'GREEN' ? 2 : 3.5} style=${{ stroke: COLORS[toneOf('quality', step.value)] }}/>`)}</svg>`;
}

/** @param {{ change: any }} props */
function HistoryLine({ change }) {
  const tone = toneOf(change.what, change.to);
  const value = (/** @type {any} */ of) => (change.what.startsWith('restriction.') ? (of ? t('numbers.until', { when: day(Number(of) * 1000) }) : t('numbers.in_force')) : wordOf(change.what, of));
  return html`<li style=${tone ? { '--c': COLORS[tone], '--bs': `var(--${tone}-soft)` } : {}}><span class="pt"><${Icon} name=${ICONS[change.what] ?? 'info'}/></span>
    <div><b>${change.from ? t('numbers.from_to', { what: nameOf(change.what), from: value(change.from), to: value(change.to) }) : t('numbers.was_set', { what: nameOf(change.what), to: value(change.to) })}</b>
    <p>${t(`numbers.source.${change.source}`)}</p></div><time datetime=${change.at}>${shortDay(change.at)}</time></li>`;
}

/** @param {{ step: any, reload: () => void }} props */
function StepState({ step, reload }) {
  const pending = step?.state === 'pending';
  // What Meta answers comes within seconds; nothing tells of it, so it is asked for while it is awaited.
  useEffect(() => {
    if (!pending) return undefined;
    const timer = setInterval(reload, 1500);
    return () => clearInterval(timer);
  }, [pending]);
  if (!step) return null;
  const tone = step.state === 'done' ? 'ok' : step.state === 'failed' ? 'danger' : 'info';
  return html`<${Callout} tone=${tone} role=${tone === 'danger' ? 'alert' : 'status'} title=${t(`numbers.step_${step.state}`, { step: t(`numbers.step.${step.step}`) })}>${step.reason && html`<p class="muted">${step.reason}</p>`}<//>`;
}

/** @param {{ number: any, account: any, onChanged: (number: any) => void, reload: () => Promise<any> }} props */
export function NumberPane({ number, account, onChanged, reload }) {
  const [open, setOpen] = useState('');
  const lead = can('supervisor');
  const history = usePages(lead ? `/v1/numbers/${part(number.id)}/history` : '/v1/numbers', { limit: 50 });
  const meter = useResource(async (signal) => (lead ? get(`/v1/numbers/${part(number.id)}/meter`, undefined, { signal }) : null), [number]);
  const fact = (/** @type {string} */ what) => number.facts[what]?.value;
  const stat = (/** @type {string} */ what) => html`<div class="stat"><span>${t(`fact.${what}`)}</span><b class=${`stat-word t-${toneOf(what, fact(what))}`}>${wordOf(what, fact(what))}</b></div>`;
  const close = () => setOpen('');
  const items = [
    { label: t('numbers.edit'), icon: 'edit', run: () => setOpen('edit') },
    { label: t('numbers.hours'), icon: 'clock', run: () => setOpen('hours') },
    { label: t('numbers.assignment'), icon: 'split', run: () => setOpen('assignment') },
    null,
    ...stepsOf(number).map((step) => ({ label: t(`numbers.step.${step}`), icon: step === 'deregister' ? 'stop' : 'phone', danger: step === 'deregister', run: () => setOpen(step) })),
  ];
  const policy = number.assignment;
  // What was seen for the first time is no change.
  const changes = lead ? history.items.filter((change) => change.from) : [];
  return html`<section class="card" id="number-pane" aria-label=${titleOf(number)}>
    <div class="card-h"><${NumberBadge} id=${number.id}/><div class="grow"><h2>${titleOf(number)}</h2><p class="meta num-t">${phone(number.display)}${account && html` · ${accountName(account)}`}</p></div>
      ${lead && html`<${Button} small icon="edit" onClick=${() => setOpen('profile')}>${t('numbers.profile')}<//>`}
      ${can('admin') && html`<${Popup} label=${t('numbers.more')} button=${html`<${Icon} name="more"/>`}>${(/** @type {() => void} */ shut) => html`<${Menu} close=${shut} items=${items}/>`}<//>`}</div>
    <div class="stats lined">${['quality', 'throughput', 'status'].map(stat)}</div>
    <div class="card-b stack head-pad">
      <${StepState} step=${number.onboarding} reload=${reload}/>
      <dl class="kv">
        <dt>${t('fact.display_name')}</dt><dd>${fact('display_name') ?? t('fact.unknown')} <span class=${`t-${toneOf('name_status', fact('name_status'))}`}>${fact('name_status') && wordOf('name_status', fact('name_status'))}</span></dd>
        ${fact('requested_name') && fact('requested_name') !== fact('display_name') && html`<dt>${t('fact.requested_name')}</dt><dd>${fact('requested_name')} <span class=${`t-${toneOf('requested_name_status', fact('requested_name_status'))}`}>${wordOf('requested_name_status', fact('requested_name_status'))}</span>${fact('requested_name_reason') && html`<span class="meta"> ${fact('requested_name_reason')}</span>`}</dd>`}
        <dt>${t('fact.health')}</dt><dd class=${`t-${toneOf('health', fact('health'))}`}>${wordOf('health', fact('health'))}</dd>
        <dt>${t('fact.limit')}</dt><dd>${wordOf('limit', fact('limit'))}</dd>
        <dt>${t('fact.code_verification')}</dt><dd class=${`t-${toneOf('code_verification', fact('code_verification'))}`}>${wordOf('code_verification', fact('code_verification'))}</dd>
        <dt>${t('numbers.department')}</dt><dd>${departmentName(number.department) || t('numbers.everybody')}</dd>
        <dt>${t('numbers.hours')}</dt><dd>${hoursInWords(number.hours).split('; ').map((part) => html`<span class="hours-part">${part}</span> `)}${number.hours && html`<span class=${`block ${number.open ? 't-ok' : 'muted'}`}>${number.open ? t('numbers.open_now') : number.opens_at ? t('numbers.opens', { when: dateTime(number.opens_at) }) : t('numbers.closed_now')}</span>`}</dd>
        <dt>${t('numbers.assignment')}</dt><dd>${t(`assignment.mode.${policy.mode}`)}${policy.only_present ? `, ${t('assignment.short.only_present')}` : ''}${policy.only_in_hours ? `, ${t('assignment.short.only_in_hours')}` : ''}${policy.sticky ? `, ${t('assignment.short.sticky')}` : ''}</dd>
        <dt>${t('numbers.default_assignee')}</dt><dd>${agentName(number.default_assignee) || t('numbers.nobody')}</dd>
        <dt>${t('numbers.answers')}</dt><dd>${t(number.only_assignee_answers ? 'numbers.only_assignee' : 'numbers.all_answer')}</dd>
        <dt>${t('numbers.welcome')}</dt><dd>${number.welcome || t('numbers.none_set')}</dd>
        <dt>${t('numbers.away')}</dt><dd>${number.away || t('numbers.none_set')}</dd>
        ${meter.data && html`<dt>${t('numbers.meter')}</dt><dd>${t('numbers.meter_of', { free: meter.data.free, allowance: meter.data.allowance })}${meter.data.charged > 0 && html`<span class="block">${t('numbers.meter_charged', { n: meter.data.charged })}${meter.data.cost ? ` · ${money(meter.data.cost.micros / 1e6, meter.data.cost.currency)}` : ''}</span>`}</dd>`}
      </dl>
      ${lead && html`<div><h3 class="meta">${t('numbers.quality_days', { n: DAYS })}</h3><${QualityChart} history=${history.items}/></div>
        <div class="stack-s"><h3 class="meta">${t('numbers.history')}</h3>
          <${ProblemCallout} problem=${history.problem} retry=${history.reload}/>
          ${!history.loading && changes.length === 0 && html`<p class="meta">${history.items.length ? t('numbers.no_changes', { when: day(history.items[history.items.length - 1].at) }) : t('fact.unknown')}</p>`}
          <ol class="timeline">${changes.map((change, i) => html`<${HistoryLine} key=${`${change.at}${change.what}${i}`} change=${change}/>`)}</ol>
          ${history.next && html`<${Button} small busy=${history.loading} onClick=${history.more}>${t('table.more')}<//>`}</div>`}
    </div>
    ${open === 'edit' && html`<${NumberDialog} number=${number} onClose=${close} onSaved=${onChanged}/>`}
    ${open === 'hours' && html`<${HoursDialog} number=${number} onClose=${close} onSaved=${onChanged}/>`}
    ${open === 'assignment' && html`<${AssignmentDialog} number=${number} onClose=${close} onSaved=${onChanged}/>`}
    ${open === 'profile' && html`<${ProfileDialog} number=${number} onClose=${close}/>`}
    ${stepsOf(number).includes(open) && html`<${StepDialog} step=${open} number=${number} onClose=${close} onAsked=${reload}/>`}
  </section>`;
}
