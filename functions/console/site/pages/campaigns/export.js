// Everybody's line as files: asked for, waited for, downloaded.

import { get, id as part, newKey, post } from '../../lib/api.js';
import { Dialog } from '../../lib/dialog.js';
import { t } from '../../lib/i18n.js';
import { Button, Icon, Meter, ProblemCallout } from '../../lib/parts.js';
import { html, useEffect, useRef, useState } from '../../lib/view.js';

const LOOK_MS = 1000;

/** @param {{ campaign: any }} props */
export function ExportButton({ campaign }) {
  const [open, setOpen] = useState(false);
  return html`<${Button} icon="down" onClick=${() => setOpen(true)}>${t('campaigns.export')}<//>${open && html`<${Export} campaign=${campaign} onClose=${() => setOpen(false)}/>`}`;
}

/** @param {{ campaign: any, onClose: () => void }} props */
function Export({ campaign, onClose }) {
  const [job, setJob] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  const key = useRef(newKey());
  useEffect(() => {
    let gone = false;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const look = async (/** @type {() => Promise<any>} */ ask) => {
      try {
        const now = await ask();
        if (gone) return;
        setJob(now);
        if (['waiting', 'running'].includes(now.state)) timer = setTimeout(() => look(() => get(`/v1/campaign-exports/${part(now.id)}`)), LOOK_MS);
      } catch (failed) { if (!gone) setProblem(failed); }
    };
    look(() => post(`/v1/campaigns/${part(campaign.id)}/export`, undefined, { key: key.current }));
    return () => { gone = true; clearTimeout(timer); };
  }, [round]);
  const again = () => { key.current = newKey(); setProblem(null); setJob(null); setRound(round + 1); };
  return html`<${Dialog} title=${t('campaigns.export_title')} onClose=${onClose}><div class="stack"><p class="muted">${t('campaigns.export_text')}</p>
    <${ProblemCallout} problem=${problem} retry=${again}/>
    ${!problem && job?.state !== 'finished' && job?.state !== 'failed' && html`<div role="status"><${Meter} size="xs" label=${t('campaigns.export_running')} parts=${[{ share: (job?.progress ?? 5) / 100 }]}/><p class="meta">${t('campaigns.export_running')}</p></div>`}
    ${job?.state === 'failed' && html`<p class="t-danger" role="alert">${t('campaigns.export_failed')} ${job.reason ?? ''}</p><${Button} small onClick=${again}>${t('action.retry')}<//>`}
    ${job?.state === 'finished' && html`<ul class="stack-s">${(job.files ?? []).map((/** @type {string} */ file, /** @type {number} */ i) => html`<li key=${i}><a class="btn" href=${file} download rel="noreferrer" target="_blank"><${Icon} name="down" size="s"/>${t('campaigns.export_file', { n: i + 1 })}</a></li>`)}</ul><p class="meta" role="status">${t('campaigns.export_done', { n: job.lines })}</p>`}</div><//>`;
}
