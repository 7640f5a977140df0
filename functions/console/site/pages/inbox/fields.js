// Values of the company's own fields: as they are shown, and as they are asked for.

import { day, money, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { CheckField, SelectField, TextField } from '../../lib/forms.js';
import { html } from '../../lib/view.js';

/** @typedef {import('../../lib/directory.js').Field} Field */

/** A value as people read it. @param {Field} field @param {any} value */
export function shownField(field, value) {
  if (value === undefined || value === null || value === '') return null;
  switch (field.type) {
    case 'boolean': return t(value ? 'value.yes' : 'value.no');
    case 'number': return number(Number(value));
    case 'date': return day(`${value}T12:00:00`);
    case 'money': return typeof value === 'object' ? money(value.amount, value.currency) : String(value);
    case 'multi_choice': return Array.isArray(value) ? value.join(', ') : String(value);
    default: return String(value);
  }
}

/**
 * A field to fill in. `value` is what the record has, or what was typed.
 * @param {{ field: Field, value: any, onInput: (value: any) => void, bad?: string | null }} props
 */
export function FieldInput({ field, value, onInput, bad }) {
  const none = (/** @type {string} */ text) => (text === '' ? null : text);
  switch (field.type) {
    case 'boolean': return html`<${CheckField} label=${field.label} checked=${value === true} onChange=${onInput}/>`;
    case 'choice': return html`<${SelectField} label=${field.label} value=${value ?? ''} bad=${bad} onChange=${(/** @type {string} */ text) => onInput(none(text))} options=${[{ value: '', label: '–' }, ...field.options.map((one) => ({ value: one, label: one }))]}/>`;
    case 'multi_choice': return html`<fieldset class="field"><legend class="meta">${field.label}</legend>${field.options.map((one) => html`<${CheckField} key=${one} label=${one} checked=${(value ?? []).includes(one)} onChange=${(/** @type {boolean} */ on) => onInput(on ? [...(value ?? []), one] : (value ?? []).filter((/** @type {string} */ other) => other !== one))}/>`)}</fieldset>`;
    case 'money': return html`<div class="money-field"><${TextField} label=${field.label} inputmode="decimal" value=${value?.amount ?? ''} bad=${bad} onInput=${(/** @type {string} */ amount) => onInput(amount ? { amount: amount.replace(',', '.'), currency: value?.currency ?? 'USD' } : null)}/><${TextField} label=${t('field.currency')} value=${value?.currency ?? 'USD'} maxlength="3" onInput=${(/** @type {string} */ currency) => onInput({ amount: value?.amount ?? '0', currency: currency.toUpperCase() })}/></div>`;
    case 'number': return html`<${TextField} label=${field.label} inputmode="decimal" value=${value ?? ''} bad=${bad} onInput=${(/** @type {string} */ text) => onInput(none(text.replace(',', '.')))}/>`;
    case 'date': return html`<${TextField} type="date" label=${field.label} value=${value ?? ''} bad=${bad} onInput=${(/** @type {string} */ text) => onInput(none(text))}/>`;
    default: return html`<${TextField} label=${field.label} value=${value ?? ''} bad=${bad} onInput=${(/** @type {string} */ text) => onInput(none(text))}/>`;
  }
}
