// What the campaign pages know by themselves.

import assert from 'node:assert/strict';
import test from 'node:test';

import { axisOf, interval } from '../../../functions/console/site/pages/campaigns/charts.js';
import { columnsOf } from '../../../functions/console/site/pages/campaigns/csv.js';
import { bindings, boundOnly, copyOf, emptyDefinition, isComplete, lacks, outcomes, readCron, shares, standing, toSend, unfilled, writeCron } from '../../../functions/console/site/pages/campaigns/model.js';

const draft = (more = {}) => ({ ...emptyDefinition(['1']), name: 'Spring', templates: [{ template: 'offer', weight: 1, parameters: {} }], language: { default: 'es', by_contact: false }, audience: { include: [{ list: 'l' }], exclude: [] }, ...more });

test('a draft is kept once it has a name, a number, an audience and a template', () => {
  assert.equal(isComplete(draft()), true);
  assert.deepEqual(lacks(draft({ name: ' ', numbers: [], templates: [] })), { audience: ['name', 'numbers'], template: ['template'] });
});

test('a copy starts as a draft without the dates of the first', () => {
  const copy = copyOf({ ...draft(), start: { at: { time: '2026-01-01T09:00', zone: 'UTC' } }, ends_at: '2026-01-02T00:00:00Z' }, 'Again');
  assert.deepEqual([copy.start, copy.ends_at, copy.name], ['now', null, 'Again']);
});

test('a parameter that is half written is not sent, and an empty fallback is none', () => {
  const parameters = { 'body.1': { from: { record: 'first_name' }, fallback: ' ' }, 'body.2': { from: { text: '' } } };
  assert.deepEqual(boundOnly(parameters), { 'body.1': { from: { record: 'first_name' } } });
  assert.deepEqual(toSend(draft({ templates: [{ template: 'offer', weight: 1, parameters }] })).templates[0].parameters, { 'body.1': { from: { record: 'first_name' } } });
});

test('a parameter without a source is still to be filled, buttons fill themselves', () => {
  const parametersOf = () => [{ name: 'body.1', takes: 'text', required: true }, { name: 'button.0', takes: 'payload', required: false }];
  assert.deepEqual(unfilled(draft(), parametersOf), ['0:body.1']);
});

test('a preview is filled from the same places as the campaign', () => {
  const bound = bindings({ a: { from: { record: 'first_name' }, fallback: 'friend' }, b: { from: { record: 'field.shop' } }, c: { from: { text: 'x' } }, d: { from: { line: 'city' } } });
  assert.deepEqual(bound.a, { from: { source: 'contact.first_name', fallback: { text: 'friend' } } });
  assert.deepEqual([bound.b.from.source, bound.c.constant.text, bound.d.from.source], ['field.shop', 'x', 'line.city']);
});

test('the outcomes of a pre-flight add up to the audience', () => {
  const all = outcomes({ receiving: 70, skipped: { no_consent: 20, held_out: 8, erased: 0 }, wait: { quiet_hours: 5 } });
  assert.deepEqual([all.people, all.heldOut, all.wait, all.skipped], [98, 8, 5, [['no_consent', 20]]]);
});

test('each person of a report stands in one place, also who was put off before', () => {
  const where = standing({ people: 240, accepted: 150, delivered: 140, failed: 6, refused: 2, waiting: 10, unknown: 0, skipped: { excluded: 60 }, put_off: { pair_rate: 40 } });
  assert.deepEqual([where.meant, where.parked, where.unconfirmed], [180, 18, 6]);
  assert.equal(where.delivered + where.failed + where.unconfirmed + where.parked + where.queued, where.meant);
});

test('weights are shares, and none at all are none', () => {
  assert.deepEqual(shares([{ weight: 1 }, { weight: 3 }]), [0.25, 0.75]);
  assert.deepEqual(shares([{ weight: 0 }]), [0]);
});

test('a calendar rule of the form is read as it was written', () => {
  assert.equal(writeCron({ time: '09:30', days: [3, 1], monthDay: null }), '30 9 * * 1,3');
  assert.deepEqual(readCron('30 9 * * 1,3'), { time: '09:30', days: [1, 3], monthDay: null });
  assert.deepEqual(readCron('0 10 15 * *'), { time: '10:00', days: [], monthDay: 15 });
  assert.equal(readCron('*/5 * * * *'), null);
});

test('the columns of a file are read with any separator and with quotes', () => {
  assert.deepEqual(columnsOf('\uFEFFtelefono;"nombre; apellido";ciudad\r\n1;2;3'), ['telefono', 'nombre; apellido', 'ciudad']);
  assert.deepEqual(columnsOf('phone,"a ""b"""\n'), ['phone', 'a "b"']);
});

test('an interval holds its share and shrinks with more people', () => {
  const [low, high] = interval(4, 259);
  assert.ok(low > 0 && low < 4 / 259 && high > 4 / 259 && high < 0.05);
  assert.deepEqual(interval(0, 0), [0, 1]);
  assert.ok(interval(400, 25900)[1] < high);
  assert.deepEqual(axisOf(0.04), { step: 0.01, end: 0.04 });
});
