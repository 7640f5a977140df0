// A template that was sent, as the customer sees it: its definition, filled with what the message carried.

import { get, id } from '../../lib/api.js';
import { numberOf } from '../../lib/directory.js';
import { t } from '../../lib/i18n.js';
import { fillTemplate, TemplateView } from '../../lib/message-text.js';
import { html, useEffect, useState } from '../../lib/view.js';

/** @type {Map<string, Promise<any>>} */
const definitions = new Map();

/** A template's definition. @param {string} waba @param {string} name @param {string} language */
export function definition(waba, name, language) {
  const key = [waba, name, language].map(id).join('/');
  let one = definitions.get(key);
  if (!one) {
    one = get(`/v1/templates/${key}`);
    one.catch(() => definitions.delete(key));
    definitions.set(key, one);
  }
  return one;
}

/** @param {import('./message-content.js').Props} props */
export function SentTemplate({ message, context, stamp, quote }) {
  const sent = message.content.template ?? {};
  const waba = numberOf(context.row.number.id)?.waba;
  const language = sent.language?.code ?? '';
  const [known, setKnown] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (waba) definition(waba, sent.name, language).then(setKnown, () => {});
  }, [waba, sent.name, language]);
  if (!known) return html`<div class="bub">${quote}<b>${t('message.kind.template')}</b> <span class="mono">${sent.name}</span>${stamp}</div>`;
  return html`<${TemplateView} rendered=${fillTemplate(known.components, sent)} stamp=${stamp}/>`;
}
