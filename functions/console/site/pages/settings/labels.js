// Labels of conversations and people: their names and colours.

import { id as part, patch, post, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { labelColor, labels, loadDirectory } from '../../lib/directory.js';
import { confirm } from '../../lib/dialog.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { html, useState } from '../../lib/view.js';
import { FormDialog, RowMenu, SettingsPage, useAction } from './parts.js';

/** Colours that keep their contrast on light and dark surfaces, beside their name. */
const COLORS = ['#176b65', '#2f4bbd', '#8d560d', '#9c4a7c', '#5c6b3a', '#a5372f', '#5b4aa0', '#3a6a86', '#6a6358'];

/** @param {{ label: any, onClose: () => void, onSaved: () => void }} props */
function LabelDialog({ label, onClose, onSaved }) {
  const [name, setName] = useState(label?.name ?? '');
  const [color, setColor] = useState(label?.color ?? COLORS[labels.value.length % COLORS.length]);
  const save = async (/** @type {string} */ key) => {
    const body = { name: name.trim(), color };
    if (label) await patch(`/v1/labels/${part(label.id)}`, body, { key }); else await post('/v1/labels', body, { key });
    onSaved();
  };
  return html`<${FormDialog} title=${t(label ? 'labels.edit' : 'labels.new')} onClose=${onClose} save=${save} done=${t('labels.saved')} disabled=${!name.trim()}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('labels.name')} value=${name} onInput=${setName} autofocus maxlength="60" bad=${badOf(problem, 'name')}/>
    <div class="field"><span class="lbl">${t('labels.color')}</span><div class="colors" role="group" aria-label=${t('labels.color')}>${[...new Set([...COLORS, color])].map((one, i) => html`<button type="button" key=${one} style=${{ '--c': one }} aria-label=${t('labels.color_n', { n: i + 1 })} aria-pressed=${one === color ? 'true' : 'false'} onClick=${() => setColor(one)}></button>`)}</div></div>
    <p><span class="label" style=${{ '--c': color }}>${name || t('labels.name')}</span></p>`}<//>`;
}

/** The page. */
export default function Labels() {
  const list = usePages('/v1/labels', { limit: 100 });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const lead = can('supervisor');
  const reload = () => { list.reload(); loadDirectory(labels); };
  const drop = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('labels.remove_title', { name: one.name }), text: t('labels.remove_text'), action: t('action.delete'), danger: true })) return;
    run(async (key) => { await remove(`/v1/labels/${part(one.id)}`, undefined, { key }); reload(); });
  };
  const columns = [
    { key: 'name', label: t('labels.name'), cell: (/** @type {any} */ one) => html`<span class="flex"><span class="swatch-big" style=${{ '--c': one.color ?? labelColor(one.id) }}></span><b>${one.name}</b></span>` },
    ...(lead ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.name })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t('action.delete'), icon: 'trash', danger: true, run: () => drop(one) }]}/>` }] : []),
  ];
  const add = lead && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('labels.new')}<//>`;
  return html`<${SettingsPage} title=${t('settings.labels')} meta=${t('labels.text')} actions=${add}>
    <${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.labels')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${lead ? setOpen : undefined} empty=${{ title: t('labels.none'), text: t('labels.none_text'), action: add }}/></section>
    ${open && html`<${LabelDialog} label=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${reload}/>`}<//>`;
}
