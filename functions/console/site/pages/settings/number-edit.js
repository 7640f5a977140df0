// What is settled for a number: its name and people, its hours, how its conversations are handed out.

import { id as part, patch } from '../../lib/api.js';
import { agents, departments, labels } from '../../lib/directory.js';
import { day as dateName } from '../../lib/format.js';
import { CheckField, SelectField, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, IconButton } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { DAYS, dayName, faultOfSpans, zones } from './hours.js';
import { FormDialog } from './parts.js';

/** @typedef {{ number: any, onClose: () => void, onSaved: (number: any) => void }} Props */

const none = () => ({ value: '', label: t('numbers.nobody') });
const people = () => agents.value.filter((agent) => agent.active).map((agent) => ({ value: agent.id, label: agent.name }));

/** @param {Props} props */
export function NumberDialog({ number, onClose, onSaved }) {
  const [now, setNow] = useState(() => ({
    name: number.name ?? '', department: number.department ?? '', owner: number.owner ?? '', default_assignee: number.default_assignee ?? '', language: number.language ?? '',
    welcome: number.welcome ?? '', away: number.away ?? '', only_assignee_answers: number.only_assignee_answers,
    currency: number.service_rate?.currency ?? '', rate: number.service_rate ? String(number.service_rate.micros / 1e6) : '',
  }));
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setNow((was) => ({ ...was, [name]: value }));
  const save = async (/** @type {string} */ key) => {
    const text = (/** @type {string} */ value) => value.trim() || null;
    const rate = now.rate.trim() ? { currency: now.currency.trim().toUpperCase(), micros: Math.round(Number(now.rate.replace(',', '.')) * 1e6) } : null;
    onSaved(await patch(`/v1/numbers/${part(number.id)}`, {
      name: text(now.name), department: now.department || null, owner: now.owner || null, default_assignee: now.default_assignee || null, language: text(now.language),
      welcome: text(now.welcome), away: text(now.away), only_assignee_answers: now.only_assignee_answers, service_rate: rate,
    }, { key }));
  };
  return html`<${FormDialog} side title=${t('numbers.edit')} onClose=${onClose} save=${save} done=${t('numbers.saved')}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('numbers.name')} hint=${t('numbers.name_hint')} value=${now.name} onInput=${set('name')} maxlength="60" autofocus bad=${badOf(problem, 'name')}/>
    <${SelectField} label=${t('numbers.department')} hint=${t('numbers.department_hint')} value=${now.department} onChange=${set('department')} bad=${badOf(problem, 'department')}
      options=${[{ value: '', label: t('numbers.everybody') }, ...departments.value.map((one) => ({ value: one.id, label: one.name }))]}/>
    <${SelectField} label=${t('numbers.default_assignee')} hint=${t('numbers.default_assignee_hint')} value=${now.default_assignee} onChange=${set('default_assignee')} options=${[none(), ...people()]} bad=${badOf(problem, 'default_assignee')}/>
    <${SelectField} label=${t('numbers.owner')} hint=${t('numbers.owner_hint')} value=${now.owner} onChange=${set('owner')} options=${[none(), ...people()]} bad=${badOf(problem, 'owner')}/>
    <${CheckField} label=${t('numbers.only_assignee_check')} checked=${now.only_assignee_answers} onChange=${set('only_assignee_answers')}/>
    <${TextField} label=${t('numbers.welcome')} hint=${t('numbers.welcome_hint')} rows=${3} value=${now.welcome} onInput=${set('welcome')} bad=${badOf(problem, 'welcome')}/>
    <${TextField} label=${t('numbers.away')} hint=${t('numbers.away_hint')} rows=${3} value=${now.away} onInput=${set('away')} bad=${badOf(problem, 'away')}/>
    <${TextField} label=${t('numbers.language')} hint=${t('numbers.language_hint')} value=${now.language} onInput=${set('language')} bad=${badOf(problem, 'language')}/>
    <div class="form-2"><${TextField} label=${t('numbers.rate')} hint=${t('numbers.rate_hint')} value=${now.rate} onInput=${set('rate')} inputmode="decimal" bad=${badOf(problem, 'service_rate.micros') || badOf(problem, 'service_rate')}/>
      <${TextField} label=${t('numbers.currency')} value=${now.currency} onInput=${set('currency')} maxlength="3" placeholder="USD" bad=${badOf(problem, 'service_rate.currency')}/></div>`}<//>`;
}

