// Words in two languages. Each area of the console brings its own, loaded when the area is first visited.

import { signal } from './view.js';

/** @typedef {'es' | 'en'} Language */
/** @typedef {string | { one: string, other: string }} Words */

const KEEP = 'ventana.language';
/** @type {Record<Language, Record<string, Words>>} */
const words = { es: {}, en: {} };
/** @type {Set<string>} */
const areas = new Set();
/** @type {Map<string, Promise<void>>} */
const loads = new Map();

/**
 * The language that fits what a browser prefers: the first that there is.
 * @param {readonly string[]} preferred
 * @returns {Language}
 */
export function fitting(preferred) {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split('-')[0];
    if (base === 'es' || base === 'en') return base;
  }
  return 'en';
}

function initial() {
  try {
    const kept = localStorage.getItem(KEEP);
    if (kept === 'es' || kept === 'en') return kept;
  } catch { /* Storage may be off. The browser's language is as good. */ }
  return fitting(typeof navigator === 'undefined' ? [] : navigator.languages);
}

/** The language that is shown. Whoever reads it is drawn anew when it changes. */
export const language = signal(/** @type {Language} */ (initial()));

/** The locale for dates and numbers of a language. Spanish figures are `1.250,00`, as the guide has them. */
export const localeOf = (/** @type {Language} */ lang) => (lang === 'es' ? 'es-VE' : 'en-US');

/**
 * Adds words of a language.
 * @param {Language} lang
 * @param {Record<string, Words>} more
 */
export function addWords(lang, more) {
  Object.assign(words[lang], more);
}

/**
 * @param {string} area
 * @param {Language} lang
 */
function load(area, lang) {
  const file = `../i18n/${area}.${lang}.js`;
  let loading = loads.get(file);
  if (!loading) {
    loading = import(file).then((module) => addWords(lang, module.default));
    loading.catch(() => loads.delete(file));
    loads.set(file, loading);
  }
  return loading;
}

/**
 * Loads the words of areas in the language that is shown.
 * @param {...string} names
 */
export async function loadWords(...names) {
  names.forEach((name) => areas.add(name));
  await Promise.all(names.map((name) => load(name, language.peek())));
}

/**
 * Changes the language of everything that is shown, and keeps the choice.
 * @param {Language} lang
 */
export async function setLanguage(lang) {
  await Promise.all([...areas].map((area) => load(area, lang)));
  try { localStorage.setItem(KEEP, lang); } catch { /* Then it lasts as long as the page. */ }
  language.value = lang;
  mark(lang);
}

/** @param {Language} lang */
export function mark(lang) {
  document.documentElement.lang = lang === 'es' ? 'es-419' : 'en';
}

/** @type {Record<string, Intl.PluralRules>} */
const rules = {};

/**
 * The words of a key, with `{name}` filled from `values`. Where there are two forms, `values.n` chooses. A key without
 * words is shown itself: a test holds both languages against each other, and keys against the code.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
export function t(key, values) {
  const lang = language.value;
  const found = words[lang][key];
  if (found === undefined) return key;
  const text = typeof found === 'string' ? found : found[form(lang, values?.n)];
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? show(values[name], lang) : whole));
}

/** Whether there are words for a key. */
export const has = (/** @type {string} */ key) => words[language.value][key] !== undefined;

/**
 * @param {Language} lang
 * @param {unknown} n
 * @returns {'one' | 'other'}
 */
function form(lang, n) {
  rules[lang] ??= new Intl.PluralRules(lang);
  return rules[lang].select(Number(n)) === 'one' ? 'one' : 'other';
}

/**
 * @param {unknown} value
 * @param {Language} lang
 */
function show(value, lang) {
  return typeof value === 'number' ? new Intl.NumberFormat(localeOf(lang)).format(value) : String(value ?? '');
}
