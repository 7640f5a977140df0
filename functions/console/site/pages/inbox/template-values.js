// What fills a template's parameters before anybody types: what the record has that fits by name. No requests.

/** @typedef {{ name: string, takes: string, required: boolean }} Parameter */
/** @typedef {{ value: string, from: string | null, media?: boolean }} Value what stands there, and the name of where it came from */

const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();

const NAMES = /^(first name|given name|nombre|name|customer|customer name|cliente|nombre completo)$/;

/** The text that a parameter stands in. @param {any[]} components @param {string} name */
export function textAround(components, name) {
  const [place, key] = name.split('.');
  const kind = { body: 'BODY', header: 'HEADER' }[place];
  const component = components.find((one) => String(one.type ?? one.kind).toUpperCase() === kind);
  return { text: String(component?.text ?? ''), key: key ?? '' };
}

/** A sample of Meta's review for a parameter, to show what is meant. @param {any[]} components @param {string} name */
export function sampleOf(components, name) {
  const [place, key] = name.split('.');
  const component = components.find((one) => String(one.type ?? one.kind).toUpperCase() === place.toUpperCase());
  const samples = component?.example ?? {};
  const named = [...(samples.body_text_named_params ?? []), ...(samples.header_text_named_params ?? [])].find((/** @type {any} */ one) => one.param_name === key);
  const list = place === 'header' ? samples.header_text : samples.body_text?.[0];
  return String(named?.example ?? list?.[Number(key) - 1] ?? '');
}

/**
 * What a parameter is called on screen: its own name, else the words before it.
 * @param {any[]} components
 * @param {string} name
 */
export function titleOf(components, name) {
  const { text, key } = textAround(components, name);
  if (key && !/^\d+$/.test(key)) return key.replace(/_/g, ' ');
  const before = text.split(`{{${key}}}`)[0].replace(/\{\{\w+\}\}/g, '…').split(/[\n.!?¡¿]/).pop()?.trim() ?? '';
  return before.length > 28 ? `…${before.slice(-27)}` : before;
}

/**
 * Guesses from the record.
 * @param {Parameter} parameter
 * @param {any[]} components
 * @param {any} contact
 * @param {{ id: string, label: string }[]} fields
 * @returns {Value}
 */
export function guess(parameter, components, contact, fields) {
  const none = { value: '', from: null };
  if (!contact || !['text', 'link_end', 'coupon_code'].includes(parameter.takes)) return none;
  const { text, key } = textAround(components, parameter.name);
  const word = plain(key);
  const field = fields.find((one) => plain(one.id) === word || plain(one.label) === word);
  const value = field && contact.fields?.[field.id];
  if (field && value !== undefined && value !== null) return { value: shownValue(value), from: field.label };
  const name = contact.given_name ?? contact.name ?? contact.profile_name;
  const greets = /(^|[\s¡])(hola|hi|hello|hey|dear|estimad[oa]|olá|buen[oa]s \w+),?\s*$/iu.test(text.split(`{{${key}}}`)[0]);
  if (name && parameter.takes === 'text' && (NAMES.test(word) || greets)) return { value: /complet|full/.test(word) ? contact.name ?? name : String(name).split(' ')[0], from: 'name' };
  if (contact.email && /mail|correo/.test(word)) return { value: contact.email, from: 'email' };
  if (contact.phone && /phone|telefono|celular/.test(word)) return { value: `+${contact.phone.replace(/^\+/, '')}`, from: 'phone' };
  return none;
}

/** A field's value as text. @param {any} value */
export function shownValue(value) {
  if (Array.isArray(value)) return value.join(', ');
  if (value && typeof value === 'object') return [value.currency, value.amount].filter(Boolean).join(' ');
  return String(value);
}

/**
 * What the API is asked to fill with.
 * @param {Record<string, Value>} values
 */
export const bindingsOf = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, one]) => one.value.trim()).map(([name, one]) => [name, { constant: one.media ? { media: { link: one.value.trim() } } : { text: one.value.trim() } }]));