/** The spans of a day. @param {{ name: string, spans: any[], onChange: (spans: any[]) => void, onRemove?: () => void }} props */
function DayRow({ name, spans, onChange, onRemove }) {
  const set = (/** @type {number} */ i, /** @type {string} */ edge) => (/** @type {any} */ event) => onChange(spans.map((span, at) => (at === i ? { ...span, [edge]: event.target.value } : span)));
  const fault = faultOfSpans(spans);
  return html`<div class="hours-row" role="group" aria-label=${name}><b>${name}</b>
    <div class="spans">${spans.length === 0 && html`<span class="meta closed">${t('hours.closed')}</span>`}
      ${spans.map((span, i) => html`<span class="span" key=${i}><input class="input" aria-label=${t('hours.from')} placeholder="09:00" maxlength="5" value=${span.from} onInput=${set(i, 'from')}/>–<input class="input" aria-label=${t('hours.to')} placeholder="18:00" maxlength="5" value=${span.to} onInput=${set(i, 'to')}/>
        <${IconButton} small icon="x" label=${t('hours.remove_span')} onClick=${() => onChange(spans.filter((_, at) => at !== i))}/></span>`)}
      ${fault && html`<p class="hint bad">${t(`hours.fault.${fault}`)}</p>`}</div>
    <span class="flex"><${IconButton} small icon="plus" label=${t('hours.add_span', { day: name })} onClick=${() => onChange([...spans, spans.length ? { from: '14:00', to: '18:00' } : { from: '09:00', to: '18:00' }])}/>
      ${onRemove && html`<${IconButton} small icon="trash" label=${t('hours.remove_day', { day: name })} onClick=${onRemove}/>`}</span></div>`;
}

/** @param {Props} props */
export function HoursDialog({ number, onClose, onSaved }) {
  const [always, setAlways] = useState(!number.hours);
  const [zone, setZone] = useState(number.hours?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [week, setWeek] = useState(() => number.hours?.week ?? Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, [{ from: '09:00', to: '18:00' }]])));
  const [holidays, setHolidays] = useState(() => /** @type {Record<string, any[]>} */ (number.hours?.holidays ?? {}));
  const [day, setDay] = useState('');
  const wrong = !always && [...Object.values(week), ...Object.values(holidays)].some((spans) => faultOfSpans(/** @type {any[]} */ (spans)));
  const save = async (/** @type {string} */ key) => {
    const hours = always ? null : { zone, week: Object.fromEntries(Object.entries(week).filter(([, spans]) => /** @type {any[]} */ (spans).length)), holidays };
    onSaved(await patch(`/v1/numbers/${part(number.id)}`, { hours }, { key }));
  };
  const addDay = () => { if (/^\d{4}-\d\d-\d\d$/.test(day)) { setHolidays({ ...holidays, [day]: holidays[day] ?? [] }); setDay(''); } };
  return html`<${FormDialog} side size="wide" title=${t('numbers.hours')} onClose=${onClose} save=${save} done=${t('numbers.saved')} disabled=${wrong}>${(/** @type {unknown} */ problem) => html`
    <${CheckField} label=${t('hours.always_check')} checked=${always} onChange=${setAlways}/>
    ${!always && html`<${SelectField} label=${t('hours.zone')} value=${zone} onChange=${setZone} options=${[...new Set([zone, ...zones()])].map((one) => ({ value: one, label: one.replaceAll('_', ' ') }))} bad=${badOf(problem, 'hours.zone')}/>
      <div>${DAYS.map((one) => html`<${DayRow} key=${one} name=${dayName(one)} spans=${week[one] ?? []} onChange=${(/** @type {any[]} */ spans) => setWeek({ ...week, [one]: spans })}/>`)}</div>
      <div class="stack-s"><h3>${t('hours.holidays')}</h3><p class="meta">${t('hours.holidays_text')}</p>
        <div>${Object.keys(holidays).sort().map((one) => html`<${DayRow} key=${one} name=${dateName(`${one}T12:00:00`)} spans=${holidays[one]} onChange=${(/** @type {any[]} */ spans) => setHolidays({ ...holidays, [one]: spans })} onRemove=${() => setHolidays(Object.fromEntries(Object.entries(holidays).filter(([key]) => key !== one)))}/>`)}</div>
        <div class="flex"><${TextField} label=${t('hours.holiday')} hidden type="date" value=${day} onInput=${setDay}/><${Button} small icon="plus" disabled=${!day} onClick=${addDay}>${t('hours.add_holiday')}<//></div></div>`}`}<//>`;
}

