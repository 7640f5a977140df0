// Search or go to: people by name, phone or @username, and every page, from anywhere by `⌘K`.

import { get } from '../lib/api.js';
import { Dialog } from '../lib/dialog.js';
import { phone } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { Icon } from '../lib/parts.js';
import { navigate, path } from '../lib/router.js';
import { html, signal, useEffect, useId, useState } from '../lib/view.js';
import { modulesSeen } from './modules.js';

/** Whether it is open. */
export const goToOpen = signal(false);

const VIEWS = [['mine', 'me'], ['unassigned', 'userx'], ['important', 'star'], ['new', 'spark'], ['unknown', 'unknown'], ['all', 'stack']];
const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** @typedef {{ id: string, icon: string, label: string, hint: string, to: string }} Place */

/** @returns {Place[]} */
const pages = () => [
  ...VIEWS.map(([view, icon]) => ({ id: view, icon, label: t(`view.${view}`), hint: t('nav.inbox'), to: path('inbox', view) })),
  ...modulesSeen().map((module) => ({ id: module.id, icon: module.icon, label: t(`nav.${module.id}`), hint: '', to: `/${module.id}` })),
];

/**
 * A person as a place to go to.
 * @param {any} contact
 * @returns {Place}
 */
const ofPerson = (contact) => ({
  id: contact.id, icon: 'me', label: contact.name ?? contact.profile_name ?? (contact.username ? `@${contact.username}` : phone(contact.phone)),
  hint: [t(`kind.${contact.kind}`), phone(contact.phone)].filter(Boolean).join(' · '), to: path('people', contact.id),
});

/** The box. */
export function GoTo() {
  return goToOpen.value ? html`<${Box}/>` : null;
}

function Box() {
  const [text, setText] = useState('');
  const [people, setPeople] = useState(/** @type {Place[]} */ ([]));
  const [at, setAt] = useState(0);
  const id = useId();
  useEffect(() => {
    setAt(0);
    if (text.trim().length < 2) { setPeople([]); return undefined; }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get('/v1/contacts', { q: text.trim(), limit: 8 }, { signal: stop.signal }).then((page) => setPeople(page.items.map(ofPerson)), () => {});
    }, 150);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text]);
  const found = [...pages().filter((place) => plain(`${place.label} ${place.hint}`).includes(plain(text.trim()))), ...people];
  const close = () => { goToOpen.value = false; };
  const go = (/** @type {Place | undefined} */ place) => { if (place) { close(); navigate(place.to); } };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) { event.preventDefault(); setAt((now) => Math.max(0, Math.min(found.length - 1, now + step))); }
    if (event.key === 'Enter') { event.preventDefault(); go(found[at]); }
  };
  useEffect(() => { document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' }); }, [at]);
  return html`<${Dialog} title=${t('goto.title')} bare onClose=${close}><div class="goto">
    <label class="search"><${Icon} name="search"/><span class="vh">${t('goto.title')}</span><input autofocus role="combobox" aria-expanded="true" aria-controls=${id} aria-activedescendant=${found[at] ? `${id}-${at}` : undefined} placeholder=${t('goto.hint')} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} onKeyDown=${keys}/></label>
    <ul id=${id} role="listbox" aria-label=${t('goto.title')}>${found.map((place, i) => html`<li id=${`${id}-${i}`} key=${place.id} role="option" aria-selected=${i === at} onMouseMove=${() => setAt(i)} onClick=${() => go(place)}><${Icon} name=${place.icon}/><span class="grow ell">${place.label}</span><span class="meta">${place.hint}</span></li>`)}</ul>
    ${found.length === 0 && html`<p class="meta chooser-none">${t('state.none_found')}</p>`}</div><//>`;
}
