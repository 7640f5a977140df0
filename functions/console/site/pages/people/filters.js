// Conditions: chosen from lists, or written in the language of the API. Kept as a segment, they are asked anew each time.

import { get, post } from '../../lib/api.js';
import { agents, labels } from '../../lib/directory.js';
import { Dialog } from '../../lib/dialog.js';
import { badOf, SelectField, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { ProblemCallout } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';

/**
 * Takes one condition out of a filter, or puts another in its place.
 * @param {string} filter
 * @param {string} name
 * @param {string} value
 */
export function withCondition(filter, name, value) {
  const rest = filter.split(/\s+/).filter((part) => part && !part.startsWith(`${name}:`));
  return [...rest, ...(value ? [`${name}:${value}`] : [])].join(' ');
}

/** The value of a condition, if the filter has it once. @param {string} filter @param {string} name */
export const conditionOf = (filter, name) => filter.split(/\s+/).find((part) => part.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';

/** @param {{ close: () => void, save: string }} props */
const Foot = ({ close, save }) => html`<button type="button" class="btn ghost" onClick=${close}>${t('action.cancel')}</button><button class="btn primary">${save}</button>`;

/** @param {{ filter: string, close: () => void, done: (filter: string) => void }} props */
export function FilterDialog({ filter: given, close, done }) {
  const [filter, setFilter] = useState(given);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  // The API reads it before it is shown: what is wrong is said here.
  const save = async () => { try { await get('/v1/contacts', { filter, limit: 1 }); done(filter.trim()); } catch (failed) { setProblem(failed); } };
  const any = { value: '', label: t('people.filter.any') };
  return html`<${Dialog} title=${t('people.filters')} onClose=${close} onSubmit=${save} footer=${html`<${Foot} close=${close} save=${t('people.filters')}/>`}>
    <${SelectField} label=${t('people.filter.label')} value=${conditionOf(filter, 'label')} options=${[any, ...labels.value.map((one) => ({ value: one.id, label: one.name }))]} onChange=${(/** @type {string} */ value) => setFilter(withCondition(filter, 'label', value))}/>
    <${SelectField} label=${t('people.filter.owner')} value=${conditionOf(filter, 'owner')} options=${[any, { value: 'none', label: t('people.filter.nobody') }, ...agents.value.map((one) => ({ value: one.id, label: one.name }))]} onChange=${(/** @type {string} */ value) => setFilter(withCondition(filter, 'owner', value))}/>
    <${TextField} label=${t('people.filter.field')} hint=${t('people.filter.hint')} bad=${badOf(problem, 'filter')} value=${filter} onInput=${setFilter} class="input mono"/>
    <${ProblemCallout} problem=${problem}/><//>`;
}

/** @param {{ filter: string, close: () => void, done: (segment: any) => void }} props */
export function SaveSegment({ filter, close, done }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const save = async () => { try { const one = await post('/v1/segments', { name, filter }); toast(t('people.segment_saved')); done(one); } catch (failed) { setProblem(failed); } };
  return html`<${Dialog} title=${t('people.save_segment')} onClose=${close} onSubmit=${save} footer=${html`<${Foot} close=${close} save=${t('action.save')}/>`}>
    <${TextField} label=${t('people.segment_name')} autofocus value=${name} bad=${badOf(problem, 'name')} onInput=${setName}/><p class="meta mono">${filter}</p><${ProblemCallout} problem=${problem}/><//>`;
}

/** @param {{ close: () => void, done: (list: any) => void }} props */
export function NewList({ close, done }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const save = async () => { try { done(await post('/v1/lists', { name })); } catch (failed) { setProblem(failed); } };
  return html`<${Dialog} title=${t('people.new_list')} onClose=${close} onSubmit=${save} footer=${html`<${Foot} close=${close} save=${t('action.save')}/>`}>
    <${TextField} label=${t('people.list_name')} autofocus value=${name} bad=${badOf(problem, 'name')} onInput=${setName}/><${ProblemCallout} problem=${problem}/><//>`;
}
