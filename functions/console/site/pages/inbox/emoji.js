// A small set of emoji, by theme, found by words in both languages. Those used last stand first.

import { SearchField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { html, useState } from '../../lib/view.js';

const KEEP = 'ventana.emoji';

/** An emoji, and words that find it. */
const SETS = /** @type {[string, string][]} */ ([
  ['faces', '😀 feliz happy|😄 risa smile|😂 risa laugh|😊 contento pleased|😉 guiño wink|😍 amor love|😘 beso kiss|🤗 abrazo hug|🤔 duda think|😅 alivio relief|😎 genial cool|😇 ángel angel|🙃 ironía upside|😐 neutro neutral|😕 confuso confused|😢 triste sad|😭 llanto cry|😤 molesto huff|😡 enojo angry|😱 susto shock|😴 sueño sleep|🤒 enfermo sick|🥳 fiesta party|🤩 emoción star|😬 mueca grimace|🙄 ojos eyes|🤯 asombro mind|🥺 ruego plead'],
  ['hands', '👍 bien ok yes|👎 mal no|👏 aplauso clap|🙌 celebrar hooray|🙏 gracias thanks please|🤝 trato deal|👋 hola hello bye|✌️ paz peace|👌 perfecto perfect|🤞 suerte luck|💪 fuerza strong|👉 derecha right|👇 abajo down|👆 arriba up|✍️ firmar write|👀 mirar look'],
  ['hearts', '❤️ corazón heart|🧡 naranja orange|💛 amarillo yellow|💚 verde green|💙 azul blue|💜 morado purple|🖤 negro black|💔 roto broken|💯 cien hundred|✨ brillo sparkle|⭐ estrella star|🔥 fuego fire|🎉 fiesta party|🎁 regalo gift|🎂 torta cake|🌹 rosa rose'],
  ['things', '📦 paquete package|🚚 envío delivery truck|🧾 factura invoice receipt|💳 tarjeta card|💵 dinero money|🏦 banco bank|📄 documento document|📎 adjunto clip|📷 foto photo|📞 teléfono phone|📱 móvil mobile|💻 computadora laptop|🔧 servicio wrench|🔌 enchufe plug|💡 idea light|🔑 llave key|🏠 casa home|🏢 oficina office|📍 ubicación pin|🗓️ fecha calendar|⏰ hora clock|⏳ espera wait|🔔 aviso bell|🛒 compra cart|❄️ frío cold|☀️ sol sun|🌧️ lluvia rain|☕ café coffee|🍕 pizza|🚗 auto car|✈️ avión plane'],
  ['signs', '✅ listo done check|❌ no cross|⚠️ aviso warning|❗ importante important|❓ pregunta question|➡️ derecha right|⬅️ izquierda left|🔄 repetir repeat|🆗 ok|🆕 nuevo new|🔴 rojo red|🟢 verde green|🟡 amarillo yellow|1️⃣ uno one|2️⃣ dos two|3️⃣ tres three'],
]);

const ALL = SETS.map(([name, text]) => /** @type {[string, { emoji: string, words: string }[]]} */ ([name, text.split('|').map((one) => { const [emoji, ...words] = one.split(' '); return { emoji, words: words.join(' ') }; })]));

function recentOnes() {
  try { return /** @type {string[]} */ (JSON.parse(localStorage.getItem(KEEP) ?? '[]')); } catch { return []; }
}

/** @param {{ choose: (emoji: string) => void }} props */
export function Emoji({ choose }) {
  const [text, setText] = useState('');
  const last = recentOnes();
  const plain = (/** @type {string} */ word) => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const pick = (/** @type {string} */ emoji) => {
    try { localStorage.setItem(KEEP, JSON.stringify([emoji, ...last.filter((one) => one !== emoji)].slice(0, 16))); } catch { /* Then there are no last ones. */ }
    choose(emoji);
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (!by) return;
    const all = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll('.emoji button')];
    const at = all.indexOf(/** @type {Element} */ (document.activeElement));
    if (at < 0 && event.key !== 'ArrowDown') return;
    event.preventDefault();
    /** @type {HTMLElement | undefined} */ (all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))])?.focus();
  };
  const of = (/** @type {string} */ name, /** @type {string[]} */ list) => list.length > 0 && html`<section key=${name}><h3 class="rail-h">${t(`emoji.${name}`)}</h3><div class="emoji">${list.map((emoji) => html`<button type="button" key=${emoji} onClick=${() => pick(emoji)} aria-label=${emoji}>${emoji}</button>`)}</div></section>`;
  return html`<div class="emoji-box" onKeyDown=${move}><${SearchField} label=${t('emoji.find')} value=${text} onInput=${setText} autofocus/>
    ${!text && of('last', last)}${ALL.map(([name, list]) => of(name, list.filter((one) => plain(one.words).includes(plain(text))).map((one) => one.emoji)))}</div>`;
}
