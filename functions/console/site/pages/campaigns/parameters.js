// Third step: what fills each parameter, and what a real person of the audience would read.

import { id as part, post } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { fields } from '../../lib/directory.js';
import { Segmented, SelectField, TextField } from '../../lib/forms.js';
import { personName } from '../../lib/conversation-parts.js';
import { t } from '../../lib/i18n.js';
import { TemplateView } from '../../lib/message-text.js';
import { Callout, IconButton, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { sampleOf, titleOf } from '../templates/sample.js';
import { somePeople } from './audience.js';
import { fileColumns } from './file-dialog.js';
import { bindings, isBound, letter } from './model.js';
import { wordOr } from './words.js';

const RECORD = ['first_name', 'name', 'email', 'phone'];

/** A source as one word for a list: `record:first_name`, `line:`, `text:`. @param {any} from */
function sourceWord(from) {
  const [kind, value] = Object.entries(from ?? {})[0] ?? ['', ''];
  return kind === 'line' || kind === 'text' ? kind : kind ? `${kind}:${value}` : '';
}

/** @param {{ definition: any, set: (change: any) => void, details: Map<string, any>, problem: any }} props */
export function Parameters({ definition, set, details, problem }) {
  const [at, setAt] = useState(0);
  const variant = definition.templates[at] ?? definition.templates[0];
  const detail = details.get(variant?.template);
  const files = definition.audience.include.filter((/** @type {any} */ one) => one.file).map((/** @type {any} */ one) => one.file);
  if (!variant) return html`<${Callout} tone="warn">${t('campaigns.step.template_none')}<//>`;
  const change = (/** @type {string} */ name, /** @type {any} */ to) => set((/** @type {any} */ was) => ({ templates: was.templates.map((/** @type {any} */ one, /** @type {number} */ i) => {
    if (i !== at) return one;
    const parameters = { ...one.parameters };
    if (to === null) delete parameters[name]; else parameters[name] = { ...parameters[name], ...to };
    return { ...one, parameters };
  }) }));
  const asked = (detail?.parameters ?? []).filter((/** @type {any} */ one) => one.takes !== 'payload');
  return html`<div class="cols cols-main"><div class="stack">
    ${definition.templates.length > 1 && html`<div><${Segmented} label=${t('campaigns.variants')} value=${String(at)} onChange=${(/** @type {string} */ to) => setAt(Number(to))} options=${definition.templates.map((/** @type {any} */ one, /** @type {number} */ i) => ({ value: String(i), label: `${letter(i)} · ${one.template}` }))}/></div>`}
    <section class="card"><div class="card-h"><h2>${t('campaigns.step.parameters')}</h2><span class="meta end mono">${variant.template}</span></div><div class="card-b stack-l">
      ${!detail && html`<${Skeleton} lines=${5}/>`}${detail && asked.length === 0 && html`<p class="muted">${t('campaigns.nothing_to_fill')}</p>`}
      ${asked.map((/** @type {any} */ one) => html`<${Filling} key=${one.name} parameter=${one} components=${detail.components} value=${variant.parameters?.[one.name]} files=${files} bad=${badPlace(problem, at, one.name)} change=${(/** @type {any} */ to) => change(one.name, to)}/>`)}
    </div></section></div>
    <aside class="stack"><${LivePreview} definition=${definition} variant=${variant} detail=${detail} name=${letter(at)}/></aside></div>`;
}

/** @param {any} problem @param {number} at @param {string} name */
const badPlace = (problem, at, name) => problem?.errors?.find((/** @type {any} */ one) => one.field.startsWith(`templates.${at}.parameters.${name}`))?.detail ?? null;

/** @param {{ parameter: any, components: any[], value: any, files: string[], bad: string | null, change: (to: any) => void }} props */
function Filling({ parameter, components, value, files, bad, change }) {
  const word = sourceWord(value?.from);
  const [kind, given] = /** @type {[string, any]} */ (Object.entries(value?.from ?? {})[0] ?? ['', '']);
  const takesText = ['text', 'link_end', 'coupon_code'].includes(parameter.takes);
  const options = [
    { value: '', label: t(parameter.required ? 'campaigns.source.none' : 'campaigns.source.leave') },
    ...(takesText ? [...RECORD.map((one) => ({ value: `record:${one}`, label: t(`campaigns.source.${one}`) })), ...fields.value.map((one) => ({ value: `record:field.${one.id}`, label: one.label })), { value: 'agent:name', label: t('campaigns.source.agent') }, { value: 'campaign:name', label: t('campaigns.source.campaign') }] : []),
    ...(files.length ? [{ value: 'line', label: t('campaigns.source.line') }] : []),
    { value: 'text', label: t(takesText ? 'campaigns.source.text' : 'campaigns.source.link') },
  ];
  if (word && !options.some((one) => one.value === word)) options.push({ value: word, label: given });
  const choose = (/** @type {string} */ to) => {
    if (!to) return change(null);
    const [of, name] = to.includes(':') ? [to.slice(0, to.indexOf(':')), to.slice(to.indexOf(':') + 1)] : [to, ''];
    return change({ from: { [of]: name } });
  };
  const columns = files.flatMap((one) => fileColumns.get(one) ?? []);
  const sample = sampleOf(components, parameter.name);
  return html`<div class="fill"><div class="fill-h"><span class="mono t-accent">${parameter.name}</span><b>${titleOf(components, parameter.name) || wordOr(`templates.takes.${parameter.takes}`, parameter.takes)}</b>${sample && html`<span class="meta">${t('campaigns.sample', { sample })}</span>`}</div>
    <div class="cols cols-2"><${SelectField} label=${t('campaigns.source')} value=${word} onChange=${choose} options=${options} bad=${bad}/>
      ${kind === 'text' && html`<${TextField} label=${t(takesText ? 'campaigns.source.text' : 'campaigns.source.link')} value=${given} onInput=${(/** @type {string} */ text) => change({ from: { text } })}/>`}
      ${kind === 'line' && (columns.length ? html`<${SelectField} label=${t('campaigns.column')} value=${given} options=${[{ value: '', label: t('campaigns.source.none') }, ...columns.map((one) => ({ value: one, label: one }))]} onChange=${(/** @type {string} */ line) => change({ from: { line } })}/>` : html`<${TextField} label=${t('campaigns.column')} value=${given} onInput=${(/** @type {string} */ line) => change({ from: { line } })}/>`)}
      ${kind && kind !== 'text' && html`<${TextField} label=${t('campaigns.fallback')} value=${value?.fallback ?? ''} hint=${value?.fallback ? null : t('campaigns.fallback_hint')} onInput=${(/** @type {string} */ fallback) => change({ fallback })}/>`}</div>
    ${!isBound(value) && parameter.required && html`<p class="hint bad">${t('campaigns.must_fill')}</p>`}</div>`;
}

/**
 * What somebody of the audience would read.
 * @param {{ definition: any, variant: any, detail: any, name: string }} props
 */
export function LivePreview({ definition, variant, detail, name }) {
  const [who, setWho] = useState(0);
  const [preview, setPreview] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const group = definition.audience.include.find((/** @type {any} */ one) => one.segment || one.list || one.filter !== undefined);
  const people = useResource((signal) => somePeople(group, signal), [JSON.stringify(group)]);
  const person = people.data?.[who % Math.max(1, people.data.length)];
  const body = JSON.stringify({ bindings: bindings(variant.parameters), contact: person?.id, number: definition.numbers[0], campaign: { name: definition.name } });
  useEffect(() => {
    if (!detail || (people.loading && !people.data)) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post(`/v1/templates/${[detail.waba, detail.name, detail.language].map(part).join('/')}/preview`, JSON.parse(body), { signal: stop.signal, patience: 2 })
        .then((now) => { setPreview(now); setProblem(null); }, (failed) => { if (!stop.signal.aborted) setProblem(failed); });
    }, preview ? 250 : 0);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [detail, body, people.loading]);
  const missing = (preview?.missing ?? []).filter((/** @type {string} */ one) => !one.startsWith('button.') || variant.parameters?.[one]);
  const step = (/** @type {number} */ by) => setWho((now) => (now + by + people.data.length) % people.data.length);
  return html`<section class="card"><div class="card-h"><h2>${t('campaigns.variant', { name })}</h2>
      ${person && html`<span class="end flex"><${IconButton} small icon="al" label=${t('campaigns.person_before')} disabled=${people.data.length < 2} onClick=${() => step(-1)}/><span class="ell who-name">${personName(person)}</span><${IconButton} small icon="ar" label=${t('campaigns.person_after')} disabled=${people.data.length < 2} onClick=${() => step(1)}/></span>`}</div>
    <div class="card-b stack"><div class="wa-preview">${preview ? html`<${TemplateView} rendered=${preview.rendered} at=${new Date().toISOString()}/>` : !problem && html`<${Skeleton} lines=${5}/>`}</div>
      <p class="meta" role="status">${person ? t(missing.length ? 'campaigns.person_lacks' : 'campaigns.person_reads', { name: personName(person), what: missing.join(', ') }) : people.data ? t('campaigns.nobody_yet') : ''}</p>
      ${(preview?.refused ?? []).map((/** @type {any} */ one) => html`<${Callout} key=${one.field} tone="danger"><p><span class="mono">${one.field}</span> ${one.detail}</p><//>`)}<${ProblemCallout} problem=${problem}/></div></section>`;
}
