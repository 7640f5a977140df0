// Fields of the company's own on each record.

import { id as part, put, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { fields, loadDirectory } from '../../lib/directory.js';
import { SelectField, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { ChecksField, FormDialog, RowMenu, SettingsPage, useAction, WordsField } from './parts.js';
import { slug } from './words.js';

const TYPES = ['text', 'number', 'date', 'choice', 'multi_choice', 'money', 'boolean'];
const KINDS = ['lead', 'contact', 'organization', 'vendor'];
const hasOptions = (/** @type {string} */ type) => type === 'choice' || type === 'multi_choice';
const bodyOf = (/** @type {any} */ { label, type, kinds, options }) => ({ label: label.trim(), type, kinds, options: hasOptions(type) ? options : [] });

/** @param {{ field: any, onClose: () => void, onSaved: () => void }} props */
function FieldDialog({ field, onClose, onSaved }) {
  const [now, setNow] = useState(() => ({ label: '', type: 'text', kinds: [], options: [], ...field }));
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setNow((/** @type {any} */ was) => ({ ...was, [name]: value }));
  const id = field?.id ?? slug(now.label).replaceAll('-', '_');
  const taken = !field && fields.value.some((one) => one.id === id);
  const save = async (/** @type {string} */ key) => { await put(`/v1/fields/${part(id)}`, bodyOf(now), { key }); onSaved(); };
  const ready = id && !taken && (!hasOptions(now.type) || now.options.length > 0);
  return html`<${FormDialog} title=${t(field ? 'fields.edit' : 'fields.new')} onClose=${onClose} save=${save} done=${t('fields.saved')} disabled=${!ready}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('fields.label')} value=${now.label} onInput=${set('label')} autofocus maxlength="60" aside=${id} bad=${taken ? t('fields.taken') : badOf(problem, 'label') ?? badOf(problem, 'id')}/>
    <${SelectField} label=${t('fields.type')} hint=${t(field ? 'fields.type_fixed' : 'fields.type_hint')} value=${now.type} onChange=${set('type')} disabled=${Boolean(field)} options=${TYPES.map((type) => ({ value: type, label: t(`fields.type.${type}`) }))} bad=${badOf(problem, 'type')}/>
    ${hasOptions(now.type) && html`<${WordsField} label=${t('fields.options')} hint=${t('fields.options_hint')} value=${now.options} onChange=${set('options')} bad=${badOf(problem, 'options')}/>`}
    <${ChecksField} label=${t('fields.kinds')} hint=${t('fields.kinds_hint')} columns value=${now.kinds} onChange=${set('kinds')} options=${KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}/>`}<//>`;
}

/** The page. */
export default function Fields() {
  const list = usePages('/v1/fields');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const admin = can('admin');
  const reload = () => { list.reload(); loadDirectory(fields); };
  const drop = (/** @type {any} */ one) => run(async (key) => {
    await remove(`/v1/fields/${part(one.id)}`, undefined, { key });
    reload();
    toast(t('fields.removed', { name: one.label }), async () => { await put(`/v1/fields/${part(one.id)}`, bodyOf(one)); reload(); });
  });
  const columns = [
    { key: 'label', label: t('fields.label'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${one.label}</b><span class="meta mono">${one.id}</span></span>` },
    { key: 'type', label: t('fields.type'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><span>${t(`fields.type.${one.type}`)}</span>${one.options.length > 0 && html`<span class="meta">${one.options.join(', ')}</span>`}</span>` },
    { key: 'kinds', label: t('fields.kinds'), optional: true, cell: (/** @type {any} */ one) => (one.kinds.length ? one.kinds.map((/** @type {string} */ kind) => t(`kind.${kind}`)).join(', ') : html`<span class="meta">${t('fields.all_kinds')}</span>`) },
    ...(admin ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.label })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t('action.delete'), icon: 'trash', danger: true, run: () => drop(one) }]}/>` }] : []),
  ];
  const add = admin && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('fields.new')}<//>`;
  return html`<${SettingsPage} title=${t('settings.fields')} meta=${t('fields.text')} actions=${add}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}
    <${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.fields')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} onOpen=${admin ? setOpen : undefined} empty=${{ title: t('fields.none'), text: t('fields.none_text'), action: add }}/></section>
    ${open && html`<${FieldDialog} field=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${reload}/>`}<//>`;
}
