// The team: who works here, what they may do, in which departments.

import { id as part, patch, put } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { agents, departmentName, departments, loadDirectory } from '../../lib/directory.js';
import { SearchField, SelectField, Switch, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can, me } from '../../lib/me.js';
import { AgentMark, Button, Callout, Chip, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { ChecksField, FormDialog, RowMenu, SettingsPage, useAction } from './parts.js';
import { plain } from './words.js';

const ROLES = ['agent', 'supervisor', 'admin'];

/** @param {{ agent: any, onClose: () => void, onSaved: () => void }} props */
function AgentDialog({ agent, onClose, onSaved }) {
  const [now, setNow] = useState(() => ({ id: '', name: '', email: '', role: 'agent', departments: [], ...agent, capacity: agent?.capacity === null || agent?.capacity === undefined ? '' : String(agent.capacity) }));
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setNow((/** @type {any} */ was) => ({ ...was, [name]: value }));
  const save = async (/** @type {string} */ key) => {
    const body = { name: now.name.trim(), email: now.email?.trim() || null, role: now.role, departments: now.departments, capacity: now.capacity === '' ? null : Number(now.capacity) };
    if (agent) await patch(`/v1/agents/${part(agent.id)}`, body, { key });
    else await put(`/v1/agents/${part(now.id.trim())}`, { ...body, active: true }, { key });
    onSaved();
  };
  const taken = !agent && agents.value.some((one) => one.id === now.id.trim());
  return html`<${FormDialog} side title=${agent ? agent.name : t('team.new')} onClose=${onClose} save=${save} done=${t('team.saved')} disabled=${!now.name.trim() || !now.id.trim() || taken}>${(/** @type {unknown} */ problem) => html`
    ${!agent && html`<p class="muted">${t('team.new_text')}</p><${TextField} label=${t('team.sub')} hint=${t('team.sub_hint')} value=${now.id} onInput=${set('id')} autofocus autocomplete="off" bad=${taken ? t('team.taken') : badOf(problem, 'id')}/>`}
    <${TextField} label=${t('team.name')} value=${now.name} onInput=${set('name')} maxlength="100" autofocus=${Boolean(agent)} bad=${badOf(problem, 'name')}/>
    <${TextField} label=${t('team.email')} type="email" value=${now.email} onInput=${set('email')} bad=${badOf(problem, 'email')}/>
    <${SelectField} label=${t('team.role')} hint=${t(`team.role_text.${now.role}`)} value=${now.role} onChange=${set('role')} options=${ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))} bad=${badOf(problem, 'role')}/>
    ${departments.value.length > 0 && html`<${ChecksField} label=${t('settings.departments')} value=${now.departments} onChange=${set('departments')} options=${departments.value.map((one) => ({ value: one.id, label: one.name }))}/>`}
    <${TextField} label=${t('team.capacity')} hint=${t('team.capacity_hint')} type="number" min="0" max="10000" value=${now.capacity} onInput=${set('capacity')} bad=${badOf(problem, 'capacity')}/>`}<//>`;
}

/** The page. */
export default function Team() {
  const list = usePages('/v1/agents', { limit: 100 });
  const [text, setText] = useState('');
  const [gone, setGone] = useState(false);
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const reload = () => { list.reload(); loadDirectory(agents); };
  const admin = can('admin');
  const setActive = (/** @type {any} */ agent, /** @type {boolean} */ active) => run(async (key) => {
    await patch(`/v1/agents/${part(agent.id)}`, { active }, { key });
    reload();
    toast(t(active ? 'team.activated' : 'team.deactivated', { name: agent.name }), async () => { await patch(`/v1/agents/${part(agent.id)}`, { active: !active }); reload(); });
  });
  const rows = list.items.filter((agent) => (gone || agent.active) && plain(`${agent.name} ${agent.email ?? ''}`).includes(plain(text)));
  const columns = [
    { key: 'name', label: t('team.name'), cell: (/** @type {any} */ one) => html`<span class="flex"><${AgentMark} id=${one.id} name=${one.name}/><span class="cell-2"><b>${one.name}${one.id === me.value.id ? html` <span class="meta">${t('team.you')}</span>` : ''}</b>${one.email && html`<span class="meta">${one.email}</span>`}</span>${!one.active && html`<${Chip}>${t('team.inactive')}<//>`}</span>` },
    { key: 'role', label: t('team.role'), cell: (/** @type {any} */ one) => html`<${Chip} tone=${one.role === 'agent' ? '' : 'accent'}>${t(`role.${one.role}`)}<//>` },
    { key: 'departments', label: t('settings.departments'), optional: true, cell: (/** @type {any} */ one) => one.departments.map(departmentName).join(', ') || html`<span class="meta">${t('team.no_department')}</span>` },
    { key: 'capacity', label: t('team.capacity_short'), optional: true, number: true, cell: (/** @type {any} */ one) => one.capacity ?? t('team.no_limit') },
    ...(admin ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.name })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t(one.active ? 'team.deactivate' : 'team.activate'), icon: one.active ? 'userx' : 'check', danger: one.active, disabled: one.id === me.value.id, run: () => setActive(one, !one.active) }]}/>` }] : []),
  ];
  const add = admin && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('team.new')}<//>`;
  return html`<${SettingsPage} title=${t('settings.team')} meta=${t('team.text')} actions=${add}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}
    <${ProblemCallout} problem=${problem}/>
    <div class="flex wrap"><div class="grow"><${SearchField} label=${t('team.find')} value=${text} onInput=${setText}/></div><${Switch} label=${t('team.show_inactive')} checked=${gone} onChange=${setGone}/></div>
    <section class="card flush"><${Table} label=${t('settings.team')} rows=${rows} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${admin ? setOpen : undefined}
      empty=${list.items.length ? { title: t('state.none_found') } : { title: t('team.none'), text: t('team.none_text'), action: add }}/></section>
    ${open && html`<${AgentDialog} agent=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${reload}/>`}<//>`;
}
