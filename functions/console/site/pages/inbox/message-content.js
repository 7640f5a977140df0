// What a message says, by its kind, in Meta's own shape.

import { Chip, Icon } from '../../lib/parts.js';
import { money, phone } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { WhatsAppText } from '../../lib/message-text.js';
import { classes, html } from '../../lib/view.js';
import { isEmojiOnly } from '../../lib/whatsapp-text.js';
import { MediaContent } from './media.js';
import { SentTemplate } from './sent-template.js';

/** @typedef {{ message: any, context: import('./message.js').Context, stamp: any, quote: any }} Props */

/** @param {{ children?: any, class?: string }} props */
const Bubble = ({ children, class: more }) => html`<div class=${classes('bub', more)}>${children}</div>`;

/** @param {Props} props */
function Text({ message, stamp, quote }) {
  const text = message.content.text?.body ?? '';
  return html`<${Bubble} class=${isEmojiOnly(text) && 'big-emoji'}>${quote}<span class="txt"><${WhatsAppText} text=${text}/></span>${stamp}<//>`;
}

/** A place on a drawn sheet, without tiles of anybody's: nobody else learns where a customer is. @param {Props} props */
function Location({ message, stamp, quote }) {
  const { latitude, longitude, name, address } = message.content.location ?? {};
  const at = `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
  return html`<${Bubble} class="media loc">${quote}
    <svg class="ph" viewBox="0 0 256 110" role="img" aria-label=${name ?? at}><path class="map-ground" d="M0 0h256v110H0z"/><path class="map-block" d="M14 12h62v32H14zM92 12h44v32H92zM152 12h90v32h-90zM14 62h62v36H14zM92 62h44v36H92zM152 62h40v36h-40zM206 62h36v36h-36z"/><path class="map-way" d="M0 53h256M84 0v110M144 0v110M199 53v57"/><path class="map-pin" d="M128 66s14-13 14-24a14 14 0 0 0-28 0c0 11 14 24 14 24z"/><circle class="map-dot" cx="128" cy="42" r="5"/></svg>
    <p><b>${name ?? t('message.kind.location')}</b>${address && html`<br/><span class="muted">${address}</span>`}<br/><span class="meta tab">${at}</span> <a class="linkish" href=${`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`} target="_blank" rel="noopener noreferrer">${t('message.open_map')}</a></p>${stamp}<//>`;
}

/** @param {Props} props */
const Contacts = ({ message, stamp, quote }) => html`<${Bubble}>${quote}${(message.content.contacts ?? []).map((/** @type {any} */ card) => html`<div class="card-in"><${Icon} name="me"/><div><b>${card.name?.formatted_name}</b>
  ${(card.phones ?? []).map((/** @type {any} */ one) => html`<span class="tab">${phone(one.phone ?? one.wa_id)}</span>`)}${(card.emails ?? []).map((/** @type {any} */ one) => html`<span>${one.email}</span>`)}${card.org?.company && html`<span class="muted">${card.org.company}</span>`}</div></div>`)}${stamp}<//>`;

/** What a customer answered to something interactive; what we sent, as they see it. @param {Props} props */
function Interactive({ message, stamp, quote }) {
  const it = message.content.interactive ?? {};
  const reply = it.button_reply ?? it.list_reply;
  if (reply) return html`<${Bubble}>${quote}<span class="meta tap"><${Icon} name="reply" size="s"/>${t(it.list_reply ? 'message.chose' : 'message.tapped')}</span>${reply.title}${reply.description && html`<br/><span class="muted">${reply.description}</span>`}${stamp}<//>`;
  if (it.nfm_reply) return html`<${Bubble}>${quote}<${FlowAnswer} reply=${it.nfm_reply}/>${stamp}<//>`;
  if (it.call_permission_reply) return html`<${Bubble}>${quote}<${Icon} name="phone" size="s"/> ${t(it.call_permission_reply.response === 'accept' ? 'message.calls_allowed' : 'message.calls_refused')}${stamp}<//>`;
  const { header, body, footer, action = {} } = it;
  const buttons = /** @type {[string, string][]} */ (action.buttons?.map((/** @type {any} */ button) => ['reply', button.reply?.title]) ?? []);
  if (action.button) buttons.push(['stack', action.button]);
  if (action.parameters?.display_text) buttons.push(['ext', action.parameters.display_text]);
  if (action.parameters?.flow_cta) buttons.push(['doc', action.parameters.flow_cta]);
  if (it.type === 'location_request_message') buttons.push(['pin', t('message.send_location')]);
  return html`<div class="bub tpl">${quote}<div class="tb">${header?.text && html`<b class="tt">${header.text}</b>`}<${WhatsAppText} text=${body?.text}/>${footer?.text && html`<p class="ft">${footer.text}</p>`}${stamp}</div>
    ${(action.sections ?? []).length > 0 && html`<details class="rows"><summary>${t('message.options', { n: action.sections.flatMap((/** @type {any} */ one) => one.rows ?? []).length })}</summary>${action.sections.map((/** @type {any} */ section) => html`<b>${section.title}</b><ul>${(section.rows ?? []).map((/** @type {any} */ row) => html`<li>${row.title}${row.description && html` <span class="muted">${row.description}</span>`}</li>`)}</ul>`)}</details>`}
    ${buttons.length > 0 && html`<div class="bts">${buttons.map(([icon, text]) => html`<span><${Icon} name=${icon} size="s"/>${text}</span>`)}</div>`}</div>`;
}

