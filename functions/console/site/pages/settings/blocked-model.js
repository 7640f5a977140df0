// Of what is wrong: what it stops, what to do about it, and where to ask Meta. Nothing here draws or asks.

/** @typedef {{ what: string, value: string }} Fault */

/**
 * What stops because of a fault, by the word of its sentence.
 * @param {Fault} fault
 */
export function affects({ what, value }) {
  if (what === 'restriction') {
    if (/BIZ_INITIATED_MESSAGING/.test(value)) return 'templates';
    if (/CUSTOMER_INITIATED_MESSAGING|ALL_MESSAGING/.test(value)) return 'everything';
    if (/PHONE_NUMBER/.test(value)) return 'new_numbers';
    if (/CALLING/.test(value)) return 'calls';
    return 'part';
  }
  if (what === 'ban') return value === 'SCHEDULE_FOR_DISABLE' ? 'soon' : 'everything';
  if (what === 'account' || what === 'partner') return 'everything';
  if (what === 'health') return value === 'BLOCKED' ? 'everything' : 'part';
  if (what === 'status') return value === 'FLAGGED' ? 'limit' : value === 'RATE_LIMITED' ? 'part' : 'everything';
  if (what === 'quality') return value === 'RED' ? 'limit' : 'nothing_yet';
  if (what === 'account_mode') return 'sandbox';
  if (what === 'violation') return 'reason';
  return what === 'code_verification' ? 'unregistered' : 'name';
}

/**
 * What to do about a fault, by the word of its sentence.
 * @param {Fault} fault
 */
export function remedyOf({ what, value }) {
  if (what === 'restriction') return 'restriction';
  if (what === 'ban') return value === 'SCHEDULE_FOR_DISABLE' ? 'ban_soon' : 'ban';
  if (what === 'account' || what === 'partner') return 'access';
  if (what === 'health') return 'health';
  if (what === 'status') {
    if (value === 'FLAGGED') return 'quality';
    if (['DISCONNECTED', 'PENDING', 'UNVERIFIED', 'MIGRATED'].includes(value)) return 'register';
    return value === 'RATE_LIMITED' ? 'wait' : 'ban';
  }
  if (what === 'quality') return 'quality';
  if (what === 'code_verification') return 'verify';
  if (what === 'account_mode') return 'live';
  if (what === 'violation') return 'violation';
  return 'name';
}

/**
 * Where the fault is seen and an appeal is made, at Meta.
 * @param {Fault} fault
 * @param {{ waba?: string | null }} of
 */
export function appealOf({ what }, { waba }) {
  if (['restriction', 'ban', 'violation'].includes(what)) return 'https://business.facebook.com/business-support-home/';
  if (['quality', 'status', 'health', 'name_status', 'requested_name_status'].includes(what)) {
    return `https://business.facebook.com/wa/manage/phone-numbers/${waba ? `?waba_id=${encodeURIComponent(waba)}` : ''}`;
  }
  return null;
}
