// The company that the tests work in: the demo team, labels, quick replies, fields, templates. Each flow adds people of its own,
// so that no flow changes what another one looks at.

import { until } from './world.mjs';

/** @typedef {import('./world.mjs').World} World */

export const SALES = '900000000000201';
export const SUPPORT = '900000000000202';
const EXPORT = '900000000000299';

const TEAM = /** @type {[string, string, string, string[]][]} */ ([
  ['carmen', 'Carmen Ávila', 'admin', []], ['mariela', 'Mariela Rondón', 'supervisor', []],
  ['joseluis', 'José Luis Uzcátegui', 'agent', ['ventas']], ['camila', 'Camila Restrepo', 'agent', ['ventas']],
  ['wilmer', 'Wilmer Rojas', 'agent', ['servicio']], ['grace', 'Grace Whitfield', 'agent', ['export']],
]);

/** What a template of the company is, as Meta keeps it. @param {string} name @param {string} text @param {string[]} example @param {string} [category] */
const template = (name, text, example, category = 'UTILITY') => ({
  name, category, language: 'es', waba_id: '900000000000101', components: [{ type: 'BODY', text, example: { body_text: [example] } }],
});

/** @param {World} world */
export async function moveIn({ api, sim }) {
  await sim('/settings', { template_review_ms: 500, enforce_tier: false });
  await sim('/templates', template('entrega_lista', 'Hola {{1}}, tu pedido {{2}} está listo para retirar.', ['Daniela', '4471']));
  await sim('/templates', template('semana_de_neveras', 'Hola {{1}}, esta semana todas las neveras con 25 % menos.', ['Daniela'], 'MARKETING'));
  await Promise.all(['101', '102'].map((waba) => api('PUT', `/v1/wabas/900000000000${waba}`, { name: waba === '101' ? 'Electro Ávila' : 'Electro Ávila Export', portfolio: '900000000000301' })));
  for (const [id, name] of [['ventas', 'Ventas'], ['servicio', 'Servicio técnico'], ['export', 'Exportación']]) await api('PUT', `/v1/departments/${id}`, { name });
  await Promise.all(TEAM.map(([id, name, role, departments]) => api('PUT', `/v1/agents/demo-${id}`, { name, role, departments, email: `${id}@electroavila.example` })));
  const labels = Object.fromEntries(await Promise.all([['Garantía', '#b7791f'], ['Mayorista', '#805ad5']].map(async ([name, color]) => [name, (await api('POST', '/v1/labels', { name, color })).id])));
  await api('POST', '/v1/quick-replies', { shortcut: 'horario', text: 'Atendemos de lunes a sábado de 9 a 6.' });
  await api('PUT', '/v1/fields/ciudad', { label: 'Ciudad', type: 'text' });
  await until(async () => (await api('GET', '/v1/numbers')).items.length >= 3, 'Meta has told of the numbers');
  for (const [number, name, department] of [[SALES, 'Ventas Caracas', 'ventas'], [SUPPORT, 'Servicio técnico', 'servicio'], [EXPORT, 'Miami Export', 'export']]) await api('PATCH', `/v1/numbers/${number}`, { name, department });
  await until(async () => (await api('GET', '/v1/templates')).items.some((/** @type {any} */ one) => one.name === 'semana_de_neveras' && one.usable), 'the templates are known');
  return { labels };
}

let phones = 1000;

/**
 * Somebody who writes to the company; gives their conversation as a row of the list.
 * @param {World} world @param {{ id: string, name: string, text: string, to?: string, timestamp?: string, phone_visible?: boolean, assignee?: string, kind?: string, behaviour?: object }} who
 */
export async function customer({ api, sim }, { id, name, text, to = SALES, timestamp, assignee, kind, ...rest }) {
  phones += 1;
  await sim('/people', { id, name, phone: `+58412555${phones}`, behaviour: { sent_after_ms: 50, delivered_after_ms: 150, read_after_ms: 400 }, ...rest });
  await sim(`/people/${id}/messages`, { text, to, ...(timestamp ? { timestamp } : {}) });
  const find = async () => (await api('GET', '/v1/conversations?limit=100')).items.find((/** @type {any} */ row) => row.contact?.profile_name === name && row.number.id === to);
  const row = await until(find, `the conversation of ${name}`);
  if (kind) await api('PATCH', `/v1/contacts/${row.contact.id}`, { kind, name });
  if (assignee) await api('PATCH', `/v1/conversations/${row.id}`, { assignee });
  return row;
}

/** A day and a half ago: the customer service window has closed since. */
export const longAgo = () => new Date(Date.now() - 36 * 3_600_000).toISOString();
