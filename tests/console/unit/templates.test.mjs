// A template between Meta's form and the editor's.

import assert from 'node:assert/strict';
import test from 'node:test';

import { checks, componentsOf, draftOf, emptyDraft, grouped, nextVariable, toCreate, toEdit, unknownParts } from '../../../functions/console/site/pages/templates/draft.js';
import { sampleOf, sampleView, titleOf, variables } from '../../../functions/console/site/pages/templates/sample.js';

const COMPONENTS = [
  { type: 'HEADER', format: 'TEXT', text: 'Up to {{1}} off', example: { header_text: ['25 %'] } },
  { type: 'BODY', text: 'Hello {{1}}, come to {{2}} today.', example: { body_text: [['Ana', 'Lima']] } },
  { type: 'FOOTER', text: 'STOP to get no more' },
  { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes' }, { type: 'URL', text: 'See', url: 'https://shop.example/{{1}}', example: ['spring'] }] },
];
const detail = (components = COMPONENTS, more = {}) => ({ waba: '1', name: 'spring', language: 'en', category: 'MARKETING', parameter_format: 'POSITIONAL', status: 'REJECTED', components, ...more });
const failing = (draft) => checks(draft).filter((one) => !one.holds).map((one) => one.word);

test('a template comes out of the editor as it went in', () => assert.deepEqual(componentsOf(draftOf(detail())), COMPONENTS));

test('named parameters keep their names and samples', () => {
  const components = [{ type: 'BODY', text: 'Hello {{first_name}}, see you.', example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ana' }] } }];
  assert.deepEqual(componentsOf(draftOf(detail(components, { parameter_format: 'NAMED' }))), components);
});

test('a carousel keeps its cards, and an offer its end', () => {
  const carousel = [{ type: 'BODY', text: 'New:' }, { type: 'CAROUSEL', cards: [1, 2].map((n) => ({ components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: [`h${n}`] } }, { type: 'BODY', text: `Card ${n}` }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes' }] }] })) }];
  assert.deepEqual(componentsOf(draftOf(detail(carousel))), carousel);
  const offer = [{ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Today', has_expiration: true } }, { type: 'BODY', text: 'Half price.' }, { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'HALF' }] }];
  assert.deepEqual(componentsOf(draftOf(detail(offer))), offer);
});

test('an authentication template has the text of WhatsApp and a button for its code', () => {
  const parts = componentsOf({ ...emptyDraft('1', 'es'), category: 'AUTHENTICATION' });
  assert.deepEqual(parts.map((one) => one.type), ['BODY', 'FOOTER', 'BUTTONS']);
  assert.equal(sampleView(parts).body, '*123456*');
});

test('an approved template keeps its category when it is changed', () => {
  const draft = { ...draftOf(detail()), category: 'UTILITY' };
  assert.equal(toEdit(draft, detail(COMPONENTS, { status: 'APPROVED' })).category, undefined);
  assert.equal(toEdit(draft, detail()).category, 'UTILITY');
  assert.equal(toCreate(draft).template.parameter_format, 'POSITIONAL');
});

test('what Meta is known to refuse is told before', () => {
  const good = { ...draftOf(detail()), name: 'spring' };
  assert.deepEqual(failing(good), []);
  assert.deepEqual(failing({ ...good, body: '{{1}} is here', samples: { 1: 'Ana' } }), ['ends']);
  assert.deepEqual(failing({ ...good, samples: { 1: 'Ana' } }), ['samples']);
  assert.deepEqual(failing({ ...good, name: 'Spring!' }), ['name']);
  assert.deepEqual(failing({ ...good, footer: '' }), ['opt_out']);
  assert.deepEqual(failing({ ...good, category: 'UTILITY', body: 'A discount for {{1}} in {{2}} now.' }), ['utility']);
});

test('quick replies stand next to each other', () => {
  const of = (...kinds) => kinds.map((kind) => ({ kind, text: 'x' }));
  assert.equal(grouped(of('QUICK_REPLY', 'QUICK_REPLY', 'URL')), true);
  assert.equal(grouped(of('QUICK_REPLY', 'URL', 'QUICK_REPLY')), false);
});

test('a template with parts that the form does not know is not edited', () => {
  assert.deepEqual(unknownParts(COMPONENTS), []);
  assert.deepEqual(unknownParts([{ type: 'BODY', text: 'x' }, { type: 'CALL_PERMISSION_REQUEST' }]), ['CALL_PERMISSION_REQUEST']);
});

test('variables, their samples and what they are called', () => {
  assert.deepEqual(variables('{{1}} and {{ name }} and {{1}}'), ['1', 'name']);
  assert.equal(nextVariable('{{1}} {{4}}', false), '5');
  assert.equal(nextVariable('{{param_2}}', true), 'param_3');
  assert.equal(sampleOf(COMPONENTS, 'body.2'), 'Lima');
  assert.equal(titleOf(COMPONENTS, 'body.2'), 'Hello …, come to');
  assert.equal(sampleView(COMPONENTS).body, 'Hello Ana, come to Lima today.');
  assert.equal(sampleView(COMPONENTS, { empty: true }).body, 'Hello {{1}}, come to {{2}} today.');
});
