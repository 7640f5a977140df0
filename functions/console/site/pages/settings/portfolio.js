// A messaging limit: how many people may be written to outside of their windows, how many count now, when they are free.

import { get, id, patch } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { number, relative } from '../../lib/format.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { IconButton, Callout, Meter } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { FormDialog } from './parts.js';

/**
 * What a limit is made of, as shares of it.
 * @param {{ limit?: number | null, used: number, head_room: number, others: number }} portfolio
 */
export function sharesOf({ limit, used, head_room: room, others }) {
  if (!limit) return null;
  const left = Math.max(0, limit - used);
  const kept = Math.min(left, room + others);
  return { used: Math.min(1, used / limit), kept: kept / limit, free: left - kept };
}

/** @param {{ portfolio: any, onClose: () => void, onChanged: () => void }} props */
function RoomDialog({ portfolio, onClose, onChanged }) {
  const [room, setRoom] = useState(String(portfolio.head_room));
  const [others, setOthers] = useState(String(portfolio.others));
  const read = (/** @type {string} */ text) => (text.trim() === '' ? null : Number(text));
  const save = async (/** @type {string} */ key) => {
    await patch(`/v1/portfolios/${id(portfolio.id)}`, { head_room: read(room), others: read(others) }, { key });
    onChanged();
  };
  return html`<${FormDialog} title=${t('portfolio.room')} onClose=${onClose} save=${save} done=${t('portfolio.saved')}>${(/** @type {unknown} */ problem) => html`
    <p class="muted">${t('portfolio.room_text')}</p>
    <${TextField} label=${t('portfolio.head_room')} hint=${t('portfolio.head_room_hint')} type="number" min="0" value=${room} onInput=${setRoom} bad=${badOf(problem, 'head_room')}/>
    <${TextField} label=${t('portfolio.others')} hint=${t('portfolio.others_hint')} type="number" min="0" value=${others} onInput=${setOthers} bad=${badOf(problem, 'others')}/>`}<//>`;
}

/** @param {{ portfolio: any, onChanged: () => void, single: boolean }} props */
export function PortfolioCard({ portfolio, onChanged, single }) {
  const [editing, setEditing] = useState(false);
  const detail = useResource((signal) => get(`/v1/portfolios/${id(portfolio.id)}`, undefined, { signal }), [portfolio]);
  const shares = sharesOf(portfolio);
  const next = detail.data?.next_limit;
  const freed = portfolio.freed[0];
  return html`<section class="card"><div class="card-b stack-s head-pad">
    <div class="flex between wrap"><h2 class="text-md">${single ? t('portfolio.title') : t('portfolio.title_of', { name: portfolio.id })}</h2>
      <span class="flex"><span><b class="tab">${portfolio.limit ? number(portfolio.limit) : t('portfolio.unlimited')}</b>${portfolio.limit ? html` <span class="muted">${t('portfolio.per_day')}</span>` : ''}</span>
        ${can('admin') && html`<${IconButton} small icon="edit" label=${t('portfolio.room')} onClick=${() => setEditing(true)}/>`}</span></div>
    ${shares && html`<${Meter} size="lg" label=${t('portfolio.used_of', { used: portfolio.used, limit: portfolio.limit })} parts=${[{ share: shares.used }, { share: shares.kept, hatch: true }]}/>
      <div class="flex between wrap meta tab"><span>${t('portfolio.used', { n: portfolio.used })} · ${t('portfolio.kept', { n: portfolio.head_room + portfolio.others })}</span><span>${t('portfolio.free', { n: shares.free })}</span></div>`}
    ${freed && html`<p class="meta">${t('portfolio.freed', { n: freed.people, when: relative(freed.at, now.value) })}</p>`}
    ${next && html`<${Callout} tone="plain" icon="bolt"><p><b>${t('portfolio.next', { limit: next.limit ? number(next.limit) : t('portfolio.unlimited') })}</b> <span class="muted">${next.still ? t('portfolio.next_text', { n: next.people, days: next.within_days, still: next.still }) : t('portfolio.next_done')}</span></p><//>`}
  </div>${editing && html`<${RoomDialog} portfolio=${portfolio} onClose=${() => setEditing(false)} onChanged=${onChanged}/>`}</section>`;
}
