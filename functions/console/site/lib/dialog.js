// What opens above the page: dialogs, drawers, menus. Focus stays inside and goes back to where it came from.

import { t } from './i18n.js';
import { IconButton } from './parts.js';
import { classes, html, render, useEffect, useId, useLayoutEffect, useRef, useState } from './view.js';

/**
 * A dialog in the middle of the page.
 * @param {{ title: any, onClose: () => void, children?: any, footer?: any, size?: '' | 'wide' | 'full', bare?: boolean, side?: boolean, onSubmit?: () => void }} props
 */
export function Dialog({ title, onClose, children, footer, size = '', bare, side, onSubmit }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = box.current;
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog?.showModal();
    /** @type {HTMLElement | null | undefined} */ (dialog?.querySelector('[autofocus]'))?.focus();
    return () => { dialog?.close(); if (opener?.isConnected) opener.focus({ preventScroll: true }); };
  }, []);
  const cancel = (/** @type {Event} */ event) => { event.preventDefault(); onClose(); };
  const outside = (/** @type {MouseEvent} */ event) => { if (event.target === box.current) onClose(); };
  const submit = (/** @type {Event} */ event) => { event.preventDefault(); onSubmit?.(); };
  const Inside = onSubmit ? 'form' : 'div';
  return html`<dialog ref=${box} class=${classes(side ? 'side-dialog' : 'dialog', 'sheet', size)} aria-labelledby=${heading} onCancel=${cancel} onMouseDown=${outside}>
    <${Inside} class="dialog-in" onSubmit=${onSubmit ? submit : undefined} noValidate=${onSubmit ? true : undefined}>
      <header class=${bare ? 'vh' : 'dialog-h'}><h2 id=${heading}>${title}</h2>${!bare && html`<${IconButton} icon="x" label=${t('action.close')} onClick=${onClose}/>`}</header>
      ${bare ? children : html`<div class="dialog-b">${children}</div>`}
      ${footer && html`<footer class="dialog-f">${footer}</footer>`}
    <//></dialog>`;
}

/** A dialog at the side of the page, for what is looked at beside a list. @param {Parameters<typeof Dialog>[0]} props */
export const Drawer = (props) => html`<${Dialog} ...${props} side/>`;

/**
 * Asks before something that reaches customers or cannot be undone. Everything else is undone from its toast.
 * @param {{ title: string, text: string, action: string, danger?: boolean }} asked
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action, danger }) {
  const place = document.createElement('div');
  document.body.append(place);
  return new Promise((done) => {
    const answer = (/** @type {boolean} */ yes) => { render(null, place); place.remove(); done(yes); };
    render(html`<${Dialog} title=${title} onClose=${() => answer(false)} footer=${html`
      <button type="button" class="btn ghost" onClick=${() => answer(false)}>${t('action.cancel')}</button>
      <button type="button" autofocus class=${`btn ${danger ? 'danger-solid' : 'primary'}`} onClick=${() => answer(true)}>${action}</button>`}>
      <p>${text}</p><//>`, place);
  });
}

/**
 * Sets a popover under the button that opens it, and inside the page.
 * @param {HTMLElement} box
 * @param {HTMLElement} button
 */
