// The inbox's rules without a browser: the window, ticks, merging, lists, texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const site = '../../../functions/console/site/';
const { arc, leftText, share, windowLeft } = await import(`${site}lib/window.js`);
const model = await import(`${site}pages/inbox/thread-model.js`);
const lists = await import(`${site}pages/inbox/list-model.js`);
const { isEmojiOnly, readText } = await import(`${site}lib/whatsapp-text.js`);
const { likelyField } = await import(`${site}pages/inbox/likely-field.js`);
const { guess, titleOf } = await import(`${site}pages/inbox/template-values.js`);

const HOUR = 3_600_000;
const now = Date.parse('2026-11-27T12:00:00Z');
const closing = (hours) => ({ open: hours > 0, closes_at: new Date(now + hours * HOUR).toISOString() });

test('a window is open, low, in its last hour and closed at the right moments', () => {
  const state = (hours) => windowLeft(closing(hours), null, now).state;
  assert.deepEqual([23, 4.01, 4, 1.01, 1, 0.01, 0, -5].map(state), ['open', 'open', 'low', 'low', 'last', 'last', 'closed', 'closed']);
  assert.equal(windowLeft({ open: false, closes_at: null }, null, now).state, 'closed');
});

test('what is left is said in hours and minutes', () => {
  assert.equal(leftText(7 * HOUR + 4 * 60_000), '7 h 04');
  assert.equal(leftText(38 * 60_000), '38 min');
  assert.equal(leftText(20_000), '1 min');
});

test('the arc stays long enough to be seen and never closes the frame', () => {
  const dash = (hours) => Number(arc(windowLeft(closing(hours), null, now)).dash.split(' ')[0]);
  assert.ok(dash(0.05) >= 1);
  assert.ok(dash(24) < 24);
  assert.equal(share(windowLeft(closing(12), null, now)), 0.5);
});

test('an ad makes messages free, and does not open the window', () => {
  const ad = closing(60);
  assert.equal(windowLeft(closing(5), ad, now).ad, true);
  assert.equal(windowLeft(closing(-1), ad, now).state, 'closed');
});

const message = (id, second, more = {}) => ({
  id, direction: 'outbound', type: 'text', status: 'queued', statuses: {}, errors: [], reactions: [], content: { type: 'text', text: { body: id } },
  timestamp: new Date(now + second * 1000).toISOString(), received_at: new Date(now + second * 1000).toISOString(), ...more,
});

test('ticks never go back, in whichever order statuses come', () => {
  const order = ['read', 'sent', 'delivered', 'queued'];
  const last = order.reduce((was, status) => model.merged(was, message('a', 0, { status })), message('a', 0));
  assert.equal(last.status, 'read');
  assert.equal(model.tickOf(last), 'read');
  assert.equal(model.merged(message('a', 0, { status: 'failed' }), message('a', 0, { status: 'delivered' })).status, 'delivered');
  assert.equal(model.merged(message('a', 0, { status: 'delivered' }), message('a', 0, { status: 'failed' })).status, 'delivered');
});

test('the same message twice is there once, and nothing new changes nothing', () => {
  const all = model.take(new Map(), [message('a', 0), message('b', 1), message('a', 0)]);
  assert.deepEqual(model.sorted(all).map((one) => one.id), ['a', 'b']);
  assert.equal(model.take(all, [message('a', 0)]), all);
});

test('a message keeps its place when its time is told anew', () => {
  let all = model.take(new Map(), [message('a', 0), message('b', 1)]);
  all = model.take(all, [message('a', 9)]);
  assert.deepEqual(model.sorted(all).map((one) => one.id), ['a', 'b']);
});

test('chunks that did not change stay the same objects', () => {
  const many = (from, to) => Array.from({ length: to - from }, (_, i) => message(`m${String(from + i).padStart(4, '0')}`, from + i));
  let all = model.take(new Map(), many(100, 140));
  const first = model.chunked(model.sorted(all), []);
  all = model.take(all, many(0, 100));
  const older = model.chunked(model.sorted(all), first);
  assert.equal(older.flatMap((chunk) => chunk.items).length, 140);
  assert.ok(first.every((chunk) => older.includes(chunk)), 'older messages leave the chunks as they are');
  all = model.take(all, [message('new', 500)]);
  const newer = model.chunked(model.sorted(all), older);
  assert.equal(older.filter((chunk) => !newer.includes(chunk)).length, 1, 'only the last chunk is another');
  assert.ok(newer.every((chunk) => chunk.items.length <= 48));
});

