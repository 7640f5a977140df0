// The record beside a conversation: who the person is, and everything that is known of them.

import { get, id, post, remove } from '../../lib/api.js';
import { all, useResource } from '../../lib/data.js';
import { agentName, fields, labelColor, labelOf, labels } from '../../lib/directory.js';
import { Chooser, Popup } from '../../lib/dialog.js';
import { day, phone, recent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { lazy } from '../../lib/lazy.js';
import { AgentMark, Button, Chip, Icon, IconButton, ProblemCallout } from '../../lib/parts.js';
import { Frame, NumberBadge } from '../../lib/conversation-parts.js';
import { path } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { classes, html, useEffect, useState } from '../../lib/view.js';
import { Convert } from './convert.js';
import { dragged, dropInto, fresh, undoFresh } from './copy-to-field.js';
import { ConsentList } from './consent.js';
import { changeContact, contactProblem, newest } from './contact-store.js';
import { shownField } from './fields.js';

const EditRecord = lazy(() => import('./edit-record.js'), 'EditRecord');

/** @typedef {import('./list-model.js').Row} Row */

/** @param {{ title: any, count?: any, action?: any, children?: any }} props */
export const Section = ({ title, count, action, children }) => html`<section class="sec"><div class="sec-h"><h3>${title}</h3>${count !== undefined && html`<span class="count">${count}</span>`}${action && html`<span class="end">${action}</span>`}</div>${children}</section>`;

/** A field of the record; text from a message can be dropped on it. @param {{ name: string, label: string, contact: any, children?: any, taking?: boolean }} props */
function FieldLine({ name, label, contact, children, taking = true }) {
  const was = fresh.value.get(contact.id)?.field === name ? fresh.value.get(contact.id) : null;
  const target = taking && dragged.value !== null;
  const allow = (/** @type {DragEvent} */ event) => { if (target) event.preventDefault(); };
  return html`<div class=${classes('fld', was && 'fresh', target && 'drop')} onDragOver=${allow} onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); dropInto(contact, name); }}><dt>${label}</dt>
    <dd class=${children ? '' : 'no'}>${children || (target ? t('record.drop') : t('record.empty'))}${was && html`<small><span>${t('record.from_chat', { at: recent(was.at) })}</span><button type="button" class="linkish" onClick=${() => undoFresh(contact)}>${t('action.undo')}</button></small>`}</dd></div>`;
}

/** @param {{ contact: any, edit: () => void }} props */
function Details({ contact, edit }) {
  const own = fields.value.filter((field) => !field.kinds.length || field.kinds.includes(contact.kind));
  return html`<${Section} title=${t('record.details')} action=${html`<${IconButton} small icon="edit" label=${t('record.edit')} keys="d" onClick=${edit}/>`}><dl class="flds">
    <${FieldLine} name="name" label=${t('field.name')} contact=${contact}>${contact.name}<//>
    <${FieldLine} name="phone" label=${t('field.phone')} contact=${contact} taking=${false}>${contact.phone && html`<span class="tab">${phone(contact.phone)}</span>`}<//>
    ${contact.username && html`<${FieldLine} name="username" label=${t('field.username')} contact=${contact} taking=${false}>@${contact.username}<//>`}
    <${FieldLine} name="email" label=${t('field.email')} contact=${contact}>${contact.email}<//>
    ${own.map((field) => html`<${FieldLine} key=${field.id} name=${field.id} label=${field.label} contact=${contact}>${shownField(field, contact.fields?.[field.id])}<//>`)}
    ${contact.owner && html`<${FieldLine} name="owner" label=${t('field.owner')} contact=${contact} taking=${false}><span class="flex"><${AgentMark} id=${contact.owner} name=${agentName(contact.owner)}/>${agentName(contact.owner)}</span><//>`}
    ${contact.source && html`<${FieldLine} name="source" label=${t('field.source')} contact=${contact} taking=${false}>${[t(`source.${contact.source.kind}`), contact.source.title].filter(Boolean).join(' · ')}<//>`}
  </dl><//>`;
}

/** @param {{ contact: any }} props */
function Labels({ contact }) {
  const toggle = (/** @type {string} */ one) => changeContact(contact, contact.labels.includes(one) ? { remove_labels: [one] } : { add_labels: [one] }).catch(() => {});
  const options = labels.value.map((label) => ({ id: label.id, label: label.name, mark: html`<i class="swatch" style=${{ '--c': labelColor(label.id) }}></i>` }));
  return html`<${Section} title=${t('record.labels')} action=${html`<${Popup} class="ib sm" label=${t('label.title')} button=${html`<${Icon} name="plus" size="s"/>`}>${() => html`<${Chooser} label=${t('label.find')} options=${options} chosen=${contact.labels} onChoose=${toggle}/>`}<//>`}>
    <div class="flex wrap">${contact.labels.map((/** @type {string} */ one) => html`<span class="chip line" key=${one}><span class="label" style=${{ '--c': labelColor(one) }}>${labelOf(one)?.name ?? one}</span></span>`)}${contact.labels.length === 0 && html`<span class="meta">${t('record.no_labels')}</span>`}</div><//>`;
}

/** @param {{ contact: any }} props */
function Notes({ contact }) {
  const notes = useResource(() => get(`/v1/contacts/${id(contact.id)}/notes`), [contact.id]);
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const add = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const note = await post(`/v1/contacts/${id(contact.id)}/notes`, { text });
      notes.set([note, ...(notes.data ?? [])]);
      setText(null);
      setProblem(null);
    } catch (failed) { setProblem(failed); }
  };
  const drop = async (/** @type {any} */ note) => {
    try {
      await remove(`/v1/contacts/${id(contact.id)}/notes/${id(note.id)}`);
      notes.reload();
      toast(t('record.note_deleted'), async () => { await post(`/v1/contacts/${id(contact.id)}/notes`, { text: note.text }); notes.reload(); });
    } catch (failed) { setProblem(failed); }
  };
  const list = notes.data ?? [];
  return html`<${Section} title=${t('record.notes')} count=${list.length || undefined} action=${html`<${IconButton} small icon="plus" label=${t('record.add_note')} onClick=${() => setText('')}/>`}>
    <${ProblemCallout} problem=${problem ?? notes.problem}/>
    ${text !== null && html`<form class="stack-s note-form" onSubmit=${add}><textarea class="input" rows="3" autofocus aria-label=${t('record.add_note')} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea><div class="flex"><button class="btn sm primary" disabled=${!text.trim()}>${t('action.save')}</button><${Button} small kind="ghost" onClick=${() => setText(null)}>${t('action.cancel')}<//></div></form>`}
    <div class="stack-s">${list.map((/** @type {any} */ note) => html`<div class="mini-note" key=${note.id}>${note.text}<small class="flex between"><span>${agentName(note.author)} · ${day(note.created_at)}</span><button type="button" class="ib sm" aria-label=${t('record.delete_note')} onClick=${() => drop(note)}><${Icon} name="trash" size="s"/></button></small></div>`)}</div><//>`;
}

