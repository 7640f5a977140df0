// Everybody of a view in a file.

import { get, id, post } from '../../lib/api.js';
import { Dialog } from '../../lib/dialog.js';
import { number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Button, Meter, ProblemCallout } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';

/**
 * Asks again and again how far a job has come, until it ends.
 * @param {string | null} path
 * @param {any} start
 */
export function useJob(path, start) {
  const [job, setJob] = useState(start);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  useEffect(() => { setJob(start); }, [start?.id]);
  useEffect(() => {
    if (!path) return undefined;
    let timer = 0;
    let gone = false;
    const look = async () => {
      try {
        const now = await get(path);
        if (gone) return;
        setJob(now);
        if (now.state === 'waiting' || now.state === 'running') timer = window.setTimeout(look, 1200);
      } catch (failed) { if (!gone) setProblem(failed); }
    };
    timer = window.setTimeout(look, 600);
    return () => { gone = true; clearTimeout(timer); };
  }, [path]);
  return { job, problem };
}

/** @param {{ filter: string, close: () => void }} props */
export function ExportDialog({ filter, close }) {
  const [started, setStarted] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {unknown} */ (null));
  const { job, problem } = useJob(started && `/v1/contact-exports/${id(started.id)}`, started);
  const start = async () => { try { setStarted(await post('/v1/contact-exports', filter ? { filter } : {})); } catch (error) { setFailed(error); } };
  return html`<${Dialog} title=${t('people.export')} onClose=${close}>
    <p>${t('people.export_text')}</p>${filter && html`<p class="meta mono">${filter}</p>`}
    ${!started && html`<div><${Button} kind="primary" icon="down" onClick=${start}>${t('people.export')}<//></div>`}
    ${job && job.state !== 'finished' && job.state !== 'failed' && html`<p role="status">${t('people.exporting')} · ${number(job.progress ?? 0)} %</p><${Meter} label=${t('people.exporting')} parts=${[{ share: (job.progress ?? 0) / 100 }]}/>`}
    ${job?.state === 'finished' && html`<p role="status">${t('people.export_ready')} · ${number(job.lines)}</p><div class="flex wrap">${(job.files ?? []).map((/** @type {string} */ file, /** @type {number} */ i) => html`<a class="btn" key=${file} href=${file} download>${t('people.download')}${job.files.length > 1 ? ` ${i + 1}` : ''}</a>`)}</div>`}
    ${job?.state === 'failed' && html`<p class="t-danger" role="alert">${job.reason ?? t('problem.unexpected')}</p>`}
    <${ProblemCallout} problem=${failed ?? problem}/><//>`;
}
