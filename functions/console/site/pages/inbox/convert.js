// Puts an unknown person on record, in one gesture: what they are to the company.

import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { Callout, Icon, ProblemCallout } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { changeContact } from './contact-store.js';
import { countSoon } from './store.js';

const KINDS = /** @type {[string, string][]} */ ([['lead', 'target'], ['contact', 'me'], ['organization', 'building'], ['vendor', 'truck']]);

/** @param {{ contact: any }} props */
export function Convert({ contact }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const convert = async (/** @type {string} */ kind) => {
    try {
      const now = await changeContact(contact, { kind, ...(contact.given_name || !contact.profile_name ? {} : { name: contact.profile_name }) });
      setProblem(null);
      countSoon();
      toast(t('convert.done', { kind: t(`kind.${kind}`).toLowerCase() }), () => changeContact(now, { kind: 'unknown', name: contact.given_name ?? null }));
    } catch (failed) { setProblem(failed); }
  };
  useKeys(KINDS.map(([kind], i) => ({ keys: String(i + 1), run: () => { convert(kind); } })));
  return html`<section class="sec"><div class="sec-h"><h3>${t('convert.title')}</h3></div>
    ${!contact.phone && html`<${Callout} tone="warn" title=${t('convert.no_phone')}><p>${t('convert.no_phone_text')}</p><//>`}
    <div class="convert">${KINDS.map(([kind, icon], i) => html`<button type="button" key=${kind} onClick=${() => convert(kind)}><${Icon} name=${icon}/><b>${t(`kind.${kind}`)}</b><small>${t(`convert.${kind}`)}</small><kbd aria-hidden="true">${i + 1}</kbd></button>`)}</div>
    <${ProblemCallout} problem=${problem}/></section>`;
}
