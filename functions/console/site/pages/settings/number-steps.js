// Steps of a number at Meta: a code, its verification, registration, the PIN, another display name.

import { id as part, post, put } from '../../lib/api.js';
import { Segmented, TextField, badOf } from '../../lib/forms.js';
import { language, t } from '../../lib/i18n.js';
import { Callout } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { FormDialog } from './parts.js';

/**
 * The steps that make sense for a number now, by what is known of it.
 * @param {{ facts: Record<string, { value: string }> }} number
 */
export function stepsOf({ facts }) {
  const verified = facts.code_verification?.value === 'VERIFIED';
  const connected = facts.status?.value === 'CONNECTED';
  return [
    ...(verified ? [] : ['request_code', 'verify_code']),
    'register', 'pin', 'display_name',
    ...(connected ? ['deregister'] : []),
  ];
}

const isPin = (/** @type {string} */ text) => /^\d{6}$/.test(text);

/** @param {{ step: string, number: any, onClose: () => void, onAsked: () => Promise<any> }} props */
export function StepDialog({ step, number, onClose, onAsked }) {
  const [value, setValue] = useState(step === 'display_name' ? number.facts.display_name?.value ?? '' : '');
  const [method, setMethod] = useState('SMS');
  const at = `/v1/numbers/${part(number.id)}`;
  const asks = /** @type {Record<string, (key: string) => Promise<any>>} */ ({
    request_code: (key) => post(`${at}/request-code`, { method, language: language.value === 'es' ? 'es' : 'en_US' }, { key }),
    verify_code: (key) => post(`${at}/verify-code`, { code: value.replace(/\D/g, '') }, { key }),
    register: (key) => post(`${at}/register`, { pin: value }, { key }),
    pin: (key) => put(`${at}/pin`, { pin: value }, { key }),
    display_name: (key) => post(`${at}/display-name`, { name: value.trim() }, { key }),
    deregister: (key) => post(`${at}/deregister`, undefined, { key }),
  });
  const ready = /** @type {Record<string, boolean>} */ ({ request_code: true, verify_code: value.replace(/\D/g, '').length === 6, register: isPin(value), pin: isPin(value), display_name: value.trim().length >= 3, deregister: true })[step];
  const field = /** @type {Record<string, any>} */ ({ verify_code: 'code', register: 'pin', pin: 'pin', display_name: 'name' })[step];
  return html`<${FormDialog} title=${t(`numbers.step.${step}`)} onClose=${onClose} label=${t(`numbers.step_do.${step}`)} disabled=${!ready}
    save=${async (/** @type {string} */ key) => { await asks[step](key); await onAsked(); }}>${(/** @type {unknown} */ problem) => html`
    ${step === 'deregister' ? html`<${Callout} tone="warn" title=${t('numbers.deregister_warn')}/>` : html`<p class="muted">${t(`numbers.step_text.${step}`)}</p>`}
    ${step === 'request_code' && html`<${Segmented} label=${t('numbers.code_by')} value=${method} onChange=${setMethod} options=${[{ value: 'SMS', label: 'SMS' }, { value: 'VOICE', label: t('numbers.code_call') }]}/>`}
    ${field && html`<${TextField} label=${t(`numbers.step_field.${field}`)} value=${value} onInput=${setValue} autofocus autocomplete="off" inputmode=${field === 'name' ? 'text' : 'numeric'} maxlength=${field === 'name' ? 128 : 7} bad=${badOf(problem, field)}/>`}`}<//>`;
}
