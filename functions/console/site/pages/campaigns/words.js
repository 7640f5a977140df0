// States, groups and reasons in the reader's words.

import { agentName } from '../../lib/directory.js';
import { dateTime, money, number, shortDay, time } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { Chip } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { TONES } from './model.js';
import { campaigns, fileNames, lists, segments } from './store.js';

/** @typedef {import('./model.js').Campaign} Campaign */

/** The words of a key, or what the API said where there are none. @param {string} key @param {string} other */
export const wordOr = (key, other) => (has(key) ? t(key) : other.replace(/_/g, ' '));

/** A state as a chip. @param {{ state: string }} props */
export const StateChip = ({ state }) => html`<${Chip} tone=${TONES[state] ?? ''} icon=${{ running: 'play', waiting: 'pause', paused: 'pause', scheduled: 'cal', finished: 'check', cancelled: 'stop' }[state]}>${t(`campaigns.state.${state}`)}<//>`;

/** A group of people. @param {any} group */
export function groupName(group) {
  if (group.segment) return segments.value.find((one) => one.id === group.segment)?.name ?? t('campaigns.group.segment');
  if (group.list) return lists.value.find((one) => one.id === group.list)?.name ?? t('campaigns.group.list');
  if (group.file) return fileNames.get(group.file) ?? t('campaigns.group.file');
  if (group.filter !== undefined) return group.filter || t('campaigns.group.everybody');
  const earlier = campaigns.value?.find((one) => one.id === group.campaign?.id)?.definition.name ?? t('campaigns.group.campaign');
  return `${earlier}: ${t(`campaigns.who.${group.campaign?.who}`)}`;
}

/** `14:36` today, else with the date. @param {string | null | undefined} at */
export const soon = (at) => (at && new Date(at).toDateString() === new Date().toDateString() ? time(at) : at ? `${shortDay(at)}, ${time(at)}` : '');

/** Who paused it. @param {any} by */
export function pausedBy(by) {
  if (by?.guard) return wordOr(`campaigns.guard.${by.guard}`, by.guard);
  return t('campaigns.paused_by', { name: agentName(by?.person) });
}

/** What comes next, in a sentence. @param {any} campaign */
export function nextStep(campaign) {
  const { status } = campaign;
  switch (campaign.state) {
    case 'draft': return t('campaigns.next.draft');
    case 'scheduled': return t('campaigns.next.scheduled', { when: dateTime(status.at) });
    case 'running': return campaign.progress.frozen_at ? t('campaigns.next.running') : t('campaigns.next.freezing');
    case 'waiting': return t('campaigns.next.waiting', { why: wordOr(`campaigns.waits.${status.limit}`, status.limit), when: soon(status.until) });
    case 'paused': return pausedBy(status.by);
    case 'finished': return t('campaigns.next.finished', { when: soon(status.at) });
    default: return t('campaigns.next.cancelled', { when: soon(status.at) });
  }
}

/** `USD 1,20 – 2,40` of millionths. @param {any} cost */
export function range(cost) {
  const [low, high] = [cost.low_micros / 1e6, cost.high_micros / 1e6];
  return low === high ? t('campaigns.up_to', { high: money(high, cost.currency) }) : t('campaigns.range', { low: money(low, cost.currency), high: money(high, '').trim() });
}

/** `12` or `12 (5 %)`. @param {number} n */
export const count = (n) => number(n);
