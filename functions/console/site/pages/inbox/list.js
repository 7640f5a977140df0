// The list of conversations. Only the rows that are seen are drawn, so ten thousand are as quick as ten.

import { Button, Empty, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { navigate, query } from '../../lib/router.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../lib/view.js';
import { slice } from './list-model.js';
import { ConversationRow, ROW_HEIGHT } from './row.js';
import { held, listed, more, move, shown, still } from './store.js';
import { placeOf } from './places.js';

/** @param {{ current: string }} props */
export function List({ current }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [seen, setSeen] = useState({ top: 0, view: 900 });
  const [focusAt, setFocusAt] = useState(/** @type {string} */ (''));
  const rows = listed.value;
  const { loading, problem, next, asked, order } = shown.value;
  const asks = JSON.stringify([asked, order]);

  useLayoutEffect(() => { if (box.current) box.current.scrollTop = 0; setSeen({ top: 0, view: box.current?.clientHeight ?? 900 }); }, [asks]);
  useEffect(() => {
    const at = () => setSeen({ top: box.current?.scrollTop ?? 0, view: box.current?.clientHeight ?? 900 });
    const watch = new ResizeObserver(at);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  const { from, to, above, total } = slice({ count: rows.length, height: ROW_HEIGHT, top: seen.top, view: seen.view });
  useEffect(() => { if (next && !loading && to > rows.length - 10) more(); }, [to, next, loading]);

  const rovingId = rows.some((row) => row.id === focusAt) ? focusAt : rows.some((row) => row.id === current) ? current : rows[0]?.id;
  const place = rows.findIndex((row) => row.id === rovingId);

  /** Brings a row into view and, if asked, the focus to it. @param {number} at @param {boolean} focus */
  const go = (at, focus) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    const scroller = box.current;
    if (!row || !scroller) return;
    const top = rows.indexOf(row) * ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    if (top + ROW_HEIGHT + 12 > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW_HEIGHT + 12 - scroller.clientHeight;
    setFocusAt(row.id);
    setSeen({ top: scroller.scrollTop, view: scroller.clientHeight });
    if (focus) requestAnimationFrame(() => /** @type {HTMLElement | null} */ (scroller.querySelector(`[data-id="${CSS.escape(row.id)}"]`))?.focus({ preventScroll: true }));
  };
  const step = (/** @type {number} */ by) => {
    const inList = box.current?.contains(document.activeElement);
    const base = inList ? place : rows.findIndex((row) => row.id === current);
    const row = rows[Math.max(0, Math.min(rows.length - 1, base + by))];
    if (!row) return;
    go(rows.indexOf(row), true);
    // A conversation that is open follows the list; from the list alone, `Enter` opens.
    if (current) navigate(placeOf(row.id), { replace: true });
  };
  useKeys([{ keys: 'j', run: () => step(1) }, { keys: 'k', run: () => step(-1) }]);
  const arrows = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by === undefined && event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    go(event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : place + /** @type {number} */ (by), true);
  };
  const hold = () => { still.value = true; };
  const release = (/** @type {any} */ event) => {
    if (event.type === 'focusout' && box.current?.contains(event.relatedTarget)) return;
    if (event.type === 'pointerleave' && box.current?.contains(document.activeElement)) return;
    if (event.type === 'focusout' && box.current?.matches(':hover')) return;
    still.value = false;
    move();
  };

  return html`<div class="scroll list-scroll" ref=${box} role="region" aria-label=${t('inbox.list')} onScroll=${(/** @type {any} */ event) => setSeen({ top: event.currentTarget.scrollTop, view: event.currentTarget.clientHeight })}
      onKeyDown=${arrows} onPointerEnter=${hold} onPointerLeave=${release} onFocusIn=${hold} onFocusOut=${release}>
    ${held.value.size > 0 && html`<button type="button" class="btn sm primary held" onClick=${() => { move(); if (box.current) box.current.scrollTop = 0; }}>${t('inbox.held', { n: held.value.size })}</button>`}
    ${problem && rows.length === 0 && html`<${ProblemCallout} problem=${problem} retry=${() => location.reload()}/>`}
    ${loading && rows.length === 0 && html`<${Skeleton} lines=${9}/>`}
    ${!loading && !problem && rows.length === 0 && html`<${EmptyList}/>`}
    ${rows.length > 0 && html`<ul class="convs" aria-busy=${loading ? 'true' : undefined} style=${{ height: `${total + 12}px`, paddingBlockStart: `${above + 6}px` }}>
      ${rows.slice(from, to).map((row, i) => html`<${ConversationRow} key=${row.id} row=${row} current=${row.id === current} focusable=${row.id === rovingId} href=${placeOf(row.id)} at=${from + i} of=${rows.length}/>`)}</ul>`}
  </div>`;
}

function EmptyList() {
  const { category } = shown.value.asked;
  const filtered = query.value.size > 0 || shown.value.asked.state !== 'open';
  if (filtered) return html`<${Empty} title=${t('inbox.none_filtered')} action=${html`<${Button} onClick=${() => navigate(`/inbox/${category}`)}>${t('inbox.clear')}<//>`}/>`;
  const action = category === 'mine' && html`<a class="btn" href="/inbox/unassigned">${t('inbox.see_unassigned')}</a>`;
  return html`<${Empty} title=${t(`inbox.none.${category}`)} action=${action}/>`;
}
