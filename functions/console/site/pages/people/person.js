// A person's record, beside the list.

import { get, id as asPart, post, remove } from '../../lib/api.js';
import { all, useResource } from '../../lib/data.js';
import { numberName, numbers } from '../../lib/directory.js';
import { confirm, Menu, Popup } from '../../lib/dialog.js';
import { day, phone, recent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { lazy } from '../../lib/lazy.js';
import { can } from '../../lib/me.js';
import { Callout, Chip, Icon, IconButton, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { Frame, NumberBadge, personName } from '../../lib/conversation-parts.js';
import { navigate, path } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { newest, paintContact } from '../inbox/contact-store.js';
import { RecordBody, Section } from '../inbox/record.js';
import { Preview } from '../inbox/row.js';

const TemplatePicker = lazy(() => import('../inbox/template-picker.js'), 'TemplatePicker');

/** @param {{ contact: any }} props */
function Conversations({ contact }) {
  const found = useResource(() => get(`/v1/contacts/${asPart(contact.id)}/conversations`), [contact.id]);
  const list = found.data ?? [];
  if (!list.length) return null;
  return html`<${Section} title=${t('people.conversations')} count=${list.length}><ul class="lines">${list.map((/** @type {any} */ one) => html`<li key=${one.id}><a href=${path('inbox', 'all', one.id)}><${NumberBadge} id=${one.number.id}/><${Preview} small preview=${one.last_message_preview}/><time>${recent(one.last_activity)}</time></a></li>`)}</ul><//>`;
}

/** @param {{ contact: any }} props */
function Identities({ contact }) {
  const found = useResource(() => all(`/v1/contacts/${asPart(contact.id)}/identities`), [contact.id]);
  const list = found.data ?? [];
  if (!list.length) return null;
  return html`<${Section} title=${t('people.identities')} count=${list.length}><ul class="lines">${list.map((/** @type {any} */ one) => html`<li class="l" key=${`${one.kind} ${one.value}`}><span class="meta">${t(`people.identity.${one.kind}`)}</span><span class="ell tab">${one.kind === 'phone' ? phone(one.value) : one.value}</span>${one.until && html`<span class="meta">${t('people.until', { at: day(one.until) })}</span>`}</li>`)}</ul><//>`;
}

/** @param {{ id: string, close: () => void, changed: () => void }} props */
export function Person({ id, close, changed }) {
  const found = useResource((signal) => get(`/v1/contacts/${asPart(id)}`, undefined, { signal }), [id]);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [writing, setWriting] = useState(/** @type {any} */ (null));
  const contact = newest(found.data);
  const each = async (/** @type {() => Promise<unknown>} */ run) => { try { await run(); setProblem(null); } catch (failed) { setProblem(failed); } };
  const name = personName(contact);
  const block = () => each(async () => {
    const isBlocked = Boolean(contact.blocked_at);
    if (!isBlocked && !await confirm({ title: t('people.block'), text: t('people.block_text'), action: t('people.block'), danger: true })) return;
    await (isBlocked ? remove : post)(`/v1/contacts/${asPart(id)}/block`);
    toast(t(isBlocked ? 'people.unblocked' : 'people.blocked'));
    found.reload();
  });
  const erase = () => each(async () => {
    if (!await confirm({ title: t('people.erase'), text: t('people.erase_text', { name }), action: t('people.erase'), danger: true })) return;
    await post(`/v1/contacts/${asPart(id)}/erase`, { reason: 'request' });
    toast(t('people.erased'));
    changed();
    close();
  });
  const unmerge = (/** @type {string} */ one) => each(async () => {
    await post(`/v1/contacts/${asPart(one)}/unmerge`);
    toast(t('people.unmerged'));
    paintContact(await get(`/v1/contacts/${asPart(id)}`));
    found.reload();
    changed();
  });
  const start = (/** @type {string} */ number) => setWriting({ id: `${number}.${id}`, number: { id: number }, contact, window: { open: false, closes_at: null }, labels: [] });
  const items = contact ? [
    ...numbers.value.map((number) => ({ label: t('people.write_from', { name: numberName(number.id) }), icon: 'template', run: () => start(number.id) })), null,
    ...(can('supervisor') ? [{ label: t('people.merge'), icon: 'merge', run: () => navigate(path('people', id, 'merge')) }] : []),
    ...(can('supervisor') ? contact.merged.map((/** @type {string} */ one) => ({ label: t('people.unmerge'), icon: 'split', run: () => unmerge(one) })) : []),
    ...(can('supervisor') ? [{ label: t(contact.blocked_at ? 'people.unblock' : 'people.block'), icon: 'lock', run: block }] : []),
    ...(can('admin') ? [null, { label: t('people.erase'), icon: 'trash', danger: true, run: erase }] : []),
  ] : [];
  return html`<aside class="drawer person" aria-label=${t('people.one')}><div class="scroll" tabindex="0" role="region" aria-label=${t('people.one')}>
    ${!contact && found.loading && html`<${Skeleton} lines=${7}/>`}
    <${ProblemCallout} problem=${found.problem ?? problem} retry=${found.problem ? found.reload : undefined}/>
    ${contact && html`<div class="rec-id"><${Frame} contact=${contact} id=${contact.id} size="lg" bare/><div class="ell"><h2 class="ell">${name}</h2><p class="flex wrap"><${Chip} tone=${contact.kind === 'unknown' ? 'warn' : 'accent'}>${t(`kind.${contact.kind}`)}<//>${contact.blocked_at && html`<${Chip} tone="danger">${t('record.blocked')}<//>`}${contact.merged.length > 0 && html`<${Chip}>${t('people.holds_merged', { n: contact.merged.length })}<//>`}</p></div>
        <span class="flex">${items.length > 0 && html`<${Popup} class="ib" label=${t('people.actions')} button=${html`<${Icon} name="more"/>`}>${(/** @type {() => void} */ shut) => html`<${Menu} close=${shut} items=${items}/>`}<//>`}<${IconButton} icon="x" label=${t('action.close')} onClick=${close}/></span></div>
      ${contact.merged_into && html`<div class="pad-s"><${Callout} tone="warn" title=${t('people.merged_into')} actions=${html`<a class="btn sm" href=${path('people', contact.merged_into)}>${t('people.open_it')}</a>`}/></div>`}
      <${RecordBody} contact=${contact}/><${Conversations} contact=${contact}/><${Identities} contact=${contact}/>`}
  </div>${writing && html`<${TemplatePicker} row=${writing} name=${name} first onClose=${() => setWriting(null)} sent=${(/** @type {string} */ conversation) => navigate(path('inbox', 'all', conversation))}/>`}</aside>`;
}
