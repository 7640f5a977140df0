// Business hours: in words, and as a form. Nothing here asks the API.

import { language, localeOf, t } from '../../lib/i18n.js';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** @typedef {{ from: string, to: string }} Span */
/** @typedef {{ zone: string, week?: Record<string, Span[]>, holidays?: Record<string, Span[]> }} Hours */

/** The name of a day of the week. @param {string} day @param {'long' | 'short'} [size] */
export function dayName(day, size = 'long') {
  // 2 November 2026 is a Monday.
  const at = new Date(Date.UTC(2026, 10, 2 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(localeOf(language.value), { weekday: size, timeZone: 'UTC' }).format(at).replace('.', '');
}

const spansText = (/** @type {Span[]} */ spans) => spans.map((span) => `${span.from}–${span.to}`).join(', ');

/**
 * The week, days with the same hours together: `lun–vie 09:00–18:00; sáb 09:00–13:00`.
 * @param {Hours | null | undefined} hours
 */
export function hoursInWords(hours) {
  if (!hours) return t('hours.always');
  /** @type {{ first: string, last: string, text: string }[]} */
  const groups = [];
  for (const day of DAYS) {
    const text = spansText(hours.week?.[day] ?? []);
    const last = groups[groups.length - 1];
    if (last && last.text === text) last.last = day; else groups.push({ first: day, last: day, text });
  }
  const open = groups.filter((group) => group.text);
  if (!open.length) return t('hours.never');
  return open.map((group) => `${dayName(group.first, 'short')}${group.first === group.last ? '' : `–${dayName(group.last, 'short')}`} ${group.text}`).join('; ');
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/**
 * What is wrong with a day's spans, if anything: they have to be times, in order, and not to overlap.
 * @param {Span[]} spans
 * @returns {'' | 'time' | 'order' | 'overlap'}
 */
export function faultOfSpans(spans) {
  for (const [i, span] of spans.entries()) {
    if (!TIME.test(span.from) || !TIME.test(span.to)) return 'time';
    if (span.from >= span.to) return 'order';
    if (i > 0 && spans[i - 1].to > span.from) return 'overlap';
  }
  return '';
}

/** Every time zone that the browser knows. */
export const zones = () => Intl.supportedValuesOf('timeZone');