/** @param {Props} props */
export function AssignmentDialog({ number, onClose, onSaved }) {
  const [policy, setPolicy] = useState(() => ({ ...number.assignment }));
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setPolicy((/** @type {any} */ was) => ({ ...was, [name]: value }));
  const rules = /** @type {any[]} */ (policy.by_label);
  const setRule = (/** @type {number} */ i, /** @type {any} */ change) => set('by_label')(rules.map((rule, at) => (at === i ? { ...rule, ...change } : rule)));
  const save = async (/** @type {string} */ key) => onSaved(await patch(`/v1/numbers/${part(number.id)}`, { assignment: policy }, { key }));
  const targets = () => [{ value: '', label: t('assignment.target') }, ...departments.value.map((one) => ({ value: `department:${one.id}`, label: t('assignment.to_department', { name: one.name }) })), ...people().map((one) => ({ value: `assignee:${one.value}`, label: one.label }))];
  const targetOf = (/** @type {any} */ rule) => (rule.assignee ? `assignee:${rule.assignee}` : rule.department ? `department:${rule.department}` : '');
  const setTarget = (/** @type {number} */ i) => (/** @type {string} */ value) => {
    const at = value.indexOf(':');
    setRule(i, { assignee: null, department: null, ...(value ? { [value.slice(0, at)]: value.slice(at + 1) } : {}) });
  };
  const wrong = rules.some((rule) => !rule.label || (!rule.assignee && !rule.department));
  return html`<${FormDialog} side size="wide" title=${t('numbers.assignment')} onClose=${onClose} save=${save} done=${t('numbers.saved')} disabled=${wrong}>${(/** @type {unknown} */ problem) => html`
    <${SelectField} label=${t('assignment.mode')} hint=${t(`assignment.hint.${policy.mode}`)} value=${policy.mode} onChange=${set('mode')} options=${['manual', 'round_robin', 'least_busy'].map((mode) => ({ value: mode, label: t(`assignment.mode.${mode}`) }))} bad=${badOf(problem, 'assignment.mode')}/>
    <div class="stack-s">${['sticky', 'only_present', 'only_in_hours'].map((name) => html`<${CheckField} key=${name} label=${t(`assignment.${name}`)} checked=${policy[name]} onChange=${set(name)}/>`)}</div>
    <div class="stack-s"><h3>${t('assignment.by_label')}</h3><p class="meta">${t('assignment.by_label_text')}</p>
      ${rules.map((rule, i) => html`<div class="form-2" key=${i}><${SelectField} label=${t('assignment.label')} value=${rule.label} onChange=${(/** @type {string} */ label) => setRule(i, { label })} options=${[{ value: '', label: t('assignment.choose_label') }, ...labels.value.map((one) => ({ value: one.id, label: one.name }))]}/>
        <div class="flex end-b"><div class="grow"><${SelectField} label=${t('assignment.goes_to')} value=${targetOf(rule)} onChange=${setTarget(i)} options=${targets()}/></div>
        <${IconButton} icon="trash" label=${t('assignment.remove_rule')} onClick=${() => set('by_label')(rules.filter((_, at) => at !== i))}/></div></div>`)}
      <div><${Button} small icon="plus" disabled=${labels.value.length === 0} onClick=${() => set('by_label')([...rules, { label: '', assignee: null, department: null }])}>${t('assignment.add_rule')}<//></div></div>`}<//>`;
}
