// What stands for a person, a number or a label, wherever one is shown.

import { labelColor, labelOf, numberCode, numberColor, numberName } from './directory.js';
import { hue, initials, phone } from './format.js';
import { now } from './now.js';
import { FRAME } from './parts.js';
import { classes, html } from './view.js';
import { arc, windowLeft } from './window.js';

/**
 * What a person is called: their name, else what WhatsApp shows of them.
 * @param {any} contact
 */
export function personName(contact) {
  if (!contact) return '';
  return contact.name || contact.profile_name || (contact.username ? `@${contact.username}` : phone(contact.phone)) || contact.user_id || contact.id;
}

/**
 * The frame: an avatar with what is left of the window around it.
 * @param {{ contact: any, id: string, window?: import('./window.js').Window | null, freeEntry?: import('./window.js').Window | null, size?: 'lg' | 'plain' | '', bare?: boolean }} props
 */
export function Frame({ contact, id, window, freeEntry, size = '', bare }) {
  const unknown = !contact || contact.kind === 'unknown';
  const letters = unknown ? (contact?.username && !contact?.phone ? '@' : '?') : initials(personName(contact)) ?? '#';
  const left = bare ? null : windowLeft(window, freeEntry, now.value);
  const { length, dash } = left ? arc(left) : { length: 24, dash: '' };
  return html`<span class=${classes('av', unknown && 'unk', size)} style=${{ '--h': hue(contact?.id ?? id) }}>
    ${left && html`<svg class=${classes('ring', `is-${left.state}`)} viewBox="0 0 40 40" aria-hidden="true"><path class="ring-track" d=${FRAME}/>${left.state !== 'closed' && html`<path class="ring-left" pathLength=${length} stroke-dasharray=${dash} d=${FRAME}/>`}</svg>`}
    <span class="av-in" aria-hidden="true">${letters}</span></span>`;
}

/** The badge of a number of the company. @param {{ id: string }} props */
export const NumberBadge = ({ id }) => html`<span class="num" style=${{ '--c': numberColor(id) }} title=${numberName(id)}>${numberCode(id)}</span>`;

/** A label's name beside its colour. @param {{ id: string }} props */
export const LabelChip = ({ id }) => html`<span class="label" style=${{ '--c': labelColor(id) }}><span class="ell">${labelOf(id)?.name ?? id}</span></span>`;
