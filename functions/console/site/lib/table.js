// Tables: rows of things, with a row that opens, ticks to choose several, and the next page at the end.

import { t } from './i18n.js';
import { Button, Empty, ProblemCallout, Skeleton } from './parts.js';
import { classes, html } from './view.js';

/**
 * @typedef {{ key: string, label: any, cell: (row: any) => any, number?: boolean, optional?: boolean, hiddenLabel?: boolean }} Column
 * A column. `optional` ones are left out on narrow screens; `number` ones stand at the right.
 */

/**
 * @param {{
 *   label: string, columns: Column[], rows: any[], id?: (row: any) => string, onOpen?: (row: any) => void, current?: string,
 *   chosen?: Set<string>, onChoose?: (chosen: Set<string>) => void, loading?: boolean, problem?: unknown, retry?: () => void,
 *   empty?: { title: string, text?: string, action?: any }, next?: string | null, onMore?: () => void, foot?: any, class?: string
 * }} props `onOpen` makes the first cell a button; `chosen` with `onChoose` adds ticks.
 */
export function Table({ label, columns, rows, id = (row) => row.id, onOpen, current, chosen, onChoose, loading, problem, retry, empty, next, onMore, foot, class: more }) {
  if (problem && rows.length === 0) return html`<${ProblemCallout} problem=${problem} retry=${retry}/>`;
  if (loading && rows.length === 0) return html`<${Skeleton} lines=${6}/>`;
  if (rows.length === 0 && empty) return html`<${Empty} title=${empty.title} action=${empty.action}>${empty.text}<//>`;
  const toggle = (/** @type {string} */ one) => {
    const to = new Set(chosen);
    if (!to.delete(one)) to.add(one);
    onChoose?.(to);
  };
  const every = chosen && rows.length > 0 && rows.every((row) => chosen.has(id(row)));
  // A table that may be wider than its place can be moved by keys, also where nothing in it takes the focus.
  const reach = !onOpen && !chosen && columns.length > 4 ? { tabindex: 0, role: 'group', 'aria-label': label } : {};
  return html`<div class="table-box" ...${reach}><table class=${classes('table', more)} aria-label=${label} aria-busy=${loading ? 'true' : undefined}>
    <thead><tr>${chosen && html`<th class="tickcell"><input type="checkbox" class="cbx" aria-label=${t('table.choose_all')} checked=${every} onChange=${() => onChoose?.(every ? new Set() : new Set(rows.map(id)))}/></th>`}
      ${columns.map((column) => html`<th key=${column.key} scope="col" class=${classes(column.number && 'n', column.optional && 'opt')}>${column.hiddenLabel ? html`<span class="vh">${column.label}</span>` : column.label}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${id(row)} onClick=${onOpen && ((/** @type {MouseEvent} */ event) => openAt(event, () => onOpen(row)))} aria-selected=${current === id(row) || chosen?.has(id(row)) ? 'true' : undefined}>
      ${chosen && html`<td class="tickcell"><input type="checkbox" class="cbx" aria-label=${t('table.choose')} checked=${chosen.has(id(row))} onChange=${() => toggle(id(row))}/></td>`}
      ${columns.map((column, i) => html`<td key=${column.key} class=${classes(column.number && 'n', column.optional && 'opt')}>${i === 0 && onOpen ? html`<button type="button" class="rowlink" onClick=${() => onOpen(row)}>${column.cell(row)}</button>` : column.cell(row)}</td>`)}</tr>`)}</tbody>
    ${foot && html`<tfoot>${foot}</tfoot>`}</table>
    ${problem && html`<${ProblemCallout} problem=${problem} retry=${retry}/>`}
    ${next && onMore && html`<div class="more"><${Button} small busy=${loading} onClick=${onMore}>${t('table.more')}<//></div>`}</div>`;
}

/**
 * A click anywhere in a row opens it, as its first cell does; what can be pressed, and text that was selected, stand for themselves.
 * @param {MouseEvent} event @param {() => void} open
 */
function openAt(event, open) {
  if (event.target instanceof Element && event.target.closest('button, a, input, select, label, .tickcell')) return;
  if (getSelection()?.isCollapsed !== false) open();
}
