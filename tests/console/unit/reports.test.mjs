// What figures of a report come to, and the dates that an address asks for.

import assert from 'node:assert/strict';
import test from 'node:test';

import { addWords, language } from '../../../functions/console/site/lib/i18n.js';
import es from '../../../functions/console/site/i18n/reports.es.js';
import { bars, change, duration, isEmpty, marks, markets, minutesShort, share, week, worst } from '../../../functions/console/site/pages/reports/model.js';
import { addDays, askedOf, daysIn, faultOf, searchOf, todayOf } from '../../../functions/console/site/pages/reports/range.js';
import { againstCount, againstTime, hourFrom, hourLong, marketName, rangeName, weekdayLong, weekdayShort } from '../../../functions/console/site/pages/reports/words.js';

addWords('es', { ...es, 'campaigns.market.Rest of Latin America': 'Resto de Latinoamérica' });
language.value = 'es';

const TODAY = '2026-11-17';
const asked = (query) => askedOf(new URLSearchParams(query), TODAY);
const dates = (query) => { const { from, to, fault } = asked(query); return [from, to, fault]; };

test('thirty days up to today are asked for, unless the address says otherwise', () => {
  assert.deepEqual(dates(''), ['2026-10-19', '2026-11-17', '']);
  assert.deepEqual(dates('range=7'), ['2026-11-11', '2026-11-17', '']);
  assert.deepEqual(dates('range=90'), ['2026-08-20', '2026-11-17', '']);
  assert.deepEqual(dates('range=month'), ['2026-11-01', '2026-11-17', '']);
  assert.deepEqual(dates('range=forever'), ['2026-10-19', '2026-11-17', '']);
  assert.deepEqual(dates('from=2026-02-01&to=2026-02-28'), ['2026-02-01', '2026-02-28', '']);
});

test('dates that cannot be are told before anything is asked', () => {
  assert.equal(faultOf('2026-11-02', '2026-11-01'), 'order');
  assert.equal(faultOf('2025-01-01', '2026-01-01'), '');
  assert.equal(faultOf('2025-01-01', '2026-01-02'), 'long');
  assert.equal(faultOf('2026-02-30', '2026-03-01'), 'missing');
  assert.equal(faultOf('', '2026-03-01'), 'missing');
});

test('an address keeps what was chosen and nothing that goes without saying', () => {
  for (const query of ['', 'range=7', 'range=month&number=1', 'from=2026-02-01&to=2026-02-28&department=ventas', 'range=7&currency=COP']) {
    assert.equal(searchOf(asked(query)), query && `?${query}`);
  }
});

test('days are days of the calendar, over months, leap years and changes of the clock', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
  assert.equal(daysIn('2026-03-01', '2026-04-30'), 61);
  assert.equal(todayOf(new Date(2026, 0, 5, 23, 59)), '2026-01-05');
});

test('times are read in the unit that fits', () => {
  assert.deepEqual([0, 45, 59.7, 360, 3599, 15_000, 172_800, 186_000].map(duration), ['0 s', '45 s', '1 min', '6 min', '1 h 00', '4 h 10', '2 d', '2 d 4 h']);
  assert.equal(duration(null), '');
  assert.deepEqual([120, 5940, 6000, 300_000].map(minutesShort), ['2', '99', '2h', '3d']);
});

test('a share of nothing is not a share', () => {
  assert.equal(share(1, 4), 0.25);
  assert.equal(share(0, 0), null);
  assert.deepEqual(change(5, 0), { by: 5, share: null });
});

const day = (date, received, more = {}) => ({ day: date, conversations: 1, received, sent: { agents: 2, programs: 1, automatic: 1, campaigns: 0 }, resolved: 1, unanswered: 1, opted_out: 0, first_response: { count: 4, on_time: 3 }, ...more });

test('days without anything have their place among the bars', () => {
  const { bars: drawn, weekly } = bars({ from: '2026-11-01', to: '2026-11-04', days: [day('2026-11-01', 5), day('2026-11-04', 7)] });
  assert.equal(weekly, false);
  assert.deepEqual(drawn.map((one) => [one.from, one.received, one.agents, one.on_time]), [['2026-11-01', 5, 2, 3], ['2026-11-02', 0, 0, 0], ['2026-11-03', 0, 0, 0], ['2026-11-04', 7, 2, 3]]);
});

test('a long range is drawn by weeks, and nothing is lost or counted twice', () => {
  const all = Array.from({ length: 200 }, (_, i) => day(addDays('2026-01-01', i), i));
  const { bars: drawn, weekly } = bars({ from: '2026-01-01', to: addDays('2026-01-01', 199), days: all });
  assert.equal(weekly, true);
  assert.deepEqual([drawn[0].from, drawn[0].to, drawn[1].from], ['2026-01-01', '2026-01-04', '2026-01-05']);
  assert.equal(drawn.reduce((sum, one) => sum + one.received, 0), (199 * 200) / 2);
  assert.equal(drawn.at(-1).to, '2026-07-19');
});

