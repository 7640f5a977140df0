// Edits a record in place.

import { get, id, Problem } from '../../lib/api.js';
import { agents, fields } from '../../lib/directory.js';
import { badOf, SelectField, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, Callout, ProblemCallout } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { changeContact, contactProblem, paintContact } from './contact-store.js';
import { FieldInput } from './fields.js';

const KINDS = ['lead', 'contact', 'organization', 'vendor'];

/** What can be changed of a record, as the form has it. @param {any} contact */
const factsOf = (contact) => ({ name: contact.given_name ?? '', email: contact.email ?? '', kind: contact.kind, owner: contact.owner ?? '' });

/**
 * Whether two states of a record say something else about what a change is about.
 * @param {any} one @param {any} other @param {Record<string, any>} change
 */
const differs = (one, other, { fields: own = {}, ...change }) =>
  Object.keys(change).some((key) => /** @type {any} */ (factsOf(one))[key] !== /** @type {any} */ (factsOf(other))[key])
  || Object.keys(own).some((key) => JSON.stringify(one.fields?.[key] ?? null) !== JSON.stringify(other.fields?.[key] ?? null));

/** @param {{ contact: any, done: () => void, saved?: (contact: any) => void }} props */
export function EditRecord({ contact, done, saved }) {
  // What stood there when somebody began to write: what others change meanwhile is neither lost nor written over.
  const [base, setBase] = useState(contact);
  const start = factsOf(base);
  const [facts, setFacts] = useState(start);
  const [own, setOwn] = useState(/** @type {Record<string, any>} */ ({}));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [conflict, setConflict] = useState(false);
  const [busy, setBusy] = useState(false);
  const shown = fields.value.filter((field) => !field.kinds.length || field.kinds.includes(facts.kind));
  /** Goes on from a newer record: what somebody wrote here stays, the rest is as it is there. @param {any} to */
  const rebase = (to) => {
    const theirs = factsOf(to);
    setFacts((mine) => ({ ...theirs, ...Object.fromEntries(Object.entries(mine).filter(([key, value]) => value !== /** @type {any} */ (start)[key])) }));
    setBase(to);
  };
  /** Writes a change onto the newest record. Null if somebody else changed the same meanwhile. @param {any} onto @param {Record<string, any>} change */
  const write = async (onto, change) => {
    for (let last = onto; ;) {
      if (differs(base, last, change)) { rebase(last); return null; }
      try { return { was: last, now: await changeContact(last, { ...change, version: last.version }) }; } catch (failed) {
        if (!(failed instanceof Problem) || failed.kind !== 'changed-meanwhile') throw failed;
        contactProblem.value = null;
        const fresh = await get(`/v1/contacts/${id(contact.id)}`);
        paintContact(fresh);
        if (fresh.version === last.version) throw failed;
        last = fresh;
      }
    }
  };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {Record<string, any>} */
    const change = {};
    for (const key of /** @type {(keyof typeof start)[]} */ (Object.keys(start))) if (facts[key] !== start[key]) change[key] = facts[key] === '' ? null : facts[key];
    if (Object.keys(own).length) change.fields = own;
    if (!Object.keys(change).length) { done(); return; }
    setBusy(true);
    setProblem(null);
    setConflict(false);
    try {
      const written = await write(contact, change);
      if (!written) { setConflict(true); setBusy(false); return; }
      const { was, now } = written;
      const before = Object.fromEntries(Object.keys(change).map((key) => [key, key === 'fields' ? Object.fromEntries(Object.keys(own).map((field) => [field, was.fields?.[field] ?? null])) : (key === 'name' ? was.given_name : was[key]) ?? null]));
      toast(t('record.saved'), () => changeContact(now, before));
      saved?.(now);
      done();
    } catch (failed) { setProblem(failed); setBusy(false); }
  };
  return html`<form class="sec stack" onSubmit=${save} aria-label=${t('record.edit')}>
    <${TextField} label=${t('field.name')} autofocus placeholder=${contact.profile_name ?? ''} value=${facts.name} bad=${badOf(problem, 'name')} onInput=${(/** @type {string} */ name) => setFacts({ ...facts, name })}/>
    <${SelectField} label=${t('field.kind')} value=${facts.kind} options=${[...(contact.kind === 'unknown' ? ['unknown'] : []), ...KINDS].map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} onChange=${(/** @type {string} */ kind) => setFacts({ ...facts, kind })}/>
    <${TextField} label=${t('field.email')} type="email" value=${facts.email} bad=${badOf(problem, 'email')} onInput=${(/** @type {string} */ email) => setFacts({ ...facts, email })}/>
    <${SelectField} label=${t('field.owner')} value=${facts.owner} options=${[{ value: '', label: t('assign.nobody') }, ...agents.value.map((agent) => ({ value: agent.id, label: agent.name }))]} onChange=${(/** @type {string} */ owner) => setFacts({ ...facts, owner })}/>
    ${shown.map((field) => html`<${FieldInput} key=${field.id} field=${field} value=${own[field.id] === undefined ? contact.fields?.[field.id] : own[field.id]} bad=${badOf(problem, `fields.${field.id}`)} onInput=${(/** @type {any} */ value) => setOwn({ ...own, [field.id]: value })}/>`)}
    <${ProblemCallout} problem=${problem}/>${conflict && html`<${Callout} tone="warn" role="alert" title=${t('record.conflict')}/>`}
    <div class="flex"><button class="btn primary sm" disabled=${busy}>${t('action.save')}</button><${Button} small kind="ghost" onClick=${done}>${t('action.cancel')}<//></div></form>`;
}
