// The report of an import, read: what is wrong, how often, in which lines. No requests.

import { readRows } from './csv.js';

/** @typedef {{ column: string, problem: string, lines: number[] }} Fault */

/**
 * The faults of a report, the most frequent first.
 * @param {string} text with the columns line, outcome, contact, column, problem
 * @returns {Fault[]}
 */
export function faultsOf(text) {
  const [head = [], ...rows] = readRows(text, Infinity);
  const at = (/** @type {string} */ name) => head.indexOf(name);
  const [line, outcome, column, problem] = ['line', 'outcome', 'column', 'problem'].map(at);
  /** @type {Map<string, Fault>} */
  const faults = new Map();
  for (const row of rows) {
    if (row[outcome] !== 'refused') continue;
    const key = `${row[column]}\n${row[problem]}`;
    const fault = faults.get(key) ?? { column: row[column], problem: row[problem], lines: [] };
    fault.lines.push(Number(row[line]));
    faults.set(key, fault);
  }
  return [...faults.values()].sort((a, b) => b.lines.length - a.lines.length);
}

/** The sentences of the API that have words here, by what they begin with. */
const KNOWN = /** @type {[RegExp, string][]} */ ([
  [/^must be a phone/, 'phone'], [/^is needed/, 'who'], [/^must be an e-mail/, 'email'], [/^must be yes or no/, 'yes_no'], [/^must be true or false/, 'yes_no'], [/^must be a date/, 'date'], [/^must be a number/, 'number'],
  [/^must be an amount/, 'money'], [/^must be one of/, 'option'], [/^must be a list of its options/, 'option'], [/^must be unknown, lead/, 'kind'], [/^is not a field of the kind/, 'not_of_kind'], [/^must be the id of an agent/, 'agent'],
  [/^must be ids of labels/, 'labels'], [/^has at most/, 'many_labels'], [/^must be a text/, 'text'], [/^is not UTF-8/, 'utf8'], [/^is not a field any more/, 'gone'],
]);

/** The word of a problem; empty where nobody has one. @param {string} problem */
export const wordOfProblem = (problem) => KNOWN.find(([pattern]) => pattern.test(problem))?.[1] ?? '';

/** Lines as people read them: `3–5, 9`. @param {number[]} lines @param {number} most */
export function rangesOf(lines, most) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = ranges[ranges.length - 1];
    if (last && line <= last[1] + 1) last[1] = Math.max(last[1], line); else ranges.push([line, line]);
  }
  const shown = ranges.slice(0, most).map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
  return { shown, more: ranges.slice(most).reduce((sum, [from, to]) => sum + to - from + 1, 0) };
}
