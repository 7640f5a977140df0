// What only the team sees: private notes with mentions, and lines about what was done with the conversation.

import { agentName, agents, departmentName, labelOf } from '../../lib/directory.js';
import { dateTime, time } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { me } from '../../lib/me.js';
import { Icon } from '../../lib/parts.js';
import { html } from '../../lib/view.js';

/**
 * A note's text with those whom it mentions.
 * @param {string} text
 * @param {string[]} mentions
 */
function withMentions(text, mentions) {
  const names = mentions.flatMap((one) => { const name = agentName(one); return [name, name.split(' ').slice(0, 2).join(' '), name.split(' ')[0], one]; }).filter(Boolean);
  const known = [...new Set(names)].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (!known.length) return text;
  return text.split(new RegExp(`(@(?:${known.join('|')}))`)).map((part, i) => (i % 2 ? html`<span class="mention">${part}</span>` : part));
}

const ICONS = /** @type {Record<string, string>} */ ({ state: 'check', assignee: 'split', department: 'users', labels: 'target', important: 'star' });

/** @param {string | null | undefined} who */
const actor = (who) => (who === me.value.id ? t('sys.you') : who ? agentName(who) : t('sys.rule'));

/**
 * One change in words.
 * @param {{ what: string, from: string[], to: string[] }} change
 * @param {string | null} by
 */
function sentence({ what, from, to }, by) {
  const who = actor(by);
  switch (what) {
    case 'assignee': return to.length ? t(to[0] === by ? 'sys.took' : 'sys.assigned', { who, name: agentName(to[0]) }) : t('sys.unassigned', { who });
    case 'state': return t(`sys.state.${to[0] ?? 'open'}`, { who, at: to[1] ? dateTime(to[1]) : '' });
    case 'department': return to.length ? t('sys.department', { who, name: departmentName(to[0]) }) : t('sys.no_department', { who });
    case 'important': return t(to[0] === 'true' ? 'sys.important' : 'sys.not_important', { who });
    case 'labels': {
      const added = to.filter((one) => !from.includes(one)).map((one) => labelOf(one)?.name ?? one);
      const gone = from.filter((one) => !to.includes(one)).map((one) => labelOf(one)?.name ?? one);
      return added.length ? t('sys.labelled', { who, name: added.join(', ') }) : t('sys.unlabelled', { who, name: gone.join(', ') });
    }
    default: return t('sys.changed', { who, what });
  }
}

/** @param {{ message: any }} props */
export function Note({ message }) {
  const note = message.content?.note ?? {};
  if (note.text !== undefined) {
    const name = agents.value.length ? agentName(note.by) : note.by;
    return html`<aside class="pnote" data-id=${message.id} aria-label=${t('note.private')}><${Icon} name="lock"/><div class="who"><b>${name}</b> <span>${t('note.private').toLowerCase()}</span><time datetime=${message.timestamp}>${time(message.timestamp)}</time></div><div class="note-text">${withMentions(note.text, note.mentions ?? [])}</div></aside>`;
  }
  if (note.event === 'changed') {
    return (note.changes ?? []).map((/** @type {any} */ change) => html`<div class="sys" data-id=${message.id}><${Icon} name=${ICONS[change.what] ?? 'info'}/><span>${sentence(change, note.by)}${note.why && html` · ${note.why}`}</span></div>`);
  }
  if (note.event === 'call') {
    const lasted = note.seconds ? t('sys.call.lasted', { minutes: Math.floor(note.seconds / 60), seconds: note.seconds % 60 }) : '';
    return html`<div class="sys" data-id=${message.id}><${Icon} name="phone"/><span>${t(`sys.call.${note.by}.${note.outcome}`)}${lasted && html` · ${lasted}`}</span></div>`;
  }
  const said = t(`sys.event.${note.event}`, { purpose: note.purpose ? t(`purpose.${note.purpose}`) : '' });
  return html`<div class="sys" data-id=${message.id}><${Icon} name="info"/><span>${said.startsWith('sys.event.') ? t('sys.event.other', { event: note.event ?? '' }) : said}</span></div>`;
}
