// What is offered while one writes: quick replies after `/`, colleagues after `@`.

import { id, post } from '../../lib/api.js';
import { agents, quickReplies } from '../../lib/directory.js';
import { t } from '../../lib/i18n.js';
import { AgentMark } from '../../lib/parts.js';
import { html, useEffect, useId, useLayoutEffect, useState } from '../../lib/view.js';

/**
 * @typedef {{ text: string, caret: number, handle: { current: { key: (event: KeyboardEvent) => boolean } | null }, row: import('./list-model.js').Row, insert: (what: string, from?: number, to?: number) => void, replace: (text: string) => void }} Props
 */

const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Those whom a note's text names after `@`: by their full name, or their first where nobody else has it.
 * @param {string} text
 * @param {{ id: string, name: string }[]} colleagues
 */
export function mentionsIn(text, colleagues) {
  const said = plain(text);
  const first = (/** @type {string} */ name) => plain(name).split(' ')[0];
  return colleagues.filter((one) => {
    if (said.includes(`@${plain(one.name)}`)) return true;
    const alone = colleagues.filter((other) => first(other.name) === first(one.name)).length === 1;
    return alone && new RegExp(`@${first(one.name).replace(/[^\p{L}\p{N}]/gu, '.')}(?![\\p{L}\\p{N}])`, 'u').test(said);
  }).map((one) => one.id);
}

/**
 * @param {{ items: { id: string, head: any, text: string }[], choose: (id: string) => void, handle: Props['handle'], label: string, none?: string }} props
 */
function Offers({ items, choose, handle, label, none }) {
  const [at, setAt] = useState(0);
  const box = useId();
  useEffect(() => { setAt(0); }, [items.length]);
  handle.current = {
    key: (event) => {
      if (!items.length) return false;
      if (event.key === 'ArrowDown') { setAt((n) => (n + 1) % items.length); return true; }
      if (event.key === 'ArrowUp') { setAt((n) => (n - 1 + items.length) % items.length); return true; }
      if (event.key === 'Enter' || event.key === 'Tab') { choose(items[Math.min(at, items.length - 1)].id); return true; }
      return false;
    },
  };
  // At once: the next `Enter` may come before the screen is drawn, and sends.
  useLayoutEffect(() => () => { handle.current = null; }, []);
  return html`<div class="qr"><ul role="listbox" aria-label=${label} id=${box}>${items.map((one, i) => html`<li key=${one.id} role="option" aria-selected=${i === at ? 'true' : 'false'} onMouseMove=${() => setAt(i)} onMouseDown=${(/** @type {Event} */ event) => { event.preventDefault(); choose(one.id); }}>${one.head}<span>${one.text}</span></li>`)}</ul>${items.length === 0 && html`<p class="meta chooser-none">${none}</p>`}</div>`;
}

/** @param {Props} props */
export function QuickReplies({ text, handle, row, replace }) {
  const asked = /^\/(\S*)$/.exec(text)?.[1];
  const [dismissed, setDismissed] = useState('');
  useEffect(() => { if (asked === undefined) { handle.current = null; setDismissed(''); } }, [asked]);
  if (asked === undefined || dismissed === text) return null;
  const found = quickReplies.value.filter((one) => plain(`${one.shortcut} ${one.text}`).includes(plain(asked))).slice(0, 8);
  const choose = async (/** @type {string} */ of) => {
    const one = quickReplies.peek().find((reply) => reply.id === of);
    if (!one) return;
    try {
      const filled = await post(`/v1/quick-replies/${id(of)}/render`, { conversation: row.id });
      replace(filled.text);
    } catch { replace(one.text); }
  };
  return html`<${Offers} label=${t('composer.quick')} handle=${handle} choose=${choose} none=${t('composer.no_quick')} items=${found.map((one) => ({ id: one.id, head: html`<b class="mono">/${one.shortcut}</b>`, text: one.text }))}/>`;
}

/** @param {Props} props */
export function MentionList({ text, caret, handle, insert }) {
  const before = text.slice(0, caret);
  const asked = /(?:^|\s)@([\p{L}\p{N}]*)$/u.exec(before)?.[1];
  useEffect(() => { if (asked === undefined) handle.current = null; }, [asked]);
  if (asked === undefined) return null;
  const found = agents.value.filter((agent) => agent.active && plain(agent.name).split(' ').some((word) => word.startsWith(plain(asked)))).slice(0, 6);
  if (!found.length) return null;
  const choose = (/** @type {string} */ of) => {
    const agent = agents.peek().find((one) => one.id === of);
    if (agent) insert(`@${agent.name} `, caret - asked.length - 1, caret);
  };
  return html`<${Offers} label=${t('composer.mention')} handle=${handle} choose=${choose} items=${found.map((agent) => ({ id: agent.id, head: html`<${AgentMark} id=${agent.id} name=${agent.name}/>`, text: agent.name }))}/>`;
}
