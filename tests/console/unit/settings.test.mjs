// The rules of the settings and of people's wider pages, without a browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// The address is read when the router is loaded; there is none without a browser.
globalThis.location ??= /** @type {any} */ ({ pathname: '/', search: '' });
const site = '../../../functions/console/site/';
const i18n = await import(`${site}lib/i18n.js`);
const settings = `${site}pages/settings/`;
const facts = await import(`${settings}facts.js`);
const hours = await import(`${settings}hours.js`);
const blocked = await import(`${settings}blocked-model.js`);
const { sharesOf } = await import(`${settings}portfolio.js`);
const { profileChange } = await import(`${settings}number-profile.js`);
const { stepsOf } = await import(`${settings}number-steps.js`);
const { byMarket } = await import(`${settings}rates.js`);
const { deedOf } = await import(`${settings}audit.js`);
const { stateOf, EVENTS } = await import(`${settings}webhooks.js`);
const { isShorter } = await import(`${settings}retention.js`);
const { SCOPES } = await import(`${settings}clients.js`);
const { slug } = await import(`${settings}words.js`);
const report = await import(`${site}pages/people/report-model.js`);
const duplicates = await import(`${site}pages/people/duplicates.js`);

i18n.language.value = 'es';
for (const area of ['settings-numbers', 'settings-blocked']) i18n.addWords('es', (await import(`${site}i18n/${area}.es.js`)).default);
const at = (day) => Date.parse(`2026-11-${String(day).padStart(2, '0')}T00:00:00Z`);

test('a limit is said in people, however Meta writes it', () => {
  assert.deepEqual(['TIER_250', 'TIER_2K', 'TIER_100K', 'TIER_UNLIMITED', 'SOMETHING', null].map(facts.peopleOf), [250, 2000, 100000, null, undefined, undefined]);
  assert.equal(facts.wordOf('limit', 'TIER_2K'), '2.000 personas cada 24 h');
  assert.equal(facts.wordOf('quality', 'NEW_RATING'), 'NEW_RATING');
});

test('the quality of ninety days begins where the days begin', () => {
  const history = [{ what: 'quality', to: 'YELLOW', at: '2026-11-10T00:00:00Z' }, { what: 'limit', to: 'TIER_2K', at: '2026-11-09T00:00:00Z' }, { what: 'quality', to: 'GREEN', at: '2026-01-01T00:00:00Z' }];
  const steps = facts.qualitySteps(history, at(20), 15);
  assert.deepEqual(steps.map((step) => [step.value, new Date(step.from).getUTCDate(), new Date(step.to).getUTCDate()]), [['GREEN', 5, 10], ['YELLOW', 10, 20]]);
});

test('a number tells what is wrong with it, worst first, and nothing that is over', () => {
  const number = {
    facts: { quality: { value: 'YELLOW', at: 'x' }, status: { value: 'FLAGGED', at: 'x' }, health: { value: 'AVAILABLE', at: 'x' }, violation: { value: 'SCAM', at: 'x' } },
    restrictions: [{ kind: 'RESTRICTED_BIZ_INITIATED_MESSAGING', of: 'waba', until: '2026-11-01T00:00:00Z' }],
  };
  assert.deepEqual(facts.faultsOf(number, at(20)).map((fault) => fault.what), ['status', 'quality']);
  assert.deepEqual(facts.faultsOf({ ...number, restrictions: [{ ...number.restrictions[0], until: null }] }, at(20)).map((fault) => fault.what), ['restriction', 'status', 'quality', 'violation']);
});

test('whatever is blocked has a sentence about what stopped and what to do', () => {
  const faults = [
    ...['RESTRICTED_BIZ_INITIATED_MESSAGING', 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING', 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', 'RESTRICTED_BIZ_INITIATED_CALLING', 'NEW_ONE'].map((value) => ({ what: 'restriction', value })),
    ...['DISABLE', 'SCHEDULE_FOR_DISABLE'].map((value) => ({ what: 'ban', value })), { what: 'account', value: 'ACCOUNT_DELETED' }, { what: 'partner', value: 'PARTNER_REMOVED' },
    ...['LIMITED', 'BLOCKED'].map((value) => ({ what: 'health', value })), ...['FLAGGED', 'RATE_LIMITED', 'DISCONNECTED', 'BANNED'].map((value) => ({ what: 'status', value })),
    ...['YELLOW', 'RED'].map((value) => ({ what: 'quality', value })), { what: 'name_status', value: 'DECLINED' }, { what: 'code_verification', value: 'EXPIRED' }, { what: 'account_mode', value: 'SANDBOX' }, { what: 'violation', value: 'SCAM' },
  ];
  for (const fault of faults) {
    assert.ok(i18n.has(`blocked.stops.${blocked.affects(fault)}`), JSON.stringify(fault));
    assert.ok(i18n.has(`blocked.remedy.${blocked.remedyOf(fault)}`), JSON.stringify(fault));
  }
  assert.equal(blocked.affects(faults[0]), 'templates');
  assert.match(blocked.appealOf(faults[0], {}), /^https:\/\/business\.facebook\.com\//);
});

test('every guard of a campaign is said in words', () => {
  const { components } = JSON.parse(readFileSync(new URL('../../../events/openapi.json', import.meta.url), 'utf8'));
  for (const guard of components.schemas.CampaignGuard.enum) assert.ok(i18n.has(`blocked.guard.${guard}`), guard);
  for (const limit of components.schemas.CampaignWaits.enum) assert.ok(i18n.has(`blocked.waits.${limit}`), limit);
});

test('a program can be given every scope that a route needs, and none that opens nothing', () => {
  const { paths } = JSON.parse(readFileSync(new URL('../../../events/openapi.json', import.meta.url), 'utf8'));
  // Two routes name a scope of their own.
  const made = new Set(['messages:send', 'conversions:write']);
  for (const [path, methods] of Object.entries(paths)) for (const method of Object.keys(methods)) made.add(`${path.split('/')[2]}:${method === 'get' ? 'read' : 'write'}`);
  assert.deepEqual(SCOPES.filter((scope) => !made.has(scope)), []);
  assert.equal(new Set(SCOPES).size, SCOPES.length);
  assert.equal(new Set(EVENTS).size, EVENTS.length);
});

test('days with the same hours stand together, and hours that cross are told', () => {
  const day = [{ from: '09:00', to: '18:00' }];
  const week = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: [{ from: '09:00', to: '13:00' }] };
  assert.equal(hours.hoursInWords({ zone: 'America/Caracas', week }), 'lun–vie 09:00–18:00; sáb 09:00–13:00');
  assert.equal(hours.hoursInWords(null), 'Siempre abierto');
  assert.deepEqual([[['9:00', '18:00']], [['18:00', '09:00']], [['09:00', '14:00'], ['13:00', '18:00']], [['09:00', '24:00']]].map((spans) => hours.faultOfSpans(spans.map(([from, to]) => ({ from, to })))), ['time', 'order', 'overlap', '']);
});