/** Conversations of the same person with other numbers of the company. @param {{ row: Row }} props */
function Others({ row }) {
  const contact = row.contact;
  const found = useResource(() => get(`/v1/contacts/${id(contact.id)}/conversations`), [row.id]);
  const list = (found.data ?? []).filter((/** @type {Row} */ one) => one.id !== row.id);
  if (!list.length) return null;
  return html`<${Section} title=${t('record.others')} count=${list.length}><ul class="lines">${list.map((/** @type {Row} */ one) => html`<li key=${one.id}><a href=${path('inbox', 'all', one.id)}><${NumberBadge} id=${one.number.id}/><span class="ell">${one.last_message_preview}</span><time>${recent(one.last_activity)}</time></a></li>`)}</ul><//>`;
}

/** What is worth a word about a campaign and somebody, in a tone. */
const PROGRESS = /** @type {Record<string, string>} */ ({ again: 'warn', refused: 'danger' });

/** Campaigns that had something for the person. @param {{ contact: any }} props */
function Received({ contact }) {
  const found = useResource(() => get(`/v1/contacts/${id(contact.id)}/campaigns`), [contact.id]);
  const list = found.data ?? [];
  if (!list.length) return null;
  return html`<${Section} title=${t('record.campaigns')} count=${list.length}><ul class="lines">${list.slice(0, 6).map((/** @type {any} */ one) => html`<li class="l" key=${one.id}><${Icon} name="megaphone" size="s"/><span class="ell">${one.name ?? t('record.campaign_gone')}</span>${PROGRESS[one.progress] && html`<span class=${`chip ${PROGRESS[one.progress]}`}>${t(`record.progress.${one.progress}`)}</span>`}<time>${recent(one.started_at)}</time></li>`)}</ul><//>`;
}

