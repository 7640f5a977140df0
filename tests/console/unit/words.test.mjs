// The words of the console: the same keys in both languages, and words for every key that the code names.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const SITE = new URL('../../../functions/console/site/', import.meta.url).pathname;
const I18N = join(SITE, 'i18n');
const areas = [...new Set(readdirSync(I18N).map((file) => file.split('.')[0]))];
const wordsOf = async (area, language) => (await import(join(I18N, `${area}.${language}.js`))).default;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !['vendor', 'i18n'].includes(entry.name)) yield* sources(path);
    else if (entry.name.endsWith('.js')) yield path;
  }
}

for (const area of areas) {
  test(`${area} says the same in both languages`, async () => {
    const [es, en] = [await wordsOf(area, 'es'), await wordsOf(area, 'en')];
    assert.deepEqual(Object.keys(es).sort(), Object.keys(en).sort());
    for (const key of Object.keys(es)) {
      const slots = (words) => [...JSON.stringify(words).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      assert.equal(typeof es[key], typeof en[key], key);
      assert.deepEqual([...new Set(slots(es[key]))], [...new Set(slots(en[key]))], key);
    }
  });
}

test('every key that the code names has words', async () => {
  const known = new Set();
  for (const area of areas) for (const key of Object.keys(await wordsOf(area, 'es'))) known.add(key);
  const missing = new Set();
  for (const path of sources(SITE)) {
    for (const [, key] of readFileSync(path, 'utf8').matchAll(/\bt\('([a-z_]+(?:\.[\w-]+)+)'/g)) {
      if (!known.has(key)) missing.add(`${path.slice(SITE.length)}: ${key}`);
    }
  }
  assert.deepEqual([...missing], []);
});

test('no words have an exclamation mark', async () => {
  for (const area of areas) for (const language of ['es', 'en']) assert.doesNotMatch(JSON.stringify(await wordsOf(area, language)), /[!¡]/, area);
});
