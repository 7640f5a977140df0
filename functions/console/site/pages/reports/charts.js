// Drawings of a report. Each says in words what it shows and has a table beside it; none relies on colour alone.

import { number } from '../../lib/format.js';
import { classes, html, useId, useLayoutEffect, useRef, useState } from '../../lib/view.js';
import { marks, minutesShort } from './model.js';
import { barName, hourName, weekdayShort } from './words.js';

/** How wide a place is, so that a drawing's letters stay as large as all others. */
function useWidth() {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(540);
  useLayoutEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const look = () => setWidth(Math.max(220, Math.floor(place.clientWidth)));
    const watch = new ResizeObserver(look);
    watch.observe(place);
    look();
    return () => watch.disconnect();
  }, []);
  return /** @type {[typeof box, number]} */ ([box, width]);
}

/** @typedef {{ name: string, color: string, hatch?: boolean }} Series */

/** What a series looks like, in words. @param {{ series: Series[] }} props */
export const Legend = ({ series }) => html`<span class="legend">${series.map((one) => html`<span key=${one.name}><i class=${one.hatch ? 'hatch-key' : ''} style=${{ '--c': one.color }}></i>${one.name}</span>`)}</span>`;

const HEIGHT = 270;
const [TOP, BOTTOM, LEFT] = [22, 236, 40];

/**
 * Bars one on top of the other, for each day or week.
 * @param {{ label: string, bars: { from: string, to: string, values: number[] }[], series: Series[] }} props
 */
export function StackedBars({ label, bars, series }) {
  const [box, width] = useWidth();
  const id = useId();
  const sums = bars.map((one) => one.values.reduce((all, value) => all + value, 0));
  const lines = marks(Math.max(0, ...sums));
  const end = /** @type {number} */ (lines.at(-1));
  const room = (width - LEFT - 4) / bars.length;
  const thick = Math.min(40, Math.max(1, room - Math.min(5, room * 0.3)));
  const x = (/** @type {number} */ i) => LEFT + i * room + (room - thick) / 2;
  const high = (/** @type {number} */ value) => (value / end) * (BOTTOM - TOP);
  const every = Math.max(1, Math.ceil(64 / room));
  const top = sums.indexOf(Math.max(...sums));
  return html`<div ref=${box} class="chart-box"><svg class="chart" viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${label}>
    <defs>${series.map((one, n) => one.hatch && html`<pattern key=${n} id=${`${id}-${n}`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" style=${{ fill: one.color }} opacity=".3"/><rect width="2.4" height="5" style=${{ fill: one.color }}/></pattern>`)}</defs>
    ${lines.map((one) => html`<g key=${one}><path class="grid" d=${`M${LEFT - 4} ${BOTTOM - high(one)}H${width}`}/><text x=${LEFT - 10} y=${BOTTOM - high(one) + 4} text-anchor="end">${number(one)}</text></g>`)}
    ${bars.map((one, i) => {
      let y = BOTTOM;
      return html`<g key=${one.from}><title>${`${barName(one)}: ${series.map((of, n) => `${of.name} ${number(one.values[n])}`).join(', ')}`}</title>
        <rect x=${LEFT + i * room} y=${TOP} width=${room} height=${BOTTOM - TOP} fill="transparent"/>
        ${one.values.map((value, n) => {
          if (!value) return null;
          const tall = high(value);
          y -= tall;
          return html`<rect key=${n} x=${x(i)} y=${y} width=${thick} height=${Math.max(1, tall - (y + tall < BOTTOM ? 1.5 : 0))} rx=${Math.min(2, thick / 3)} style=${{ fill: series[n].hatch ? `url(#${id}-${n})` : series[n].color }}/>`;
        })}</g>`;
    })}
    ${sums[top] > 0 && html`<text class="strong" x=${Math.min(width - 14, Math.max(LEFT + 8, x(top) + thick / 2))} y=${BOTTOM - high(sums[top]) - 7} text-anchor="middle">${number(sums[top])}</text>`}
    ${bars.map((one, i) => i % every === 0 && html`<text key=${one.from} x=${Math.min(width - 20, Math.max(LEFT + 12, x(i) + thick / 2))} y=${BOTTOM + 20} text-anchor="middle">${barName({ from: one.from, to: one.from })}</text>`)}</svg></div>`;
}

/** With more hours than these, every second one is named. */
const MANY = 15;

/**
 * Hours of a week, each with its minutes; dark where they are above the target.
 * @param {{ title: string, label: string, table: NonNullable<ReturnType<typeof import('./model.js').week>>, tell: (weekday: number, cell: any) => string }} props
 */
export const Heat = ({ title, label, table, tell }) => html`<div class="heat-box" tabindex="0" role="group" aria-label=${title}><div class=${classes('heat heat-week', table.columns.length > MANY && 'many')} role="img" aria-label=${label} style=${{ '--hours': table.columns.length }}>
  <span></span>${table.columns.map((hour, i) => html`<span key=${hour} class="h">${(table.columns.length <= MANY || i % 2 === 0) && hourName(hour)}</span>`)}
  ${table.rows.map((row) => html`<span key=${row.weekday} class="d">${weekdayShort(row.weekday)}</span>${row.cells.map((cell, i) => (cell
    ? html`<i key=${`${row.weekday} ${i}`} class=${cell.over ? 'hi' : ''} style=${{ '--v': `${cell.shade}%` }} title=${tell(row.weekday, cell)}>${minutesShort(cell.seconds)}</i>`
    : html`<i key=${`${row.weekday} ${i}`} class="na"></i>`))}`)}</div></div>`;
