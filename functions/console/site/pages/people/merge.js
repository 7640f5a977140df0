// Makes two records one person. Nothing is moved: it can be taken back.

import { get, id, post } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { Dialog } from '../../lib/dialog.js';
import { SearchField } from '../../lib/forms.js';
import { day, phone } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Button, Chip, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { Frame, personName } from '../../lib/conversation-parts.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useState } from '../../lib/view.js';

/** @param {{ contact: any, stays: boolean, choose: () => void }} props */
const Side = ({ contact, stays, choose }) => html`<button type="button" class="merge-side" aria-pressed=${stays ? 'true' : 'false'} onClick=${choose}>
  <span class="flex"><${Frame} contact=${contact} id=${contact.id} size="plain" bare/><b class="ell">${personName(contact)}</b>${stays && html`<${Chip} tone="accent" icon="check">${t('people.stays')}<//>`}</span>
  <span class="kv"><span class="meta">${t('field.kind')}</span><span>${t(`kind.${contact.kind}`)}</span><span class="meta">${t('field.phone')}</span><span class="tab">${phone(contact.phone) || '–'}</span><span class="meta">${t('field.username')}</span><span>${contact.username ? `@${contact.username}` : '–'}</span><span class="meta">${t('field.email')}</span><span>${contact.email ?? '–'}</span><span class="meta">${t('people.since')}</span><span>${day(contact.created_at)}</span></span></button>`;

/** @param {{ person: string, other?: string, close: () => void, done: (into: string) => void }} props */
export function Merge({ person, other: given, close, done }) {
  const [other, setOther] = useState(given ?? '');
  const [stays, setStays] = useState(person);
  const [text, setText] = useState('');
  const [found, setFound] = useState(/** @type {any[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const pair = useResource(() => Promise.all([person, other].filter(Boolean).map((one) => get(`/v1/contacts/${id(one)}`))), [person, other]);
  useEffect(() => {
    if (text.trim().length < 2) { setFound([]); return undefined; }
    const stop = new AbortController();
    const timer = setTimeout(() => get('/v1/contacts', { q: text.trim(), limit: 8 }, { signal: stop.signal }).then((page) => setFound(page.items.filter((/** @type {any} */ one) => one.id !== person)), () => {}), 150);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text]);
  const [one, two] = pair.data ?? [];
  const both = one && two && one.id !== two.id;
  const into = both ? (stays === two.id ? two : one) : null;
  const merge = async () => {
    const from = into === one ? two : one;
    setBusy(true);
    try {
      await post(`/v1/contacts/${id(from.id)}/merge`, { into: into.id });
      toast(t('people.merged'), () => post(`/v1/contacts/${id(from.id)}/unmerge`));
      done(into.id);
    } catch (failed) { setProblem(failed); setBusy(false); }
  };
  return html`<${Dialog} title=${t('people.merge_title')} size="wide" onClose=${close} footer=${html`<${Button} kind="ghost" onClick=${close}>${t('action.cancel')}<//><${Button} kind="primary" icon="merge" busy=${busy} disabled=${!both} onClick=${merge}>${into ? t('people.merge_do', { name: personName(into) }) : t('people.merge_title')}<//>`}>
    <p class="muted">${t('people.merge_text')}</p>
    <${SearchField} label=${t('people.merge_find')} value=${text} onInput=${setText}/>
    ${found.length > 0 && html`<ul class="lines merge-found">${found.map((contact) => html`<li key=${contact.id}><button type="button" onClick=${() => { setOther(contact.id); setText(''); }}><span class="ell">${personName(contact)}</span><span class="meta tab">${phone(contact.phone)}</span></button></li>`)}</ul>`}
    ${pair.loading && !pair.data && html`<${Skeleton} lines=${4}/>`}<${ProblemCallout} problem=${problem ?? pair.problem}/>
    <div class="merge">${one && html`<${Side} contact=${one} stays=${into ? into === one : true} choose=${() => setStays(one.id)}/>`}${both && html`<${Side} contact=${two} stays=${into === two} choose=${() => setStays(two.id)}/>`}</div><//>`;
}
