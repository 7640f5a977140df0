// What every part of a report stands in: a heading, a table in place of the drawing, the same figures as a file.

import { get } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { announce, Button, IconButton } from '../../lib/parts.js';
import { createContext, html, useContext, useState } from '../../lib/view.js';

/** What can be had as a file. */
export const FILES = ['days', 'hours', 'agents', 'departments', 'numbers', 'costs', 'campaigns'];

/**
 * How a part is had as a file; handed down by the page, which shows what goes wrong.
 * @type {import('preact').Context<(part: string) => void>}
 */
export const Files = createContext(/** @type {(part: string) => void} */ (() => {}));

/**
 * Asks for a part as CSV and hands it to the browser, under a name that says what it is.
 * @param {string} part @param {Record<string, string>} query
 */
export async function download(part, query) {
  const text = await get(`/v1/reports/${part}.csv`, query);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text ?? ''], { type: 'text/csv;charset=utf-8' }));
  link.download = `${t(`reports.file.${part}`)}-${query.from}-${query.to}.csv`;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(t('reports.downloaded', { name: t(`reports.part.${part}`) }));
}

/**
 * A card. With `table` there is a button that shows the figures as a table in place of the drawing.
 * @param {{ title: string, meta?: any, file?: string, table?: () => any, flush?: boolean, children?: any }} props
 */
export function Card({ title, meta, file, table, flush, children }) {
  const [asTable, setAsTable] = useState(false);
  const save = useContext(Files);
  return html`<section class="card report-card"><div class="card-h"><h2>${title}</h2><span class="meta end">${meta}</span>
      ${table && html`<${Button} small kind="ghost" icon=${asTable ? 'chart' : 'doc'} aria-pressed=${asTable ? 'true' : 'false'} aria-label=${t('reports.as_table_of', { name: title })} onClick=${() => setAsTable(!asTable)}>${t('reports.as_table')}<//>`}
      ${file && html`<${IconButton} small icon="down" label=${t('reports.csv_of', { name: title })} onClick=${() => save(file)}/>`}</div>
    ${asTable && table ? html`<div class="report-table" tabindex="0" role="group" aria-label=${title}>${table()}</div>` : flush ? children : html`<div class="card-b stack">${children}</div>`}</section>`;
}