test('bubbles stand together while one side speaks', () => {
  const [a, b, c] = [message('a', 0), message('b', 5), message('c', 9, { direction: 'inbound' })];
  assert.deepEqual(model.standing(b, a, c), { newDay: false, gap: false, tail: true });
  assert.equal(model.standing(a, undefined, b).newDay, true);
});

const row = (id, more = {}) => ({
  id, number: { id: 'n1' }, contact: { kind: 'contact' }, last_activity: '2026-11-27T10:00:00Z', window: closing(3), state: 'open', labels: [],
  assignee: null, important: false, answered: false, unread: false, waiting_since: '2026-11-27T09:00:00Z', version: 1, ...more,
});
const known = { me: 'ana', departmentOf: () => 'sales' };
const inList = (one, asked) => lists.belongs(one, { category: 'all', state: 'open', ...asked }, known);

test('a conversation belongs where the API would list it', () => {
  assert.ok(inList(row('a', { assignee: 'ana' }), { category: 'mine' }));
  assert.ok(!inList(row('a', { assignee: 'luis' }), { category: 'mine' }));
  assert.ok(inList(row('a'), { category: 'unassigned' }));
  assert.ok(!inList(row('a', { waiting_since: null }), { category: 'unassigned' }), 'nobody waits');
  assert.ok(!inList(row('a', { answered: true }), { category: 'new' }));
  assert.ok(inList(row('a', { contact: { kind: 'unknown' } }), { category: 'unknown' }));
  assert.ok(!inList(row('a', { state: 'closed' }), {}));
  assert.ok(inList(row('a'), { department: 'sales' }) && !inList(row('a', { department: 'care' }), { department: 'sales' }));
});

test('an older push does not undo a newer one', () => {
  const was = row('a', { version: 5, assignee: 'ana' });
  assert.equal(lists.newer(was, row('a', { version: 4 })), was);
  assert.equal(lists.newer(was, row('a', { version: 6 })).version, 6);
});

test('lists are ordered by activity, by who waits, and by what closes first', () => {
  const [a, b, c] = [
    row('a', { last_activity: '2026-11-27T10:00:00Z', waiting_since: null, window: closing(-1) }),
    row('b', { last_activity: '2026-11-27T11:00:00Z', window: closing(9) }),
    row('c', { last_activity: '2026-11-27T09:00:00Z', waiting_since: '2026-11-27T08:00:00Z', window: closing(1) }),
  ];
  const ids = (order) => lists.ordered([a, b, c], order).map((one) => one.id).join('');
  assert.deepEqual([ids('recent'), ids('waiting'), ids('window')], ['bac', 'cba', 'cba']);
});

test('of ten thousand rows only those in sight are drawn', () => {
  const { from, to } = lists.slice({ count: 10_000, height: 83, top: 83 * 5000, view: 800 });
  assert.ok(from > 4980 && to < 5030);
});

test('the marks of WhatsApp are read, and nothing else is', () => {
  const kinds = (text) => readText(text).flatMap((line) => line.inside.map((piece) => `${piece.kind}:${piece.text ?? piece.inside[0].text}`));
  assert.deepEqual(kinds('a *b* _c_ ~d~ `e`'), ['text:a ', 'bold:b', 'text: ', 'italic:c', 'text: ', 'struck:d', 'text: ', 'code:e']);
  assert.deepEqual(kinds('2*3*4 snake_case_name'), ['text:2*3*4 snake_case_name']);
  assert.deepEqual(kinds('see https://a.example/x_y_z.'), ['text:see ', 'link:https://a.example/x_y_z', 'text:.']);
  assert.deepEqual(kinds('<b>no</b>'), ['text:<b>no</b>']);
  assert.deepEqual(readText('> q\n- l\n2. n\n```x\ny```').map((line) => line.kind), ['quote', 'bullet', 'numbered', 'block']);
  assert.ok(isEmojiOnly('👍🏽❤️') && !isEmojiOnly('ok 👍') && !isEmojiOnly('123'));
});

