// Small things about words that several parts of the settings need.

/**
 * An id made of a name: letters, digits and dashes.
 * @param {string} name
 */
export const slug = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64);

/** @param {string} text without accents and case, to look for */
export const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
