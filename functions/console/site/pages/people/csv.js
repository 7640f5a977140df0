// Reads the head of a CSV file, to map its columns. The file itself is read by the API. No requests.

/** What separates the cells: whatever the first line has most of, outside of quotes. @param {string} text */
export function delimiterOf(text) {
  const first = text.split('\n', 1)[0].replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((one) => /** @type {[number, string]} */ ([first.split(one).length - 1, one]));
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

/**
 * The first rows of a file.
 * @param {string} text
 * @param {number} most
 * @returns {string[][]}
 */
export function readRows(text, most) {
  const delimiter = delimiterOf(text);
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length && rows.length < most; i += 1) {
    const sign = text[i];
    if (quoted) {
      if (sign === '"' && text[i + 1] === '"') { cell += '"'; i += 1; } else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === delimiter) { row.push(cell); cell = ''; } else if (sign === '\n') {
      row.push(cell.replace(/\r$/, ''));
      rows.push(row);
      [row, cell] = [[], ''];
    } else cell += sign;
  }
  if (rows.length < most && (cell || row.length)) rows.push([...row, cell]);
  return rows.filter((one) => one.some((each) => each.trim()));
}

const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();

const GUESSES = /** @type {[RegExp, string][]} */ ([
  [/^(phone|telefono|celular|movil|whatsapp|tel|mobile|numero)( .*)?$/, 'phone'], [/^(nombre|name|nombre completo|full name|cliente)$/, 'name'], [/^(e ?mail|correo)( .*)?$/, 'email'],
  [/^(tipo|kind|type)$/, 'kind'], [/^(owner|responsable|vendedor|agente)$/, 'owner'], [/^(etiquetas?|labels?|tags?)$/, 'labels'], [/^(autoriza|consentimiento|consent|acepta|opt ?in)( .*)?$/, 'consent.marketing'],
]);

/**
 * Where a column most likely goes; nothing if nobody can tell.
 * @param {string} column
 * @param {{ id: string, label: string }[]} fields
 */
export function targetOf(column, fields) {
  const name = plain(column.replace(/^\uFEFF/, '').replace(/_/g, ' '));
  const field = fields.find((one) => plain(one.id) === name || plain(one.label) === name);
  return field ? `field.${field.id}` : GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}
