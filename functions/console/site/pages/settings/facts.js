// What Meta says of a number or an account, in words and tones. Nothing here draws or asks.

import { number } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';

/** @typedef {'' | 'ok' | 'warn' | 'danger' | 'accent'} Tone */
/** @typedef {{ value: string, at: string, source: string }} Fact */
/** @typedef {{ what: string, from?: string | null, to: string, at: string, source: string }} Change */

const TONES = /** @type {Record<string, Record<string, Tone>>} */ ({
  quality: { GREEN: 'ok', YELLOW: 'warn', RED: 'danger' },
  status: { CONNECTED: 'ok', FLAGGED: 'danger', RESTRICTED: 'danger', BANNED: 'danger', DISCONNECTED: 'danger', PENDING: 'warn', MIGRATED: 'warn', RATE_LIMITED: 'warn', DELETED: 'danger', UNVERIFIED: 'warn' },
  health: { AVAILABLE: 'ok', LIMITED: 'warn', BLOCKED: 'danger' },
  name_status: { APPROVED: 'ok', DECLINED: 'danger', EXPIRED: 'warn', PENDING_REVIEW: 'warn', AVAILABLE_WITHOUT_REVIEW: 'ok', NONE: '' },
  requested_name_status: { APPROVED: 'ok', DECLINED: 'danger', REJECTED: 'danger', PENDING_REVIEW: 'warn', NONE: '' },
  code_verification: { VERIFIED: 'ok', NOT_VERIFIED: 'warn', EXPIRED: 'warn' },
  account_mode: { LIVE: 'ok', SANDBOX: 'warn' },
  ban: { DISABLE: 'danger', SCHEDULE_FOR_DISABLE: 'danger', REINSTATE: 'ok' },
  account: { ACCOUNT_DELETED: 'danger', ACCOUNT_OFFBOARDED: 'danger', ACCOUNT_RECONNECTED: 'ok' },
  partner: { PARTNER_REMOVED: 'danger', PARTNER_APP_UNINSTALLED: 'danger', PARTNER_ADDED: 'ok', PARTNER_APP_INSTALLED: 'ok' },
});

/** How a fact's value is to be taken. @param {string} what @param {string | null | undefined} value @returns {Tone} */
export const toneOf = (what, value) => TONES[what]?.[String(value ?? '').toUpperCase()] ?? '';

/**
 * A messaging limit in people: `TIER_2K` is 2000. `null` if there is none, `undefined` if it is not read.
 * @param {string | null | undefined} tier
 * @returns {number | null | undefined}
 */
export function peopleOf(tier) {
  if (!tier) return undefined;
  if (/UNLIMITED/i.test(tier)) return null;
  const read = /^TIER_(\d+)(K?)$/.exec(tier);
  return read ? Number(read[1]) * (read[2] ? 1000 : 1) : undefined;
}

/**
 * A fact's value in words; as Meta writes it where there are none.
 * @param {string} what
 * @param {string | null | undefined} value
 */
export function wordOf(what, value) {
  if (value === null || value === undefined || value === '') return t('fact.unknown');
  if (what === 'limit') {
    const people = peopleOf(value);
    return people === null ? t('fact.limit.unlimited') : people === undefined ? value : t('fact.limit.people', { n: people });
  }
  if (what === 'numbers_allowed') return number(Number(value));
  const key = `fact.${what}.${value}`;
  return has(key) ? t(key) : value;
}

/** What a fact is called. @param {string} what */
export const nameOf = (what) => {
  if (what.startsWith('restriction.')) return restrictionName(what.slice('restriction.'.length));
  return has(`fact.${what}`) ? t(`fact.${what}`) : what;
};

/** A restriction of Meta's in words. @param {string} kind */
export const restrictionName = (kind) => (has(`restriction.${kind}`) ? t(`restriction.${kind}`) : kind);

/**
 * The quality over the last days, as steps: what it was from when.
 * @param {Change[]} history newest first, as the API has it
 * @param {number} now
 * @param {number} days
 * @returns {{ from: number, to: number, value: string }[]} oldest first; empty if nothing is known
 */
export function qualitySteps(history, now, days) {
  const start = now - days * 86_400_000;
  const changes = history.filter((change) => change.what === 'quality').map((change) => ({ at: Date.parse(change.at), value: change.to })).sort((a, b) => a.at - b.at);
  const steps = [];
  for (const [i, change] of changes.entries()) {
    const until = changes[i + 1]?.at ?? now;
    if (until <= start) continue;
    steps.push({ from: Math.max(change.at, start), to: until, value: change.value });
  }
  return steps;
}

/**
 * What is wrong with a number, worst first: what its page and the page of what is blocked tell.
 * @param {{ facts: Record<string, Fact>, restrictions: { kind: string, of: string, until?: string | null }[] }} of
 * @param {number} now
 * @returns {{ id: string, tone: Tone, what: string, value: string, at?: string, until?: string | null, of?: string }[]}
 */
export function faultsOf({ facts, restrictions }, now) {
  /** @type {ReturnType<typeof faultsOf>} */
  const faults = restrictions.filter((one) => !one.until || Date.parse(one.until) > now)
    .map((one) => ({ id: `restriction.${one.kind}`, tone: 'danger', what: 'restriction', value: one.kind, at: facts[`restriction.${one.kind}`]?.at, until: one.until, of: one.of }));
  for (const what of ['ban', 'account', 'partner', 'status', 'health', 'quality', 'name_status', 'requested_name_status', 'code_verification', 'account_mode']) {
    const fact = facts[what];
    // A code is for registering. Of a number that is registered it may have run out long ago.
    if (what === 'code_verification' && facts.status?.value === 'CONNECTED') continue;
    const tone = toneOf(what, fact?.value);
    if (tone === 'danger' || tone === 'warn') faults.push({ id: `${what}.${fact.value}`, tone, what, value: fact.value, at: fact.at });
  }
  // A violation is the reason of a restriction or ban. It stays on record when those are over.
  if (facts.violation?.value && faults.some((one) => ['restriction', 'ban'].includes(one.what))) {
    faults.push({ id: 'violation', tone: 'warn', what: 'violation', value: facts.violation.value, at: facts.violation.at });
  }
  return faults.sort((a, b) => Number(b.tone === 'danger') - Number(a.tone === 'danger'));
}
