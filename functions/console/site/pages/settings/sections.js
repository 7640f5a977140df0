// The parts of the settings: where they are, who sees them, what is loaded when one is first visited.

import { can } from '../../lib/me.js';

/**
 * @typedef {{ id: string, icon: string, group: string, least: string, words: string[], load: () => Promise<{ default: any }> }} Section
 * @type {Section[]}
 */
export const SECTIONS = [
  { id: 'numbers', icon: 'phone', group: '', least: 'agent', words: ['settings-numbers'], load: () => import('./numbers.js') },
  { id: 'blocked', icon: 'stop', group: '', least: 'supervisor', words: ['settings-numbers', 'settings-blocked'], load: () => import('./blocked.js') },
  { id: 'team', icon: 'users', group: '', least: 'agent', words: ['settings-team'], load: () => import('./team.js') },
  { id: 'departments', icon: 'building', group: '', least: 'agent', words: ['settings-team'], load: () => import('./departments.js') },
  { id: 'quick-replies', icon: 'slash', group: '', least: 'agent', words: ['settings-team'], load: () => import('./quick-replies.js') },
  { id: 'labels', icon: 'pin', group: '', least: 'agent', words: ['settings-team'], load: () => import('./labels.js') },
  { id: 'fields', icon: 'people', group: '', least: 'agent', words: ['settings-team'], load: () => import('./fields.js') },
  { id: 'consent', icon: 'shield', group: 'compliance', least: 'supervisor', words: ['settings-rules'], load: () => import('./consent.js') },
  { id: 'retention', icon: 'lock', group: 'compliance', least: 'supervisor', words: ['settings-rules'], load: () => import('./retention.js') },
  { id: 'audit', icon: 'hist', group: 'compliance', least: 'admin', words: ['settings-programs'], load: () => import('./audit.js') },
  { id: 'rates', icon: 'wallet', group: 'programs', least: 'supervisor', words: ['settings-rates'], load: () => import('./rates.js') },
  { id: 'clients', icon: 'flask', group: 'programs', least: 'admin', words: ['settings-programs'], load: () => import('./clients.js') },
  { id: 'webhooks', icon: 'link', group: 'programs', least: 'supervisor', words: ['settings-programs'], load: () => import('./webhooks.js') },
  { id: 'letters', icon: 'inspect', group: 'programs', least: 'supervisor', words: ['settings-programs'], load: () => import('./letters.js') },
];

/** The groups, in their order. */
export const GROUPS = ['', 'compliance', 'programs'];

/** Those that the person sees. */
export const sectionsSeen = () => SECTIONS.filter((section) => can(section.least));
