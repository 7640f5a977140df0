// Parts of the template editor: a text with parameters and their samples, buttons, cards.

import { SelectField, Switch, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, IconButton } from '../../lib/parts.js';
import { html, useId, useRef } from '../../lib/view.js';
import { BUTTONS, grouped, MOST, nextVariable } from './draft.js';
import { variables } from './sample.js';

/** @param {{ label: string, most: number, text: string, samples: Record<string, string>, named: boolean, setNamed?: (named: boolean) => void, onChange: (to: { text: string, samples: Record<string, string> }) => void }} props */
export function Body({ label, most, text, samples, named, setNamed, onChange }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const id = useId();
  const keys = variables(text);
  const put = (/** @type {string} */ to) => onChange({ text: to, samples });
  /** Sets marks around what is chosen, or a text where the caret stands. @param {string} before @param {string} [after] */
  const insert = (before, after = '') => {
    const box = area.current;
    if (!box) return;
    const [from, to] = [box.selectionStart, box.selectionEnd];
    put(text.slice(0, from) + before + text.slice(from, to) + after + text.slice(to));
    requestAnimationFrame(() => { box.focus(); box.setSelectionRange(from + before.length, to + before.length); });
  };
  return html`<div class="field"><label for=${id}><span>${label}</span><span class="meta tab">${text.length} / ${most}</span></label>
      <div class="ed"><div class="tools"><button type="button" class="ib sm" aria-label=${t('templates.bold')} title=${t('templates.bold')} onClick=${() => insert('*', '*')}><b>B</b></button><button type="button" class="ib sm" aria-label=${t('templates.italic')} title=${t('templates.italic')} onClick=${() => insert('_', '_')}><em class="it">I</em></button><button type="button" class="ib sm" aria-label=${t('templates.struck')} title=${t('templates.struck')} onClick=${() => insert('~', '~')}><s>S</s></button>
        <span class="end"></span><${Button} small kind="ghost" icon="plus" onClick=${() => insert(`{{${nextVariable(text, named)}}}`)}>${t('templates.parameter')}<//></div>
        <textarea id=${id} ref=${area} rows="5" maxlength=${most} value=${text} aria-describedby=${`${id}-hint`} onInput=${(/** @type {any} */ event) => put(event.target.value)}></textarea></div>
      <p class="hint" id=${`${id}-hint`}>${t('templates.body_hint')}</p></div>
    ${keys.length > 0 && html`<div class="field"><span class="lbl">${t('templates.samples')}</span><ul class="samples">${keys.map((key) => html`<li key=${key}><span class="mono t-accent">${`{{${key}}}`}</span><${TextField} label=${t('templates.sample_of', { name: key })} hidden value=${samples[key] ?? ''} placeholder=${t('templates.sample')} onInput=${(/** @type {string} */ sample) => onChange({ text, samples: { ...samples, [key]: sample } })}/></li>`)}</ul>
      ${setNamed && html`<${Switch} label=${t('templates.named')} checked=${named} onChange=${(/** @type {boolean} */ to) => { setNamed(to); const map = Object.fromEntries(keys.map((key, i) => [key, to ? (/^\d+$/.test(key) ? `param_${i + 1}` : key) : String(i + 1)])); onChange({ text: text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, key) => `{{${map[key]}}}`), samples: Object.fromEntries(keys.map((key) => [map[key], samples[key] ?? ''])) }); }}/>`}</div>`}`;
}

