// Texts of WhatsApp on screen, and templates as a phone shows them.

import { time } from './format.js';
import { t } from './i18n.js';
import { classes, html } from './view.js';
import { readText } from './whatsapp-text.js';

/** @param {import('./whatsapp-text.js').Piece} piece @returns {any} */
function drawn(piece) {
  const inside = piece.inside?.map(drawn);
  switch (piece.kind) {
    case 'bold': return html`<b>${inside}</b>`;
    case 'italic': return html`<em class="it">${inside}</em>`;
    case 'struck': return html`<s>${inside}</s>`;
    case 'code': return html`<code class="mono">${inside}</code>`;
    case 'link': return html`<a class="linkish" href=${piece.href} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>`;
    default: return piece.text;
  }
}

/**
 * A text with WhatsApp's marks.
 * @param {{ text: string | null | undefined }} props
 */
export function WhatsAppText({ text }) {
  const lines = readText(text ?? '');
  return lines.map((line, i) => {
    const inside = line.inside.map(drawn);
    if (line.kind === 'block') return html`<pre class="mono">${inside}</pre>`;
    if (line.kind === 'quote') return html`<blockquote>${inside}</blockquote>`;
    if (line.kind === 'bullet') return html`<span class="wli">•\u00a0${inside}</span>`;
    if (line.kind === 'numbered') return html`<span class="wli">${line.mark}.\u00a0${inside}</span>`;
    return i < lines.length - 1 ? [inside, html`<br/>`] : inside;
  });
}

const BUTTON_ICONS = /** @type {Record<string, string>} */ ({
  URL: 'ext', PHONE_NUMBER: 'phone', VOICE_CALL: 'phone', COPY_CODE: 'copy', OTP: 'copy', FLOW: 'doc', CATALOG: 'stack', MPM: 'stack', QUICK_REPLY: 'reply',
});

/** @param {{ button: { kind: string, text?: string | null, url?: string | null } }} props */
const TemplateButton = ({ button }) => html`<span title=${button.url ?? undefined}><svg class="i s" aria-hidden="true"><use href=${`#i-${BUTTON_ICONS[button.kind.toUpperCase()] ?? 'reply'}`}/></svg>${button.text ?? t('message.copy_code')}</span>`;

/** @param {{ header: any }} props */
function TemplateHeader({ header }) {
  if (!header) return null;
  if (header.text) return html`<b class="tt"><${WhatsAppText} text=${header.text}/></b>`;
  const kind = Object.keys(header)[0];
  const icons = /** @type {Record<string, string>} */ ({ image: 'image', video: 'video', gif: 'video', document: 'file', location: 'pin', product: 'stack' });
  const name = header[kind]?.filename ?? header[kind]?.name ?? t(`message.kind.${kind}`);
  return html`<div class="tpl-media" data-kind=${kind}><svg class="i l" aria-hidden="true"><use href=${`#i-${icons[kind] ?? 'file'}`}/></svg><span class="ell">${name}</span></div>`;
}

/**
 * A template as the person sees it: what `POST /v1/templates/…/preview` says in `rendered`, or `rendered` made by `fillTemplate`.
 * @param {{ rendered: any, at?: string | null, stamp?: any, class?: string }} props
 */
export function TemplateView({ rendered, at, stamp, class: more }) {
  const { header, body, footer, buttons = [], cards = [], offer } = rendered;
  return html`<div class=${classes('bub tpl', more)}>
    ${header && !header.text && html`<${TemplateHeader} header=${header}/>`}
    <div class="tb">${header?.text && html`<${TemplateHeader} header=${header}/>`}${offer && html`<b class="tt">${offer.text}</b>`}<${WhatsAppText} text=${body}/>${footer && html`<p class="ft">${footer}</p>`}${stamp ?? (at && html`<span class="stamp">${time(at)}</span>`)}</div>
    ${cards.length > 0 && html`<div class="tpl-cards" tabindex="0" role="group" aria-label=${t('message.cards')}>${cards.map((/** @type {any} */ card, /** @type {number} */ i) => html`<div class="tpl-card" key=${i}><${TemplateHeader} header=${card.header}/>${card.body && html`<div class="tb"><${WhatsAppText} text=${card.body}/></div>`}<div class="bts">${(card.buttons ?? []).map((/** @type {any} */ button) => html`<${TemplateButton} button=${button}/>`)}</div></div>`)}</div>`}
    ${buttons.length > 0 && html`<div class="bts">${buttons.map((/** @type {any} */ button, /** @type {number} */ i) => html`<${TemplateButton} key=${i} button=${button}/>`)}</div>`}</div>`;
}

/**
 * Fills a text's variables, `{{1}}` or `{{name}}`.
 * @param {string | null | undefined} text
 * @param {any[]} parameters of Meta's message
 */
export function fillText(text, parameters = []) {
  return (text ?? '').replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) => {
    const named = parameters.find((one) => one.parameter_name === name);
    const one = named ?? (/^\d+$/.test(name) ? parameters[Number(name) - 1] : undefined);
    return one?.text ?? one?.currency?.fallback_value ?? one?.date_time?.fallback_value ?? whole;
  });
}

/**
 * What a sent template looked like, from its definition and the parameters of the message.
 * @param {any[]} components the template's, of `GET /v1/templates/…`
 * @param {any} sent Meta's `template` of the message
 */
export function fillTemplate(components, sent) {
  const of = (/** @type {string} */ kind) => components.find((one) => String(one.kind ?? one.type).toUpperCase() === kind);
  const given = (/** @type {string} */ kind) => sent?.components?.find((/** @type {any} */ one) => String(one.type).toLowerCase() === kind)?.parameters ?? [];
  const header = of('HEADER');
  const media = given('header')[0];
  const format = String(header?.format ?? 'TEXT').toLowerCase();
  return {
    header: header ? (format === 'text' ? { text: fillText(header.text, given('header')) } : { [format]: media?.[format] ?? null }) : null,
    body: fillText(of('BODY')?.text, given('body')),
    footer: of('FOOTER')?.text ?? null,
    buttons: (of('BUTTONS')?.buttons ?? []).map((/** @type {any} */ button) => ({ kind: String(button.kind ?? button.type ?? 'QUICK_REPLY'), text: button.text ?? null, url: button.url ?? null })),
    cards: (of('CAROUSEL')?.cards ?? []).map((/** @type {any} */ card) => {
      const inside = (/** @type {string} */ kind) => card.components?.find((/** @type {any} */ one) => String(one.kind ?? one.type).toUpperCase() === kind);
      const kind = String(inside('HEADER')?.format ?? 'image').toLowerCase();
      return { header: { [kind]: null }, body: inside('BODY')?.text ?? null, buttons: (inside('BUTTONS')?.buttons ?? []).map((/** @type {any} */ button) => ({ kind: String(button.kind ?? button.type), text: button.text })) };
    }),
  };
}
