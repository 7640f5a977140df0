// The dates of a report and what it is narrowed to, as the address keeps them. No clock of its own.

/** What one may choose: so many days up to today, the month so far, or own dates. */
export const RANGES = ['7', '30', '90', 'month', 'own'];
const USUAL = '30';
/** The API counts no more days than these at once. */
export const MOST_DAYS = 366;
const DAY = 86_400_000;

/** @typedef {'' | 'missing' | 'order' | 'long'} Fault */
/** @typedef {{ kind: string, from: string, to: string, fault: Fault, number: string, department: string, currency: string }} Asked */

/** Today where the reader is, `2026-11-17`. */
export const todayOf = (/** @type {Date} */ at) => [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');

const stamp = (/** @type {string} */ day) => Date.parse(`${day}T00:00:00Z`);

/** A day so many days later. @param {string} day @param {number} days */
export const addDays = (day, days) => new Date(stamp(day) + days * DAY).toISOString().slice(0, 10);

/** How many days there are from one to the other, both included. @param {string} from @param {string} to */
export const daysIn = (from, to) => Math.round((stamp(to) - stamp(from)) / DAY) + 1;

/** Whether a text is a day of the calendar. @param {string | null | undefined} text */
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? '') && !Number.isNaN(stamp(/** @type {string} */ (text))) && addDays(/** @type {string} */ (text), 0) === text;

/** What is wrong with own dates. @param {string | null | undefined} from @param {string | null | undefined} to @returns {Fault} */
export function faultOf(from, to) {
  if (!isDay(from) || !isDay(to)) return 'missing';
  const days = daysIn(/** @type {string} */ (from), /** @type {string} */ (to));
  return days < 1 ? 'order' : days > MOST_DAYS ? 'long' : '';
}

/**
 * What an address asks for. Dates without `range` are own dates; what is not understood is the usual range.
 * @param {URLSearchParams} query
 * @param {string} today
 * @returns {Asked}
 */
export function askedOf(query, today) {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const named = query.get('range') ?? (from || to ? 'own' : USUAL);
  const kind = RANGES.includes(named) ? named : USUAL;
  const rest = { kind, number: query.get('number') ?? '', department: query.get('department') ?? '', currency: /^[A-Z]{3}$/.test(query.get('currency') ?? '') ? String(query.get('currency')) : '' };
  if (kind === 'own') return { ...rest, from, to, fault: faultOf(from, to) };
  const first = kind === 'month' ? `${today.slice(0, 8)}01` : addDays(today, 1 - Number(kind));
  return { ...rest, from: first, to: today, fault: '' };
}

/**
 * The query of an address, without what goes without saying. Days are kept only if they were chosen by hand, so that
 * an address that somebody keeps goes on with the calendar.
 * @param {Asked} asked
 */
export function searchOf({ kind, from, to, number, department, currency }) {
  const search = new URLSearchParams();
  if (kind === 'own') { search.set('from', from); search.set('to', to); } else if (kind !== USUAL) search.set('range', kind);
  if (number) search.set('number', number);
  if (department) search.set('department', department);
  if (currency) search.set('currency', currency);
  return search.size ? `?${search}` : '';
}