/** @param {{ label: string, buttons: any[], onChange: (buttons: any[]) => void, most: number, few?: boolean }} props */
export function Buttons({ label, buttons, onChange, most, few }) {
  const change = (/** @type {number} */ at, /** @type {any} */ to) => onChange(buttons.map((one, i) => (i === at ? { ...one, ...to } : one)));
  const move = (/** @type {number} */ at, /** @type {number} */ by) => { const next = [...buttons]; const [one] = next.splice(at, 1); next.splice(at + by, 0, one); onChange(next); };
  const kinds = (few ? BUTTONS.slice(0, 3) : BUTTONS).map((one) => ({ value: one, label: t(`templates.button.${one}`) }));
  return html`<div class="field" role="group" aria-label=${label}><span class="lbl">${label}<span class="meta tab">${buttons.length} / ${most}</span></span>
    <ul class="stack-s">${buttons.map((one, i) => html`<li key=${i} class="tpl-button"><div class="tpl-button-f"><${SelectField} label=${t('templates.button_kind')} hidden value=${one.kind} options=${kinds} onChange=${(/** @type {string} */ kind) => change(i, { kind })}/>
        ${one.kind !== 'COPY_CODE' && html`<${TextField} label=${t('templates.button_text')} hidden placeholder=${t('templates.button_text')} maxlength=${MOST.button} value=${one.text} onInput=${(/** @type {string} */ text) => change(i, { text })}/>`}
        ${one.kind === 'URL' && html`<${TextField} label=${t('templates.url')} hidden type="url" placeholder="https://…/{{1}}" value=${one.url} onInput=${(/** @type {string} */ url) => change(i, { url })}/>${variables(one.url).length > 0 && html`<${TextField} label=${t('templates.url_sample')} hidden placeholder=${t('templates.url_sample')} value=${one.example} onInput=${(/** @type {string} */ example) => change(i, { example })}/>`}`}
        ${one.kind === 'PHONE_NUMBER' && html`<${TextField} label=${t('templates.phone')} hidden type="tel" placeholder="+58 412 555 0100" value=${one.phone} onInput=${(/** @type {string} */ phone) => change(i, { phone })}/>`}
        ${one.kind === 'COPY_CODE' && html`<${TextField} label=${t('templates.code_sample')} hidden placeholder=${t('templates.code_sample')} maxlength="15" value=${one.example} onInput=${(/** @type {string} */ example) => change(i, { example })}/>`}
        ${one.kind === 'FLOW' && html`<${TextField} label=${t('templates.flow')} hidden placeholder=${t('templates.flow')} value=${one.flow} onInput=${(/** @type {string} */ flow) => change(i, { flow })}/>`}</div>
      <${IconButton} icon="up" label=${t('templates.button_up', { n: i + 1 })} disabled=${i === 0} onClick=${() => move(i, -1)}/><${IconButton} icon="x" label=${t('templates.button_remove', { n: i + 1 })} onClick=${() => onChange(buttons.filter((_, at) => at !== i))}/></li>`)}</ul>
    ${!grouped(buttons) && html`<p class="hint bad">${t('templates.buttons_grouped')}</p>`}
    ${buttons.length < most && html`<div><${Button} small icon="plus" onClick=${() => onChange([...buttons, { kind: 'QUICK_REPLY', text: '', url: '', phone: '', example: '' }])}>${t('templates.button_add')}<//></div>`}</div>`;
}

/** @param {{ cards: any[], named: boolean, onChange: (cards: any[]) => void }} props */
export function Cards({ cards, named, onChange }) {
  const change = (/** @type {number} */ at, /** @type {any} */ to) => onChange(cards.map((one, i) => (i === at ? { ...one, ...to } : one)));
  // All cards are built alike: a new one begins as the one before.
  const next = () => { const last = cards.at(-1); return last ? { ...last, handle: '', body: '', samples: {}, buttons: last.buttons.map((/** @type {any} */ one) => ({ ...one })) } : { handle: '', format: 'IMAGE', body: '', samples: {}, buttons: [{ kind: 'QUICK_REPLY', text: '', url: '', phone: '', example: '' }] }; };
  return html`<div class="field" role="group" aria-label=${t('templates.cards')}><span class="lbl">${t('templates.cards')}<span class="meta tab">${cards.length} / 10</span></span>
    ${cards.map((card, i) => html`<fieldset key=${i} class="tpl-card-form stack"><legend class="flex"><b>${t('templates.card', { n: i + 1 })}</b><${IconButton} small icon="x" label=${t('templates.card_remove', { n: i + 1 })} onClick=${() => onChange(cards.filter((_, at) => at !== i))}/></legend>
      <div class="cols cols-2"><${SelectField} label=${t('templates.header')} value=${card.format} options=${['IMAGE', 'VIDEO'].map((one) => ({ value: one, label: t(`templates.format.${one}`) }))} onChange=${(/** @type {string} */ format) => onChange(cards.map((one) => ({ ...one, format })))}/><${TextField} label=${t('templates.handle')} class="input mono" value=${card.handle} onInput=${(/** @type {string} */ handle) => change(i, { handle })}/></div>
      <${Body} label=${t('templates.body')} most=${MOST.cardBody} text=${card.body} samples=${card.samples} named=${named} onChange=${(/** @type {any} */ to) => change(i, { body: to.text, samples: to.samples })}/>
      <${Buttons} label=${t('templates.buttons')} buttons=${card.buttons} most=${2} few onChange=${(/** @type {any[]} */ buttons) => change(i, { buttons })}/></fieldset>`)}
    ${cards.length < 10 && html`<div><${Button} small icon="plus" onClick=${() => onChange(cards.length ? [...cards, next()] : [next(), next()])}>${t('templates.card_add')}<//></div>`}<p class="hint">${t('templates.cards_hint')}</p></div>`;
}
