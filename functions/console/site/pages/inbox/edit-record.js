// Edits a record in place.

import { Problem } from '../../lib/api.js';
import { agents, fields } from '../../lib/directory.js';
import { badOf, SelectField, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, ProblemCallout } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { changeContact } from './contact-store.js';
import { FieldInput } from './fields.js';

const KINDS = ['lead', 'contact', 'organization', 'vendor'];

/** @param {{ contact: any, done: () => void, saved?: (contact: any) => void }} props */
export function EditRecord({ contact, done, saved }) {
  const start = { name: contact.given_name ?? '', email: contact.email ?? '', kind: contact.kind, owner: contact.owner ?? '' };
  const [facts, setFacts] = useState(start);
  const [own, setOwn] = useState(/** @type {Record<string, any>} */ ({}));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const shown = fields.value.filter((field) => !field.kinds.length || field.kinds.includes(facts.kind));
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {Record<string, any>} */
    const change = { version: contact.version };
    for (const key of /** @type {(keyof typeof start)[]} */ (Object.keys(start))) if (facts[key] !== start[key]) change[key] = facts[key] === '' ? null : facts[key];
    if (Object.keys(own).length) change.fields = own;
    if (Object.keys(change).length === 1) { done(); return; }
    setBusy(true);
    try {
      const now = await changeContact(contact, change);
      const before = Object.fromEntries(Object.keys(change).filter((key) => key !== 'version').map((key) => [key, key === 'fields' ? Object.fromEntries(Object.keys(own).map((field) => [field, contact.fields?.[field] ?? null])) : (key === 'name' ? contact.given_name : contact[key]) ?? null]));
      toast(t('record.saved'), () => changeContact(now, before));
      saved?.(now);
      done();
    } catch (failed) { setProblem(failed); setBusy(false); }
  };
  const conflict = problem instanceof Problem && problem.kind === 'changed-meanwhile';
  return html`<form class="sec stack" onSubmit=${save} aria-label=${t('record.edit')}>
    <${TextField} label=${t('field.name')} autofocus placeholder=${contact.profile_name ?? ''} value=${facts.name} bad=${badOf(problem, 'name')} onInput=${(/** @type {string} */ name) => setFacts({ ...facts, name })}/>
    <${SelectField} label=${t('field.kind')} value=${facts.kind} options=${[...(contact.kind === 'unknown' ? ['unknown'] : []), ...KINDS].map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} onChange=${(/** @type {string} */ kind) => setFacts({ ...facts, kind })}/>
    <${TextField} label=${t('field.email')} type="email" value=${facts.email} bad=${badOf(problem, 'email')} onInput=${(/** @type {string} */ email) => setFacts({ ...facts, email })}/>
    <${SelectField} label=${t('field.owner')} value=${facts.owner} options=${[{ value: '', label: t('assign.nobody') }, ...agents.value.map((agent) => ({ value: agent.id, label: agent.name }))]} onChange=${(/** @type {string} */ owner) => setFacts({ ...facts, owner })}/>
    ${shown.map((field) => html`<${FieldInput} key=${field.id} field=${field} value=${own[field.id] === undefined ? contact.fields?.[field.id] : own[field.id]} bad=${badOf(problem, `fields.${field.id}`)} onInput=${(/** @type {any} */ value) => setOwn({ ...own, [field.id]: value })}/>`)}
    <${ProblemCallout} problem=${problem}/>${conflict && html`<p class="meta">${t('record.conflict')}</p>`}
    <div class="flex"><button class="btn primary sm" disabled=${busy}>${t('action.save')}</button><${Button} small kind="ghost" onClick=${done}>${t('action.cancel')}<//></div></form>`;
}
