// Imports of before: how far each has come, what became of its lines.

import { get, id as part } from '../../lib/api.js';
import { usePages, useResource } from '../../lib/data.js';
import { Drawer } from '../../lib/dialog.js';
import { dateTime, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Callout, Chip, Icon, Meter, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useEffect } from '../../lib/view.js';
import { SettingsPage } from '../settings/parts.js';
import { Report } from './report.js';

const TONES = /** @type {Record<string, string>} */ ({ waiting: '', running: 'accent', finished: 'ok', failed: 'danger' });
const COUNTS = /** @type {[string, string][]} */ ([['created', 'var(--accent-solid)'], ['updated', 'var(--cat-2)'], ['unchanged', 'var(--cat-7)'], ['refused', 'var(--danger-solid)']]);
const isUnderWay = (/** @type {any} */ job) => job?.state === 'running';

/** Asks again while something is under way. @param {boolean} on @param {() => void} reload @param {unknown} seen */
function useWatch(on, reload, seen) {
  useEffect(() => {
    if (!on) return undefined;
    const timer = setTimeout(reload, 1500);
    return () => clearTimeout(timer);
  }, [on, seen]);
}

/** @param {{ id: string, onClose: () => void }} props */
function ImportDrawer({ id, onClose }) {
  const loaded = useResource((signal) => get(`/v1/imports/${part(id)}`, undefined, { signal }), [id]);
  const job = loaded.data;
  useWatch(isUnderWay(job), loaded.reload, job);
  const all = Math.max(1, job?.lines ?? 1);
  return html`<${Drawer} size="wide" title=${t('imports.one')} onClose=${onClose}><div class="stack">
    <${ProblemCallout} problem=${loaded.problem} retry=${loaded.reload}/>${!job && !loaded.problem && html`<${Skeleton} lines=${6}/>`}
    ${job && html`<p class="flex wrap"><${Chip} tone=${TONES[job.state] ?? ''}>${t(`imports.state.${job.state}`)}<//>${job.dry_run && html`<${Chip}>${t('import.tried')}<//>`}<span class="meta">${dateTime(job.created_at)}</span></p>
      ${job.state === 'running' && html`<${Meter} label=${t('imports.progress', { n: job.progress ?? 0 })} parts=${[{ share: (job.progress ?? 0) / 100 }]}/><p class="meta" role="status">${t('imports.progress', { n: job.progress ?? 0 })}</p>`}
      ${job.state === 'waiting' && html`<${Callout} tone="plain" title=${t('imports.waiting')}><p class="muted">${t('imports.waiting_text')}</p><//>`}
      ${job.reason && html`<${Callout} tone=${job.state === 'failed' ? 'danger' : 'plain'} title=${t(job.state === 'failed' ? 'import.failed' : 'imports.same')}><p class="muted" lang="en">${job.reason}</p><//>`}
      ${job.dry_run && job.state === 'finished' && html`<p class="muted">${t('import.nothing_saved')}</p>`}
      ${job.lines > 0 && html`<${Meter} size="lg" label=${COUNTS.map(([what]) => `${t(`import.${what}`)}: ${job[what]}`).join(', ')} parts=${COUNTS.map(([what, color]) => ({ share: job[what] / all, color }))}/>
        <div class="stats card">${COUNTS.map(([what, color]) => html`<div class="stat" key=${what}><b>${number(job[what])}</b><span class="flex"><i class="dot" style=${{ '--c': color }}></i>${t(`import.${what}`)}</span></div>`)}</div>`}
      <${Report} id=${job.id} files=${job.files} refused=${job.refused}/>
      <div class="flex wrap">${(job.files ?? []).map((/** @type {string} */ file, /** @type {number} */ i) => html`<a class="btn sm" key=${i} href=${file} download><${Icon} name="down" size="s"/>${job.files.length > 1 ? t('imports.report_n', { n: i + 1 }) : t('import.report')}</a>`)}</div>`}</div><//>`;
}

/** @param {{ path: string[] }} props */
export default function Imports({ path }) {
  const list = usePages('/v1/imports');
  useWatch(list.items.some(isUnderWay), list.reload, list.items);
  const columns = [
    { key: 'at', label: t('imports.at'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${dateTime(one.created_at)}</b><span class="meta">${one.dry_run ? t('import.tried') : t('imports.real')}</span></span>` },
    { key: 'state', label: t('imports.state'), cell: (/** @type {any} */ one) => html`<${Chip} tone=${TONES[one.state] ?? ''}>${one.state === 'running' ? t('imports.progress', { n: one.progress ?? 0 }) : t(`imports.state.${one.state}`)}<//>` },
    ...COUNTS.map(([what]) => ({ key: what, label: t(`import.${what}`), number: true, optional: what !== 'refused', cell: (/** @type {any} */ one) => (one.lines ? html`<span class=${what === 'refused' && one.refused ? 't-danger' : ''}>${number(one[what])}</span>` : '') })),
  ];
  return html`<${SettingsPage} title=${t('imports.title')} meta=${t('imports.text')} menu=${html`<a class="ib" href="/people" aria-label=${t('imports.back')} title=${t('imports.back')}><${Icon} name="al"/></a>`}>
    <section class="card flush"><${Table} label=${t('imports.title')} rows=${list.items} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} onOpen=${(/** @type {any} */ one) => navigate(`/people/imports/${part(one.id)}`)} empty=${{ title: t('imports.none'), text: t('imports.none_text') }}/></section>
    ${path[0] && html`<${ImportDrawer} key=${path[0]} id=${path[0]} onClose=${() => navigate('/people/imports')}/>`}<//>`;
}
