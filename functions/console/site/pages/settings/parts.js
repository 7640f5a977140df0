// What the parts of the settings are made of: the page with its head, forms in a dialog, lists of words, secrets.

import { newKey, Problem } from '../../lib/api.js';
import { Dialog, Drawer, Menu, Popup } from '../../lib/dialog.js';
import { CheckField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, Icon, IconButton, ProblemCallout } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useId, useRef, useState } from '../../lib/view.js';
import { sectionsSeen } from './sections.js';

/** Where the rail shows no parts of its own, they are behind a button. */
function SectionMenu() {
  const items = sectionsSeen().map((section) => ({ label: t(`settings.${section.id}`), icon: section.icon, run: () => navigate(`/settings/${section.id}`) }));
  return html`<span class="section-menu"><${Popup} label=${t('settings.sections')} button=${html`<${Icon} name="stack"/>`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${items}/>`}<//></span>`;
}

/**
 * A page of the settings.
 * @param {{ title: string, meta?: any, actions?: any, menu?: any, wide?: boolean, children?: any }} props `menu` stands
 *   where the parts of the settings are, on pages of another module
 */
export function SettingsPage({ title, meta, actions, menu, wide, children }) {
  useEffect(() => { document.title = `${title} · Ventana`; }, [title]);
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class="page-head">${menu ?? html`<${SectionMenu}/>`}<div class="grow"><h1>${title}</h1>${meta && html`<p class="meta">${meta}</p>`}</div>${actions}</header>
    <div class="page-body" tabindex="0" role="region" aria-label=${title}><div class=${wide ? 'stack-4' : 'stack-4 narrow'}>${children}</div></div></main>`;
}

/**
 * Does something once at a time, and keeps what went wrong. A repeat after a broken line has the key of the first try.
 * @returns {{ busy: boolean, problem: unknown, run: (act: (key: string) => Promise<any>) => Promise<boolean>, clear: () => void }}
 */
export function useAction() {
  const [state, setState] = useState(/** @type {{ busy: boolean, problem: unknown }} */ ({ busy: false, problem: null }));
  const key = useRef(newKey());
  const run = async (/** @type {(key: string) => Promise<any>} */ act) => {
    setState({ busy: true, problem: null });
    try {
      await act(key.current);
      key.current = newKey();
      setState({ busy: false, problem: null });
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem && problem.status === 0)) key.current = newKey();
      setState({ busy: false, problem });
      return false;
    }
  };
  return { ...state, run, clear: () => setState({ busy: false, problem: null }) };
}

/**
 * A form that opens above the page. It closes when it is saved; what is wrong stands in it.
 * @param {{ title: any, onClose: () => void, save: (key: string) => Promise<any>, done?: string, label?: string, side?: boolean,
 *   size?: '' | 'wide', disabled?: boolean, more?: any, children: any }} props `children` may be called with what went
 *   wrong; `done` is said when it is saved; `more` stands at the left of its foot
 */
export function FormDialog({ title, onClose, save, done, label, side, size, disabled, more, children }) {
  const { busy, problem, run } = useAction();
  const submit = async () => {
    if (busy || disabled) return;
    if (await run(save)) { if (done) toast(done); onClose(); }
  };
  const Box = side ? Drawer : Dialog;
  return html`<${Box} title=${title} onClose=${onClose} size=${size} onSubmit=${submit} footer=${html`${more}<span class="end"></span>
    <${Button} kind="ghost" onClick=${onClose}>${t('action.cancel')}<//>
    <${Button} kind="primary" type="submit" busy=${busy} disabled=${disabled}>${label ?? t('action.save')}<//>`}>
    <div class="stack form">${typeof children === 'function' ? children(problem) : children}<${ProblemCallout} problem=${problem}/></div><//>`;
}

/**
 * Several words: each in a chip of its own, and a box for the next.
 * @param {{ label: any, hint?: any, bad?: any, value: string[], onChange: (words: string[]) => void, disabled?: boolean, placeholder?: string }} props
 */
