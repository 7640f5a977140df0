// Departments: who sees which numbers.

import { id as part, put, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { agents, departments, loadDirectory, numberName, numbers } from '../../lib/directory.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { FormDialog, RowMenu, SettingsPage, useAction } from './parts.js';
import { slug } from './words.js';

/** @param {{ department: any, onClose: () => void, onSaved: () => void }} props */
function DepartmentDialog({ department, onClose, onSaved }) {
  const [name, setName] = useState(department?.name ?? '');
  const save = async (/** @type {string} */ key) => {
    await put(`/v1/departments/${part(department?.id ?? slug(name))}`, { name: name.trim() }, { key });
    onSaved();
  };
  const taken = !department && departments.value.some((one) => one.id === slug(name));
  return html`<${FormDialog} title=${t(department ? 'departments.edit' : 'departments.new')} onClose=${onClose} save=${save} done=${t('departments.saved')} disabled=${!slug(name) || taken}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('departments.name')} value=${name} onInput=${setName} autofocus maxlength="60" bad=${taken ? t('departments.taken') : badOf(problem, 'name')}/>`}<//>`;
}

/** The page. */
export default function Departments() {
  const list = usePages('/v1/departments');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const reload = () => { list.reload(); loadDirectory(departments); };
  const people = (/** @type {string} */ id) => agents.value.filter((agent) => agent.active && agent.departments.includes(id));
  const own = (/** @type {string} */ id) => numbers.value.filter((number) => number.department === id);
  const drop = (/** @type {any} */ one) => run(async (key) => {
    await remove(`/v1/departments/${part(one.id)}`, undefined, { key });
    reload();
    toast(t('departments.removed', { name: one.name }), async () => { await put(`/v1/departments/${part(one.id)}`, { name: one.name }); reload(); });
  });
  const admin = can('admin');
  const columns = [
    { key: 'name', label: t('departments.department'), cell: (/** @type {any} */ one) => html`<b>${one.name}</b>` },
    { key: 'people', label: t('departments.people'), optional: true, cell: (/** @type {any} */ one) => people(one.id).map((agent) => agent.name).join(', ') || html`<span class="meta">${t('departments.no_people')}</span>` },
    { key: 'numbers', label: t('settings.numbers'), optional: true, cell: (/** @type {any} */ one) => own(one.id).map((number) => numberName(number.id)).join(', ') || html`<span class="meta">${t('departments.no_numbers')}</span>` },
    ...(admin ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.name })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t('action.delete'), icon: 'trash', danger: true, run: () => drop(one) }]}/>` }] : []),
  ];
  const add = admin && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('departments.new')}<//>`;
  return html`<${SettingsPage} title=${t('settings.departments')} meta=${t('departments.text')} actions=${add}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}
    <${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.departments')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${admin ? setOpen : undefined} empty=${{ title: t('departments.none'), text: t('departments.none_text'), action: add }}/></section>
    ${open && html`<${DepartmentDialog} department=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${reload}/>`}<//>`;
}
