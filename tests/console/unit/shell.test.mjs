// The shell's rules without a browser: languages, dates and figures, phones, keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const site = '../../../functions/console/site/';
const i18n = await import(`${site}lib/i18n.js`);
const format = await import(`${site}lib/format.js`);
const { comboOf } = await import(`${site}lib/keyboard.js`);

i18n.addWords('es', { 'time.yesterday': 'Ayer', 'time.today_is': 'Hoy, {day}', 'a.n': { one: '{n} fila', other: '{n} filas' } });
i18n.addWords('en', { 'time.yesterday': 'Yesterday', 'time.today_is': 'Today, {day}', 'a.n': { one: '{n} row', other: '{n} rows' } });
const inLanguage = (lang, run) => { i18n.language.value = lang; return run(); };

test('the language is the first of the browser’s that there is', () => {
  assert.equal(i18n.fitting(['pt-BR', 'es-VE', 'en']), 'es');
  assert.equal(i18n.fitting(['en-GB', 'es']), 'en');
  assert.equal(i18n.fitting(['ja']), 'en');
});

test('plurals and figures follow the language', () => {
  assert.equal(inLanguage('es', () => i18n.t('a.n', { n: 1 })), '1 fila');
  assert.equal(inLanguage('es', () => i18n.t('a.n', { n: 1250 })), '1.250 filas');
  assert.equal(inLanguage('en', () => i18n.t('a.n', { n: 1250 })), '1,250 rows');
});

test('dates and money are written as the guide writes them', () => {
  const at = new Date(2026, 10, 17, 14, 36);
  assert.equal(inLanguage('es', () => format.time(at)), '14:36');
  assert.equal(inLanguage('es', () => format.day(at)), '17 nov 2026');
  assert.equal(inLanguage('es', () => format.money('1250', 'USD')), 'USD 1.250,00');
  assert.equal(inLanguage('es', () => format.money('0.0008', 'USD')), 'USD 0,0008');
  assert.equal(inLanguage('es', () => format.percent(0.71)), '71 %');
  assert.equal(inLanguage('en', () => format.money('1250', 'USD')), 'USD 1,250.00');
});

test('a list says when something happened as short as it can', () => {
  const now = new Date(2026, 10, 17, 14, 36).getTime();
  const es = (when) => inLanguage('es', () => format.recent(when, now));
  assert.deepEqual([es(now - 60_000), es(now - 86_400_000), es(new Date(2026, 7, 4))], ['14:35', 'Ayer', '4 ago']);
  assert.equal(format.recent(null, now), '');
});

test('phones are set in groups, whatever the country', () => {
  assert.equal(format.phone('584125550136'), '+58 412 555 0136');
  assert.equal(format.phone('+15550100177'), '+1 555 010 0177');
  assert.equal(format.phone(null), '');
});

test('a key is what was pressed, with what was held', () => {
  const event = (key, held = {}) => ({ key, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false, ...held });
  assert.equal(comboOf(event('?', { shiftKey: true }), false), '?');
  assert.equal(comboOf(event('A', { shiftKey: true }), false), 'shift+a');
  assert.equal(comboOf(event('k', { ctrlKey: true }), false), 'mod+k');
  assert.equal(comboOf(event('k', { metaKey: true }), true), 'mod+k');
});
