// The first line of a CSV file.

/**
 * The names of the columns. Commas, semicolons and tabs are told apart by which of them the line has most of.
 * @param {string} text the beginning of the file
 */
export function columnsOf(text) {
  const clean = text.replace(/^\uFEFF/, '');
  const count = (/** @type {string} */ mark) => clean.split(/\r?\n/, 1)[0].split(mark).length;
  const mark = [',', ';', '\t'].sort((a, b) => count(b) - count(a))[0];
  const names = [];
  let name = '';
  let quoted = false;
  for (let i = 0; i < clean.length; i += 1) {
    const sign = clean[i];
    if (quoted) {
      if (sign === '"' && clean[i + 1] === '"') { name += '"'; i += 1; } else if (sign === '"') quoted = false; else name += sign;
    } else if (sign === '"') quoted = true;
    else if (sign === mark) { names.push(name.trim()); name = ''; }
    else if (sign === '\n' || sign === '\r') break;
    else name += sign;
  }
  names.push(name.trim());
  return names.filter(Boolean);
}
