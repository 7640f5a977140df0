// The small parts that every page is made of. Each draws what the guide draws, with the guide's classes.

import { explain } from './api.js';
import { hue, initials } from './format.js';
import { t } from './i18n.js';
import { keyCaps } from './keyboard.js';
import { classes, html, useEffect, useState } from './view.js';

/**
 * An icon of the sprite in `index.html`.
 * @param {{ name: string, size?: 's' | 'l' | '' }} props
 */
export const Icon = ({ name, size = '' }) =>
  html`<svg class=${classes('i', size)} aria-hidden="true"><use href=${`#i-${name}`}/></svg>`;

/**
 * A button that is only an icon. Its name is read out and shown on hover, with its key.
 * @param {{ icon: string, label: string, keys?: string, size?: 's' | '', small?: boolean, class?: string, [more: string]: any }} props
 */
export function IconButton({ icon, label, keys, size = '', small, class: more, ...rest }) {
  const title = keys ? `${label} (${keyCaps(keys).join(' ')})` : label;
  return html`<button type="button" class=${classes('ib', small && 'sm', more)} aria-label=${label} title=${title} ...${rest}><${Icon} name=${icon} size=${small ? 's' : size}/></button>`;
}

/**
 * A button. `kind` is `primary`, `ghost`, `danger`, `danger-solid` or nothing; `busy` keeps it from being pressed twice.
 * @param {{ kind?: string, small?: boolean, icon?: string, keys?: string, busy?: boolean, disabled?: boolean, class?: string, children?: any, [more: string]: any }} props
 */
export function Button({ kind = '', small, icon, keys, busy, disabled, class: more, children, ...rest }) {
  return html`<button type="button" class=${classes('btn', kind, small && 'sm', more)} disabled=${disabled || busy} aria-busy=${busy ? 'true' : undefined} ...${rest}>
    ${icon && html`<${Icon} name=${icon} size="s"/>`}${children}${keys && html`<${Keys} keys=${keys}/>`}</button>`;
}

/** The caps of a shortcut. @param {{ keys: string }} props */
export const Keys = ({ keys }) => html`<span class="kbds" aria-hidden="true">${keys.split(' ').map((combo, i) => html`${i > 0 && html` <span class="meta">${t('keys.then')}</span> `}${keyCaps(combo).map((cap) => html`<kbd>${cap}</kbd>`)}`)}</span>`;

/** @param {{ tone?: '' | 'ok' | 'warn' | 'danger' | 'accent' | 'note' | 'line', icon?: string, children?: any }} props */
export const Chip = ({ tone = '', icon, children }) => html`<span class=${classes('chip', tone)}>${icon && html`<${Icon} name=${icon}/>`}${children}</span>`;

/**
 * Says something that concerns what stands below. `tone` is `info`, `ok`, `warn`, `danger` or `plain`.
 * @param {{ tone?: string, icon?: string, title?: any, children?: any, actions?: any, role?: string }} props
 */
export function Callout({ tone = 'info', icon, title, children, actions, role }) {
  const icons = /** @type {Record<string, string>} */ ({ ok: 'checkc', warn: 'alert', danger: 'alertc', info: 'info', plain: 'info' });
  return html`<div class=${classes('callout', tone !== 'info' && tone)} role=${role}><${Icon} name=${icon ?? icons[tone]}/>
    <div class="grow">${title && html`<b>${title}</b>`}${children}</div>${actions}</div>`;
}

/**
 * What went wrong, where it happened: what it is, what more is known, and how to go on.
 * @param {{ problem: unknown, retry?: () => void }} props
 */
export function ProblemCallout({ problem, retry }) {
  if (!problem) return null;
  const { title, detail, errors } = explain(problem);
  const again = retry && html`<${Button} small icon="refresh" onClick=${retry}>${t('action.retry')}<//>`;
  return html`<${Callout} tone="danger" role="alert" title=${title} actions=${again}>
    ${detail && html`<p class="muted">${detail}</p>`}
    ${errors.length > 0 && html`<ul class="errors">${errors.slice(0, 8).map((one) => html`<li><span class="mono">${one.field}</span> ${one.detail}</li>`)}</ul>`}<//>`;
}

/**
 * A bar of shares. `parts` are `{ share, color, hatch }`, with shares between 0 and 1; `label` says it in words.
 * @param {{ parts: { share: number, color?: string, hatch?: boolean }[], label: string, size?: string }} props
 */
export const Meter = ({ parts, label, size = '' }) => html`<div class=${classes('meter', size)} role="img" aria-label=${label}>
  ${parts.map((part) => html`<i class=${part.hatch ? 'hatch' : ''} style=${{ '--v': `${Math.min(100, part.share * 100)}%`, ...(part.color ? { '--c': part.color } : {}) }}></i>`)}</div>`;

/** A drawn window for places where there is nothing. @param {{ title: string, children?: any, action?: any }} props */
export const Empty = ({ title, children, action }) => html`<div class="empty">
  <svg class="pane is-open" viewBox="0 0 40 40" aria-hidden="true"><rect class="pane-glass" x="6" y="6" width="28" height="28" rx="7.5"/><path class="pane-bars" d="M20 7v26M7 20h26"/><path class="ring-track" d=${FRAME}/></svg>
  <h2>${title}</h2>${children && html`<p>${children}</p>`}${action}</div>`;

/** Lines that stand for what is coming. Nothing is shown for the first 300 ms, so that quick answers do not flicker. */
export function Skeleton({ lines = 3 }) {
  const [shown, setShown] = useState(false);
  useEffect(() => { const timer = setTimeout(() => setShown(true), 300); return () => clearTimeout(timer); }, []);
  return html`<div class="skeleton" aria-busy="true"><span class="vh">${t('state.loading')}</span>
    ${shown && Array.from({ length: lines }, (_, i) => html`<span class="sk" style=${{ width: `${88 - ((i * 23) % 50)}%` }}></span>`)}</div>`;
}

/** The outline of the window's frame. */
export const FRAME = 'M20 1.5H26.5A12 12 0 0 1 38.5 13.5V26.5A12 12 0 0 1 26.5 38.5H13.5A12 12 0 0 1 1.5 26.5V13.5A12 12 0 0 1 13.5 1.5Z';

/**
 * A colleague in two letters. They are drawn, not written: a button's name would have to say them.
 * @param {{ id: string | null | undefined, name?: string, label?: string }} props
 */
export const AgentMark = ({ id, name, label }) => (id
  ? html`<span class="av-mini" style=${{ '--h': hue(id) }} role="img" aria-label=${label ?? name} title=${name} data-letters=${initials(name) ?? '·'}></span>`
  : html`<span class="av-mini none" role="img" aria-label=${label ?? t('assign.nobody')} title=${label ?? t('assign.nobody')}><${Icon} name="plus"/></span>`);

/**
 * Says something to those who hear the page. One place for all, so that two do not talk at once.
 * @param {string} text
 */
export function announce(text) {
  const place = document.getElementById('announcer');
  if (!place) return;
  place.textContent = '';
  setTimeout(() => { place.textContent = text; }, 50);
}
