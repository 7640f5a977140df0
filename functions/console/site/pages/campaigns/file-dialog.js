// A file with an audience: chosen here, put where the API says, named in the definition.

import { post } from '../../lib/api.js';
import { Dialog } from '../../lib/dialog.js';
import { SelectField, TextField } from '../../lib/forms.js';
import { bytes } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Button, Callout, ProblemCallout } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { columnsOf } from './csv.js';
import { fileNames } from './store.js';

const MOST = 128 * 1024 * 1024;
/** Columns of the files that were put from this page: they fill parameters. @type {Map<string, string[]>} */
export const fileColumns = new Map();

/** @param {{ add: (group: any) => void, onClose: () => void }} props */
export function FileDialog({ add, onClose }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [columns, setColumns] = useState(/** @type {string[]} */ ([]));
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const take = async (/** @type {File | undefined} */ taken) => {
    if (!taken) return;
    const found = columnsOf(await taken.slice(0, 64 * 1024).text());
    setFile(taken);
    setColumns(found);
    setPhone(found.find((one) => /tel|phone|cel|m[oó]vil|whats/i.test(one)) ?? found[0] ?? '');
  };
  const put = async () => {
    if (!file || !phone) return;
    setBusy(true);
    setProblem(null);
    try {
      const place = await post('/v1/campaign-files', { phone, ...(code.trim() ? { calling_code: code.trim().replace(/^\+/, '') } : {}) });
      const answer = await fetch(place.upload, { method: 'PUT', body: file });
      if (!answer.ok) throw new Error(String(answer.status));
      fileColumns.set(place.id, columns);
      fileNames.set(place.id, file.name);
      add({ file: place.id });
    } catch (failed) { setProblem(failed); setBusy(false); }
  };
  const tooBig = file !== null && file.size > MOST;
  return html`<${Dialog} title=${t('campaigns.add.file')} onClose=${onClose} onSubmit=${put} footer=${html`<${Button} kind="ghost" onClick=${onClose}>${t('action.cancel')}<//><button class="btn primary" disabled=${!file || !phone || tooBig || busy} aria-busy=${busy ? 'true' : undefined}>${t('campaigns.file_put')}</button>`}>
    <div class="stack"><p class="muted">${t('campaigns.file_text')}</p>
      <label class="file-pick"><span class="vh">${t('campaigns.file_choose')}</span><input type="file" accept=".csv,text/csv" onChange=${(/** @type {any} */ event) => take(event.target.files[0])}/></label>
      ${file && html`<p class="meta">${file.name} · ${bytes(file.size)}</p>`}${tooBig && html`<${Callout} tone="danger">${t('campaigns.file_big')}<//>`}
      ${file && columns.length === 0 && html`<${Callout} tone="danger">${t('campaigns.file_empty')}<//>`}
      ${columns.length > 0 && html`<${SelectField} label=${t('campaigns.file_phone')} value=${phone} onChange=${setPhone} options=${columns.map((one) => ({ value: one, label: one }))}/>
        <${TextField} label=${t('campaigns.file_code')} value=${code} inputmode="numeric" maxlength="5" placeholder="58" hint=${t('campaigns.file_code_hint')} onInput=${setCode}/>
        ${columns.length > 1 && html`<p class="meta">${t('campaigns.file_columns', { names: columns.filter((one) => one !== phone).join(', ') })}</p>`}`}
      <${ProblemCallout} problem=${problem}/></div><//>`;
}
