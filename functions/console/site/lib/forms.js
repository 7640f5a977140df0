// Fields of forms. Each has its label, its hint, and what is wrong with it, tied together for those who hear the page.

import { t } from './i18n.js';
import { classes, html, useId } from './view.js';

/**
 * @typedef {{ label: any, hint?: any, bad?: string | null | false, aside?: any, hidden?: boolean }} Frame
 * @param {Frame & { id: string, children?: any }} props
 */
const FieldFrame = ({ id, label, hint, bad, aside, hidden, children }) => html`<div class="field">
  <label for=${id} class=${hidden ? 'vh' : ''}><span>${label}</span>${aside && html`<span class="mono meta">${aside}</span>`}</label>${children}
  ${bad ? html`<p class="hint bad" id=${`${id}-hint`}><svg class="i s" aria-hidden="true"><use href="#i-alertc"/></svg>${bad}</p>` : hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}</div>`;

/** @param {string} id @param {Frame} props */
const tied = (id, { hint, bad }) => ({ id, 'aria-describedby': hint || bad ? `${id}-hint` : undefined, 'aria-invalid': bad ? 'true' : undefined });

/**
 * A line of text, or several with `rows`.
 * @param {Frame & { value: any, onInput: (value: string) => void, rows?: number, type?: string, [more: string]: any }} props
 */
export function TextField({ label, hint, bad, aside, hidden, value, onInput, rows, type = 'text', ...rest }) {
  const id = useId();
  const given = { ...tied(id, { label, hint, bad }), class: classes('input', bad && 'bad'), value: value ?? '', onInput: (/** @type {any} */ event) => onInput(event.target.value), ...rest };
  return html`<${FieldFrame} id=${id} label=${label} hint=${hint} bad=${bad} aside=${aside} hidden=${hidden}>
    ${rows ? html`<textarea rows=${rows} ...${given}></textarea>` : html`<input type=${type} ...${given}/>`}<//>`;
}

/**
 * One of several. An option is `{ value, label }`.
 * @param {Frame & { value: any, onChange: (value: string) => void, options: { value: string, label: string, disabled?: boolean }[], [more: string]: any }} props
 */
export function SelectField({ label, hint, bad, aside, hidden, value, onChange, options, ...rest }) {
  const id = useId();
  return html`<${FieldFrame} id=${id} label=${label} hint=${hint} bad=${bad} aside=${aside} hidden=${hidden}>
    <select class=${classes('input', bad && 'bad')} ...${tied(id, { label, hint, bad })} value=${value ?? ''} onChange=${(/** @type {any} */ event) => onChange(event.target.value)} ...${rest}>
      ${options.map((one) => html`<option key=${one.value} value=${one.value} disabled=${one.disabled} selected=${one.value === (value ?? '')}>${one.label}</option>`)}</select><//>`;
}

/** @param {{ label: any, checked: boolean, onChange: (checked: boolean) => void, disabled?: boolean }} props */
export const CheckField = ({ label, checked, onChange, disabled }) => html`<label class="check"><input type="checkbox" class="cbx" checked=${checked} disabled=${disabled} onChange=${(/** @type {any} */ event) => onChange(event.target.checked)}/><span>${label}</span></label>`;

/** Something that is on or off at once. @param {{ label: any, checked: boolean, onChange: (checked: boolean) => void, disabled?: boolean }} props */
export const Switch = ({ label, checked, onChange, disabled }) => html`<button type="button" class="switch" role="switch" aria-checked=${checked ? 'true' : 'false'} disabled=${disabled} onClick=${() => onChange(!checked)}><span>${label}</span></button>`;

/**
 * One of a few, all of them in sight. An option is `{ value, label, icon? }`.
 * @param {{ label: string, value: string, onChange: (value: string) => void, options: { value: string, label: any, icon?: string }[] }} props
 */
export const Segmented = ({ label, value, onChange, options }) => html`<div class="seg" role="group" aria-label=${label}>${options.map((one) => html`<button type="button" key=${one.value} aria-pressed=${one.value === value ? 'true' : 'false'} onClick=${() => onChange(one.value)}>${one.icon && html`<svg class="i s" aria-hidden="true"><use href=${`#i-${one.icon}`}/></svg>`}${one.label}</button>`)}</div>`;

/**
 * Tabs of a page. Arrows move, as screen readers expect it. An option is `{ value, label, count? }`.
 * @param {{ label: string, value: string, onChange: (value: string) => void, options: { value: string, label: any, count?: any }[] }} props
 */
export function Tabs({ label, value, onChange, options }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const next = (options.findIndex((one) => one.value === value) + step + options.length) % options.length;
    onChange(options[next].value);
    /** @type {HTMLElement | undefined} */ (/** @type {HTMLElement} */ (event.currentTarget).children[next])?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${move}>${options.map((one) => html`<button type="button" role="tab" key=${one.value} aria-selected=${one.value === value ? 'true' : 'false'} tabIndex=${one.value === value ? 0 : -1} onClick=${() => onChange(one.value)}>${one.label}${one.count !== undefined && html` <span class="meta">${one.count}</span>`}</button>`)}</div>`;
}

/** A box to search with. @param {{ label: string, value: string, onInput: (value: string) => void, [more: string]: any }} props */
export const SearchField = ({ label, value, onInput, ...rest }) => html`<label class="search"><svg class="i s" aria-hidden="true"><use href="#i-search"/></svg><span class="vh">${label}</span><input type="search" placeholder=${label} value=${value} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} ...${rest}/></label>`;

/** What is wrong with a member, from a problem's list. @param {unknown} problem @param {string} field */
export function badOf(problem, field) {
  const { field: one, detail, errors } = /** @type {any} */ (problem ?? {});
  if (one === field) return detail ?? t('problem.400');
  return errors?.find((/** @type {any} */ error) => error.field === field)?.detail ?? null;
}
