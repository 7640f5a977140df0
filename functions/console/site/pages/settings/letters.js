// What could not be processed: which job, why, and putting it back.

import { get, id as part, post } from '../../lib/api.js';
import { usePages, useResource } from '../../lib/data.js';
import { confirm, Drawer } from '../../lib/dialog.js';
import { bytes, dateTime } from '../../lib/format.js';
import { SelectField } from '../../lib/forms.js';
import { has, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Chip, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useState } from '../../lib/view.js';
import { SettingsPage, useAction } from './parts.js';

const sourceName = (/** @type {string} */ source) => (has(`letters.source.${source}`) ? t(`letters.source.${source}`) : source);

/** A job as text, in lines. It is shown as it is where it is no JSON. @param {string} job */
export function pretty(job) {
  try { return JSON.stringify(JSON.parse(job), null, 2); } catch { return job; }
}

/** @param {{ id: string, onClose: () => void, onRedriven: () => void }} props */
function LetterDrawer({ id, onClose, onRedriven }) {
  const loaded = useResource((signal) => get(`/v1/dead-letters/${part(id)}`, undefined, { signal }), [id]);
  const { busy, problem, run } = useAction();
  const letter = loaded.data;
  const redrive = () => run(async (key) => { await post(`/v1/dead-letters/${part(id)}/redrive`, undefined, { key }); toast(t('letters.redriven')); onRedriven(); loaded.reload(); });
  return html`<${Drawer} size="wide" title=${letter ? sourceName(letter.source) : t('settings.letters')} onClose=${onClose} footer=${letter && can('admin') && html`<span class="end"></span><${Button} kind="primary" icon="refresh" busy=${busy} onClick=${redrive}>${t(letter.redriven_at ? 'letters.redrive_again' : 'letters.redrive')}<//>`}>
    <div class="stack"><${ProblemCallout} problem=${loaded.problem} retry=${loaded.reload}/><${ProblemCallout} problem=${problem}/>${!letter && !loaded.problem && html`<${Skeleton} lines=${6}/>`}
    ${letter && html`<p>${t(has(`letters.about.${letter.source}`) ? `letters.about.${letter.source}` : 'letters.about.other')}</p>
      <dl class="kv"><dt>${t('letters.reason')}</dt><dd lang="en">${letter.reason}</dd><dt>${t('letters.at')}</dt><dd>${dateTime(letter.at)}</dd><dt>${t('letters.attempts')}</dt><dd>${letter.attempts}</dd><dt>${t('letters.size')}</dt><dd>${bytes(letter.bytes)}</dd>
      ${letter.redriven_at && html`<dt>${t('letters.redriven_at')}</dt><dd>${dateTime(letter.redriven_at)}</dd>`}<dt>Id</dt><dd class="mono wrap-any">${letter.id}</dd></dl>
      <h3 class="meta">${t('letters.job')}</h3><pre class="code" tabindex="0" aria-label=${t('letters.job')}>${pretty(letter.job)}</pre>`}</div><//>`;
}

/** @param {{ path: string[] }} props */
export default function Letters({ path }) {
  const list = usePages('/v1/dead-letters', { limit: 100 });
  const [source, setSource] = useState('');
  const [chosen, setChosen] = useState(/** @type {Set<string>} */ (new Set()));
  const { busy, problem, run } = useAction();
  const admin = can('admin');
  const sources = [...new Set(list.items.map((one) => one.source))];
  const rows = list.items.filter((one) => !source || one.source === source);
  const redriveChosen = async () => {
    if (!await confirm({ title: t('letters.redrive_n', { n: chosen.size }), text: t('letters.redrive_text'), action: t('letters.redrive') })) return;
    await run(async () => { for (const id of chosen) await post(`/v1/dead-letters/${part(id)}/redrive`); toast(t('letters.redriven_n', { n: chosen.size })); setChosen(new Set()); });
    list.reload();
  };
  const columns = [
    { key: 'reason', label: t('letters.reason'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b lang="en">${one.reason}</b><span class="meta">${sourceName(one.source)}</span></span>` },
    { key: 'state', label: t('webhooks.state'), cell: (/** @type {any} */ one) => html`<${Chip} tone=${one.redriven_at ? '' : 'warn'}>${t(one.redriven_at ? 'letters.is_redriven' : 'letters.waits')}<//>` },
    { key: 'attempts', label: t('letters.attempts'), number: true, optional: true, cell: (/** @type {any} */ one) => one.attempts },
    { key: 'at', label: t('letters.at'), number: true, optional: true, cell: (/** @type {any} */ one) => html`<time datetime=${one.at}>${dateTime(one.at)}</time>` },
  ];
  return html`<${SettingsPage} title=${t('settings.letters')} meta=${t('letters.text')} actions=${admin && chosen.size > 0 && html`<${Button} kind="primary" icon="refresh" busy=${busy} onClick=${redriveChosen}>${t('letters.redrive_n', { n: chosen.size })}<//>`}>
    <${ProblemCallout} problem=${problem}/>
    ${sources.length > 1 && html`<div class="filters"><${SelectField} label=${t('letters.from')} value=${source} onChange=${setSource} options=${[{ value: '', label: t('letters.all') }, ...sources.map((value) => ({ value, label: sourceName(value) }))]}/></div>`}
    <section class="card flush"><${Table} label=${t('settings.letters')} rows=${rows} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} chosen=${admin ? chosen : undefined} onChoose=${setChosen}
      onOpen=${(/** @type {any} */ one) => navigate(`/settings/letters/${part(one.id)}`)} empty=${{ title: t('letters.none'), text: t('letters.none_text') }}/></section>
    ${path[0] && html`<${LetterDrawer} id=${path[0]} onClose=${() => navigate('/settings/letters')} onRedriven=${list.reload}/>`}<//>`;
}
