// The bell: what needs this person. Mentions of the API, and what came while the page was open.

import { get } from '../lib/api.js';
import { agentName } from '../lib/directory.js';
import { Popup } from '../lib/dialog.js';
import { recent } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { me } from '../lib/me.js';
import { Button, Icon } from '../lib/parts.js';
import { navigate, path } from '../lib/router.js';
import { html, signal, useEffect, useState } from '../lib/view.js';

/** @typedef {{ id: string, conversation: string, text: string, at: string, icon: string }} Notice */

const SEEN = 'ventana.bell-seen';
const notices = signal(/** @type {Notice[]} */ ([]));
const seen = signal(read());

function read() {
  try { return localStorage.getItem(SEEN) ?? ''; } catch { return ''; }
}

/**
 * Puts something under the bell and, where the person allowed it and looks elsewhere, on their desktop.
 * @param {Notice} notice
 */
export function notify(notice) {
  if (notices.peek().some((one) => one.id === notice.id)) return;
  notices.value = [notice, ...notices.peek()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 30);
  if (!document.hidden || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  // One tab of several shows it: the tag is the same in all.
  const shown = new Notification('Ventana', { body: notice.text, tag: notice.id });
  shown.onclick = () => { window.focus(); navigate(path('inbox', 'all', notice.conversation)); shown.close(); };
}

/** Asks for mentions. */
export async function loadMentions() {
  if (!me.peek().id) return;
  try {
    const page = await get('/v1/mentions', { limit: 20 });
    for (const mention of page.items) {
      const text = t('bell.mention', { name: agentName(mention.by) });
      notify({ id: mention.message, conversation: mention.conversation, text, at: mention.at, icon: 'at' });
    }
  } catch { /* The bell is not worth an error on the page; it asks again. */ }
}

function markSeen() {
  seen.value = notices.peek()[0]?.at ?? seen.peek();
  try { localStorage.setItem(SEEN, seen.value); } catch { /* Then they are new again after a reload. */ }
}

/** The bell. */
export function Bell() {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    loadMentions();
    const timer = setInterval(loadMentions, 60_000);
    return () => clearInterval(timer);
  }, []);
  const fresh = notices.value.filter((notice) => notice.at > seen.value).length;
  const canAsk = !asked && typeof Notification !== 'undefined' && Notification.permission === 'default';
  const label = fresh ? t('bell.title_new', { n: fresh }) : t('bell.title');
  return html`<${Popup} label=${label} class="ib bell" wide onOpen=${(/** @type {boolean} */ open) => { if (!open) markSeen(); }} button=${html`<${Icon} name="bell"/>${fresh > 0 && html`<em class="badge" aria-hidden="true">${fresh}</em>`}`}>
    ${(/** @type {() => void} */ close) => html`<div class="bell-list"><h2>${t('bell.title')}</h2>
      ${notices.value.length === 0 && html`<p class="meta">${t('bell.none')}</p>`}
      <ul class="lines">${notices.value.map((notice) => html`<li key=${notice.id}><a href=${path('inbox', 'all', notice.conversation)} onClick=${close}><${Icon} name=${notice.icon} size="s"/><span class="ell">${notice.text}</span><time>${recent(notice.at)}</time></a></li>`)}</ul>
      ${canAsk && html`<${Button} small icon="bell" onClick=${() => { setAsked(true); Notification.requestPermission(); }}>${t('bell.allow')}<//>`}</div>`}<//>`;
}
