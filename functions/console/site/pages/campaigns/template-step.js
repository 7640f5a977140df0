// Second step: which template, or which templates are compared; in which language; who is held out.

import { Chooser, Popup } from '../../lib/dialog.js';
import { numberOf } from '../../lib/directory.js';
import { badOf, CheckField, SelectField, TextField } from '../../lib/forms.js';
import { number, percent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { TemplateView } from '../../lib/message-text.js';
import { Button, Callout, Chip, IconButton, Skeleton } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { sampleView } from '../templates/sample.js';
import { letter, shares } from './model.js';
import { templateDetail, templates } from './store.js';
import { wordOr } from './words.js';

/** The WABAs that the chosen numbers belong to. @param {any} definition */
export const wabasOf = (definition) => [...new Set(definition.numbers.map((/** @type {string} */ one) => numberOf(one)?.waba).filter(Boolean))];

/** Templates by name that the numbers can send: all their languages. @param {any} definition */
export function choices(definition) {
  const wabas = wabasOf(definition);
  /** @type {Map<string, any[]>} */
  const byName = new Map();
  for (const one of templates.value ?? []) {
    if (wabas.length && !wabas.includes(one.waba)) continue;
    byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  }
  return byName;
}

/**
 * What the chosen templates are made of, by name, in the default language or else in their first.
 * @param {any} definition
 * @returns {Map<string, any>}
 */
export function useDetails(definition) {
  const [found, setFound] = useState(/** @type {Map<string, any>} */ (new Map()));
  const byName = choices(definition);
  const wanted = definition.templates.flatMap((/** @type {any} */ variant) => {
    const all = byName.get(variant.template) ?? [];
    const one = all.find((each) => each.language === definition.language.default) ?? all[0];
    return one ? [one] : [];
  });
  useEffect(() => {
    let gone = false;
    Promise.all(wanted.map((/** @type {any} */ one) => templateDetail(one.waba, one.name, one.language).catch(() => null)))
      .then((all) => { if (!gone) setFound(new Map(all.filter(Boolean).map((one) => [one.name, one]))); });
    return () => { gone = true; };
  }, [JSON.stringify(wanted.map((/** @type {any} */ one) => [one.waba, one.name, one.language]))]);
  return found;
}

/** @param {{ definition: any, set: (change: any) => void, details: Map<string, any>, problem: unknown }} props */
export function TemplateStep({ definition, set, details, problem }) {
  const byName = choices(definition);
  const variants = definition.templates;
  const [shown, setShown] = useState(0);
  const parts = shares(variants);
  const languages = [...new Set(variants.flatMap((/** @type {any} */ one) => (byName.get(one.template) ?? []).map((each) => each.language)))];
  const options = [...byName].map(([name, all]) => ({
    id: name, label: name, hint: `${t(`templates.category.${all[0].category}`)} · ${all.map((one) => one.language).join(', ')}${all.some((one) => one.usable) ? '' : ` · ${wordOr(`templates.status.${all[0].status}`, all[0].status)}`}`,
  }));
  const add = (/** @type {string} */ name) => set((/** @type {any} */ was) => {
    const own = (byName.get(name) ?? []).map((one) => one.language);
    const kept = own.includes(was.language.default) || was.templates.length > 0;
    setShown(was.templates.length);
    return { templates: [...was.templates, { template: name, weight: 1, parameters: {} }], language: kept && was.language.default ? was.language : { ...was.language, default: own[0] ?? 'es' } };
  });
  const change = (/** @type {number} */ at, /** @type {any} */ to) => set((/** @type {any} */ was) => ({ templates: was.templates.map((/** @type {any} */ one, /** @type {number} */ i) => (i === at ? { ...one, ...to } : one)) }));
  const drop = (/** @type {number} */ at) => { setShown(0); set((/** @type {any} */ was) => ({ templates: was.templates.filter((/** @type {any} */ _, /** @type {number} */ i) => i !== at) })); };
  const detail = details.get(variants[shown]?.template);
  return html`<div class="cols cols-main"><div class="stack">
    <section class="card"><div class="card-h"><h2>${t('campaigns.step.template')}</h2><span class="meta end">${variants.length > 1 && t('campaigns.compared', { n: variants.length })}</span></div><div class="card-b stack">
      ${variants.length === 0 && html`<p class="muted">${t('campaigns.template_text')}</p>`}
      <ul class="variant-list">${variants.map((/** @type {any} */ one, /** @type {number} */ i) => { const known = (byName.get(one.template) ?? [])[0]; return html`<li key=${i}>
        <button type="button" class="variant-b" aria-pressed=${i === shown ? 'true' : 'false'} onClick=${() => setShown(i)}><b class="variant-l">${letter(i)}</b><span class="grow"><b class="ell">${one.template}</b><span class="meta">${known ? `${t(`templates.category.${known.category}`)} · ${percent(parts[i])}` : t('campaigns.template_gone')}</span></span>${known?.quality && known.quality !== 'UNKNOWN' && html`<${Chip} tone=${{ GREEN: 'ok', YELLOW: 'warn', RED: 'danger' }[/** @type {'GREEN'} */ (known.quality)] ?? ''}>${t(`templates.quality.${known.quality}`)}<//>`}</button>
        ${variants.length > 1 && html`<${TextField} label=${t('campaigns.weight', { name: letter(i) })} hidden type="number" min="0" max="1000" class="input weight" value=${one.weight} onInput=${(/** @type {string} */ weight) => change(i, { weight: Math.max(0, Math.min(1000, Math.round(Number(weight) || 0))) })}/>`}
        <${IconButton} icon="x" label=${t('campaigns.variant_remove', { name: one.template })} onClick=${() => drop(i)}/></li>`; })}</ul>
      ${variants.flatMap((/** @type {any} */ one) => (byName.get(one.template) ?? []).filter((each) => each.language === definition.language.default).flatMap((each) => each.concerns.map((/** @type {any} */ concern) => html`<${Callout} key=${`${each.name} ${concern.what}`} tone=${concern.stops ? 'danger' : 'warn'} title=${each.name}><p>${t(`templates.concern.${concern.what}`, { value: wordOr(`templates.status.${concern.value}`, wordOr(`templates.quality.${concern.value}`, concern.value ?? '')) })}</p><//>`)))}
      ${variants.length < 4 && html`<div><${Popup} class="btn sm" wide label=${t(variants.length ? 'campaigns.variant_add' : 'campaigns.template_choose')} button=${html`<svg class="i s" aria-hidden="true"><use href="#i-plus"/></svg>${t(variants.length ? 'campaigns.variant_add' : 'campaigns.template_choose')}`}>${(/** @type {() => void} */ close) => html`<${Chooser} label=${t('campaigns.template_find')} empty=${t('campaigns.no.template')} options=${options} onChoose=${(/** @type {string} */ name) => { close(); add(name); }}/>`}<//></div>`}
    </div></section>
    ${variants.length > 0 && html`<section class="card"><div class="card-h"><h2>${t('campaigns.language')}</h2></div><div class="card-b stack">
      <${SelectField} label=${t('campaigns.language_default')} value=${definition.language.default} bad=${badOf(problem, 'language.default')} onChange=${(/** @type {string} */ to) => set((/** @type {any} */ was) => ({ language: { ...was.language, default: to } }))} options=${[...new Set([...languages, definition.language.default].filter(Boolean))].map((one) => ({ value: one, label: one }))}/>
      ${languages.length > 1 && html`<${CheckField} label=${t('campaigns.language_by')} checked=${definition.language.by_contact} onChange=${(/** @type {boolean} */ on) => set((/** @type {any} */ was) => ({ language: { ...was.language, by_contact: on } }))}/>`}</div></section>
    <section class="card"><div class="card-h"><h2>${t('campaigns.hold_out')}</h2><span class="meta end">${t('campaigns.hold_out_meta')}</span></div><div class="card-b">
      <${TextField} label=${t('campaigns.hold_out_share')} type="number" min="0" max="50" step="0.5" class="input narrow" value=${definition.hold_out} bad=${badOf(problem, 'hold_out')} hint=${t(Number(definition.hold_out) > 0 ? 'campaigns.hold_out_on' : 'campaigns.hold_out_off', { share: number(definition.hold_out) })} onInput=${(/** @type {string} */ to) => set({ hold_out: Math.max(0, Math.min(50, Number(to) || 0)) })}/></div></section>`}
  </div><aside class="stack">${variants.length > 0 && html`<section class="card"><div class="card-h"><h2>${t('campaigns.variant', { name: letter(shown) })}</h2><span class="meta end">${t('campaigns.with_samples')}</span></div><div class="card-b"><div class="wa-preview">${detail ? html`<${TemplateView} rendered=${sampleView(detail.components)}/>` : html`<${Skeleton} lines=${5}/>`}</div></div></section>`}
    ${variants.length === 1 && html`<${Callout} tone="plain">${t('campaigns.compare_note')}<//>`}</aside></div>`;
}
