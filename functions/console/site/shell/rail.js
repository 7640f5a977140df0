// The rail at the left, and the bar at the bottom of narrow screens.

import { signOut } from '../lib/auth.js';
import { config } from '../lib/config.js';
import { myName } from '../lib/directory.js';
import { Dialog, Menu, Popup } from '../lib/dialog.js';
import { language, setLanguage, t } from '../lib/i18n.js';
import { me } from '../lib/me.js';
import { AgentMark, Icon, IconButton, Keys } from '../lib/parts.js';
import { parts } from '../lib/router.js';
import { toggleTheme } from '../lib/theme.js';
import { Fragment, html, useState } from '../lib/view.js';
import { put } from '../lib/api.js';
import { signal } from '../lib/view.js';
import { goToOpen } from './goto.js';
import { keysOpen } from './keys.js';
import { modulesSeen } from './modules.js';
import { railOfPage } from './page.js';
import { Bell } from './bell.js';

/** How many conversations ask for this person, told by the inbox. */
export const inboxCount = signal(/** @type {string} */ (''));
const available = signal(true);

async function setAvailable(/** @type {boolean} */ to) {
  available.value = to;
  try { await put('/v1/presence', { available: to }); } catch { available.value = !to; }
}

const Logo = () => html`<svg class="logo" viewBox="0 0 40 40" aria-hidden="true"><path class="logo-frame" d="M20 1.5H26.5A12 12 0 0 1 38.5 13.5V26.5A12 12 0 0 1 26.5 38.5H13.5A12 12 0 0 1 1.5 26.5V13.5A12 12 0 0 1 13.5 1.5Z"/><path class="logo-glass" d="M21.2 6.5H26A7.5 7.5 0 0 1 33.5 14v4.8H21.2z"/><path class="logo-bars" d="M20 6.5v27M6.5 20h27"/></svg>`;

const otherLanguage = () => (language.value === 'es' ? 'en' : 'es');
const current = () => parts.value[0] ?? 'inbox';

/** What one may do about oneself. */
const ownItems = () => [
  { label: t(available.value ? 'me.set_away' : 'me.set_available'), icon: 'me', run: () => setAvailable(!available.value) },
  { label: t('keys.title'), icon: 'keyboard', run: () => { keysOpen.value = true; } },
  { label: t('me.theme'), icon: 'half', run: toggleTheme },
  { label: t('me.language'), icon: 'edit', run: () => setLanguage(otherLanguage()) },
  null,
  { label: t('me.sign_out'), icon: 'al', run: signOut },
];

/** The rail. */
export function Rail() {
  const name = myName.value;
  const Sub = railOfPage.value;
  return html`<nav class="rail" aria-label=${t('nav.main')}>
    <div class="rail-head"><a class="brand" href="/inbox" aria-label=${`Ventana ${config.stage}, ${t('nav.inbox')}`}><${Logo}/><span><b>Ventana</b> <small>${config.stage}</small></span></a><${Bell}/></div>
    <button type="button" class="rail-search" title=${t('goto.title')} onClick=${() => { goToOpen.value = true; }}><${Icon} name="search" size="s"/><span>${t('goto.title')}</span><${Keys} keys="mod+k"/></button>
    <ul class="rail-list rail-mods">${modulesSeen().map((module) => html`<li key=${module.id}><a href=${`/${module.id}`} aria-current=${current() === module.id ? 'page' : undefined} title=${t(`nav.${module.id}`)}>
      <${Icon} name=${module.icon}/><span>${t(`nav.${module.id}`)}</span>${module.id === 'inbox' && inboxCount.value && html`<em class="count">${inboxCount.value}</em>`}</a></li>`)}</ul>
    <div class="rail-sub">${Sub && html`<${Sub}/>`}</div>
    <div class="rail-foot">
      <${Popup} class="me-btn" label=${t('me.menu', { name, available: t(available.value ? 'me.available' : 'me.away') })} button=${html`<${AgentMark} id=${me.value.id} name=${name}/><span><b class="ell">${name}</b> <small class=${available.value ? 'dot-ok' : ''}><span class="ell">${available.value ? t('me.available') : t('me.away')}</span></small></span>`}>
        ${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${ownItems()}/>`}<//>
      <${IconButton} icon="keyboard" label=${t('keys.title')} keys="?" onClick=${() => { keysOpen.value = true; }}/>
      <${IconButton} icon="half" label=${t('me.theme')} onClick=${toggleTheme}/>
      <button type="button" class="ib ib-text" lang=${otherLanguage()} aria-label=${`${otherLanguage().toUpperCase()}: ${t('me.language')}`} title=${t('me.language')} onClick=${() => setLanguage(otherLanguage())}>${otherLanguage().toUpperCase()}</button>
    </div></nav>`;
}

/** The bar at the bottom: four modules, and the rest behind *more*. */
export function TabBar() {
  const [more, setMore] = useState(false);
  const seen = modulesSeen();
  const first = seen.length > 5 ? seen.filter((module) => ['inbox', 'campaigns', 'people', 'reports'].includes(module.id)) : seen.slice(0, 4);
  const rest = seen.filter((module) => !first.includes(module));
  return html`<${Fragment}><nav class="tabbar" aria-label=${t('nav.main')}>
    ${first.map((module) => html`<a key=${module.id} href=${`/${module.id}`} aria-current=${current() === module.id ? 'page' : undefined}><${Icon} name=${module.icon} size="l"/>${t(`nav.${module.id}`)}</a>`)}
    <button type="button" aria-haspopup="dialog" onClick=${() => setMore(true)}><${Icon} name="more" size="l"/>${t('nav.more')}</button></nav>
    ${more && html`<${Dialog} title=${t('nav.more')} onClose=${() => setMore(false)}>
      <ul class="rail-list big">${rest.map((module) => html`<li key=${module.id}><a href=${`/${module.id}`} onClick=${() => setMore(false)}><${Icon} name=${module.icon}/><span class="grow">${t(`nav.${module.id}`)}</span></a></li>`)}</ul>
      <${Menu} close=${() => setMore(false)} items=${[{ label: t('goto.title'), icon: 'search', run: () => { goToOpen.value = true; } }, ...ownItems()]}/><//>`}
  <//>`;
}
