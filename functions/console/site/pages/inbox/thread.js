// The messages of a conversation. The newest page is there at once; older ones come while one scrolls up. Chunks that are
// far from the screen are laid out by the browser only when they come near.

import { dayHead } from '../../lib/format.js';
import { language, t } from '../../lib/i18n.js';
import { now } from '../../lib/now.js';
import { Empty, ProblemCallout, Skeleton } from '../../lib/parts.js';

import { classes, Fragment, html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../lib/view.js';
import { MessageView } from './message.js';
import { keyOf, standing } from './thread-model.js';
import { atEndOf, loadOlder, openThread, thread } from './thread-store.js';

/** @typedef {import('./thread-model.js').Chunk} Chunk */
/** @typedef {import('./message.js').Context} Context */

/** @param {{ chunk: Chunk, before: any, after: any, context: Context, unreadFrom: string | null }} props */
function ChunkView({ chunk, before, after, context, unreadFrom }) {
  const today = new Date(now.value).toDateString();
  // Drawn again only when something in it, or what stands beside it, is another.
  const drawn = useMemo(() => chunk.items.map((message, i) => {
    const { newDay, gap, tail } = standing(message, chunk.items[i - 1] ?? before, chunk.items[i + 1] ?? after);
    return html`<${Fragment} key=${keyOf(message)}>
      ${newDay && html`<div class="day" role="separator"><span>${dayHead(message.timestamp)}</span></div>`}
      ${unreadFrom === message.id && html`<div class="day fresh" role="separator"><span>${t('inbox.new_messages')}</span></div>`}
      <${MessageView} message=${message} context=${context} gap=${gap} tail=${tail}/><//>`;
  }), [chunk, before, after, context, unreadFrom, today, language.value]);
  return html`<div class="chunk">${drawn}</div>`;
}

/** @param {{ conversation: string, context: Context, unreadFrom: string | null, sayRead: () => void, toBottom: { current: (() => void) | null } }} props */
export function Thread({ conversation, context, unreadFrom, sayRead, toBottom }) {
  const { chunks, messages, older, loading, problem, loaded } = thread(conversation).value;
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const inner = useRef(/** @type {HTMLDivElement | null} */ (null));
  const atEnd = useRef(true);
  const anchor = useRef(/** @type {{ height: number, top: number } | null} */ (null));
  const [below, setBelow] = useState(0);
  const lastKey = messages.length ? keyOf(messages[messages.length - 1]) : '';
  const seenLast = useRef('');

  useEffect(() => { openThread(conversation); }, [conversation]);
  useLayoutEffect(() => { atEnd.current = true; atEndOf(conversation, true); seenLast.current = ''; setBelow(0); }, [conversation]);

  useLayoutEffect(() => {
    const scroller = box.current;
    if (!scroller) return;
    if (anchor.current) {
      // Older messages came above: what is read stays where it is.
      scroller.scrollTop = anchor.current.top + (scroller.scrollHeight - anchor.current.height);
      anchor.current = null;
    } else if (atEnd.current) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (seenLast.current && seenLast.current !== lastKey) {
      setBelow((n) => n + 1);
    }
    seenLast.current = lastKey;
    if (atEnd.current) sayRead();
  }, [chunks]);

  // What grows later (a picture, a font) does not push the end out of sight.
  useEffect(() => {
    const watch = new ResizeObserver(() => { if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight; });
    if (inner.current) watch.observe(inner.current);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [conversation, loaded]);

  const loadMore = () => {
    const scroller = box.current;
    if (!scroller || !older || loading) return;
    anchor.current = { height: scroller.scrollHeight, top: scroller.scrollTop };
    loadOlder(conversation);
  };
  const scrolled = () => {
    const scroller = box.current;
    if (!scroller) return;
    atEnd.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    atEndOf(conversation, atEnd.current);
    if (atEnd.current && below) { setBelow(0); sayRead(); }
    if (scroller.scrollTop < 900) loadMore();
  };
  const end = () => { atEnd.current = true; setBelow(0); box.current?.scrollTo({ top: box.current.scrollHeight }); sayRead(); };
  toBottom.current = end;

  if (problem && !loaded) return html`<div class="scroll"><div class="pad"><${ProblemCallout} problem=${problem} retry=${() => openThread(conversation)}/></div></div>`;
  return html`<div class="scroll thread-scroll" tabindex="0" role="log" aria-live="off" aria-label=${t('inbox.messages')} ref=${box} onScroll=${scrolled}><div class="thread" ref=${inner}>
    ${!loaded && html`<${Skeleton} lines=${6}/>`}
    ${loaded && messages.length === 0 && html`<${Empty} title=${t('inbox.no_messages')}/>`}
    ${loaded && !older && messages.length > 0 && html`<p class="meta thread-start">${t('inbox.beginning')}</p>`}
    ${older && html`<button type="button" class="btn sm ghost thread-start" aria-busy=${loading ? 'true' : undefined} onClick=${loadMore}>${t('inbox.older')}</button>`}
    ${chunks.map((chunk, i) => html`<${ChunkView} key=${chunk.key} chunk=${chunk} before=${chunks[i - 1]?.items.at(-1)} after=${chunks[i + 1]?.items[0]} context=${context} unreadFrom=${unreadFrom}/>`)}
  </div></div>
  ${below > 0 && html`<button type="button" class=${classes('btn sm primary to-end')} onClick=${end}>${t('inbox.below', { n: below })}</button>`}`;
}
