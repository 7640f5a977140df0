// A record made by hand.

import { newKey, post, Problem } from '../../lib/api.js';
import { Dialog } from '../../lib/dialog.js';
import { badOf, SelectField, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Callout, ProblemCallout } from '../../lib/parts.js';
import { path } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { html, useRef, useState } from '../../lib/view.js';

const KINDS = ['lead', 'contact', 'organization', 'vendor'];

/** @param {{ close: () => void, done: (contact: any) => void }} props */
export function NewPerson({ close, done }) {
  const [facts, setFacts] = useState({ name: '', phone: '', email: '', kind: 'lead' });
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const key = useRef(newKey());
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => { key.current = newKey(); setFacts({ ...facts, [name]: value }); };
  const save = async () => {
    const body = Object.fromEntries(Object.entries(facts).filter(([, value]) => value.trim()));
    try { const one = await post('/v1/contacts', body, { key: key.current }); toast(t('people.created')); done(one); } catch (failed) { setProblem(failed); }
  };
  const taken = problem instanceof Problem && problem.kind === 'phone-taken' ? problem.contact : null;
  return html`<${Dialog} title=${t('people.new')} onClose=${close} onSubmit=${save} footer=${html`<button type="button" class="btn ghost" onClick=${close}>${t('action.cancel')}</button><button class="btn primary">${t('action.save')}</button>`}>
    <${TextField} label=${t('field.name')} autofocus value=${facts.name} bad=${badOf(problem, 'name')} onInput=${set('name')}/>
    <${TextField} label=${t('field.phone')} type="tel" hint=${t('people.phone_hint')} value=${facts.phone} bad=${badOf(problem, 'phone')} onInput=${set('phone')}/>
    <${TextField} label=${t('field.email')} type="email" value=${facts.email} bad=${badOf(problem, 'email')} onInput=${set('email')}/>
    <${SelectField} label=${t('field.kind')} value=${facts.kind} onChange=${set('kind')} options=${KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}/>
    ${taken ? html`<${Callout} tone="warn" title=${t('people.on_record')} actions=${html`<a class="btn sm" href=${path('people', taken)} onClick=${close}>${t('people.open_it')}</a>`}/>` : html`<${ProblemCallout} problem=${problem}/>`}<//>`;
}
