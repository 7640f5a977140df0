// A conversation in the list.

import { AgentMark, Icon } from '../../lib/parts.js';
import { agentName, labelOf } from '../../lib/directory.js';
import { Frame, LabelChip, NumberBadge, personName } from '../../lib/conversation-parts.js';
import { recent } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { now } from '../../lib/now.js';
import { classes, html } from '../../lib/view.js';
import { leftText, windowLeft } from '../../lib/window.js';
import { drafts } from './drafts.js';

/** How high a row is. The list is drawn by it. */
export const ROW_HEIGHT = 83;

const KINDS = /** @type {Record<string, string>} */ ({
  image: 'image', video: 'video', audio: 'mic', document: 'file', sticker: 'smile', location: 'pin', contacts: 'me', template: 'template',
  interactive: 'bolt', order: 'stack', unsupported: 'unknown', system: 'info', call: 'phone', deleted: 'minus', button: 'reply', reaction: 'smile',
});

/** The kind that stands for a last message without words. @param {string | null} preview */
const kindOf = (preview) => /^\[(\w+)\]$/.exec(preview ?? '')?.[1];
/** @param {string} kind */
const kindName = (kind) => t(`message.kind.${KINDS[kind] ? kind : 'unknown'}`);

/** What lists show of the last message: its beginning, or its kind. @param {{ preview: string, small?: boolean }} props */
export function Preview({ preview, small }) {
  const kind = kindOf(preview);
  if (!kind) return html`<span class="ell">${preview}</span>`;
  return html`<${Icon} name=${KINDS[kind] ?? 'file'} size=${small ? 's' : undefined}/><span class="ell">${kindName(kind)}</span>`;
}

/**
 * @param {{ row: import('./list-model.js').Row, current: boolean, focusable: boolean, href: string, at: number, of: number }} props
 */
export function ConversationRow({ row, current, focusable, href, at, of }) {
  const left = windowLeft(row.window, row.free_entry, now.value);
  const text = left.state === 'closed' ? t('window.closed_short') : leftText(left.left);
  const contact = row.contact;
  const draft = drafts.value.get(row.id);
  const unknown = contact?.kind === 'unknown';
  return html`<li aria-setsize=${of} aria-posinset=${at + 1}><a class=${classes('conv-row', row.unread && 'unread')} href=${href} data-id=${row.id} aria-current=${current ? 'true' : undefined} tabIndex=${focusable ? 0 : -1} draggable=${false}>
    <${Frame} contact=${contact} id=${row.id} window=${row.window} freeEntry=${row.free_entry}/>
    <div class="cr-1"><b>${personName(contact) || row.group}</b>${row.important && html`<${Icon} name="star"/>`}<time datetime=${row.last_activity}>${recent(row.last_activity, now.value)}</time></div>
    <div class="cr-2">${draft ? html`<${Icon} name="edit"/><span><span class="t-danger">${t('inbox.draft')}</span> ${draft}</span>` : html`<${Preview} preview=${row.last_message_preview}/>`}
      ${row.unread && html`<em class=${classes('badge', !row.unread_count && 'dot-only')}>${row.unread_count || ''}<span class="vh"> ${t('inbox.unread')}</span></em>`}</div>
    <div class="cr-3"><${NumberBadge} id=${row.number.id}/>
      ${unknown ? html`<span class="chip warn">${t(contact.phone ? 'kind.unknown' : 'inbox.no_phone')}</span>` : row.labels.length > 0 && html`<${LabelChip} id=${row.labels[0]}/>${row.labels.length > 1 && html`<span class="meta">+${row.labels.length - 1}</span>`}`}
      ${row.state === 'snoozed' && html`<span class="chip"><${Icon} name="clock"/>${recent(row.snoozed_until)}</span>`}
      <span class=${`left is-${left.state}`}><span aria-hidden="true">${text}</span><span class="vh">${left.state === 'closed' ? t('window.closed') : t('inbox.window_left', { left: text })}</span></span><${AgentMark} id=${row.assignee} name=${agentName(row.assignee)} label=${row.assignee ? t('assign.to', { name: agentName(row.assignee) }) : undefined}/></div></a></li>`;
}
