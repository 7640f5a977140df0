// Endpoints of other programs that events are posted to, and what is published on the event bus.

import { id as part, patch, post, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { confirm } from '../../lib/dialog.js';
import { dateTime, relative } from '../../lib/format.js';
import { CheckField, TextField, badOf } from '../../lib/forms.js';
import { has, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { Button, Callout, Chip, ProblemCallout } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { SaveBar, useSetting, Waiting } from './consent.js';
import { DeliveriesDrawer } from './deliveries.js';
import { Card, ChecksField, FormDialog, RowMenu, SecretDialog, SettingsPage, useAction } from './parts.js';

/** What an endpoint can be told of. */
export const EVENTS = ['message.received', 'message.status_changed', 'message.failed', 'message.rejected', 'conversation.opened', 'conversation.assigned', 'conversation.closed', 'contact.created', 'contact.merged', 'contact.erased', 'consent.changed'];
const eventOptions = (/** @type {string[]} */ more) => [...new Set([...EVENTS, ...more])].map((value) => ({ value, label: html`<span>${has(`event.${value}`) ? t(`event.${value}`) : value}</span>` }));

/** @param {{ endpoint: any, onClose: () => void, onSaved: (made: any) => void }} props */
function EndpointDialog({ endpoint, onClose, onSaved }) {
  const [nowIs, setNow] = useState(() => ({ url: '', description: '', include_content: false, enabled: true, types: EVENTS.filter((type) => type !== 'message.status_changed'), ...endpoint }));
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setNow((/** @type {any} */ was) => ({ ...was, [name]: value }));
  const save = async (/** @type {string} */ key) => {
    const body = { url: nowIs.url.trim(), description: nowIs.description.trim() || null, include_content: nowIs.include_content, types: nowIs.types };
    onSaved(endpoint ? await patch(`/v1/webhook-endpoints/${part(endpoint.id)}`, body, { key }) : await post('/v1/webhook-endpoints', body, { key }));
  };
  return html`<${FormDialog} side size="wide" title=${t(endpoint ? 'webhooks.edit' : 'webhooks.new')} onClose=${onClose} save=${save} done=${endpoint ? t('webhooks.saved') : undefined} disabled=${!nowIs.url.trim() || nowIs.types.length === 0}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label="URL" hint=${t('webhooks.url_hint')} type="url" placeholder="https://" value=${nowIs.url} onInput=${set('url')} autofocus bad=${badOf(problem, 'url')}/>
    <${TextField} label=${t('webhooks.description')} value=${nowIs.description} onInput=${set('description')} bad=${badOf(problem, 'description')}/>
    <${ChecksField} label=${t('webhooks.types')} columns value=${nowIs.types} onChange=${set('types')} options=${eventOptions(nowIs.types)}/>
    <${CheckField} label=${t('webhooks.content')} checked=${nowIs.include_content} onChange=${set('include_content')}/><p class="hint">${t('webhooks.content_hint')}</p>`}<//>`;
}

/** What is published on the event bus. */
function Bus() {
  const setting = useSetting('/v1/settings/events');
  const { draft, setDraft } = setting;
  const off = !can('admin');
  return html`<${Card} title=${t('webhooks.bus')} meta=${t('webhooks.bus_text')}>${!draft ? html`<${Waiting} setting=${setting}/>` : html`
    <${ChecksField} label=${t('webhooks.types')} columns disabled=${off} value=${draft.types} onChange=${(/** @type {string[]} */ types) => setDraft({ ...draft, types })} options=${eventOptions(draft.types)}/>
    <${CheckField} label=${t('webhooks.content')} disabled=${off} checked=${Boolean(draft.include_content)} onChange=${(/** @type {boolean} */ on) => setDraft({ ...draft, include_content: on })}/>
    <${SaveBar} setting=${setting} said=${t('webhooks.bus_saved')}/>`}<//>`;
}

/** The state of an endpoint, in a word and a tone. @param {any} one */
export function stateOf(one) {
  if (!one.enabled) return { tone: one.disabled_because ? 'danger' : '', word: one.disabled_because ? 'disabled_for' : 'off' };
  if (one.paused_until && Date.parse(one.paused_until) > Date.now()) return { tone: 'warn', word: 'paused' };
  return one.failing_since ? { tone: 'warn', word: 'failing' } : { tone: 'ok', word: 'on' };
}

/** @param {{ path: string[] }} props */
export default function Webhooks({ path }) {
  const list = usePages('/v1/webhook-endpoints');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const [secret, setSecret] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const admin = can('admin');
  const at = (/** @type {any} */ one) => `/v1/webhook-endpoints/${part(one.id)}`;
  const setEnabled = (/** @type {any} */ one, /** @type {boolean} */ enabled) => run(async (key) => {
    await patch(at(one), { enabled }, { key });
    list.reload();
    toast(t(enabled ? 'webhooks.turned_on' : 'webhooks.turned_off'), async () => { await patch(at(one), { enabled: !enabled }); list.reload(); });
  });
  const test = (/** @type {any} */ one) => run(async (key) => { await post(`${at(one)}/test`, undefined, { key }); toast(t('webhooks.tested')); navigate(`/settings/webhooks/${part(one.id)}`); });
  const rotate = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('webhooks.rotate'), text: t('webhooks.rotate_text'), action: t('webhooks.rotate_do') })) return;
    run(async (key) => setSecret(await post(`${at(one)}/rotate-secret`, undefined, { key })));
  };
  const drop = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('webhooks.remove_title'), text: t('webhooks.remove_text', { url: one.url }), action: t('action.delete'), danger: true })) return;
    run(async (key) => { await remove(at(one), undefined, { key }); list.reload(); });
  };
  const columns = [
    { key: 'url', label: 'URL', cell: (/** @type {any} */ one) => html`<span class="cell-2"><b class="wrap-any">${one.url}</b><span class="meta">${one.description || t('webhooks.events_n', { n: one.types.length })}</span></span>` },
    { key: 'state', label: t('webhooks.state'), cell: (/** @type {any} */ one) => { const { tone, word } = stateOf(one); return html`<span class="cell-2"><span><${Chip} tone=${tone}>${t(`webhooks.state.${word}`)}<//></span>${(one.disabled_because || one.failing_since || word === 'paused') && html`<span class="meta">${one.disabled_because ?? (word === 'paused' ? t('webhooks.until', { when: dateTime(one.paused_until) }) : t('webhooks.since', { when: relative(one.failing_since, now.value) }))}</span>`}</span>`; } },
    { key: 'types', label: t('webhooks.types'), optional: true, cell: (/** @type {any} */ one) => html`${t('webhooks.events_n', { n: one.types.length })}${one.include_content && html`<span class="block meta">${t('webhooks.with_content')}</span>`}` },
    ...(admin ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.url })} items=${[{ label: t('webhooks.test'), icon: 'send', run: () => test(one) }, { label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t(one.enabled ? 'webhooks.turn_off' : 'webhooks.turn_on'), icon: one.enabled ? 'pause' : 'play', run: () => setEnabled(one, !one.enabled) }, { label: t('webhooks.rotate'), icon: 'refresh', run: () => rotate(one) }, null, { label: t('action.delete'), icon: 'trash', danger: true, run: () => drop(one) }]}/>` }] : []),
  ];
  const add = admin && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('webhooks.new')}<//>`;
  const shown = list.items.find((one) => one.id === path[0]);
  const saved = (/** @type {any} */ answer) => { list.reload(); if (answer?.secret) setSecret(answer); };
  return html`<${SettingsPage} title=${t('settings.webhooks')} meta=${t('webhooks.text')} actions=${add}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}<${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.webhooks')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${(/** @type {any} */ one) => navigate(`/settings/webhooks/${part(one.id)}`)} empty=${{ title: t('webhooks.none'), text: t('webhooks.none_text'), action: add }}/></section>
    <${Bus}/>
    ${shown && html`<${DeliveriesDrawer} endpoint=${shown} onClose=${() => navigate('/settings/webhooks')}/>`}
    ${open && html`<${EndpointDialog} endpoint=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${saved}/>`}
    ${secret && html`<${SecretDialog} title=${t('webhooks.secret_title')} text=${secret.old_secret_until ? t('webhooks.secret_both', { when: dateTime(secret.old_secret_until) }) : t('webhooks.secret_text')} label=${t('webhooks.secret')} value=${secret.secret} onClose=${() => setSecret(null)}/>`}<//>`;
}
