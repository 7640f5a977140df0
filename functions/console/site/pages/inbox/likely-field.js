// Which field a piece of text most likely belongs into. Only a suggestion: the person decides. No requests.

const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What a text looks like, and the names that a field for it has. */
const LOOKS = /** @type {[RegExp, RegExp][]} */ ([
  [/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/, /mail|correo/],
  [/\b(av|avda|avenida|calle|c\/|cra|carrera|urb|urbanizacion|edif|edificio|piso|apto|apartamento|casa|torre|sector|street|st|road|rd|avenue|ave|floor|flat|suite|plaza|paseo)\b\.?/, /direc|address|ubica|location|entrega en/],
  [/^(v|e|j|g|cc|ci|nit|rif|dni)?[-. ]?\d[\d.\- ]{5,14}$/, /cedula|documento|\bid\b|rif|nit|dni|identi/],
  [/(usd|eur|cop|ves|bs|\$|€)\s*\d|\d\s*(usd|eur|cop|bs|dolares|dollars|euros|pesos)\b/, /presupuesto|budget|monto|amount|precio|price/],
  [/^\d{1,2}[/.-]\d{1,2}([/.-]\d{2,4})?$|\b(lunes|martes|miercoles|jueves|viernes|sabado|domingo|monday|tuesday|wednesday|thursday|friday|saturday|sunday|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b/, /fecha|date|entrega|cita|cumple|birth|delivery/],
]);

/**
 * @param {string} text
 * @param {{ id: string, label: string, type: string, options?: string[] }[]} fields
 * @param {any} contact
 */
export function likelyField(text, fields, contact) {
  const said = plain(text);
  const named = (/** @type {RegExp} */ pattern) => fields.find((field) => pattern.test(plain(`${field.label} ${field.id}`)));
  const option = fields.find((field) => field.options?.some((one) => plain(one) === said));
  if (option) return option;
  for (const [looks, names] of LOOKS) {
    const field = looks.test(said) && named(names);
    if (field) return field;
  }
  const isName = /^\p{Lu}[\p{L}'’-]+(\s+\p{L}[\p{L}'’.-]*){1,4}$/u.test(text.trim()) && !contact?.name;
  if (isName) return fields.find((field) => field.id === 'name') ?? null;
  const empty = fields.find((field) => field.type === 'text' && !['name', 'email'].includes(field.id) && !contact?.fields?.[field.id]);
  return empty ?? fields.find((field) => field.type === 'text' && !['name', 'email'].includes(field.id)) ?? fields[0] ?? null;
}
