// A template filled with its samples, as a phone shows it. No requests.

import { fillTemplate } from '../../lib/message-text.js';

const kindOf = (/** @type {any} */ component) => String(component.type ?? component.kind).toUpperCase();

/** The variables of a text, in order, each once: `{{1}}`, `{{first_name}}`. @param {string | null | undefined} text */
export const variables = (text) => [...new Set([...(text ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((found) => found[1]))];

/** The text that a parameter stands in. @param {any[]} components @param {string} name such as `body.1`, `card.0.body.1` */
function around(components, name) {
  const parts = name.split('.');
  if (parts[0] === 'card') {
    const cards = components.find((one) => kindOf(one) === 'CAROUSEL')?.cards ?? [];
    return around(cards[Number(parts[1])]?.components ?? [], parts.slice(2).join('.'));
  }
  return { component: components.find((one) => kindOf(one) === parts[0].toUpperCase()), key: parts[1] ?? '' };
}

/** The sample of a parameter; empty if there is none. @param {any[]} components @param {string} name @returns {string} */
export function sampleOf(components, name) {
  const { component, key } = around(components, name);
  const samples = component?.example ?? {};
  const named = [...(samples.body_text_named_params ?? []), ...(samples.header_text_named_params ?? [])].find((one) => one.param_name === key);
  const list = kindOf(component ?? {}) === 'HEADER' ? samples.header_text : samples.body_text?.[0];
  const at = variables(component?.text).indexOf(key);
  return String(named?.example ?? list?.[at] ?? '');
}

/** What a parameter is called: its own name, else the words before it. @param {any[]} components @param {string} name */
export function titleOf(components, name) {
  const { component, key } = around(components, name);
  if (key && !/^\d+$/.test(key)) return key.replace(/_/g, ' ');
  const before = String(component?.text ?? '').split(`{{${key}}}`)[0].replace(/\{\{\w+\}\}/g, '…').split(/[\n.!?¡¿]/).pop()?.trim() ?? '';
  return before.length > 28 ? `…${before.slice(-27)}` : before;
}

/** Parameters of Meta's message from the samples. @param {any} component */
function given(component) {
  return variables(component?.text).map((key) => {
    const text = sampleOf([component], `${kindOf(component).toLowerCase()}.${key}`);
    return { type: 'text', ...(/^\d+$/.test(key) ? {} : { parameter_name: key }), text: text || undefined };
  });
}

/**
 * What `TemplateView` shows: with samples, or with the variables standing where something is to be filled in.
 * @param {any[]} components
 * @param {{ empty?: boolean }} [how]
 */
export function sampleView(components, how = {}) {
  const sent = { components: how.empty ? [] : components.filter((one) => ['HEADER', 'BODY'].includes(kindOf(one))).map((one) => ({ type: kindOf(one).toLowerCase(), parameters: given(one) })) };
  const view = fillTemplate(components, sent);
  const offer = components.find((one) => kindOf(one) === 'LIMITED_TIME_OFFER')?.limited_time_offer;
  const carousel = components.find((one) => kindOf(one) === 'CAROUSEL');
  const footer = components.find((one) => kindOf(one) === 'FOOTER');
  return {
    ...view,
    body: view.body || authText(components),
    footer: view.footer ?? (footer?.code_expiration_minutes ? `⏱ ${footer.code_expiration_minutes} min` : null),
    ...(offer ? { offer: { text: offer.text ?? '' } } : {}),
    cards: (carousel?.cards ?? []).map((/** @type {any} */ card, /** @type {number} */ i) => {
      const body = (card.components ?? []).find((/** @type {any} */ one) => kindOf(one) === 'BODY');
      return { ...view.cards[i], body: body ? (how.empty ? body.text : fillTemplate([body], { components: [{ type: 'body', parameters: given(body) }] }).body) : null };
    }),
  };
}

/** An authentication template says what WhatsApp writes itself. @param {any[]} components */
function authText(components) {
  const body = components.find((one) => kindOf(one) === 'BODY');
  const codes = components.some((one) => (one.buttons ?? []).some((/** @type {any} */ button) => kindOf(button) === 'OTP'));
  return body && !body.text && codes ? '*123456*' : '';
}
