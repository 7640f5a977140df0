// Markets of Meta's rate cards in the reader's language: the cards name them in English.

import { language, localeOf } from './i18n.js';

/** What is no country. */
const REGIONS = /** @type {Record<string, string>} */ ({
  'North America': 'Norteamérica', 'Rest of Africa': 'Resto de África', 'Rest of Asia Pacific': 'Resto de Asia-Pacífico',
  'Rest of Central & Eastern Europe': 'Resto de Europa Central y del Este', 'Rest of Latin America': 'Resto de Latinoamérica',
  'Rest of Middle East': 'Resto de Oriente Medio', 'Rest of Western Europe': 'Resto de Europa Occidental', Other: 'Otros',
});

/** Countries by their English name. @type {Map<string, string> | null} */
let codes = null;

/** @param {string} name */
function codeOf(name) {
  if (!codes) {
    const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    codes = new Map(letters.flatMap((a) => letters.map((b) => a + b)).flatMap((code) => { const found = english.of(code); return found ? [[found, code]] : []; }));
    codes.set('Turkey', 'TR').set('Hong Kong', 'HK');
  }
  return codes.get(name);
}

/** @param {string} market as a rate card has it */
export function marketName(market) {
  const code = codeOf(market);
  if (code) return new Intl.DisplayNames([localeOf(language.value)], { type: 'region', style: 'short' }).of(code) ?? market;
  return language.value === 'es' ? REGIONS[market] ?? market : market;
}
