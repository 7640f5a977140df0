// Campaigns: the list, the editor, a campaign while it runs and when it is over, and the messaging limit.

import { t } from '../../lib/i18n.js';
import { Icon } from '../../lib/parts.js';
import { parts, query } from '../../lib/router.js';
import { html, useEffect } from '../../lib/view.js';
import { CampaignPage } from './campaign.js';
import { Editor } from './editor.js';
import { CampaignList } from './list.js';
import { Limits } from './limits.js';
import { FOLDERS, folderOf } from './model.js';
import { campaigns, loadCampaigns, loadNames, segments } from './store.js';

export const areas = ['campaigns', 'templates'];
export const styles = ['/css/campaigns.css'];

/** @param {{ path: string[], query: URLSearchParams }} props */
export default function Campaigns({ path, query: asked }) {
  useEffect(() => { loadCampaigns(); loadNames(); }, []);
  if (path[0] === 'limits') return html`<${Limits}/>`;
  if (path[0] === 'new') return html`<${Editor} key=${`new ${asked.get('copy') ?? ''}`} copy=${asked.get('copy')} step=${asked.get('step')}/>`;
  if (path[0]) return html`<${CampaignPage} key=${path[0]} id=${path[0]} query=${asked}/>`;
  return html`<${CampaignList} folder=${asked.get('state')}/>`;
}

/** What stands in the rail. */
export function Rail() {
  const known = campaigns.value;
  const [, second] = parts.value;
  const shown = second && second !== 'limits' ? folderOf(known?.find((one) => one.id === second)?.state ?? 'draft') : second ? null : query.value.get('state');
  return html`<ul class="rail-list">${FOLDERS.map(([folder, icon]) => html`<li key=${folder}><a href=${`/campaigns?state=${folder}`} aria-current=${shown === folder ? 'true' : undefined} title=${t(`campaigns.folder.${folder}`)}><${Icon} name=${icon}/><span>${t(`campaigns.folder.${folder}`)}</span>${known && html`<em class="count">${known.filter((one) => folderOf(one.state) === folder).length}</em>`}</a></li>`)}</ul>
    <h2 class="rail-h">${t('campaigns.rules')}</h2>
    <ul class="rail-list"><li><a href="/campaigns/limits" aria-current=${second === 'limits' ? 'true' : undefined} title=${t('limits.title')}><${Icon} name="gauge"/><span>${t('limits.title')}</span></a></li></ul>
    ${segments.value.length > 0 && html`<h2 class="rail-h">${t('campaigns.segments')}</h2><ul class="rail-list">${segments.value.slice(0, 8).map((one, i) => html`<li key=${one.id}><a href=${`/people?segment=${encodeURIComponent(one.id)}`} title=${one.name}><i class="swatch" style=${{ '--c': `var(--cat-${(i % 7) + 1})` }}></i><span>${one.name}</span></a></li>`)}</ul>`}`;
}
