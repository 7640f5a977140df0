// Service clients: programs with a token of their own, told once.

import { id as part, patch, post, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { agentName } from '../../lib/directory.js';
import { confirm } from '../../lib/dialog.js';
import { day } from '../../lib/format.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, Chip, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { html, useState } from '../../lib/view.js';
import { ChecksField, FormDialog, RowMenu, SecretDialog, SettingsPage, useAction } from './parts.js';

/** Every scope that a client can have, as the API's table of routes makes them. */
export const SCOPES = ['messages:send', ...[
  ['conversations', 'rw'], ['messages', 'rw'], ['contacts', 'rw'], ['campaigns', 'rw'], ['conversions', 'w'], ['templates', 'rw'], ['segments', 'rw'], ['lists', 'rw'], ['imports', 'rw'], ['contact-exports', 'rw'], ['exports', 'r'], ['erasures', 'r'],
  ['labels', 'rw'], ['fields', 'rw'], ['quick-replies', 'rw'], ['agents', 'r'], ['departments', 'r'], ['numbers', 'r'], ['portfolios', 'rw'], ['wabas', 'r'], ['rate-cards', 'rw'], ['reports', 'r'], ['settings', 'rw'], ['webhook-endpoints', 'rw'], ['events', 'r'], ['dead-letters', 'rw'],
].flatMap(([what, how]) => [...(how.includes('r') ? [`${what}:read`] : []), ...(how.includes('w') ? [`${what}:write`] : [])])];

/** @param {{ client: any, onClose: () => void, onSaved: (made: any) => void }} props */
function ClientDialog({ client, onClose, onSaved }) {
  const [name, setName] = useState(client?.name ?? '');
  const [scopes, setScopes] = useState(/** @type {string[]} */ (client?.scopes ?? []));
  const [end, setEnd] = useState(client?.expires_at?.slice(0, 10) ?? '');
  const save = async (/** @type {string} */ key) => {
    const body = { name: name.trim(), scopes, expires_at: end ? `${end}T23:59:59Z` : null };
    onSaved(client ? await patch(`/v1/clients/${part(client.id)}`, body, { key }) : await post('/v1/clients', body, { key }));
  };
  return html`<${FormDialog} side size="wide" title=${t(client ? 'clients.edit' : 'clients.new')} onClose=${onClose} save=${save} done=${client ? t('clients.saved') : undefined} disabled=${!name.trim() || scopes.length === 0}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('clients.name')} hint=${t('clients.name_hint')} value=${name} onInput=${setName} autofocus maxlength="100" bad=${badOf(problem, 'name')}/>
    <${TextField} label=${t('clients.end')} hint=${t('clients.end_hint')} type="date" value=${end} onInput=${setEnd} bad=${badOf(problem, 'expires_at')}/>
    <${ChecksField} label=${t('clients.scopes')} hint=${t('clients.scopes_hint')} columns value=${scopes} onChange=${setScopes} options=${[...new Set([...SCOPES, ...scopes])].map((value) => ({ value, label: html`<span class="mono">${value}</span>` }))}/>`}<//>`;
}

/** The page. */
export default function Clients() {
  const list = usePages('/v1/clients');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const [made, setMade] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const renew = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('clients.renew_title', { name: one.name }), text: t('clients.renew_text'), action: t('clients.renew'), danger: true })) return;
    run(async (key) => { setMade(await post(`/v1/clients/${part(one.id)}/token`, undefined, { key })); });
  };
  const revoke = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('clients.revoke_title', { name: one.name }), text: t('clients.revoke_text'), action: t('clients.revoke'), danger: true })) return;
    run(async (key) => { await remove(`/v1/clients/${part(one.id)}`, undefined, { key }); list.reload(); });
  };
  const saved = (/** @type {any} */ answer) => { list.reload(); if (answer?.token) setMade(answer); };
  const ended = (/** @type {any} */ one) => one.expires_at && Date.parse(one.expires_at) < Date.now();
  const columns = [
    { key: 'name', label: t('clients.name'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${one.name}</b><span class="meta mono">${one.id}</span></span>${ended(one) && html`<${Chip} tone="danger">${t('clients.ended')}<//>`}` },
    { key: 'scopes', label: t('clients.scopes'), optional: true, cell: (/** @type {any} */ one) => html`<span class="clamp mono">${one.scopes.join(', ')}</span>` },
    { key: 'used', label: t('clients.used'), optional: true, cell: (/** @type {any} */ one) => (one.last_used ? day(`${one.last_used}T12:00:00`) : html`<span class="meta">${t('clients.never')}</span>`) },
    { key: 'end', label: t('clients.end'), optional: true, cell: (/** @type {any} */ one) => (one.expires_at ? day(one.expires_at) : html`<span class="meta">${t('clients.no_end')}</span>`) },
    { key: 'by', label: t('clients.by'), optional: true, cell: (/** @type {any} */ one) => html`<span class="cell-2">${agentName(one.created_by)}<span class="meta">${day(one.created_at)}</span></span>` },
    { key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.name })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t('clients.renew'), icon: 'refresh', run: () => renew(one) }, { label: t('clients.revoke'), icon: 'trash', danger: true, run: () => revoke(one) }]}/>` },
  ];
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('clients.new')}<//>`;
  return html`<${SettingsPage} wide title=${t('settings.clients')} meta=${t('clients.text')} actions=${add}>
    <${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.clients')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${setOpen} empty=${{ title: t('clients.none'), text: t('clients.none_text'), action: add }}/></section>
    ${open && html`<${ClientDialog} client=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${saved}/>`}
    ${made && html`<${SecretDialog} title=${t('clients.token_of', { name: made.client.name })} text=${t('clients.token_text')} label=${t('clients.token')} value=${made.token} onClose=${() => setMade(null)}/>`}<//>`;
}
