// A template that is being written: from what Meta has to what a form shows, and back. No requests, no drawing.

import { variables } from './sample.js';

/**
 * @typedef {{ kind: string, text: string, url?: string, phone?: string, example?: string, otp?: string, autofill?: string, flow?: string, screen?: string }} DraftButton
 * @typedef {{ handle: string, format: string, body: string, samples: Record<string, string>, buttons: DraftButton[] }} DraftCard
 * @typedef {{
 *   waba: string, name: string, language: string, category: string, named: boolean, header: string, title: string, titleSample: string, handle: string,
 *   body: string, samples: Record<string, string>, footer: string, buttons: DraftButton[], offer: string, offerEnds: boolean, cards: DraftCard[],
 *   advice: boolean, expires: string, ttl: string
 * }} Draft
 */

export const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];
export const HEADERS = ['', 'TEXT', 'IMAGE', 'VIDEO', 'GIF', 'DOCUMENT', 'LOCATION'];
export const BUTTONS = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'FLOW', 'VOICE_CALL', 'CATALOG'];
/** Limits of Meta, in characters. */
export const MOST = { name: 512, title: 60, body: 1024, offerBody: 600, footer: 60, button: 25, offer: 16, cardBody: 160 };

const FILES = ['IMAGE', 'VIDEO', 'GIF', 'DOCUMENT'];
const kindOf = (/** @type {any} */ one) => String(one.type ?? one.kind).toUpperCase();
const text = (/** @type {any} */ value) => String(value ?? '');

/** @param {string} waba @param {string} language @returns {Draft} */
export const emptyDraft = (waba, language) => ({
  waba, name: '', language, category: 'UTILITY', named: false, header: '', title: '', titleSample: '', handle: '', body: '', samples: {}, footer: '', buttons: [],
  offer: '', offerEnds: true, cards: [], advice: true, expires: '10', ttl: '',
});

/** @param {any} one @returns {DraftButton} */
function buttonFrom(one) {
  const example = Array.isArray(one.example) ? one.example[0] : one.example;
  return { kind: kindOf(one), text: text(one.text), url: text(one.url), phone: text(one.phone_number), example: text(example), otp: text(one.otp_type), autofill: text(one.autofill_text), flow: text(one.flow_id), screen: text(one.navigate_screen) };
}

/** Samples by variable. @param {any} component @param {string} list @param {string} named */
function samplesFrom(component, list, named) {
  const example = component?.example ?? {};
  const values = list === 'body_text' ? example.body_text?.[0] ?? [] : example[list] ?? [];
  const byName = new Map((example[named] ?? []).map((/** @type {any} */ one) => [one.param_name, one.example]));
  return Object.fromEntries(variables(component?.text).map((key, i) => [key, text(byName.get(key) ?? values[i])]));
}

/** @param {any} detail of `GET /v1/templates/…` @returns {Draft} */
export function draftOf(detail) {
  const of = (/** @type {string} */ kind) => detail.components.find((/** @type {any} */ one) => kindOf(one) === kind);
  const [header, body, footer, offer] = ['HEADER', 'BODY', 'FOOTER', 'LIMITED_TIME_OFFER'].map(of);
  return {
    ...emptyDraft(detail.waba, detail.language), name: detail.name, category: detail.category ?? 'UTILITY', named: detail.parameter_format === 'NAMED',
    header: header ? String(header.format ?? 'TEXT').toUpperCase() : '', title: text(header?.text), titleSample: Object.values(samplesFrom(header, 'header_text', 'header_text_named_params'))[0] ?? '', handle: text(header?.example?.header_handle?.[0]),
    body: text(body?.text), samples: samplesFrom(body, 'body_text', 'body_text_named_params'), footer: text(footer?.text), buttons: (of('BUTTONS')?.buttons ?? []).map(buttonFrom),
    offer: text(offer?.limited_time_offer?.text), offerEnds: offer?.limited_time_offer?.has_expiration ?? true,
    cards: (of('CAROUSEL')?.cards ?? []).map((/** @type {any} */ card) => {
      const inside = (/** @type {string} */ kind) => (card.components ?? []).find((/** @type {any} */ one) => kindOf(one) === kind);
      return { handle: text(inside('HEADER')?.example?.header_handle?.[0]), format: String(inside('HEADER')?.format ?? 'IMAGE').toUpperCase(), body: text(inside('BODY')?.text), samples: samplesFrom(inside('BODY'), 'body_text', 'body_text_named_params'), buttons: (inside('BUTTONS')?.buttons ?? []).map(buttonFrom) };
    }),
    advice: body?.add_security_recommendation ?? false, expires: text(footer?.code_expiration_minutes), ttl: text(detail.message_send_ttl_seconds),
  };
}

