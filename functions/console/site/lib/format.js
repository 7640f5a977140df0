// Dates, numbers and sizes as people read them, in the language that is shown.

import { language, localeOf, t } from './i18n.js';

/** @type {Map<string, any>} */
const made = new Map();

/**
 * Makes a formatter once: to make one costs more than to use it a hundred times.
 * @template T
 * @param {string} name
 * @param {(locale: string) => T} make
 * @returns {T}
 */
function once(name, make) {
  const locale = localeOf(language.value);
  const key = `${locale} ${name}`;
  if (!made.has(key)) made.set(key, make(locale));
  return made.get(key);
}

/** @typedef {string | number | Date | null | undefined} When */

/** @param {When} when */
const date = (when) => (when instanceof Date ? when : new Date(when ?? NaN));

/**
 * @param {When} when
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 */
function dated(when, name, options) {
  const at = date(when);
  if (Number.isNaN(at.getTime())) return '';
  const hours = language.value === 'es' && (options.hour || options.timeStyle) ? { hourCycle: /** @type {'h23'} */ ('h23') } : {};
  const text = once(name, (locale) => new Intl.DateTimeFormat(locale, { ...options, ...hours })).format(at);
  // Short months and days stand without their point, as the guide writes them.
  return language.value === 'es' ? text.replace(/(\p{L}{3,4})\./gu, '$1') : text;
}

/** `14:36`, `2:36 PM`. */
export const time = (/** @type {When} */ when) => dated(when, 'time', { hour: 'numeric', minute: '2-digit' });
/** `17 nov 2026`. */
export const day = (/** @type {When} */ when) => dated(when, 'day', { day: 'numeric', month: 'short', year: 'numeric' });
/** `17 nov`. */
export const shortDay = (/** @type {When} */ when) => dated(when, 'short', { day: 'numeric', month: 'short' });
/** `mar`, `Tue`. */
export const weekday = (/** @type {When} */ when) => dated(when, 'weekday', { weekday: 'short' });
/** `martes`, `Tuesday`. */
export const weekdayName = (/** @type {When} */ when) => dated(when, 'weekday-long', { weekday: 'long' });
/** `martes, 17 de noviembre`. */
export const longDay = (/** @type {When} */ when) => dated(when, 'long', { weekday: 'long', day: 'numeric', month: 'long' });
/** `17 nov 2026, 14:36`. */
export const dateTime = (/** @type {When} */ when) =>
  dated(when, 'both', { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' });

/**
 * How many calendar days lie between two times, as the reader's clock counts them.
 * @param {When} from
 * @param {When} to
 */
export function daysBetween(from, to) {
  const midnight = (/** @type {Date} */ at) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((midnight(date(to)) - midnight(date(from))) / 86_400_000);
}

/**
 * When something happened, as short as a list needs it: `14:36`, `Ayer`, `Dom`, `4 ago`.
 * @param {When} when
 * @param {number} [now]
 */
export function recent(when, now = Date.now()) {
  const days = daysBetween(when, now);
  if (Number.isNaN(days)) return '';
  if (days <= 0) return time(when);
  if (days === 1) return t('time.yesterday');
  if (days < 7) return capital(weekday(when).replace('.', ''));
  return shortDay(when);
}

/**
 * The head of a day in a conversation: `Hoy, martes 17`, `Ayer`, `Viernes, 13 de noviembre`.
 * @param {When} when
 * @param {number} [now]
 */
export function dayHead(when, now = Date.now()) {
  const days = daysBetween(when, now);
  if (days === 0) return t('time.today_is', { day: dated(when, 'today', { weekday: 'long', day: 'numeric' }) });
  if (days === 1) return t('time.yesterday');
  return capital(days < 180 ? longDay(when) : day(when));
}

/**
 * `hace 5 min`, `in 2 hr`: how long from now.
 * @param {When} when
 * @param {number} [now]
 */
export function relative(when, now = Date.now()) {
  const seconds = (date(when).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  /** @type {[number, Intl.RelativeTimeFormatUnit]} */
  const [unit, word] = size < 3600 ? [60, 'minute'] : size < 86_400 ? [3600, 'hour'] : [86_400, 'day'];
  const make = (/** @type {string} */ locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  return once('relative', make).format(Math.round(seconds / unit), word);
}

/**
 * @param {number | null | undefined} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options = {}) {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  return once(`number ${JSON.stringify(options)}`, (locale) => new Intl.NumberFormat(locale, options)).format(value);
}

/** `12,5 %` of a share between 0 and 1. */
export function percent(/** @type {number} */ share, digits = 0) {
  return `${number(share * 100, { maximumFractionDigits: digits, minimumFractionDigits: digits })}${language.value === 'es' ? ' ' : ''}%`;
}

/**
 * `USD 1.250,00`. Amounts come as decimal text, so that nothing is rounded on the way.
 * @param {string | number | null | undefined} amount
 * @param {string} currency
 */
export function money(amount, currency) {
  if (amount === null || amount === undefined || amount === '') return '';
  const value = Number(amount);
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
  return `${currency} ${number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** `214 KB`, `22,4 MB`. */
export function bytes(/** @type {number} */ size) {
  if (size < 1000) return `${number(size)} B`;
  if (size < 1_000_000) return `${number(Math.round(size / 1000))} KB`;
  return `${number(size / 1_000_000, { maximumFractionDigits: 1 })} MB`;
}

/** `0:38` of seconds. */
export function clock(/** @type {number} */ seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Calling codes whose length is not two digits; enough to set phones in groups. */
const CODES = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

/** A phone number in groups: `+58 412 555 0136`. */
export function phone(/** @type {string | null | undefined} */ text) {
  const digits = (text ?? '').replace(/\D/g, '');
  const parts = CODES.exec(digits);
  if (!parts || digits.length < 8) return text ?? '';
  const rest = parts[2];
  const head = rest.slice(0, -7);
  return ['+' + parts[1], head, rest.slice(-7, -4), rest.slice(-4)].filter(Boolean).join(' ');
}

/** With a capital at the beginning, as Spanish dates need it at the head of a line. */
export const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Two letters for a frame: `DQ`. `null` if there is no name. */
export function initials(/** @type {string | null | undefined} */ name) {
  const all = (name ?? '').match(/\p{L}[\p{L}\p{M}]*/gu);
  if (!all) return null;
  const [first, second] = all;
  return (first.charAt(0) + (second?.charAt(0) ?? first.charAt(1))).toUpperCase();
}

/** A hue that stays the same for an id. */
export function hue(/** @type {string} */ id) {
  let sum = 7;
  for (let i = 0; i < id.length; i += 1) sum = (sum * 31 + id.charCodeAt(i)) % 3600;
  return (sum * 10) % 360;
}