function place(box, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + 4 + height <= innerHeight || at.top < height;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`;
}

/**
 * A button that opens something small: a menu, a list to choose from. `children` is called with `close` while it is open.
 * `open` and `onOpen` let a key open it too.
 * @param {{ button: any, label: string, class?: string, title?: string, children: (close: () => void) => any, open?: boolean, onOpen?: (open: boolean) => void, disabled?: boolean, wide?: boolean, popup?: string }} props
 */
export function Popup({ button, label, class: more = 'ib', title, children, open: asked, onOpen, disabled, wide, popup = 'true' }) {
  const [own, setOwn] = useState(false);
  const opener = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const id = useId();
  const open = asked ?? own;
  const set = (/** @type {boolean} */ to) => { setOwn(to); onOpen?.(to); };
  const close = () => { set(false); opener.current?.focus({ preventScroll: true }); };
  useLayoutEffect(() => {
    const [element, from] = [box.current, opener.current];
    if (!open || !element || !from) return undefined;
    element.showPopover();
    place(element, from);
    /** @type {HTMLElement | null} */ (element.querySelector('[autofocus], [role^=menuitem], [role=option], input, button'))?.focus({ preventScroll: true });
    const toggled = (/** @type {any} */ event) => { if (event.newState === 'closed') set(false); };
    element.addEventListener('toggle', toggled);
    return () => element.removeEventListener('toggle', toggled);
  }, [open]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); }
  };
  return html`<button type="button" ref=${opener} class=${more} aria-label=${label} title=${title ?? label} aria-haspopup=${popup} aria-expanded=${open} aria-controls=${open ? id : undefined} disabled=${disabled} onClick=${() => set(!open)}>${button}</button>
    ${open && html`<div ref=${box} id=${id} class=${classes('pop', wide && 'wide')} popover="auto" onKeyDown=${keys}>${children(close)}</div>`}`;
}

/**
 * Actions in a menu. An item is `{ label, icon?, keys?, run, danger?, disabled? }`, or `null` for a line between.
 * @param {{ items: ({ label: string, icon?: string, run: () => void, danger?: boolean, disabled?: boolean, checked?: boolean } | null)[], close: () => void }} props
 */
export function Menu({ items, close }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const all = [...(/** @type {HTMLElement} */ (event.currentTarget)).querySelectorAll('button:not([disabled])')];
    const next = (all.indexOf(/** @type {Element} */ (document.activeElement)) + step + all.length) % all.length;
    /** @type {HTMLElement} */ (all[next])?.focus();
  };
  return html`<div class="menu" role="menu" onKeyDown=${move}>${items.map((item) => (item
    ? html`<button type="button" role=${item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'} aria-checked=${item.checked} disabled=${item.disabled} class=${item.danger ? 't-danger' : ''} onClick=${() => { close(); item.run(); }}>
        ${item.icon && html`<svg class="i s" aria-hidden="true"><use href=${`#i-${item.icon}`}/></svg>`}<span>${item.label}</span></button>`
    : html`<hr/>`))}</div>`;
}

/**
 * A list to choose from, with a box that filters it. An option is `{ id, label, hint?, mark? }`.
 * @param {{ options: { id: string, label: string, hint?: string, mark?: any }[], chosen?: string[], onChoose: (id: string) => void, label: string, empty?: any, onCreate?: (text: string) => void }} props
 */
export function Chooser({ options, chosen = [], onChoose, label, empty, onCreate }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const plain = (/** @type {string} */ word) => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const shown = options.filter((one) => plain(`${one.label} ${one.hint ?? ''}`).includes(plain(text)));
  useEffect(() => { document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' }); }, [at]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) { event.preventDefault(); setAt((now) => Math.max(0, Math.min(shown.length - 1, now + step))); }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (shown[at]) onChoose(shown[at].id);
    else if (text.trim() && onCreate) onCreate(text.trim());
  };
  return html`<div class="chooser">
    <label class="search"><svg class="i s" aria-hidden="true"><use href="#i-search"/></svg><span class="vh">${label}</span>
      <input autofocus role="combobox" aria-expanded="true" aria-controls=${id} aria-activedescendant=${shown[at] ? `${id}-${at}` : undefined} placeholder=${label} value=${text} onInput=${(/** @type {any} */ event) => { setText(event.target.value); setAt(0); }} onKeyDown=${keys}/></label>
    <ul id=${id} role="listbox" aria-label=${label}>${shown.map((one, i) => html`<li id=${`${id}-${i}`} key=${one.id} role="option" aria-selected=${i === at} onMouseMove=${() => setAt(i)} onClick=${() => onChoose(one.id)}>
      ${one.mark}<span class="grow ell">${one.label}</span>${one.hint && html`<span class="meta">${one.hint}</span>`}${chosen.includes(one.id) && html`<svg class="i s" role="img" aria-label=${t('state.chosen')}><use href="#i-check"/></svg>`}</li>`)}</ul>
    ${shown.length === 0 && (onCreate && text.trim()
      ? html`<button type="button" class="btn sm ghost" onClick=${() => onCreate(text.trim())}><svg class="i s" aria-hidden="true"><use href="#i-plus"/></svg>${t('action.create_named', { name: text.trim() })}</button>`
      : html`<p class="meta chooser-none">${empty ?? t('state.none_found')}</p>`)}
  </div>`;
}
