// The client of `/v1`. Every change carries a key, so that a repeat after a broken line is the same request.

import { config } from './config.js';
import { renew, token } from './auth.js';
import { has, t } from './i18n.js';
import { signal } from './view.js';

/** @typedef {{ field: string, detail: string }} FieldError */

/** What went wrong, as RFC 9457 has it; or that nothing answered, with status 0. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} [facts]
   */
  constructor(status, facts = {}) {
    super(facts.detail ?? facts.title ?? String(status));
    this.status = status;
    /** What kind: `window-closed`, or empty. */
    this.kind = String(facts.type ?? '').replace(/^\/problems\//, '').replace('about:blank', '');
    this.detail = /** @type {string | undefined} */ (facts.detail);
    this.field = /** @type {string | undefined} */ (facts.field ?? undefined);
    this.reason = /** @type {string | undefined} */ (facts.reason ?? undefined);
    this.errors = /** @type {FieldError[]} */ (facts.errors ?? []);
    this.closedAt = /** @type {string | undefined} */ (facts.closed_at ?? undefined);
    this.contact = /** @type {string | undefined} */ (facts.contact ?? undefined);
  }
}

/** Whether the last request reached anything. */
export const reachable = signal(true);

/**
 * A problem in the reader's words: what it is, and what more is known.
 * @param {unknown} problem
 * @returns {{ title: string, detail: string, errors: FieldError[] }}
 */
export function explain(problem) {
  if (!(problem instanceof Problem)) return { title: t('problem.unexpected'), detail: '', errors: [] };
  const keys = [`reason.${problem.reason}`, `problem.${problem.kind}`, `problem.${problem.status}`];
  const known = keys.find(has);
  // The sentence of the API is English and exact: it follows the translated one where it adds something.
  const detail = known === keys[0] || problem.status === 0 ? '' : problem.detail ?? '';
  return { title: t(known ?? 'problem.unexpected'), detail, errors: problem.errors };
}

/**
 * @typedef {{
 *   query?: Record<string, string | number | boolean | null | undefined>, body?: unknown, key?: string,
 *   signal?: AbortSignal, text?: string, patience?: number
 * }} Asked
 */

/** A key for a change. The same key on a repeat makes it the same change. */
export const newKey = () => crypto.randomUUID();

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @param {string} path
 * @param {Asked['query']} query
 */
function address(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  return `${config.api}${path}${search.size ? `?${search}` : ''}`;
}

/**
 * @param {Response} answer
 * @returns {Promise<any>}
 */
async function read(answer) {
  if (answer.status === 204 || answer.headers.get('content-length') === '0') return null;
  const text = await answer.text();
  if (!text) return null;
  return answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}

/**
 * Asks the API. Repeats by itself what a broken line, a short refusal or an old token made fail.
 * @param {string} method
 * @param {string} path such as `/v1/contacts`
 * @param {Asked} [asked] `text` is a body that is not JSON; `patience` is how often to try, 4 without
 * @returns {Promise<any>}
 */
export async function call(method, path, asked = {}) {
  const url = address(path, asked.query);
  /** @type {Record<string, string>} */
  const headers = {};
  if (method !== 'GET') headers['idempotency-key'] = asked.key ?? newKey();
  if (asked.body !== undefined) headers['content-type'] = 'application/json';
  if (asked.text !== undefined) headers['content-type'] = 'text/csv';
  const body = asked.text ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
  const tries = asked.patience ?? 4;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    headers.authorization = `Bearer ${await token()}`;
    /** @type {Response} */
    let answer;
    try {
      answer = await fetch(url, { method, headers, body, signal: asked.signal });
      reachable.value = true;
    } catch (error) {
      if (/** @type {any} */ (error).name === 'AbortError') throw error;
      if (attempt >= tries) { reachable.value = false; throw new Problem(0); }
      await wait(300 * 2 ** attempt);
      continue;
    }
    if (answer.ok) return read(answer);
    if (answer.status === 401 && !renewed) { renewed = true; await renew(); continue; }
    const facts = await read(answer).catch(() => null);
    const problem = new Problem(answer.status, facts && typeof facts === 'object' ? facts : {});
    const passing = [429, 502, 503, 504].includes(answer.status) || problem.kind === 'request-under-way';
    if (!passing || attempt >= tries) throw problem;
    await wait(Math.min(Number(answer.headers.get('retry-after') ?? 1) || 1, 10) * 1000);
  }
}

/** @type {(path: string, query?: Asked['query'], asked?: Asked) => Promise<any>} */
export const get = (path, query, asked) => call('GET', path, { ...asked, query });
/** @type {(path: string, body?: unknown, asked?: Asked) => Promise<any>} */
export const post = (path, body, asked) => call('POST', path, { ...asked, body });
/** @type {(path: string, body?: unknown, asked?: Asked) => Promise<any>} */
export const put = (path, body, asked) => call('PUT', path, { ...asked, body });
/** @type {(path: string, body?: unknown, asked?: Asked) => Promise<any>} */
export const patch = (path, body, asked) => call('PATCH', path, { ...asked, body });
/** @type {(path: string, body?: unknown, asked?: Asked) => Promise<any>} */
export const remove = (path, body, asked) => call('DELETE', path, { ...asked, body });

/** An id as a part of a path. */
export const id = encodeURIComponent;
