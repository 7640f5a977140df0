// The audit trail: who did what to whom, and what was refused.

import { usePages } from '../../lib/data.js';
import { agentName, agents } from '../../lib/directory.js';
import { Drawer } from '../../lib/dialog.js';
import { dateTime } from '../../lib/format.js';
import { SelectField, TextField } from '../../lib/forms.js';
import { has, t } from '../../lib/i18n.js';
import { AgentMark, Button, Chip } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useState } from '../../lib/view.js';
import { SettingsPage } from './parts.js';

/**
 * What a request was about, by the first part of its route, and what it did to it.
 * @param {{ method: string, route: string }} entry
 */
export function deedOf({ method, route }) {
  const parts = route.split('/').filter(Boolean).slice(1);
  const last = parts[parts.length - 1];
  const step = parts.length > 2 && !last.startsWith('{') ? last : '';
  return { what: parts[0] === 'settings' ? `settings/${parts[1]}` : parts[0], step, verb: method.toLowerCase() };
}

/** @param {any} entry */
function deedInWords(entry) {
  const { what, step, verb } = deedOf(entry);
  const thing = has(`audit.what.${what}`) ? t(`audit.what.${what}`) : what;
  return step ? t('audit.deed_step', { what: thing, step: has(`audit.step.${step}`) ? t(`audit.step.${step}`) : step }) : t(`audit.verb.${verb}`, { what: thing });
}

const whoName = (/** @type {string} */ who) => (who.startsWith('client.') ? t('audit.client', { id: who.slice(7) }) : agentName(who));

/** @param {{ query: URLSearchParams }} props */
export default function Audit({ query }) {
  const [who, day, route] = ['who', 'day', 'route'].map((name) => query.get(name) ?? '');
  const list = usePages('/v1/audit', { who, day, route, limit: 50 });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value); else next.delete(name);
    navigate(`/settings/audit${next.size ? `?${next}` : ''}`, { replace: true });
  };
  const people = agents.value.map((agent) => ({ value: agent.id, label: agent.name }));
  const columns = [
    { key: 'deed', label: t('audit.deed'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${deedInWords(one)}</b>${one.ids.length > 0 && html`<span class="meta mono ell">${one.ids.join(' · ')}</span>`}</span>` },
    { key: 'who', label: t('audit.who'), cell: (/** @type {any} */ one) => html`<span class="flex"><${AgentMark} id=${one.who} name=${whoName(one.who)}/><span class="ell">${whoName(one.who)}</span></span>` },
    { key: 'status', label: t('audit.outcome'), optional: true, cell: (/** @type {any} */ one) => html`<${Chip} tone=${one.status < 400 ? 'ok' : 'danger'}>${t(one.status < 400 ? 'audit.done' : 'audit.refused')}<//>` },
    { key: 'at', label: t('audit.at'), number: true, cell: (/** @type {any} */ one) => html`<time datetime=${one.at}>${dateTime(one.at)}</time>` },
  ];
  const filtered = who || day || route;
  return html`<${SettingsPage} title=${t('settings.audit')} meta=${t('audit.text')}>
    <div class="filters"><${SelectField} label=${t('audit.who')} value=${who} onChange=${set('who')} options=${[{ value: '', label: t('audit.anybody') }, ...people, ...(who && !people.some((one) => one.value === who) ? [{ value: who, label: whoName(who) }] : [])]}/>
      <${TextField} label=${t('audit.day')} type="date" value=${day} onInput=${set('day')}/>
      ${filtered && html`<${Button} kind="ghost" icon="x" onClick=${() => navigate('/settings/audit', { replace: true })}>${t('audit.clear')}<//>`}</div>
    <section class="card flush"><${Table} label=${t('settings.audit')} rows=${list.items} id=${(/** @type {any} */ one) => one.request_id + one.at} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${setOpen}
      empty=${{ title: t(filtered ? 'state.none_found' : 'audit.none'), text: filtered && list.next ? t('audit.short') : '', action: filtered && list.next && html`<${Button} onClick=${list.more}>${t('table.more')}<//>` }}/></section>
    ${open && html`<${Drawer} title=${deedInWords(open)} onClose=${() => setOpen(null)}><dl class="kv">
      <dt>${t('audit.who')}</dt><dd>${whoName(open.who)}<span class="block meta mono">${open.who}</span></dd><dt>${t('audit.role')}</dt><dd>${has(`role.${open.role}`) ? t(`role.${open.role}`) : t('audit.program')}</dd>
      <dt>${t('audit.at')}</dt><dd>${dateTime(open.at)}</dd><dt>${t('audit.outcome')}</dt><dd>${t(open.status < 400 ? 'audit.done' : 'audit.refused')} <span class="meta">${open.status}</span></dd>
      <dt>${t('audit.request')}</dt><dd class="mono">${open.method} ${open.route}</dd>${open.ids.map((/** @type {string} */ id) => html`<dt>Id</dt><dd class="mono wrap-any">${id}</dd>`)}
      ${open.location && html`<dt>${t('audit.made')}</dt><dd class="mono wrap-any">${open.location}</dd>`}<dt>${t('audit.address')}</dt><dd class="mono">${open.address ?? ''}</dd><dt>${t('audit.request_id')}</dt><dd class="mono wrap-any">${open.request_id}</dd></dl>
      <div class="flex wrap"><${Button} small icon="filter" onClick=${() => { set('route')(open.route); setOpen(null); }}>${t('audit.only_this')}<//><${Button} small icon="filter" onClick=${() => { set('who')(open.who); setOpen(null); }}>${t('audit.only_who')}<//></div><//>`}<//>`;
}
