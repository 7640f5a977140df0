// Days, hours, markets and changes in the reader's words.

import { capital, day, number, percent, shortDay, weekday, weekdayName } from '../../lib/format.js';
import { has, language, t } from '../../lib/i18n.js';
import { change, duration } from './model.js';

/** A day of a report as a time that is on that day wherever the reader is. */
export const noon = (/** @type {string} */ date) => `${date}T12:00:00`;

/** `19 oct`, `19 oct a 25 oct`. @param {{ from: string, to: string }} bar */
export const barName = ({ from, to }) => (from === to ? shortDay(noon(from)) : t('reports.from_to', { from: shortDay(noon(from)), to: shortDay(noon(to)) }));

/** `19 oct a 17 nov 2026`. @param {string} from @param {string} to */
export function rangeName(from, to) {
  if (from === to) return day(noon(to));
  return t('reports.from_to', { from: from.slice(0, 4) === to.slice(0, 4) ? shortDay(noon(from)) : day(noon(from)), to: day(noon(to)) });
}

/** A Monday, from which the days of any week are counted. */
const MONDAY = 16;
const dayOfWeek = (/** @type {number} */ n) => `2026-11-${MONDAY + n - 1}T12:00:00`;
/** `Lun`. 1 is Monday. */
export const weekdayShort = (/** @type {number} */ n) => capital(weekday(dayOfWeek(n)));
/** `Lunes`. */
export const weekdayLong = (/** @type {number} */ n) => capital(weekdayName(dayOfWeek(n)));

/** An hour of the day as a column has it: `8` or, where the day has two halves, `8a`, `1p`. */
export const hourName = (/** @type {number} */ hour) => (language.value === 'es' ? String(hour) : `${hour % 12 || 12}${hour % 24 < 12 ? 'a' : 'p'}`);
/** An hour where another one follows: `13` of `13 a 20 h`. */
export const hourFrom = (/** @type {number} */ hour) => (language.value === 'es' ? String(hour) : hourLong(hour));
/** An hour of the day in a sentence: `20 h`, `8 PM`. */
export const hourLong = (/** @type {number} */ hour) => (language.value === 'es' ? `${hour} h` : `${hour % 12 || 12} ${hour % 24 < 12 ? 'AM' : 'PM'}`);

/** A market: in the reader's words where there are some, else as the API calls it. @param {string} market @param {string} name */
export function marketName(market, name) {
  if (has(`campaigns.market.${name}`)) return t(`campaigns.market.${name}`);
  // A country with a market of its own has its name; one that shares a market must not stand for all of them.
  const country = (/** @type {string} */ words) => (/^[A-Z]{2}$/.test(market) ? new Intl.DisplayNames(words, { type: 'region', fallback: 'none' }).of(market) : undefined);
  return country('en') === name ? country(language.value) ?? name : name || t('reports.no_market');
}

/** A category of prices. @param {string | null | undefined} category */
export const categoryName = (category) => (has(`reports.category.${category}`) ? t(`reports.category.${category}`) : (category ?? '').replace(/_/g, ' '));

/** A time, or a dash where none was measured. @param {number | null | undefined} seconds */
export const time = (seconds) => duration(seconds) || '—';

/** A share with one figure after the comma where it is small, or a dash. @param {number | null} of */
export const rate = (of) => (of === null ? '—' : percent(of, of > 0 && of < 0.1 ? 1 : 0));

const signed = (/** @type {number} */ by, /** @type {string} */ text) => `${by > 0 ? '+' : by < 0 ? '−' : ''}${text}`;

/** Below so many, a share says more than is known: the difference itself is told. */
const FEW = 100;

/**
 * A count against the one before: `+11 %`, or `+9` of few.
 * @param {number} now @param {number} before
 */
export function againstCount(now, before) {
  const { by, share } = change(now, before);
  if (by === 0) return { text: t('reports.same'), by };
  const much = share === null || before < FEW ? number(Math.abs(by)) : percent(Math.abs(share), Math.abs(share) < 0.1 ? 1 : 0);
  return { text: signed(by, much), by };
}

/** A time against the one before: `2 min menos`. @param {number | null | undefined} now @param {number | null | undefined} before */
export function againstTime(now, before) {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  const by = now - before;
  if (duration(now) === duration(before)) return { text: t('reports.same'), by: 0 };
  return { text: t(by < 0 ? 'reports.less' : 'reports.more', { much: duration(Math.abs(by)) }), by };
}