export function WordsField({ label, hint, bad, value, onChange, disabled, placeholder }) {
  const [text, setText] = useState('');
  const id = useId();
  const add = () => {
    const more = text.split(/[,\n]/).map((word) => word.trim()).filter((word) => word && !value.includes(word));
    if (more.length) onChange([...value, ...new Set(more)]);
    setText('');
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' || event.key === ',') {
      if (!text.trim()) return;
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && !text && value.length) onChange(value.slice(0, -1));
  };
  return html`<div class="field"><label for=${id}><span>${label}</span></label>
    <div class="words input">${value.map((word) => html`<span class="chip line" key=${word}>${word}${!disabled && html`<button type="button" class="chip-x" aria-label=${t('settings.remove_word', { name: word })} onClick=${() => onChange(value.filter((one) => one !== word))}><${Icon} name="x"/></button>`}</span>`)}
      ${!disabled && html`<input id=${id} value=${text} placeholder=${placeholder ?? t('settings.add_word')} aria-describedby=${hint || bad ? `${id}-hint` : undefined} onInput=${(/** @type {any} */ event) => setText(event.target.value)} onKeyDown=${keys} onBlur=${add}/>`}</div>
    ${bad ? html`<p class="hint bad" id=${`${id}-hint`}>${bad}</p>` : hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}</div>`;
}

/**
 * Any of several.
 * @param {{ label: any, hint?: any, value: string[], options: { value: string, label: any }[], onChange: (chosen: string[]) => void, disabled?: boolean, columns?: boolean }} props
 */
export const ChecksField = ({ label, hint, value, options, onChange, disabled, columns }) => html`<fieldset class="field checks"><legend class="lbl">${label}</legend>
  <div class=${columns ? 'checks-grid' : 'stack-s'}>${options.map((one) => html`<${CheckField} key=${one.value} label=${one.label} disabled=${disabled} checked=${value.includes(one.value)}
    onChange=${(/** @type {boolean} */ on) => onChange(on ? [...value, one.value] : value.filter((word) => word !== one.value))}/>`)}</div>
  ${hint && html`<p class="hint">${hint}</p>`}</fieldset>`;

/** Something to copy, such as a secret that is shown once. @param {{ label: string, value: string }} props */
export function CopyField({ label, value }) {
  const id = useId();
  const copy = async () => { await navigator.clipboard.writeText(value); toast(t('settings.copied')); };
  return html`<div class="field"><label for=${id}><span>${label}</span></label>
    <div class="flex"><input id=${id} class="input mono" readonly value=${value} onFocus=${(/** @type {any} */ event) => event.target.select()}/><${IconButton} icon="copy" label=${t('settings.copy')} onClick=${copy}/></div></div>`;
}

/**
 * A secret that is told this once.
 * @param {{ title: string, text: string, label: string, value: string, onClose: () => void }} props
 */
export const SecretDialog = ({ title, text, label, value, onClose }) => html`<${Dialog} title=${title} onClose=${onClose} footer=${html`<span class="end"></span><${Button} kind="primary" onClick=${onClose}>${t('settings.kept')}<//>`}>
  <div class="stack"><p>${text}</p><${CopyField} label=${label} value=${value}/></div><//>`;

/** A card with a head. @param {{ title: any, meta?: any, aside?: any, children?: any, flush?: boolean }} props */
export const Card = ({ title, meta, aside, children, flush }) => html`<section class="card"><div class="card-h"><div class="grow"><h2>${title}</h2>${meta && html`<p class="meta">${meta}</p>`}</div>${aside}</div>
  ${flush ? html`<div class="flush">${children}</div>` : html`<div class="card-b stack">${children}</div>`}</section>`;

/** Buttons at the end of a row. @param {{ label: string, items: any[] }} props */
export const RowMenu = ({ label, items }) => html`<${Popup} label=${label} class="ib sm" button=${html`<${Icon} name="more" size="s"/>`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${items}/>`}<//>`;
