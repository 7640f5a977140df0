// The list of campaigns: where each stands, and what comes next.

import { agentName } from '../../lib/directory.js';
import { SearchField } from '../../lib/forms.js';
import { number, relative } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { Icon, Meter } from '../../lib/parts.js';
import { navigate, path } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { FOLDERS, folderOf, isOpen, share } from './model.js';
import { campaigns, listProblem, loadCampaigns } from './store.js';
import { groupName, nextStep, StateChip } from './words.js';

const LOOK_MS = 10_000;
const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** @param {{ row: any }} props */
function Progress({ row }) {
  const { people, done } = row.progress;
  if (isOpen(row) || !people) return html`<span class="meta">${row.definition.audience.include.map(groupName).join(' + ')}</span>`;
  const through = row.state === 'finished' ? people : Math.min(people, done * 100);
  return html`<div class="camp-progress"><${Meter} size="xs" label=${t('campaigns.through', { n: through, all: people })} parts=${[{ share: share(through, people) ?? 0 }]}/><span class="meta tab">${t('campaigns.people', { n: people })}</span></div>`;
}

/** @param {{ folder: string | null }} props */
export function CampaignList({ folder }) {
  const [text, setText] = useState('');
  const known = campaigns.value;
  const moving = known?.some((one) => ['running', 'waiting'].includes(one.state));
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => { if (!document.hidden) loadCampaigns(); }, LOOK_MS);
    return () => clearInterval(timer);
  }, [moving]);
  useKeys([{ keys: 'c', run: () => navigate('/campaigns/new') }]);
  const inFolder = (known ?? []).filter((one) => !folder || folderOf(one.state) === folder);
  const rows = inFolder.filter((one) => plain(one.definition.name).includes(plain(text.trim())));
  const create = html`<a class="btn primary" href="/campaigns/new"><${Icon} name="plus" size="s"/>${t('campaigns.new')}</a>`;
  const columns = [
    { key: 'name', label: t('campaigns.name'), cell: (/** @type {any} */ row) => html`<span class="stack-s camp-name"><b>${row.definition.name}</b><span class="meta">${agentName(row.created_by)} · ${relative(row.updated_at)}</span></span>` },
    { key: 'state', label: t('campaigns.state'), cell: (/** @type {any} */ row) => html`<${StateChip} state=${row.state}/>` },
    { key: 'progress', label: t('campaigns.progress'), optional: true, cell: (/** @type {any} */ row) => html`<${Progress} row=${row}/>` },
    { key: 'next', label: t('campaigns.next'), optional: true, cell: (/** @type {any} */ row) => html`<span class="muted">${nextStep(row)}</span>` },
  ];
  const empty = text.trim() ? { title: t('state.none_found') } : { title: t(folder ? `campaigns.none.${folder}` : 'campaigns.none'), text: folder ? undefined : t('campaigns.none_text'), action: create };
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class="page-head camp-head"><div class="grow"><h1>${folder ? t(`campaigns.folder.${folder}`) : t('campaigns.title')}</h1><p class="meta">${known ? t('campaigns.count', { n: inFolder.length }) : ''}</p></div>
      <${SearchField} label=${t('campaigns.find')} value=${text} onInput=${setText}/>${create}</header>
    <nav class="cats" aria-label=${t('campaigns.folders')}><a href="/campaigns" aria-current=${folder ? undefined : 'true'}>${t('campaigns.all')}</a>${FOLDERS.map(([one]) => html`<a key=${one} href=${`/campaigns?state=${one}`} aria-current=${folder === one ? 'true' : undefined}>${t(`campaigns.folder.${one}`)}</a>`)}<a href="/campaigns/limits">${t('limits.title')}</a></nav>
    <div class="page-body"><section class="card"><${Table} class="camp-table" label=${t('campaigns.title')} rows=${rows} columns=${columns} loading=${!known && !listProblem.value} problem=${listProblem.value} retry=${loadCampaigns} empty=${empty} onOpen=${(/** @type {any} */ row) => navigate(path('campaigns', row.id))}/></section></div></main>`;
}
