// What was posted to an endpoint, or was to be.

import { id as part, post } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { Drawer } from '../../lib/dialog.js';
import { dateTime, relative } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { Button, Chip, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect } from '../../lib/view.js';
import { useAction } from './parts.js';

const TONES = /** @type {Record<string, string>} */ ({ queued: '', retrying: 'warn', delivered: 'ok', failed: 'danger' });

/** @param {{ endpoint: any, onClose: () => void }} props */
export function DeliveriesDrawer({ endpoint, onClose }) {
  const list = usePages(`/v1/webhook-endpoints/${part(endpoint.id)}/deliveries`, { limit: 50 });
  const { busy, problem, run } = useAction();
  const replay = (/** @type {any} */ one) => run(async (key) => {
    await post(`/v1/webhook-endpoints/${part(endpoint.id)}/deliveries/${part(one.id)}/replay`, undefined, { key });
    toast(t('deliveries.replayed'));
    list.reload();
  });
  const underWay = list.items.some((one) => one.state === 'queued');
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setTimeout(list.reload, 2000);
    return () => clearTimeout(timer);
  }, [underWay, list.items]);
  const columns = [
    { key: 'type', label: t('deliveries.event'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${has(`event.${one.type}`) ? t(`event.${one.type}`) : one.type}</b><span class="meta">${dateTime(one.changed_at)}</span></span>` },
    { key: 'state', label: t('webhooks.state'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><span><${Chip} tone=${TONES[one.state] ?? ''}>${has(`deliveries.state.${one.state}`) ? t(`deliveries.state.${one.state}`) : one.state}<//></span>
      ${(one.status || one.reason) && html`<span class="meta">${one.status ? `HTTP ${one.status}` : ''} ${one.reason ?? ''}</span>`}${one.next_attempt_at && html`<span class="meta">${t('deliveries.next', { n: one.failed_attempts, when: relative(one.next_attempt_at, now.value) })}</span>`}</span>` },
    ...(can('admin') ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => (['failed', 'delivered'].includes(one.state) ? html`<${Button} small icon="refresh" disabled=${busy} onClick=${() => replay(one)}>${t('deliveries.replay')}<//>` : '') }] : []),
  ];
  return html`<${Drawer} size="wide" title=${t('deliveries.title')} onClose=${onClose} footer=${html`<span class="meta">${t('deliveries.kept')}</span><span class="end"></span><${Button} icon="refresh" busy=${list.loading} onClick=${list.reload}>${t('action.reload')}<//>`}>
    <div class="stack"><p class="mono wrap-any">${endpoint.url}</p><${ProblemCallout} problem=${problem}/>
    <div class="card"><${Table} label=${t('deliveries.title')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} empty=${{ title: t('deliveries.none'), text: t('deliveries.none_text') }}/></div></div><//>`;
}
