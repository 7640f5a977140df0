// What the campaign pages know by themselves: definitions, states, shares. No requests, no drawing.

/** @typedef {import('../../../../../tests/console/api').components['schemas']} Api */
/** @typedef {Api['Campaign']} Campaign */
/** @typedef {Api['CampaignDefinition']} Definition */
/** @typedef {any} Group one of `{ segment }`, `{ list }`, `{ file }`, `{ filter }`, `{ campaign }` */

/** The steps of the editor, in order. */
export const STEPS = ['audience', 'template', 'parameters', 'schedule', 'preflight'];

/** Where a campaign is listed. Parked is what holds people without losing anybody: it waits, or was paused. */
export const FOLDERS = /** @type {[string, string, string[]][]} */ ([
  ['draft', 'edit', ['draft']], ['scheduled', 'cal', ['scheduled']], ['running', 'play', ['running']],
  ['parked', 'pause', ['waiting', 'paused']], ['over', 'checkc', ['finished', 'cancelled']],
]);

/** @param {string} state */
export const folderOf = (state) => FOLDERS.find(([, , states]) => states.includes(state))?.[0] ?? 'draft';

/** Whether it may still be changed. @param {Campaign} campaign */
export const isOpen = (campaign) => ['draft', 'scheduled'].includes(campaign.state);
/** Whether it is over. @param {Campaign} campaign */
export const isOver = (campaign) => ['finished', 'cancelled'].includes(campaign.state);

export const TONES = /** @type {Record<string, string>} */ ({ scheduled: 'accent', running: 'ok', waiting: 'warn', paused: 'warn', finished: '', cancelled: '', draft: 'line' });

/** A definition to begin with. @param {string[]} numbers @returns {any} */
export const emptyDefinition = (numbers) => ({
  name: '', numbers, templates: [], language: { default: '', by_contact: false }, audience: { include: [], exclude: [] }, start: 'now',
  ends_at: null, quiet_hours: null, pace: null, frequency_cap: { messages: 2, days: 7 }, budget: null, order: 'audience', hold_out: 0,
  canary: null, retry_marketing_limit: false, reply_hours: 72,
});

/** A definition as the editor keeps it: every member is there. @param {any} definition */
export const whole = (definition) => ({
  ...emptyDefinition([]), ...definition, frequency_cap: definition.frequency_cap ?? null,
  audience: { include: definition.audience?.include ?? [], exclude: definition.audience?.exclude ?? [] },
});

/** A copy that starts as a draft. A date that has passed is not taken along. @param {any} definition @param {string} name */
export const copyOf = (definition, name) => ({ ...whole(definition), name, start: 'now', ends_at: null });

/**
 * What is missing before the API takes it as a draft, by step.
 * @param {any} definition
 * @returns {Record<string, string[]>} step → words `campaigns.lacks.<word>`
 */
export function lacks(definition) {
  const audience = [!definition.name.trim() && 'name', !definition.numbers.length && 'numbers', !definition.audience.include.length && 'audience'];
  const template = [!definition.templates.length && 'template', definition.templates.some((/** @type {any} */ one) => !one.template) && 'template', definition.templates.length > 0 && !definition.language.default && 'language'];
  return Object.fromEntries(Object.entries({ audience, template }).map(([step, all]) => [step, [...new Set(/** @type {string[]} */ (all.filter(Boolean)))]]));
}

/** Whether it can be kept by the API. @param {any} definition */
export const isComplete = (definition) => Object.values(lacks(definition)).every((all) => all.length === 0);

/**
 * Parameters that a campaign has to fill: what people do not see, such as what a button gives back, fills itself.
 * @param {any[]} parameters of the template
 */
export const toFill = (parameters) => parameters.filter((one) => one.takes !== 'payload' && one.required);

/**
 * Parameters of templates that nothing fills yet, as `<variant>:<name>`.
 * @param {any} definition
 * @param {(variant: any) => any[]} parametersOf
 */
export function unfilled(definition, parametersOf) {
  return definition.templates.flatMap((/** @type {any} */ variant, /** @type {number} */ i) =>
    toFill(parametersOf(variant)).filter((one) => !isBound(variant.parameters?.[one.name])).map((one) => `${i}:${one.name}`));
}

