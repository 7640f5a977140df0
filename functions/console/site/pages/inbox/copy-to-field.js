// Copies what is selected in a message to a field of the record: by a bar, by a key, or by dragging.

import { explain, id, post, Problem } from '../../lib/api.js';
import { fields } from '../../lib/directory.js';
import { Menu, Popup } from '../../lib/dialog.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { announce, Icon, Keys } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, signal, useEffect, useState } from '../../lib/view.js';
import { changeContact, paintContact } from './contact-store.js';
import { likelyField } from './likely-field.js';
import { thread } from './thread-store.js';

/** @typedef {{ message: string, text: string }} Picked */

/** What is being dragged out of a message. */
export const dragged = signal(/** @type {Picked | null} */ (null));
/** The field of a record that was filled from a message last, with what stood there. */
export const fresh = signal(/** @type {Map<string, { field: string, was: any, at: string }>} */ (new Map()));
const problem = signal(/** @type {unknown} */ (null));

/** What is selected, if it lies in one message. @returns {Picked | null} */
function picked() {
  const selection = getSelection();
  const text = selection?.toString().trim() ?? '';
  if (!selection || selection.isCollapsed || !text || text.length > 1000) return null;
  const of = (/** @type {Node | null} */ node) => (node instanceof Element ? node : node?.parentElement)?.closest('.msg[data-id]');
  const [from, to] = [of(selection.anchorNode), of(selection.focusNode)];
  const message = from instanceof HTMLElement ? from.dataset.id : undefined;
  return message && from === to && !message.startsWith('local:') ? { message, text } : null;
}

/** @param {any} contact @param {string} field */
const valueOf = (contact, field) => (field === 'name' ? contact.given_name ?? null : field === 'email' ? contact.email ?? null : contact.fields?.[field] ?? null);

/**
 * @param {any} contact
 * @param {Picked} what
 * @param {string} field
 * @param {string} label
 */
async function copy(contact, what, field, label) {
  try {
    const was = valueOf(contact, field);
    const now = await post(`/v1/messages/${id(what.message)}/copy-to-field`, { field, text: what.text }).catch((failed) => {
      // The API looks for it in the words that came first. What an edit says, a place, a card, a choice, our own words, or
      // what stands there without WhatsApp's marks is written to the record by hand.
      const isShown = failed instanceof Problem && failed.status === 400 && ['text', 'id'].includes(failed.field ?? '');
      if (!isShown) throw failed;
      return changeContact(contact, field === 'name' || field === 'email' ? { [field]: what.text } : { fields: { [field]: what.text } });
    });
    problem.value = null;
    paintContact(now);
    fresh.value = new Map(fresh.peek()).set(contact.id, { field, was, at: new Date().toISOString() });
    getSelection()?.removeAllRanges();
    toast(t('copy.done', { field: label }), () => undoFresh(now));
    return true;
  } catch (failed) {
    problem.value = failed;
    announce(explain(failed).title);
    return false;
  }
}

/** Takes back what was copied last. @param {any} contact */
export function undoFresh(contact) {
  const last = fresh.peek().get(contact.id);
  if (!last) return undefined;
  const to = new Map(fresh.peek());
  to.delete(contact.id);
  fresh.value = to;
  return changeContact(contact, last.field === 'name' || last.field === 'email' ? { [last.field]: last.was } : { fields: { [last.field]: last.was } });
}

/** @param {any} contact @param {string} field */
export function dropInto(contact, field) {
  const what = dragged.peek();
  dragged.value = null;
  if (what) copy(contact, what, field, fields.peek().find((one) => one.id === field)?.label ?? t(`field.${field}`));
}

/** The bar that appears when something is selected in a message. @param {{ row: import('./list-model.js').Row }} props */
export function CopyBar({ row }) {
  const [what, setWhat] = useState(/** @type {Picked | null} */ (null));
  const contact = row.contact;
  useEffect(() => {
    let timer = 0;
    const look = () => { clearTimeout(timer); timer = window.setTimeout(() => { const found = picked(); if (found || !document.activeElement?.closest('.copy-bar')) setWhat(found); }, 120); };
    const start = (/** @type {DragEvent} */ event) => { if (event.target instanceof Node) dragged.value = picked(); };
    const end = () => { dragged.value = null; };
    document.addEventListener('selectionchange', look);
    document.addEventListener('dragstart', start);
    document.addEventListener('dragend', end);
    return () => { clearTimeout(timer); document.removeEventListener('selectionchange', look); document.removeEventListener('dragstart', start); document.removeEventListener('dragend', end); };
  }, [row.id]);
  if (!what || !contact || !thread(row.id).peek().all.has(what.message)) return null;
  return html`<${Bar} contact=${contact} what=${what} done=${() => setWhat(null)}/>`;
}

/** Stands by itself so that its keys are heard before those of the page while something is selected. @param {{ contact: any, what: Picked, done: () => void }} props */
function Bar({ contact, what, done }) {
  useEffect(() => { problem.value = null; }, [what.text]);
  const own = contact ? [{ id: 'name', label: t('field.name'), type: 'text' }, { id: 'email', label: t('field.email'), type: 'text' }, ...fields.value.filter((field) => !field.kinds.length || field.kinds.includes(contact.kind))] : [];
  const likely = likelyField(what.text, own, contact);
  // The bar goes with what was selected, and the focus back to where it was.
  const leave = () => {
    if (document.activeElement?.closest('.copy-bar')) /** @type {HTMLElement | null} */ (document.querySelector('.thread-scroll'))?.focus({ preventScroll: true });
    done();
  };
  const take = async (/** @type {{ id: string, label: string }} */ field) => { if (await copy(contact, what, field.id, field.label)) leave(); };
  const note = async () => {
    try { await post(`/v1/contacts/${id(contact.id)}/notes`, { text: what.text }); toast(t('copy.noted')); leave(); } catch (failed) { problem.value = failed; }
  };
  useKeys([
    { keys: 'mod+shift+c', run: () => { if (!likely) return false; take(likely); return true; } },
    { keys: 'enter', run: (event) => { if (!likely || (event.target instanceof Element && event.target.closest('button, a, .conv-row'))) return false; take(likely); return true; } },
  ]);
  return html`<div class="copy-bar" role="toolbar" aria-label=${t('copy.title')}><div class="grab-pop">
    ${likely && html`<button type="button" class="on" onClick=${() => take(likely)}><${Icon} name="copy" size="s"/>${t('copy.to', { field: likely.label })} <${Keys} keys="enter"/></button>`}
    <${Popup} class="" label=${t('copy.other')} button=${html`${t('copy.other')} <${Icon} name="cd" size="s"/>`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${own.map((field) => ({ label: field.label, run: () => take(field) }))}/>`}<//>
    <span class="sep"></span><button type="button" aria-label=${t('copy.note')} title=${t('copy.note')} onClick=${note}><${Icon} name="note" size="s"/></button></div>
    ${problem.value && html`<p class="meta t-danger" role="alert">${explain(problem.value).title} ${explain(problem.value).detail}</p>`}</div>`;
}
