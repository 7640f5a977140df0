// Data on its way: one thing, or a list page by page, with what may go wrong.

import { get } from './api.js';
import { useEffect, useRef, useState } from './view.js';

/**
 * @template T
 * @typedef {{ data: T | null, problem: unknown, loading: boolean, reload: () => void, set: (data: T) => void }} Resource
 */

/**
 * Loads something when what it depends on changes. What was there stays on screen until the new one came.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} deps
 * @returns {Resource<T>}
 */
export function useResource(load, deps) {
  const [state, setState] = useState(/** @type {{ data: T | null, problem: unknown, loading: boolean }} */ ({ data: null, problem: null, loading: true }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((was) => ({ ...was, loading: true }));
    load(stop.signal).then(
      (data) => { if (!stop.signal.aborted) setState({ data, problem: null, loading: false }); },
      (problem) => { if (!stop.signal.aborted) setState((was) => ({ ...was, problem, loading: false })); },
    );
    return () => stop.abort();
  }, [...deps, round]);
  return {
    ...state,
    reload: () => setRound((n) => n + 1),
    set: (data) => setState({ data, problem: null, loading: false }),
  };
}

/**
 * A list of the API, page by page.
 * @param {string} path
 * @param {Record<string, any>} [query]
 * @param {unknown[]} [deps] what else makes it load anew
 */
export function usePages(path, query = {}, deps = []) {
  /** @type {{ items: any[], next: string | null, problem: unknown, loading: boolean }} */
  const empty = { items: [], next: null, problem: null, loading: true };
  const [state, setState] = useState(empty);
  const [round, setRound] = useState(0);
  const asked = JSON.stringify([path, query]);
  const current = useRef(asked);
  const load = async (/** @type {string | null} */ cursor, /** @type {AbortSignal | undefined} */ signal) => {
    try {
      const page = await get(path, { ...query, cursor }, { signal });
      if (current.current !== asked || signal?.aborted) return;
      // Two lists of the API come whole, as an array.
      const [items, next] = Array.isArray(page) ? [page, null] : [page.items, page.next ?? null];
      setState((was) => ({ items: cursor ? [...was.items, ...items] : items, next, problem: null, loading: false }));
    } catch (problem) {
      if (current.current === asked && !signal?.aborted) setState((was) => ({ ...was, problem, loading: false }));
    }
  };
  useEffect(() => {
    current.current = asked;
    const stop = new AbortController();
    setState((was) => ({ ...was, loading: true }));
    load(null, stop.signal);
    return () => stop.abort();
  }, [asked, round, ...deps]);
  return {
    ...state,
    reload: () => setRound((n) => n + 1),
    more: () => {
      if (!state.next || state.loading) return;
      setState((was) => ({ ...was, loading: true }));
      load(state.next, undefined);
    },
    set: (/** @type {any[]} */ items) => setState((was) => ({ ...was, items })),
  };
}

/**
 * Every item of a list that is known to be short.
 * @param {string} path
 * @param {Record<string, any>} [query]
 * @param {number} [most] after so many the rest is left out
 */
export async function all(path, query = {}, most = 1000) {
  /** @type {any[]} */
  const items = [];
  let cursor = null;
  do {
    const page = await get(path, { limit: 100, ...query, cursor });
    if (Array.isArray(page)) return page;
    items.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor && items.length < most);
  return items;
}
