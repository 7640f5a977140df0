// What figures of a report come to: shares, changes, weeks, hours. No words but units, no clock.

import { addDays, daysIn } from './range.js';

/** @typedef {{ count: number, median_seconds?: number | null, p90_seconds?: number | null, on_time?: number }} Times */
/** @typedef {{ agents: number, programs?: number, automatic: number, campaigns: number }} Sent */
/** @typedef {{ accepted: number, delivered: number, read: number, failed: number }} Delivery */
/** @typedef {{ currency: string, micros: number }} Cost */
/** @typedef {{ conversations: number, received: number, sent: Sent, first_response: Times, resolution: Times, unanswered: number, delivery: Delivery, opted_out: number, opted_in: number, cost: Cost[], free_messages: number, unpriced?: number }} Totals */
/** @typedef {{ day: string, conversations: number, received: number, sent: Sent, resolved: number, unanswered?: number, opted_out: number, opted_in?: number, first_response: Times }} Day */
/** @typedef {{ weekday: number, hour: number, count: number, unanswered?: number, median_seconds: number | null }} Hour */
/** @typedef {{ conversations: number, first_response: Times, resolution: Times, unanswered: number }} Work */
/** @typedef {{ id: string, name: string, state: string, started_at?: string | null, accepted: number, delivered: number, read: number, replied: number, opted_out: number, failed: number, cost: Cost[] }} Campaign */
/**
 * @typedef {{
 *   from: string, to: string, zone: string, as_of?: string | null, target_seconds: number, totals: Totals, previous: Totals,
 *   backlog: { open: number, waiting: number, oldest_waiting_since?: string | null }, days: Day[], hours: Hour[],
 *   agents: any[], departments: any[], numbers: any[], costs: any[], campaigns: Campaign[]
 * }} Report
 * What `GET /v1/reports` answers.
 */

/** A part of a whole; nothing where there is no whole. @param {number | null | undefined} part @param {number | null | undefined} of */
export const share = (part, of) => (of ? (part ?? 0) / of : null);

/**
 * A time as it is read: `45 s`, `6 min`, `4 h 10`, `3 d 4 h`. Empty where nothing was measured.
 * @param {number | null | undefined} seconds
 */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '';
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
  const hours = Math.round(seconds / 3600);
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

/** A time in a cell as wide as two digits: `7`, `90`, `3h`, `2d`. @param {number} seconds */
export function minutesShort(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return String(minutes);
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
}

/**
 * How a count stands against the one before: up or down by how much, and by which share of it.
 * @param {number} now @param {number} before
 */
export const change = (now, before) => ({ by: now - before, share: before ? (now - before) / before : null });

/** Messages that were sent, whoever wrote them. @param {Sent | undefined} sent */
export const sentIn = (sent) => (sent?.agents ?? 0) + (sent?.programs ?? 0) + (sent?.automatic ?? 0) + (sent?.campaigns ?? 0);

/** Whether a report has nothing to tell. @param {Report} report */
export function isEmpty({ totals, campaigns }) {
  return campaigns.length === 0 && totals.conversations + totals.received + sentIn(totals.sent) + totals.delivery.accepted + totals.opted_out + totals.opted_in + totals.unanswered === 0;
}

/** After so many days, bars are weeks. */
const MOST_BARS = 92;

/** @param {string} day */
const monday = (day) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

/**
 * The days of a range as bars: each day, also those without anything; in long ranges each week, from Monday, cut at the ends.
 * @param {Pick<Report, 'from' | 'to' | 'days'>} report
 */
export function bars({ from, to, days }) {
  const known = new Map(days.map((one) => [one.day, one]));
  const weekly = daysIn(from, to) > MOST_BARS;
  const none = { conversations: 0, received: 0, agents: 0, programs: 0, automatic: 0, campaigns: 0, resolved: 0, unanswered: 0, opted_out: 0, opted_in: 0, answered: 0, on_time: 0 };
  /** @type {({ from: string, to: string } & typeof none)[]} */
  const all = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const one = known.get(day);
    let bar = all.at(-1);
    if (!bar || !weekly || monday(day) === day) {
      bar = { from: day, to: day, ...none };
      all.push(bar);
    }
    bar.to = day;
    if (!one) continue;
    for (const name of /** @type {const} */ (['conversations', 'received', 'resolved', 'unanswered', 'opted_out', 'opted_in'])) bar[name] += one[name] ?? 0;
    for (const name of /** @type {const} */ (['agents', 'programs', 'automatic', 'campaigns'])) bar[name] += one.sent?.[name] ?? 0;
    bar.answered += one.first_response?.count ?? 0;
    bar.on_time += one.first_response?.on_time ?? 0;
  }
  return { bars: all, weekly };
}