/** @param {string} written @param {Record<string, string>} samples @param {boolean} named @returns {any} */
function bodyOf(written, samples, named) {
  const keys = variables(written);
  if (!keys.length) return { type: 'BODY', text: written };
  const example = named ? { body_text_named_params: keys.map((key) => ({ param_name: key, example: samples[key] ?? '' })) } : { body_text: [keys.map((key) => samples[key] ?? '')] };
  return { type: 'BODY', text: written, example };
}

/** @param {DraftButton} one @returns {any} */
function buttonOf(one) {
  switch (one.kind) {
    case 'URL': return { type: 'URL', text: one.text, url: one.url, ...(variables(one.url).length ? { example: [one.example ?? ''] } : {}) };
    case 'PHONE_NUMBER': return { type: 'PHONE_NUMBER', text: one.text, phone_number: one.phone };
    case 'COPY_CODE': return { type: 'COPY_CODE', example: one.example };
    case 'FLOW': return { type: 'FLOW', text: one.text, flow_id: one.flow, ...(one.screen ? { flow_action: 'navigate', navigate_screen: one.screen } : {}) };
    case 'OTP': return { type: 'OTP', otp_type: one.otp || 'COPY_CODE', ...(one.text ? { text: one.text } : {}), ...(one.autofill ? { autofill_text: one.autofill } : {}) };
    default: return { type: one.kind, text: one.text };
  }
}

/** Components as Meta takes them. @param {Draft} draft @returns {any[]} */
export function componentsOf(draft) {
  if (draft.category === 'AUTHENTICATION') {
    return [{ type: 'BODY', add_security_recommendation: draft.advice }, ...(draft.expires ? [{ type: 'FOOTER', code_expiration_minutes: Number(draft.expires) }] : []),
      { type: 'BUTTONS', buttons: draft.buttons.some((one) => one.kind === 'OTP') ? draft.buttons.filter((one) => one.kind === 'OTP').map(buttonOf) : [{ type: 'OTP', otp_type: 'COPY_CODE' }] }];
  }
  const parts = [];
  if (draft.header === 'TEXT') {
    const [key] = variables(draft.title);
    parts.push({ type: 'HEADER', format: 'TEXT', text: draft.title, ...(key ? { example: draft.named ? { header_text_named_params: [{ param_name: key, example: draft.titleSample }] } : { header_text: [draft.titleSample] } } : {}) });
  } else if (draft.header) parts.push({ type: 'HEADER', format: draft.header, ...(FILES.includes(draft.header) ? { example: { header_handle: [draft.handle] } } : {}) });
  if (draft.offer) parts.push({ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: draft.offer, has_expiration: draft.offerEnds } });
  parts.push(bodyOf(draft.body, draft.samples, draft.named));
  if (draft.footer && !draft.offer && !draft.cards.length) parts.push({ type: 'FOOTER', text: draft.footer });
  if (draft.buttons.length && !draft.cards.length) parts.push({ type: 'BUTTONS', buttons: draft.buttons.map(buttonOf) });
  if (draft.cards.length) {
    parts.push({ type: 'CAROUSEL', cards: draft.cards.map((card) => ({ components: [{ type: 'HEADER', format: card.format, example: { header_handle: [card.handle] } }, ...(card.body ? [bodyOf(card.body, card.samples, draft.named)] : []), { type: 'BUTTONS', buttons: card.buttons.map(buttonOf) }] })) });
  }
  return parts;
}

/** What `POST /v1/templates` takes. @param {Draft} draft */
export const toCreate = (draft) => ({
  waba: draft.waba,
  template: { name: draft.name.trim(), language: draft.language, category: draft.category, ...(draft.category !== 'AUTHENTICATION' && hasVariables(draft) ? { parameter_format: draft.named ? 'NAMED' : 'POSITIONAL' } : {}), components: componentsOf(draft), ...(draft.ttl ? { message_send_ttl_seconds: Number(draft.ttl) } : {}) },
});

/** What `PATCH /v1/templates/…` takes. An approved template keeps its category. @param {Draft} draft @param {any} detail */
export const toEdit = (draft, detail) => ({
  components: componentsOf(draft), ...(detail.status !== 'APPROVED' && draft.category !== detail.category ? { category: draft.category } : {}), ...(draft.ttl ? { message_send_ttl_seconds: Number(draft.ttl) } : {}),
});

