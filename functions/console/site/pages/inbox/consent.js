// What a person has said about being written to: always with how and when, and a way to note their word.

import { get, id, post } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { Dialog } from '../../lib/dialog.js';
import { Segmented, SelectField, TextField } from '../../lib/forms.js';
import { day } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { Icon, IconButton, ProblemCallout } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';

const PURPOSES = ['marketing', 'utility'];

/** @param {{ contact: any, number?: string, agents?: number }} props */
export function ConsentList({ contact }) {
  const consent = useResource(() => get(`/v1/contacts/${id(contact.id)}/consent`), [contact.id]);
  const [asking, setAsking] = useState(false);
  const standing = consent.data?.standing ?? [];
  const ledger = consent.data?.ledger ?? [];
  const all = standing.find((/** @type {any} */ one) => one.purpose === 'all');
  const other = standing.filter((/** @type {any} */ one) => !PURPOSES.includes(one.purpose) && one.purpose !== 'all').map((/** @type {any} */ one) => one.purpose);
  const line = (/** @type {string} */ purpose) => {
    const word = standing.find((/** @type {any} */ one) => one.purpose === purpose) ?? all;
    const said = ledger.find((/** @type {any} */ one) => one.purpose === word?.purpose && one.at === word?.since);
    const yes = word?.choice === 'opt_in';
    const how = word && [has(`word.source.${word.source}`) ? t(`word.source.${word.source}`) : word.source, day(word.since), said?.wording && t('word.wording', { text: said.wording })].filter(Boolean).join(', ');
    return html`<li key=${purpose}><span class=${word ? (yes ? 't-ok' : 't-danger') : 'muted'}><${Icon} name=${word ? (yes ? 'checkc' : 'x') : 'minus'}/></span><b>${t(`purpose.${purpose}`)}: ${t(word ? (yes ? 'word.yes' : 'word.no') : 'word.none')}</b><small>${how || t('word.no_answer')}</small></li>`;
  };
  return html`<section class="sec"><div class="sec-h"><h3>${t('record.consent')}</h3><span class="end"><${IconButton} small icon="plus" label=${t('word.note')} onClick=${() => setAsking(true)}/></span></div>
    <${ProblemCallout} problem=${consent.problem} retry=${consent.reload}/>
    <ul class="consent">${[...PURPOSES, ...other].map(line)}</ul>
    ${asking && html`<${WordDialog} contact=${contact} close=${() => setAsking(false)} done=${() => { setAsking(false); consent.reload(); }}/>`}</section>`;
}

/** @param {{ contact: any, close: () => void, done: () => void }} props */
function WordDialog({ contact, close, done }) {
  const [word, setWord] = useState({ purpose: 'marketing', choice: 'opt_in', wording: '' });
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const save = async () => {
    try { await post(`/v1/contacts/${id(contact.id)}/consent`, { purpose: word.purpose, choice: word.choice, ...(word.wording.trim() ? { wording: word.wording.trim() } : {}) }); done(); } catch (failed) { setProblem(failed); }
  };
  return html`<${Dialog} title=${t('word.note')} onClose=${close} onSubmit=${save} footer=${html`<button type="button" class="btn ghost" onClick=${close}>${t('action.cancel')}</button><button class="btn primary">${t('action.save')}</button>`}>
    <${SelectField} label=${t('word.purpose')} value=${word.purpose} onChange=${(/** @type {string} */ purpose) => setWord({ ...word, purpose })} options=${[...PURPOSES, 'all'].map((one) => ({ value: one, label: t(`purpose.${one}`) }))}/>
    <${Segmented} label=${t('word.choice')} value=${word.choice} onChange=${(/** @type {string} */ choice) => setWord({ ...word, choice })} options=${[{ value: 'opt_in', label: t('word.yes') }, { value: 'opt_out', label: t('word.no') }]}/>
    <${TextField} rows=${3} label=${t('word.how')} hint=${t('word.how_hint')} value=${word.wording} onInput=${(/** @type {string} */ wording) => setWord({ ...word, wording })}/>
    <${ProblemCallout} problem=${problem}/><//>`;
}