/** The marks of an axis that begins at nothing: at most six, round, the last one not below the most. @param {number} most */
export function marks(most) {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const step = Math.max(1, [0.2, 0.25, 0.5, 1, 2, 2.5, 5].map((one) => one * size).find((one) => Number.isInteger(one) && most / one <= 5) ?? size * 5);
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, i) => i * step);
}

/** How dark an hour is, in hundredths: up to the target light, above it dark, so that the step between is the target. */
function shade(/** @type {number} */ seconds, /** @type {number} */ target) {
  const times = seconds / target;
  return Math.round(times <= 1 ? 8 + 36 * times : 82 + 18 * Math.min(1, (times - 1) / 2));
}

/**
 * Hours of the week as a table: from the first hour that has something to the last, weekdays always, Saturday and Sunday
 * if they have something.
 * @param {Hour[]} hours @param {number} target seconds
 */
export function week(hours, target) {
  const told = hours.filter((one) => one.count > 0 && one.median_seconds !== null && one.median_seconds !== undefined);
  if (told.length === 0) return null;
  const [first, last] = [Math.min(...told.map((one) => one.hour)), Math.max(...told.map((one) => one.hour))];
  const at = new Map(told.map((one) => [`${one.weekday} ${one.hour}`, one]));
  const columns = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const days = [1, 2, 3, 4, 5, 6, 7].filter((day) => day < 6 || told.some((one) => one.weekday === day));
  const rows = days.map((day) => ({
    weekday: day,
    cells: columns.map((hour) => {
      const one = at.get(`${day} ${hour}`);
      const seconds = one?.median_seconds ?? 0;
      return one ? { hour, count: one.count, seconds, over: seconds > target, shade: shade(seconds, target) } : null;
    }),
  }));
  return { columns, rows };
}

/**
 * The longest stretch of hours in one day above the target, by how many waited in it. Single people make no stretch: an
 * hour counts from three waits on.
 * @param {Hour[]} hours @param {number} target
 */
export function worst(hours, target) {
  const table = week(hours.filter((one) => one.count >= 3), target);
  const runs = (table?.rows ?? []).flatMap((row) => {
    /** @type {{ weekday: number, from: number, to: number, count: number, most: number }[]} */
    const here = [];
    for (const cell of row.cells) {
      if (!cell?.over) continue;
      const before = here.at(-1);
      if (before?.to === cell.hour) Object.assign(before, { to: cell.hour + 1, count: before.count + cell.count, most: Math.max(before.most, cell.seconds) });
      else here.push({ weekday: row.weekday, from: cell.hour, to: cell.hour + 1, count: cell.count, most: cell.seconds });
    }
    return here;
  });
  return runs.sort((a, b) => b.count - a.count)[0] ?? null;
}

/** The order in which categories of prices stand, and their colours. */
export const CATEGORIES = ['marketing', 'utility', 'authentication', 'authentication_international', 'service'];

/**
 * Costs by currency, in each by market, the dearest first. The API tells countries; several may have one market and its prices.
 * @param {{ market: string, name?: string | null, category: string, messages: number, currency: string, micros: number }[]} costs
 */
export function markets(costs) {
  /** @typedef {{ category: string, micros: number, messages: number }} Part */
  /** @type {Map<string, Map<string, { market: string, name: string, micros: number, messages: number, parts: Part[] }>>} */
  const all = new Map();
  for (const one of costs) {
    const here = all.get(one.currency) ?? new Map();
    all.set(one.currency, here);
    const name = one.name || one.market;
    const row = here.get(name) ?? { market: one.market, name, micros: 0, messages: 0, parts: [] };
    here.set(name, row);
    let part = row.parts.find((/** @type {Part} */ known) => known.category === one.category);
    if (!part) row.parts.push(part = { category: one.category, micros: 0, messages: 0 });
    for (const sum of [row, part]) { sum.micros += one.micros; sum.messages += one.messages; }
  }
  const place = (/** @type {string} */ category) => (CATEGORIES.indexOf(category) + 1) || CATEGORIES.length + 1;
  return [...all].map(([currency, rows]) => {
    const list = [...rows.values()].sort((a, b) => b.micros - a.micros || b.messages - a.messages);
    for (const row of list) row.parts.sort((a, b) => place(a.category) - place(b.category));
    return { currency, rows: list, micros: list.reduce((sum, row) => sum + row.micros, 0), most: Math.max(1, ...list.map((row) => row.micros)) };
  }).sort((a, b) => b.micros - a.micros);
}
