// Small drawings of figures. Each says in words what it shows; none relies on colour alone.

import { number, percent, shortDay, time } from '../../lib/format.js';
import { html } from '../../lib/view.js';

/**
 * Steps of which each is a part of the one before.
 * @param {{ label: string, steps: { name: string, value: number, share: number | null }[] }} props
 */
export function Funnel({ label, steps }) {
  const most = Math.max(1, ...steps.map((one) => one.value));
  const room = 700 / steps.length;
  const width = room * 0.72;
  const high = (/** @type {number} */ value) => Math.max(value > 0 ? 3 : 1, (value / most) * 112);
  return html`<svg class="chart" viewBox="0 0 700 178" role="img" aria-label=${label}>${steps.map((one, i) => {
    const [x, y] = [i * room, 150 - high(one.value)];
    const next = steps[i + 1];
    return html`<g key=${one.name}>${next && html`<path d=${`M${x + width} ${y}L${x + room} ${150 - high(next.value)}V150H${x + width}Z`} fill="var(--accent)" opacity=".14"/>`}
      <rect x=${x} y=${y} width=${width} height=${150 - y} rx=${Math.min(4, (150 - y) / 2)} fill="var(--accent)" opacity=${1 - i * 0.05}/>
      <text x=${x} y=${y - 8} class="strong big">${number(one.value)}</text>${one.share !== null && html`<text x=${x + width} y=${y - 8} text-anchor="end">${percent(one.share)}</text>`}
      <text x=${x} y="170">${one.name}</text></g>`;
  })}</svg>`;
}

/** The end of an axis that holds a share, in whole steps. @param {number} most */
export function axisOf(most) {
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find((one) => most / one <= 5) ?? 0.25;
  return { step, end: Math.max(step, Math.ceil(most / step - 1e-9) * step) };
}

/** A share's 95 % interval (Wilson). @param {number} part @param {number} of @returns {[number, number]} */
export function interval(part, of) {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const p = part / of;
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Shares with their intervals, one below the other.
 * @param {{ label: string, rows: { name: string, part: number, of: number, main?: boolean }[] }} props
 */
export function Intervals({ label, rows }) {
  const drawn = rows.map((one) => ({ ...one, share: one.of ? one.part / one.of : 0, ends: interval(one.part, one.of) }));
  const { step, end } = axisOf(Math.max(...drawn.map((one) => one.ends[1])));
  const x = (/** @type {number} */ share) => 100 + (share / end) * 228;
  const marks = Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step);
  const bottom = rows.length * 38 + 8;
  return html`<svg class="chart" viewBox=${`0 0 400 ${bottom + 28}`} role="img" aria-label=${label}>
    ${marks.map((one) => html`<path key=${one} class="grid" d=${`M${x(one)} 8V${bottom}`}/>`)}
    ${drawn.map((one, i) => html`<g key=${one.name}><text x="0" y=${28 + i * 38} class="strong">${one.name}</text>
      <path d=${`M${x(one.ends[0])} ${24 + i * 38}H${x(one.ends[1])}`} stroke=${one.main ? 'var(--accent)' : 'var(--ink-3)'} stroke-width="3" stroke-linecap="round" stroke-dasharray=${one.main ? undefined : '6 4'}/>
      <circle cx=${x(one.share)} cy=${24 + i * 38} r="5.5" fill=${one.main ? 'var(--accent)' : 'var(--ink-3)'} stroke="var(--bg-panel)" stroke-width="2"/>
      <text x="400" y=${28 + i * 38} text-anchor="end">${percent(one.share, 2)}</text></g>`)}
    <path class="axis" d=${`M100 ${bottom}H330`}/>${marks.map((one) => html`<text key=${one} x=${x(one)} y=${bottom + 18} text-anchor="middle">${percent(one, step < 0.01 ? 1 : 0)}</text>`)}</svg>`;
}

/**
 * What happened hour by hour: bars of what was accepted, a line of what was read.
 * @param {{ label: string, hours: { from: string, accepted: number, read: number }[], names: [string, string] }} props
 */
export function Hours({ label, hours, names }) {
  const most = Math.max(1, ...hours.map((one) => Math.max(one.accepted, one.read)));
  const room = 616 / Math.max(1, hours.length);
  const x = (/** @type {number} */ i) => 44 + i * room;
  const y = (/** @type {number} */ n) => 138 - (n / most) * 116;
  const day = new Date(hours[0]?.from ?? 0).toDateString() === new Date(hours.at(-1)?.from ?? 0).toDateString();
  const every = Math.max(1, Math.ceil(hours.length / 6));
  const line = hours.map((one, i) => `${i ? 'L' : 'M'}${x(i) + room / 2} ${y(one.read)}`).join('');
  return html`<figure><svg class="chart" viewBox="0 0 700 164" role="img" aria-label=${label}>
    ${[0, 0.5, 1].map((one) => html`<g key=${one}><path class="grid" d=${`M44 ${y(one * most)}H660`}/><text x="34" y=${y(one * most) + 4} text-anchor="end">${number(Math.round(one * most))}</text></g>`)}
    ${hours.map((one, i) => html`<rect key=${one.from} x=${x(i) + Math.min(room * 0.15, 6)} width=${Math.max(1, Math.min(room * 0.7, 48))} y=${y(one.accepted)} height=${138 - y(one.accepted)} rx="2" fill="var(--accent)" opacity=".75"/>`)}
    ${hours.length > 1 && html`<path d=${line} fill="none" stroke="var(--ink-1)" stroke-width="2" stroke-dasharray="5 4"/>`}
    ${hours.map((one, i) => i % every === 0 && html`<text key=${one.from} x=${x(i)} y="158">${day ? time(one.from) : shortDay(one.from)}</text>`)}</svg>
    <figcaption class="legend"><span><i style=${{ '--c': 'var(--accent)' }}></i>${names[0]}</span>${hours.length > 1 && html`<span><i class="dash"></i>${names[1]}</span>`}</figcaption></figure>`;
}

/** Bars with their figures, the most first. @param {{ rows: { key: string, name: any, value: number, color?: string }[], of: number }} props */
export const Bars = ({ rows, of }) => html`<ul class="bars">${rows.map((one) => html`<li key=${one.key}><div class="flex between"><span>${one.name}</span><b class="tab">${number(one.value)}</b></div><div class="meter xs" aria-hidden="true"><i style=${{ '--v': `${of ? Math.min(100, (one.value / of) * 100) : 0}%`, '--c': one.color ?? 'var(--accent)' }}></i></div></li>`)}</ul>`;