/** @param {any} parameter */
export function isBound(parameter) {
  const [text] = Object.values(parameter?.from ?? {});
  return typeof text === 'string' && text.trim() !== '';
}

/** Parameters without what an unfinished line would make the API refuse. @param {Record<string, any>} parameters */
export function boundOnly(parameters) {
  return Object.fromEntries(Object.entries(parameters ?? {}).filter(([, one]) => isBound(one)).map(([name, one]) => [name, one.fallback?.trim() ? one : { from: one.from }]));
}

/** What the API is sent of a definition. @param {any} definition */
export const toSend = (definition) => ({
  ...definition, name: definition.name.trim(),
  templates: definition.templates.filter((/** @type {any} */ one) => one.template).map((/** @type {any} */ one) => ({ ...one, parameters: boundOnly(one.parameters) })),
});

/**
 * What `POST …/preview` is asked to fill with, so that it shows what the campaign would send.
 * @param {Record<string, any>} parameters
 */
export function bindings(parameters) {
  return Object.fromEntries(Object.entries(boundOnly(parameters)).map(([name, { from, fallback }]) => {
    const [[kind, value]] = Object.entries(from);
    if (kind === 'text') return [name, { constant: { text: value } }];
    const source = kind === 'record' ? (String(value).startsWith('field.') ? value : `contact.${value}`) : `${kind}.${value}`;
    return [name, { from: { source, ...(fallback ? { fallback: { text: fallback } } : {}) } }];
  }));
}

/** Weights as shares of one. @param {any[]} variants @returns {number[]} */
export function shares(variants) {
  const sum = variants.reduce((all, one) => all + (one.weight ?? 1), 0);
  return variants.map((one) => (sum ? (one.weight ?? 1) / sum : 0));
}

/** `A`, `B`, `C`, `D`. @param {number} i */
export const letter = (i) => String.fromCharCode(65 + i);

/**
 * The pre-flight's people by outcome. All of them add up to `people`.
 * @param {Api['CampaignPreflightSummary']} summary
 */
export function outcomes(summary) {
  const skipped = Object.entries(summary.skipped ?? {}).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  const wait = Object.values(summary.wait ?? {}).reduce((all, n) => all + n, 0);
  return {
    receiving: summary.receiving ?? 0, wait, heldOut: summary.skipped?.held_out ?? 0,
    skipped: skipped.filter(([why]) => why !== 'held_out'),
    people: (summary.receiving ?? 0) + skipped.reduce((all, [, n]) => all + n, 0),
  };
}

/**
 * The people of a report by where they stand now, each person once. `put_off` of the report counts turns that came too
 * early, also of people who had a later one: who is parked now is whoever is left over.
 * @param {any} report
 */
export function standing(report) {
  const skipped = sum(report.skipped);
  const meant = Math.max(0, report.people - skipped);
  const refused = report.refused ?? 0;
  const queued = report.waiting + (report.unknown ?? 0);
  return {
    delivered: report.delivered, failed: report.failed, unconfirmed: Math.max(0, report.accepted + refused - report.delivered - report.failed),
    parked: Math.max(0, meant - report.accepted - refused - queued), queued, skipped,
    // Those who are meant to get it: everybody but those who are left out.
    meant,
  };
}

/** @param {Record<string, number> | undefined} counts */
export const sum = (counts) => Object.values(counts ?? {}).reduce((all, n) => all + n, 0);

/** A share, or nothing where there is no base. @param {number} part @param {number} of */
export const share = (part, of) => (of > 0 ? part / of : null);

/** The first and last hour that a cron line of ours says: `30 9 * * 1,3` → `{ time: '09:30', days: [1, 3], monthDay: null }`. @param {string} cron */
export function readCron(cron) {
  const plain = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-7](?:,[0-7])*)$/.exec(cron.trim());
  if (!plain) return null;
  const [, minute, hour, date, days] = plain;
  return { time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`, monthDay: date === '*' ? null : Number(date), days: days === '*' ? [] : days.split(',').map((day) => Number(day) % 7) };
}

/** @param {{ time: string, days: number[], monthDay: number | null }} when */
export function writeCron({ time, days, monthDay }) {
  const [hour, minute] = time.split(':').map(Number);
  return `${minute} ${hour} ${monthDay ?? '*'} * ${days.length ? [...days].sort().join(',') : '*'}`;
}