/** @param {Draft} draft */
const hasVariables = (draft) => [draft.title, draft.body, ...draft.cards.map((card) => card.body)].some((one) => variables(one).length > 0);

/** The next variable: a number after the highest, or a name that is free. @param {string} written @param {boolean} named */
export function nextVariable(written, named) {
  const keys = variables(written);
  if (!named) return String(Math.max(0, ...keys.map(Number).filter(Number.isFinite)) + 1);
  let n = keys.length + 1;
  while (keys.includes(`param_${n}`)) n += 1;
  return `param_${n}`;
}

const SHORTENERS = /\/\/(bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|cutt\.ly|rb\.gy|wa\.me)\//i;
const PROMOTION = /\b(oferta|descuento|promoci[oó]n|gratis|rebaja|cup[oó]n|aprovecha|sale|discount|offer|free|coupon|promo)\b|\d\s*%/i;

/**
 * What is checked before Meta is asked: words of `templates.check.<word>`, and whether it holds. `stops` is what would be refused.
 * @param {Draft} draft
 * @returns {{ word: string, holds: boolean, stops: boolean }[]}
 */
export function checks(draft) {
  const named = /^[a-z0-9_]{1,512}$/.test(draft.name.trim());
  const all = [{ word: 'name', holds: named, stops: true }];
  if (draft.category === 'AUTHENTICATION') return all;
  const keys = variables(draft.body);
  const samples = keys.every((key) => draft.samples[key]?.trim()) && (!variables(draft.title).length || Boolean(draft.titleSample.trim())) && draft.cards.every((card) => variables(card.body).every((key) => card.samples[key]?.trim()));
  const trimmed = draft.body.trim();
  const links = draft.buttons.map((one) => one.url ?? '');
  return [...all,
    { word: 'body', holds: trimmed.length > 0 && draft.body.length <= (draft.offer ? MOST.offerBody : MOST.body), stops: true },
    ...(keys.length ? [{ word: 'samples', holds: samples, stops: true }, { word: 'ends', holds: !/^\{\{/.test(trimmed) && !/\}\}[.!?…]?$/.test(trimmed), stops: true }, { word: 'order', holds: draft.named || keys.every((key, i) => key === String(i + 1)), stops: true }] : []),
    ...(FILES.includes(draft.header) ? [{ word: 'handle', holds: Boolean(draft.handle.trim()), stops: true }] : []),
    ...(draft.cards.length ? [{ word: 'cards', holds: draft.cards.length >= 2 && draft.cards.length <= 10 && draft.cards.every((card) => card.handle.trim() && card.buttons.length > 0), stops: true }] : []),
    ...(draft.buttons.length ? [{ word: 'buttons', holds: draft.buttons.every((one) => one.kind === 'COPY_CODE' || one.text.trim()) && grouped(draft.buttons), stops: true }] : []),
    ...(links.some(Boolean) ? [{ word: 'links', holds: !links.some((one) => SHORTENERS.test(one)), stops: false }] : []),
    ...(draft.category === 'UTILITY' ? [{ word: 'utility', holds: !PROMOTION.test(`${draft.title} ${draft.body}`), stops: false }] : []),
    ...(draft.category === 'MARKETING' ? [{ word: 'opt_out', holds: /baja|no m[aá]s|stop|unsubscribe|no recibir/i.test(`${draft.footer} ${draft.buttons.map((one) => one.text).join(' ')}`), stops: false }] : []),
  ];
}

/** Whether quick replies stand next to each other. @param {DraftButton[]} buttons */
export function grouped(buttons) {
  const changes = buttons.filter((one, i) => i > 0 && (one.kind === 'QUICK_REPLY') !== (buttons[i - 1].kind === 'QUICK_REPLY')).length;
  return changes <= 1;
}

const KNOWN = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER'];

/** Parts that the form does not know: a template that has some is not changed here, so that nothing is lost. @param {any[]} components @returns {string[]} */
export function unknownParts(components) {
  const cards = components.flatMap((one) => (one.cards ?? []).flatMap((/** @type {any} */ card) => card.components ?? []));
  const all = [...components, ...cards];
  const odd = all.map(kindOf).filter((kind) => !KNOWN.includes(kind));
  const buttons = all.flatMap((one) => (one.buttons ?? []).map(kindOf)).filter((kind) => kind !== 'OTP' && !BUTTONS.includes(kind));
  const apps = all.flatMap((one) => (one.buttons ?? [])).filter((one) => one.supported_apps?.length).map(kindOf);
  return [...new Set([...odd, ...buttons, ...apps])];
}
