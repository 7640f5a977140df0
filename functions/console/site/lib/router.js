// Where one is, as the address says it. Links are plain links; this file keeps them inside the page.

import { signal, computed } from './view.js';

const here = () => ({ path: location.pathname, query: location.search });

/** The address: path and query. */
export const address = signal(here());

/** The path in its parts, decoded: `/people/segments` is `['people', 'segments']`. */
export const parts = computed(() => address.value.path.split('/').filter(Boolean).map(decode));

/** The query. */
export const query = computed(() => new URLSearchParams(address.value.query));

function decode(/** @type {string} */ part) {
  try { return decodeURIComponent(part).replace(/~1/g, '.').replace(/~0/g, '~'); } catch { return part; }
}

/** A part of a path. Paths with a dot are files to the server, so a dot is written otherwise. @param {string} part */
const encode = (part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\./g, '~1'));

/**
 * Goes to a place inside the console.
 * @param {string} to path and query
 * @param {{ replace?: boolean }} [how]
 */
export function navigate(to, how = {}) {
  if (to === address.peek().path + address.peek().query) return;
  history[how.replace ? 'replaceState' : 'pushState'](null, '', to);
  address.value = here();
}

/**
 * A path from its parts.
 * @param {...string} of
 */
export const path = (...of) => '/' + of.map(encode).join('/');

/** Listens to links and to the browser's own back and forward. */
export function listen() {
  addEventListener('popstate', () => { address.value = here(); });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = /** @type {Element} */ (event.target).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname === location.pathname && url.hash) return;
    if (['/v1', '/phone', '/oauth2', '/files'].some((own) => url.pathname === own || url.pathname.startsWith(own + '/'))) return;
    event.preventDefault();
    navigate(url.pathname + url.search);
  });
}
