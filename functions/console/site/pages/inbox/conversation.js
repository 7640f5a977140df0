// A conversation: head, messages, who else is there, composer; and the record beside it.

import { t } from '../../lib/i18n.js';
import { lazy } from '../../lib/lazy.js';
import { AgentMark, ProblemCallout } from '../../lib/parts.js';
import { windowLeft } from '../../lib/window.js';
import { personName } from '../../lib/conversation-parts.js';
import { Fragment, html, useEffect, useMemo, useRef, useState } from '../../lib/view.js';
import { markRead, refused, resolve } from './actions.js';
import { attach } from './attachments.js';
import { Composer } from './composer.js';
import { CopyBar } from './copy-to-field.js';
import { ConversationHead } from './head.js';
import { missed, people } from './live.js';
import { Record } from './record.js';
import { react, thread } from './thread-store.js';
import { Thread } from './thread.js';

const TemplatePicker = lazy(() => import('./template-picker.js'), 'TemplatePicker');

/** @typedef {import('./list-model.js').Row} Row */

/** @param {{ row: Row, recordShown: boolean, toggleRecord: () => void, next: () => void }} props */
export function Conversation({ row, recordShown, toggleRecord, next }) {
  const [quote, setQuote] = useState(/** @type {any} */ (null));
  const [templates, setTemplates] = useState(false);
  const toBottom = useRef(/** @type {(() => void) | null} */ (null));
  const current = useRef(row);
  current.current = row;
  const name = personName(row.contact) || row.group || '';
  // Where reading had stopped when the conversation was opened. It stays while one looks.
  const unreadFrom = useRef(/** @type {string | null | undefined} */ (undefined));
  const messages = thread(row.id).value.messages;
  if (unreadFrom.current === undefined && messages.length) {
    const n = row.unread ? row.unread_count ?? 0 : 0;
    unreadFrom.current = n > 0 ? messages.filter((message) => message.direction === 'inbound').at(-n)?.id ?? null : null;
  }
  const context = useMemo(() => ({
    get row() { return current.current; },
    name,
    find: (/** @type {string} */ wamid) => thread(row.id).value.messages.find((message) => message.wamid === wamid),
    reply: (/** @type {any} */ message) => { setQuote(message); /** @type {HTMLElement | null} */ (document.querySelector('.c-input'))?.focus(); },
    react: (/** @type {any} */ message, /** @type {string} */ emoji) => react(row.id, row.number.id, message, emoji).catch((problem) => { refused.value = { conversation: row.id, problem }; }),
    jump: (/** @type {any} */ message) => {
      const box = document.querySelector(`.thread [data-id="${CSS.escape(message.id)}"]`);
      box?.scrollIntoView({ block: 'center' });
      box?.classList.add('found');
      setTimeout(() => box?.classList.remove('found'), 1600);
    },
    openTemplates: () => setTemplates(true),
  }), [row.id, name]);
  const sayRead = () => { if (!document.hidden && document.hasFocus()) markRead(current.current, thread(row.id).peek().messages); };
  useEffect(() => {
    addEventListener('focus', sayRead);
    return () => removeEventListener('focus', sayRead);
  }, [row.id]);
  const problem = refused.value?.conversation === row.id ? refused.value.problem : null;
  const [over, setOver] = useState(false);
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') && windowLeft(row.window, row.free_entry, Date.now()).state !== 'closed';
  const drag = {
    onDragOver: (/** @type {DragEvent} */ event) => { if (holdsFiles(event)) { event.preventDefault(); setOver(true); } },
    onDragLeave: (/** @type {DragEvent} */ event) => { if (!(/** @type {Element} */ (event.currentTarget)).contains(/** @type {Node} */ (event.relatedTarget))) setOver(false); },
    onDrop: (/** @type {DragEvent} */ event) => { if (!holdsFiles(event)) return; event.preventDefault(); setOver(false); attach(row.id, event.dataTransfer?.files ?? []); },
  };
  const writing = people.value.filter((one) => one.what === 'reply' || one.what === 'note');
  return html`<${Fragment}>
    <section class="pane-col conv" aria-label=${t('inbox.conversation_with', { name })} ...${drag}>${over && html`<div class="drop-here" aria-hidden="true">${t('composer.drop')}</div>`}
      <${ConversationHead} row=${row} recordShown=${recordShown} toggleRecord=${toggleRecord} resolveAndNext=${async () => { if (await resolve(row)) next(); }}/>
      ${problem && html`<div class="pad-s"><${ProblemCallout} problem=${problem}/></div>`}
      ${missed.value?.conversation === row.id && html`<p class="sys missed" role="status">${t('inbox.missed', { n: missed.value.n })}</p>`}
      <${Thread} conversation=${row.id} context=${context} unreadFrom=${unreadFrom.current ?? null} sayRead=${sayRead} toBottom=${toBottom}/>
      <${CopyBar} row=${row}/>
      ${writing.map((one) => html`<div class="peer" key=${one.id} role="status"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><${AgentMark} id=${one.id} name=${one.name}/><span><b>${one.name}</b> ${t(one.what === 'note' ? 'peer.note' : 'peer.reply')}</span></div>`)}
      <${Composer} row=${row} name=${name} quote=${quote} setQuote=${setQuote} openTemplates=${() => setTemplates(true)} lastInbound=${() => thread(row.id).peek().messages.findLast((message) => message.direction === 'inbound' && message.wamid)} next=${next} sent=${() => toBottom.current?.()}/>
    </section>
    ${recordShown && html`<${Record} row=${row} name=${name} close=${toggleRecord}/>`}
    ${templates && html`<${TemplatePicker} row=${row} name=${name} onClose=${() => setTemplates(false)} sent=${() => toBottom.current?.()}/>`}
  <//>`;
}