test('an axis ends above the most, in round steps that are whole', () => {
  for (const most of [0, 1, 2, 3, 7, 12, 99, 100, 101, 1172, 25_000, 1_000_000]) {
    const lines = marks(most);
    assert.ok(lines.at(-1) >= most && lines.length <= 6 && lines.length >= 2, `${most}: ${lines}`);
    assert.ok(lines.every(Number.isInteger), String(lines));
  }
  assert.deepEqual(marks(1172), [0, 250, 500, 750, 1000, 1250]);
});

const hour = (weekday, at, minutes, count = 10) => ({ weekday, hour: at, count, median_seconds: minutes * 60 });

test('hours of the week reach from the first that has something to the last, and only those above the target are dark', () => {
  const table = week([hour(1, 9, 5), hour(6, 11, 20), hour(2, 20, 5, 0)], 600);
  assert.deepEqual(table.columns, [9, 10, 11]);
  assert.deepEqual(table.rows.map((row) => row.weekday), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(table.rows[5].cells.map((cell) => cell?.over ?? null), [null, null, true]);
  const [light, dark] = [table.rows[0].cells[0].shade, table.rows[5].cells[2].shade];
  assert.ok(light < 50 && dark > 75, 'between light and dark lies the target');
  assert.equal(week([], 600), null);
});

test('the worst time is the stretch in which most people waited too long', () => {
  const hours = [hour(1, 9, 50, 2), hour(3, 10, 30, 5), hour(5, 13, 14, 20), hour(5, 14, 22, 20), hour(5, 15, 9, 20), hour(5, 16, 11, 30)];
  assert.deepEqual(worst(hours, 600), { weekday: 5, from: 13, to: 15, count: 40, most: 22 * 60 });
  assert.equal(worst([hour(1, 9, 50, 2)], 600), null);
});

test('costs stand by currency and market, the dearest first, each category once in its place', () => {
  const cost = (market, category, micros, currency = 'USD') => ({ market, name: market, category, messages: 10, currency, micros });
  const two = markets([{ ...cost('VE', 'utility', 5), name: 'Rest of Latin America' }, { ...cost('EC', 'utility', 7), name: 'Rest of Latin America' }]);
  assert.deepEqual(two[0].rows.map((row) => [row.name, row.micros, row.messages, row.parts.length]), [['Rest of Latin America', 12, 20, 1]], 'countries of one market are one');
  const all = markets([cost('Chile', 'utility', 5), cost('Colombia', 'utility', 20), cost('Colombia', 'marketing', 70), cost('Spain', 'marketing', 8, 'EUR')]);
  assert.deepEqual(all.map((one) => [one.currency, one.micros, one.most]), [['USD', 95, 90], ['EUR', 8, 8]]);
  assert.deepEqual(all[0].rows.map((row) => [row.market, row.messages, row.parts.map((part) => part.category)]), [['Colombia', 20, ['marketing', 'utility']], ['Chile', 10, ['utility']]]);
});

test('a report with nothing in it says so', () => {
  const totals = { conversations: 0, received: 0, sent: { agents: 0, automatic: 0, campaigns: 0 }, delivery: { accepted: 0 }, opted_out: 0, opted_in: 0, unanswered: 0 };
  assert.equal(isEmpty({ totals, campaigns: [] }), true);
  assert.equal(isEmpty({ totals: { ...totals, sent: { agents: 0, automatic: 0, campaigns: 1 } }, campaigns: [] }), false);
});

test('figures are told against those before: shares of many, differences of few', () => {
  assert.deepEqual(againstCount(2318, 2088), { text: '+11 %', by: 230 });
  assert.deepEqual(againstCount(37, 28), { text: '+9', by: 9 });
  assert.equal(againstCount(0, 12).text, '−12');
  assert.equal(againstCount(4, 4).text, 'igual');
  assert.equal(againstTime(360, 480).text, '2 min menos');
  assert.equal(againstTime(361, 359).text, 'igual');
  assert.equal(againstTime(null, 480), null);
});

test('days, hours and markets are named in the language that is shown', () => {
  assert.equal(rangeName('2026-10-19', TODAY), '19 oct a 17 nov 2026');
  assert.equal(rangeName('2025-12-19', TODAY), '19 dic 2025 a 17 nov 2026');
  assert.deepEqual([weekdayShort(1), weekdayShort(7), weekdayLong(3)], ['Lun', 'Dom', 'Miércoles']);
  assert.deepEqual([hourFrom(13), hourLong(20)], ['13', '20 h']);
  assert.deepEqual([marketName('VE', 'Rest of Latin America'), marketName('ES', 'Spain'), marketName('DZ', 'Rest of Africa'), marketName('', '')], ['Resto de Latinoamérica', 'España', 'Rest of Africa', 'Sin país']);
  language.value = 'en';
  assert.deepEqual([hourFrom(13), hourLong(24), weekdayShort(1)], ['1 PM', '12 AM', 'Mon']);
  language.value = 'es';
});
