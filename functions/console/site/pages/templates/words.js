// States, qualities and reasons of templates in the reader's words.

import { has, t } from '../../lib/i18n.js';
import { Chip } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { shelfOf } from './store.js';

const TONES = /** @type {Record<string, string>} */ ({ approved: 'ok', review: 'accent', paused: 'warn', rejected: 'danger', gone: '' });
const DOTS = /** @type {Record<string, string>} */ ({ GREEN: 'var(--ok)', YELLOW: 'var(--window-low)', RED: 'var(--danger)' });

/** The words of a key, or what Meta said where there are none. @param {string} key @param {string | null | undefined} other */
export const wordOr = (key, other) => (has(key) ? t(key) : String(other ?? ''));

/** @param {{ template: any }} props */
export const StatusChip = ({ template }) => html`<${Chip} tone=${TONES[shelfOf(template.status)]}>${wordOr(`templates.status.${template.status}`, template.status)}<//>`;

/** Meta's rating, with a dot and a word. @param {{ of: string | null | undefined }} props */
export const Quality = ({ of }) => (of && DOTS[of] ? html`<span class="flex quality"><i class="dot" style=${{ '--c': DOTS[of] }}></i>${t(`templates.quality.${of}`)}</span>` : null);

/** A value of the history in words. @param {string} what @param {string | null | undefined} value */
export function factWord(what, value) {
  if (!value) return '';
  if (what === 'state') return wordOr(`templates.status.${value}`, value);
  if (what === 'quality') return wordOr(`templates.quality.${value}`, value);
  if (what === 'category' || what === 'next_category') return wordOr(`templates.category.${value}`, value);
  return what === 'ttl' ? t('templates.seconds', { n: Number(value) }) : '';
}
