// The modules of the console: where they are, who sees them, and what is loaded when they are first visited.

import { can } from '../lib/me.js';

/**
 * @typedef {{
 *   default: (props: { path: string[], query: URLSearchParams }) => any,
 *   areas?: string[], styles?: string[], Rail?: () => any, begin?: () => void
 * }} Page
 * What `pages/<area>/index.js` exports: the page; the areas of words that it needs; its own style sheets; what stands in
 * the rail below the modules while it is shown.
 */

/**
 * @typedef {{ id: string, icon: string, least: string, keys: string, load: () => Promise<Page> }} Module
 * @type {Module[]}
 */
export const MODULES = [
  { id: 'inbox', icon: 'inbox', least: 'agent', keys: 'g i', load: () => import('../pages/inbox/index.js') },
  { id: 'campaigns', icon: 'megaphone', least: 'supervisor', keys: 'g c', load: () => page('campaigns') },
  { id: 'templates', icon: 'template', least: 'agent', keys: 'g t', load: () => page('templates') },
  { id: 'people', icon: 'people', least: 'agent', keys: 'g p', load: () => page('people') },
  { id: 'reports', icon: 'chart', least: 'supervisor', keys: 'g r', load: () => page('reports') },
  { id: 'settings', icon: 'gear', least: 'agent', keys: 'g a', load: () => page('settings') },
];

/** @param {string} area @returns {Promise<Page>} */
const page = (area) => import(`../pages/${area}/index.js`);

/** Those that the person sees. */
export const modulesSeen = () => MODULES.filter((module) => can(module.least));

/** The module that a path belongs to; the inbox for the bare address. */
export const moduleOf = (/** @type {string | undefined} */ first) => MODULES.find((module) => module.id === (first ?? 'inbox'));