test('what is used and what is kept of a limit never add up to more than it', () => {
  assert.deepEqual(sharesOf({ limit: 2000, used: 500, head_room: 100, others: 100 }), { used: 0.25, kept: 0.1, free: 1300 });
  assert.deepEqual(sharesOf({ limit: 2000, used: 1900, head_room: 100, others: 100 }), { used: 0.95, kept: 0.05, free: 0 });
  assert.equal(sharesOf({ limit: null, used: 5, head_room: 0, others: 0 }), null);
});

test('only what changed of a profile is asked of Meta', () => {
  const was = { about: 'Hi', email: 'a@b.example', websites: ['https://a.example'] };
  assert.deepEqual(profileChange(was, { ...was, websites: ['https://a.example', ''] }), {});
  assert.deepEqual(profileChange(was, { ...was, about: 'Hello', email: '', websites: [] }), { about: 'Hello', email: null, websites: null });
});

test('a number that is verified is not asked for a code', () => {
  assert.deepEqual(stepsOf({ facts: {} }), ['request_code', 'verify_code', 'register', 'pin', 'display_name']);
  assert.deepEqual(stepsOf({ facts: { code_verification: { value: 'VERIFIED' }, status: { value: 'CONNECTED' } } }), ['register', 'pin', 'display_name', 'deregister']);
});

test('prices of a market stand in one row', () => {
  const bands = [{ above: 0, price: '0.1' }];
  assert.deepEqual(byMarket([{ market: 'A', category: 'marketing', bands }, { market: 'B', category: 'utility', bands }, { market: 'A', category: 'utility', bands }]), [{ market: 'A', prices: { marketing: bands, utility: bands } }, { market: 'B', prices: { utility: bands } }]);
});

test('what somebody did is read from the route', () => {
  assert.deepEqual(deedOf({ method: 'POST', route: '/v1/contacts/{id}/merge' }), { what: 'contacts', step: 'merge', verb: 'post' });
  assert.deepEqual(deedOf({ method: 'PUT', route: '/v1/settings/retention' }), { what: 'settings/retention', step: '', verb: 'put' });
  assert.deepEqual(deedOf({ method: 'DELETE', route: '/v1/labels/{id}' }), { what: 'labels', step: '', verb: 'delete' });
});

test('an endpoint that was turned off for failing is not like one that somebody turned off', () => {
  assert.deepEqual([{ enabled: true }, { enabled: false }, { enabled: false, disabled_because: 'x' }, { enabled: true, failing_since: 'x' }].map((one) => stateOf(one).word), ['on', 'off', 'disabled_for', 'failing']);
});

test('a shorter retention is asked about, a longer one is not', () => {
  assert.equal(isShorter({ messages: null }, { messages: 365 }), true);
  assert.equal(isShorter({ messages: 365 }, { messages: 730 }), false);
  assert.equal(isShorter({ messages: 365 }, { messages: null }), false);
});

test('an id is made of a name, whatever its accents', () => {
  assert.deepEqual(['Servicio técnico', ' ¿Qué? ', 'Ñandú 2'].map(slug), ['servicio-tecnico', 'que', 'nandu-2']);
});

test('the faults of a report stand together, the most frequent first', () => {
  const text = 'line,outcome,contact,column,problem\n2,created,x,,\n3,refused,,phone,must be a phone with its calling code\n4,refused,,email,must be an e-mail address\n5,refused,,email,must be an e-mail address\n';
  assert.deepEqual(report.faultsOf(text).map((fault) => [fault.column, fault.lines, report.wordOfProblem(fault.problem)]), [['email', [4, 5], 'email'], ['phone', [3], 'phone']]);
  assert.deepEqual(report.rangesOf([9, 3, 4, 5, 12, 13], 2), { shown: '3–5, 9', more: 2 });
  assert.equal(report.wordOfProblem('something new'), '');
});

test('two records are one pair, and the better known of them stays', () => {
  const one = { id: 'a', kind: 'unknown', phone: '1', created_at: '2026-01-01' };
  const two = { id: 'b', kind: 'contact', created_at: '2026-02-01' };
  assert.equal(duplicates.once([{ one, two, reasons: [] }, { one: two, two: one, reasons: [] }, { one, two: one, reasons: [] }]).length, 1);
  assert.equal(duplicates.stays(one, two), two);
  assert.equal(duplicates.stays({ ...one, kind: 'lead' }, two).id, 'a');
});