/** @param {{ contact: any }} props */
function Duplicates({ contact }) {
  const found = useResource(() => all(`/v1/contacts/${id(contact.id)}/duplicates`, {}, 5), [contact.id]);
  const list = found.data ?? [];
  if (!list.length) return null;
  return html`<${Section} title=${t('record.duplicates')} count=${list.length}><ul class="lines">${list.slice(0, 4).map((/** @type {any} */ one) => html`<li key=${one.contact.id}><a href=${path('people', contact.id, 'merge', one.contact.id)}><${Icon} name="merge" size="s"/><span class="ell">${one.contact.name ?? one.contact.profile_name ?? phone(one.contact.phone)}</span><span class="meta">${one.reasons.map((/** @type {string} */ reason) => t(`duplicate.${reason}`)).join(', ')}</span></a></li>`)}</ul><//>`;
}

/**
 * Everything below a person's name, here and on the page of people.
 * @param {{ contact: any, row?: Row }} props
 */
export function RecordBody({ contact: given, row }) {
  const contact = newest(given);
  const [editing, setEditing] = useState(false);
  useEffect(() => { setEditing(false); }, [contact.id]);
  useKeys([{ keys: 'd', run: () => { setEditing(true); } }]);
  const refused = contactProblem.value;
  const problem = refused && refused.contact === contact.id && !editing ? refused.problem : null;
  return html`${contact.kind === 'unknown' && html`<${Convert} contact=${contact}/>`}
    ${problem && html`<div class="pad-s"><${ProblemCallout} problem=${problem}/></div>`}
    ${editing ? html`<${EditRecord} contact=${contact} done=${() => setEditing(false)}/>` : html`<${Details} contact=${contact} edit=${() => setEditing(true)}/>`}
    <${Duplicates} contact=${contact}/><${ConsentList} contact=${contact}/><${Labels} contact=${contact}/><${Notes} contact=${contact}/>${row && html`<${Others} row=${row}/>`}<${Received} contact=${contact}/>`;
}

/** @param {{ row: Row, name: string, close: () => void }} props */
export function Record({ row, name, close }) {
  const contact = newest(row.contact);
  if (!contact) return html`<aside class="pane-col record" id="record" aria-label=${t('record.title')}><div class="scroll pad"><p class="muted">${t('record.group')}</p></div></aside>`;
  return html`<aside class="pane-col record" id="record" aria-label=${t('record.of', { name })}><div class="scroll" tabindex="0" role="region" aria-label=${t('record.title')}>
    <div class="rec-id"><${Frame} contact=${contact} id=${row.id} window=${row.window} freeEntry=${row.free_entry} size="lg"/><div class="ell"><h2 class="ell">${name}</h2><p class="flex wrap"><${Chip} tone=${contact.kind === 'unknown' ? 'warn' : 'accent'}>${t(`kind.${contact.kind}`)}<//>${contact.blocked_at && html`<${Chip} tone="danger">${t('record.blocked')}<//>`}</p></div>
      <span class="flex"><a class="ib" href=${path('people', contact.id)} aria-label=${t('record.open')} title=${t('record.open')}><${Icon} name="ext"/></a><span class="record-close"><${IconButton} icon="x" label=${t('action.close')} onClick=${close}/></span></span></div>
    <${RecordBody} contact=${contact} row=${row}/>
  </div></aside>`;
}
