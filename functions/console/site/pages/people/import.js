// Brings people in from a file: the file, where its columns go, a dry run that saves nothing, then the import.

import { id, newKey, post } from '../../lib/api.js';
import { fields } from '../../lib/directory.js';
import { Dialog } from '../../lib/dialog.js';
import { SelectField, TextField } from '../../lib/forms.js';
import { number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Button, Callout, Icon, Meter, ProblemCallout } from '../../lib/parts.js';
import { classes, html, useRef, useState } from '../../lib/view.js';
import { readRows, targetOf } from './csv.js';
import { useJob } from './export.js';
import { Report } from './report.js';

const KINDS = ['lead', 'contact', 'organization', 'vendor'];
const TARGETS = ['phone', 'name', 'email', 'kind', 'owner', 'labels'];

/** @typedef {{ file: File, columns: string[], samples: string[], lines: number }} Source */

/** @param {File} file @returns {Promise<Source>} */
async function look(file) {
  const head = await file.slice(0, 256 * 1024).text();
  const [columns = [], ...rows] = readRows(head, 40);
  const samples = columns.map((_, i) => rows.map((row) => row[i]?.trim()).find(Boolean) ?? '');
  const text = file.size < 20_000_000 ? await file.text() : head;
  const lines = Math.max(0, text.split('\n').filter((line) => line.trim()).length - 1);
  return { file, columns: columns.map((name) => name.replace(/^\uFEFF/, '').trim()), samples, lines };
}

/** @param {{ take: (source: Source) => void }} props */
function ChooseFile({ take }) {
  const [bad, setBad] = useState(false);
  const [over, setOver] = useState(false);
  const read = async (/** @type {File | undefined} */ file) => {
    if (!file) return;
    const source = await look(file);
    if (source.columns.length < 1 || source.lines < 1) setBad(true);
    else take(source);
  };
  return html`<label class=${classes('file-drop', over && 'over')} onDragOver=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(false); read(event.dataTransfer?.files[0]); }}>
    <${Icon} name="up" size="l"/><b>${t('import.choose')}</b><span class="muted">${t('import.drop')}</span>
    <input type="file" class="vh" accept=".csv,.txt,.tsv,text/csv,text/plain" onChange=${(/** @type {any} */ event) => read(event.target.files[0])}/></label>
    ${bad && html`<${Callout} tone="danger" role="alert" title=${t('import.not_csv')}/>`}`;
}

/** @param {{ job: any }} props */
function Outcome({ job }) {
  const parts = /** @type {[string, string][]} */ ([['created', 'var(--accent-solid)'], ['updated', 'var(--cat-2)'], ['unchanged', 'var(--cat-7)'], ['refused', 'var(--danger-solid)']]);
  const all = Math.max(1, job.lines);
  return html`<${Meter} size="lg" label=${parts.map(([what]) => `${t(`import.${what}`)}: ${job[what]}`).join(', ')} parts=${parts.map(([what, color]) => ({ share: job[what] / all, color }))}/>
    <div class="stats card">${parts.map(([what, color]) => html`<div class="stat" key=${what}><b>${number(job[what])}</b><span class="flex"><i class="dot" style=${{ '--c': color }}></i>${t(`import.${what}`)}</span></div>`)}</div>
    <${Report} id=${job.id} files=${job.files} refused=${job.refused}/>
    ${(job.files ?? []).map((/** @type {string} */ file) => html`<a class="btn sm" key=${file} href=${file} download><${Icon} name="down" size="s"/>${t('import.report')}</a>`)}`;
}