/** @param {{ reply: any }} props */
function FlowAnswer({ reply }) {
  /** @type {Record<string, unknown>} */
  let answers = {};
  try { answers = JSON.parse(reply.response_json ?? '{}'); } catch { /* Then only the summary is shown. */ }
  const shown = Object.entries(answers).filter(([name]) => name !== 'flow_token');
  return html`<b>${reply.body || t('message.form')}</b><dl class="flow">${shown.map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>`)}</dl>`;
}

/** @param {Props} props */
function Order({ message, stamp, quote }) {
  const { product_items: items = [], text } = message.content.order ?? {};
  const total = items.reduce((/** @type {number} */ sum, /** @type {any} */ item) => sum + Number(item.item_price) * Number(item.quantity), 0);
  return html`<${Bubble}>${quote}<b>${t('message.kind.order')}</b><ul class="order">${items.map((/** @type {any} */ item) => html`<li><span class="grow">${item.quantity} × ${item.product_retailer_id}</span><span class="tab">${money(item.item_price, item.currency)}</span></li>`)}</ul>
    <div class="flex between"><span>${t('message.total')}</span><b class="tab">${money(total, items[0]?.currency ?? '')}</b></div>${text && html`<p>${text}</p>`}${stamp}<//>`;
}

/** @param {Props} props */
function Unsupported({ message, stamp, quote }) {
  const detail = message.errors?.[0]?.details ?? message.errors?.[0]?.title;
  return html`<${Bubble} class="gone">${quote}<${Icon} name="unknown" size="s"/> ${t('message.unsupported')}${detail && html`<br/><span class="meta">${detail}</span>`}${stamp}<//>`;
}

/** What this build does not know is shown as it came, folded. @param {Props} props */
const Unknown = ({ message, stamp, quote }) => html`<${Bubble} class="gone">${quote}<${Icon} name="unknown" size="s"/> ${t('message.unknown', { type: message.type })}<details class="rows"><summary>${t('message.as_it_came')}</summary><pre class="mono">${JSON.stringify(message.content, null, 1)}</pre></details>${stamp}<//>`;

/** @param {Props} props */
const Call = ({ message, stamp }) => html`<${Bubble}><${Icon} name="call" size="s"/> ${t('message.kind.call')} ${message.content?.call?.status && html`<${Chip}>${message.content.call.status}<//>`}${stamp}<//>`;

/** @param {Props} props */
const ButtonTap = ({ message, stamp, quote }) => html`<${Bubble}>${quote}<span class="meta tap"><${Icon} name="reply" size="s"/>${t('message.tapped')}</span>${message.content.button?.text}${stamp}<//>`;

/** A reaction whose message is not at hand. @param {Props} props */
const Stray = ({ message, stamp }) => html`<${Bubble}>${message.content.reaction?.emoji ? t('message.reacted_to', { emoji: message.content.reaction.emoji }) : t('message.reaction_gone')}${stamp}<//>`;

/** @type {Record<string, (props: Props) => any>} */
const KINDS = {
  text: Text, location: Location, contacts: Contacts, interactive: Interactive, order: Order, button: ButtonTap, unsupported: Unsupported, reaction: Stray,
  image: MediaContent, video: MediaContent, audio: MediaContent, voice: MediaContent, document: MediaContent, sticker: MediaContent, template: SentTemplate, call: Call,
};

/** @param {Props} props */
export function Content(props) {
  const Kind = props.message.reading === 'known' ? KINDS[props.message.type] ?? Unknown : Unknown;
  return html`<${Kind} ...${props}/>`;
}

