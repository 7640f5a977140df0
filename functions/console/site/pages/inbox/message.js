// A message as a bubble, a note, or a line of the thread.

import { agentName } from '../../lib/directory.js';
import { Popup, Menu } from '../../lib/dialog.js';
import { dateTime, time } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { me } from '../../lib/me.js';
import { Icon } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { classes, html } from '../../lib/view.js';
import { Failure, Waiting } from './failure.js';
import { Content } from './message-content.js';
import { Note } from './notes.js';
import { textOf, tickOf } from './thread-model.js';

/** @typedef {import('./thread-model.js').Message} Message */
/** @typedef {{ row: import('./list-model.js').Row, name: string, find: (wamid: string) => Message | undefined, reply: (message: Message) => void, react: (message: Message, emoji: string) => void, jump: (message: Message) => void, openTemplates: () => void }} Context */

/** How far a message of ours has come. @param {{ message: Message }} props */
export function Tick({ message }) {
  const tick = tickOf(message);
  if (!tick) return null;
  const label = t(`tick.${tick}`);
  if (tick === 'pending') return html`<svg class="tick is-pending" viewBox="0 0 16 11" role="img" aria-label=${label}><circle cx="8" cy="5.5" r="4.6"/><path d="M8 3v2.700l1.800 1"/></svg>`;
  if (tick === 'error') return html`<svg class="tick is-error" viewBox="0 0 16 11" role="img" aria-label=${label}><circle cx="8" cy="5.5" r="4.6"/><path d="M8 3v3M8 8v.05"/></svg>`;
  if (tick === 'sent') return html`<svg class="tick is-sent" viewBox="0 0 16 11" role="img" aria-label=${label}><path d="m2 6 3 3 6-7"/></svg>`;
  return html`<svg class=${`tick is-${tick}`} viewBox="0 0 16 11" role="img" aria-label=${label}><path d="m1.5 6 3 3 6-7M8.5 8.600l.6.400 6-7"/></svg>`;
}

/** When each step was reached, for the hover of the time. @param {Message} message */
const steps = (message) => Object.entries(message.statuses ?? {}).filter(([, at]) => at).map(([what, at]) => `${t(`tick.${what}`)}: ${dateTime(/** @type {string} */ (at))}`).join('\n') || dateTime(message.timestamp);

/** @param {{ message: Message }} props */
const Stamp = ({ message }) => html`<span class="stamp" title=${steps(message)}>${message.edited && html`<span>${t('message.edited')}</span>`}<time datetime=${message.timestamp}>${time(message.timestamp)}</time><${Tick} message=${message}/></span>`;

/** @param {{ wamid: string, context: Context }} props */
function Quote({ wamid, context }) {
  const quoted = context.find(wamid);
  if (!quoted) return html`<div class="quote"><div><p>${t('message.quote_elsewhere')}</p></div></div>`;
  const who = quoted.direction === 'inbound' ? context.name : t('message.us');
  const text = textOf(quoted) || t(`message.kind.${quoted.type}`);
  return html`<button type="button" class=${classes('quote', quoted.direction === 'inbound' ? 'q-in' : 'q-out')} onClick=${() => context.jump(quoted)}><span><b>${who}</b><p>${text}</p></span></button>`;
}

/** @param {{ message: Message, context: Context }} props */
function Reactions({ message, context }) {
  if (!message.reactions?.length) return null;
  const who = (/** @type {any} */ one) => (one.by === 'company' ? t('message.us') : context.name);
  return html`<span class="react" role="img" aria-label=${message.reactions.map((/** @type {any} */ one) => t('message.reacted', { name: who(one), emoji: one.emoji })).join(', ')}>${message.reactions.map((/** @type {any} */ one) => one.emoji).join(' ')}</span>`;
}

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** What can be done with a message: reply, react, copy. @param {{ message: Message, context: Context }} props */
function Tools({ message, context }) {
  const text = textOf(message);
  const mine = message.reactions?.find((/** @type {any} */ one) => one.by === 'company')?.emoji;
  return html`<span class="msg-tools"><${Popup} class="ib sm" label=${t('message.actions')} button=${html`<${Icon} name="more" size="s"/>`}>
    ${(/** @type {() => void} */ close) => html`<div class="quick-react" role="group" aria-label=${t('message.react')}>${QUICK.map((emoji) => html`<button type="button" key=${emoji} aria-pressed=${emoji === mine} aria-label=${emoji} onClick=${() => { close(); context.react(message, emoji === mine ? '' : emoji); }}>${emoji}</button>`)}</div>
      <${Menu} close=${close} items=${[
        { label: t('message.reply'), icon: 'reply', run: () => context.reply(message) },
        ...(text ? [{ label: t('message.copy'), icon: 'copy', run: () => navigator.clipboard.writeText(text).then(() => toast(t('message.copied'))) }] : []),
      ]}/>`}<//></span>`;
}

/** Who of us sent a message, where it was not the one who looks. @param {Message} message */
function senderOf({ sent_by: by }) {
  switch (by?.kind) {
    case 'agent': return by.id && by.id !== me.peek().id ? agentName(by.id) : null;
    case 'campaign': return t('message.by.campaign');
    case 'automatic': return t('message.by.automatic');
    case 'client': case 'service': return by.id;
    default: return null;
  }
}

/**
 * @param {{ message: Message, context: Context, gap: boolean, tail: boolean }} props
 */
export function MessageView({ message, context, gap, tail }) {
  if (message.direction === 'note') return html`<${Note} message=${message} context=${context}/>`;
  if (message.type === 'system') return html`<div class="sys"><${Icon} name="info"/><span>${message.content?.system?.body ?? t('message.kind.system')}</span></div>`;
  const out = message.direction === 'outbound';
  const shown = message.edited ? { ...message, content: { ...message.content, ...message.edited.content }, type: message.edited.content?.type ?? message.type } : message;
  const stamp = html`<${Stamp} message=${message}/>`;
  const quote = message.context?.wamid && message.type !== 'button' ? html`<${Quote} wamid=${message.context.wamid} context=${context}/>` : null;
  const author = out && senderOf(message);
  const referral = message.content?.referral;
  return html`<article class=${classes('msg', out ? 'out' : 'in', gap && 'gap', tail && 'tail')} data-id=${message.id} aria-label=${t(out ? 'message.from_us' : 'message.from', { name: context.name, at: time(message.timestamp) })}>
    ${author && gap && html`<div class="by">${author}</div>`}
    ${message.content?.context?.forwarded && html`<div class="by"><${Icon} name="ext"/>${t('message.forwarded')}</div>`}
    ${message.content?.context?.frequently_forwarded && html`<div class="by"><${Icon} name="ext"/>${t('message.often_forwarded')}</div>`}
    ${referral && html`<div class="by"><${Icon} name="megaphone"/>${t('message.from_ad')} <b>${referral.headline ?? referral.source_id ?? ''}</b></div>`}
    <div class="msg-line">${message.revoked_at
      ? html`<div class="bub gone"><${Icon} name="minus" size="s"/> ${t('message.deleted')}${stamp}</div>`
      : html`<${Content} message=${shown} context=${context} stamp=${stamp} quote=${quote}/>`}
      ${!message.revoked_at && message.wamid && html`<${Tools} message=${message} context=${context}/>`}</div>
    <${Reactions} message=${message} context=${context}/>
    ${out && (tickOf(message) === 'error' ? html`<${Failure} message=${message} context=${context}/>` : html`<${Waiting} message=${message}/>`)}
  </article>`;
}