test('a selected text is offered the field that fits', () => {
  const fields = [
    { id: 'name', label: 'Nombre', type: 'text' }, { id: 'email', label: 'Correo', type: 'text' }, { id: 'direccion', label: 'Dirección', type: 'text' },
    { id: 'cedula', label: 'Cédula', type: 'text' }, { id: 'interes', label: 'Interés', type: 'choice', options: ['Neveras'] },
  ];
  const field = (text, contact = { name: 'x', fields: {} }) => likelyField(text, fields, contact)?.id;
  assert.equal(field('ana@correo.example'), 'email');
  assert.equal(field('Av. Francisco de Miranda, Edif. Roraima, piso 6'), 'direccion');
  assert.equal(field('V-17.555.204'), 'cedula');
  assert.equal(field('neveras'), 'interes');
  assert.equal(field('Daniela Quintero', { name: null, fields: {} }), 'name');
});

test('a template is filled from the record by name and by greeting', () => {
  const components = [{ type: 'BODY', text: 'Hola {{1}}, tu factura {{factura}} vence.' }];
  const contact = { given_name: 'Carlos Andrés', fields: { factura: 'BOG-7731' } };
  const of = (name) => guess({ name, takes: 'text', required: true }, components, contact, [{ id: 'factura', label: 'Factura' }]);
  assert.deepEqual(of('body.1'), { value: 'Carlos', from: 'name' });
  assert.deepEqual(of('body.factura'), { value: 'BOG-7731', from: 'Factura' });
  assert.equal(titleOf(components, 'body.1'), 'Hola');
});

test('a file’s columns are read and sent where they belong', async () => {
  const { delimiterOf, readRows, targetOf } = await import(`${site}pages/people/csv.js`);
  const { conditionOf, withCondition } = await import(`${site}pages/people/filters.js`);
  const text = 'nombre_completo;celular;"a;b"\r\nLUISA F. ARANGO;3105550148;"x ""y""\nz"\r\n\r\n';
  assert.equal(delimiterOf(text), ';');
  assert.deepEqual(readRows(text, 9), [['nombre_completo', 'celular', 'a;b'], ['LUISA F. ARANGO', '3105550148', 'x "y"\nz']]);
  const fields = [{ id: 'ciudad', label: 'Ciudad' }];
  assert.deepEqual(['nombre_completo', 'Celular', 'CIUDAD', 'autoriza', 'obs'].map((name) => targetOf(name, fields)), ['name', 'phone', 'field.ciudad', 'consent.marketing', '']);
  assert.equal(withCondition('kind:lead label:vip', 'label', 'new'), 'kind:lead label:new');
  assert.equal(conditionOf('kind:lead label:vip', 'label'), 'vip');
});

test('a file goes as what WhatsApp takes it as, and its text with the first that can have one', async () => {
  const { kindOf } = await import(`${site}pages/inbox/file-kinds.js`);
  const { messagesOf } = await import(`${site}pages/inbox/attachments.js`);
  const MB = 1024 * 1024;
  const begins = { 'image/png': '\x89PNG\r\n\x1a\n', 'image/jpeg': '\xff\xd8\xff\xe0', 'image/webp': 'RIFF', 'video/mp4': '\0\0\0\x18ftypmp42', 'audio/ogg': 'OggS', 'audio/x-m4a': '\0\0\0\x1cftypM4A ', 'application/pdf': '%PDF-' };
  const goes = (type, size, beginning = begins[type]) => Object.values(kindOf(type, size, Uint8Array.from(beginning, (c) => c.charCodeAt(0)))).join(' ').trim();
  assert.deepEqual([
    goes('image/png', MB), goes('image/jpeg', MB), goes('video/mp4', 9), goes('audio/ogg', 9), goes('audio/x-m4a', 9), goes('application/pdf', 9),
  ], ['image image/png', 'image image/jpeg', 'video video/mp4', 'audio audio/ogg', 'audio audio/mp4', 'document application/pdf']);
  // Too large for a picture, a picture that WhatsApp does not know, and one that is none: each may still go as a document.
  assert.deepEqual([goes('image/png', 6 * MB), goes('image/webp', 9), goes('image/png', 9, '<html>')], ['document image/png image', 'document image/webp other', 'document image/png other']);
  const of = (kind, more = {}) => ({ kind, media: `m-${kind}`, name: 'a.pdf', voice: false, ...more });
  assert.deepEqual(messagesOf([of('audio', { voice: true }), of('image'), of('document')], 'hola'), {
    rest: '', messages: [{ type: 'audio', audio: { media: 'm-audio', voice: true } }, { type: 'image', image: { media: 'm-image', caption: 'hola' } }, { type: 'document', document: { media: 'm-document', filename: 'a.pdf' } }],
  });
  assert.equal(messagesOf([of('audio')], 'hola').rest, 'hola');
});