/** @param {{ lists: { id: string, name: string }[], close: () => void, done: () => void }} props */
export function Import({ lists, close, done }) {
  const [source, setSource] = useState(/** @type {Source | null} */ (null));
  const [columns, setColumns] = useState(/** @type {string[]} */ ([]));
  const [settings, setSettings] = useState({ calling_code: '', kind: 'lead', list: '', wording: '', given: new Date().toISOString().slice(0, 10) });
  const [started, setStarted] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const { job, problem: jobProblem } = useJob(started && `/v1/imports/${id(started.id)}`, started);
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => { setSettings({ ...settings, [name]: value }); setStarted(null); };
  const take = (/** @type {Source} */ found) => { setSource(found); setColumns(found.columns.map((name) => targetOf(name, fields.peek()))); setStarted(null); setProblem(null); };
  const asksConsent = columns.includes('consent.marketing');
  const hasPhone = columns.includes('phone');

  const start = async (/** @type {boolean} */ dry) => {
    if (!source) return;
    setBusy(true);
    setProblem(null);
    key.current = newKey();
    try {
      const made = await post('/v1/imports', {
        columns: Object.fromEntries(source.columns.map((name, i) => [name, columns[i]]).filter(([, to]) => to)), dry_run: dry, kind: settings.kind,
        ...(settings.calling_code ? { calling_code: settings.calling_code.replace(/\D/g, '') } : {}), ...(settings.list ? { list: settings.list } : {}),
        ...(asksConsent ? { consent: { wording: settings.wording, given_at: new Date(Math.min(Date.parse(`${settings.given}T12:00`), Date.now())).toISOString() } } : {}),
      }, { key: key.current });
      const put = await fetch(made.upload, { method: 'PUT', body: source.file });
      if (!put.ok) throw new Error(String(put.status));
      setStarted(await post(`/v1/imports/${id(made.id)}/start`));
    } catch (failed) { setProblem(failed); }
    setBusy(false);
  };
  const runs = job && (job.state === 'waiting' || job.state === 'running');
  const isDone = job?.state === 'finished' && !job.dry_run;
  const wasDone = useRef('');
  if (isDone && wasDone.current !== job.id) { wasDone.current = job.id; done(); }
  const step = !source ? 'file' : isDone || (runs && !job.dry_run) ? 'done' : 'columns';
  const options = [{ value: '', label: t('import.skip') }, ...TARGETS.map((one) => ({ value: one, label: t(`import.to.${one}`) })), { value: 'consent.marketing', label: t('import.to.consent') }, ...fields.value.map((field) => ({ value: `field.${field.id}`, label: field.label }))];
  const tried = job?.state === 'finished' && job.dry_run;
  const footer = source && html`<${Button} kind="ghost" onClick=${() => { setSource(null); setStarted(null); }}>${t(isDone ? 'import.again' : 'import.back')}<//><span class="end"></span>
    ${isDone ? html`<${Button} kind="primary" onClick=${close}>${t('action.close')}<//>` : html`<${Button} busy=${busy || runs} disabled=${!hasPhone} onClick=${() => start(true)}>${t('import.try')}<//>
    <${Button} kind="primary" busy=${busy || runs} disabled=${!tried || job.created + job.updated === 0} onClick=${() => start(false)}>${tried ? t('import.go', { n: job.created + job.updated }) : t('import.step.done')}<//>`}`;
  return html`<${Dialog} side size="wide" title=${t('import.title')} onClose=${close} footer=${footer}>
    <ol class="import-steps" aria-label=${t('import.title')}>${['file', 'columns', 'done'].map((one) => html`<li key=${one} aria-current=${one === step ? 'step' : undefined}>${t(`import.step.${one}`)}</li>`)}</ol>
    ${!source && html`<${ChooseFile} take=${take}/>`}
    ${source && html`<p class="meta">${source.file.name} · ${t('import.rows', { n: source.lines })}</p>`}
    ${source && step === 'columns' && html`<table class="table tight" aria-label=${t('import.step.columns')}><thead><tr><th scope="col">${t('import.column')}</th><th scope="col">${t('import.field')}</th></tr></thead>
      <tbody>${source.columns.map((name, i) => html`<tr key=${name}><td><b>${name}</b><br/><span class="meta">${source.samples[i]}</span></td><td><${SelectField} hidden label=${`${t('import.field')}: ${name}`} value=${columns[i]} options=${options} onChange=${(/** @type {string} */ to) => { setColumns(columns.map((one, at) => (at === i ? to : one))); setStarted(null); }}/></td></tr>`)}</tbody></table>
      ${!hasPhone && html`<${Callout} tone="warn" title=${t('import.needs_phone')}/>`}
      <div class="cols cols-2"><${TextField} label=${t('import.code')} hint=${t('import.code_hint')} inputmode="numeric" value=${settings.calling_code} onInput=${set('calling_code')}/>
        <${SelectField} label=${t('import.kind')} value=${settings.kind} options=${KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} onChange=${set('kind')}/>
        <${SelectField} label=${t('import.to_list')} value=${settings.list} options=${[{ value: '', label: t('import.no_list') }, ...lists.map((one) => ({ value: one.id, label: one.name }))]} onChange=${set('list')}/></div>
      ${asksConsent && html`<${TextField} label=${t('import.wording')} hint=${t('import.wording_hint')} value=${settings.wording} onInput=${set('wording')}/><${TextField} type="date" label=${t('import.given')} value=${settings.given} onInput=${set('given')}/>`}`}
    ${busy && html`<p role="status" class="meta">${t('import.uploading')}</p>`}
    ${runs && html`<p role="status">${t(job.dry_run ? 'import.trying' : 'import.running')} · ${number(job.progress ?? 0)} %</p><${Meter} label=${t('import.running')} parts=${[{ share: (job.progress ?? 0) / 100 }]}/>`}
    ${tried && html`<section class="stack"><header class="flex between"><h3>${t('import.tried')}</h3><span class="meta">${t('import.nothing_saved')}</span></header><${Outcome} job=${job}/></section>`}
    ${isDone && html`<section class="stack"><${Callout} tone="ok" title=${t('import.finished')}/><${Outcome} job=${job}/></section>`}
    ${job?.state === 'failed' && html`<${Callout} tone="danger" role="alert" title=${t('import.failed')}>${job.reason}<//>`}
    <${ProblemCallout} problem=${problem ?? jobProblem}/><//>`;
}
