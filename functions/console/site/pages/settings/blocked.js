// What is blocked and what to do: by number and account, what Meta forbids and why, what stopped, and the way out.

import { get, id as part, post } from '../../lib/api.js';
import { all, useResource } from '../../lib/data.js';
import { dateTime } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { Button, Callout, Chip, Empty, Icon, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { appealOf, affects, remedyOf } from './blocked-model.js';
import { faultsOf, nameOf, restrictionName, wordOf } from './facts.js';
import { accountName, loadAccounts, loadNumbers, titleOf } from './numbers-data.js';
import { Card, SettingsPage, useAction } from './parts.js';

/** Everything that can be stopped, at once. */
async function loadAll(/** @type {AbortSignal} */ signal) {
  const [numbers, accounts, campaigns, templates, letters] = await Promise.all([
    loadNumbers(signal), loadAccounts(), all('/v1/campaigns'), all('/v1/templates'), get('/v1/dead-letters', { limit: 100 }, { signal }),
  ]);
  return { numbers, accounts, campaigns, templates, letters: letters.items };
}

/** One thing that is wrong: what, since when, what it stops, what to do. @param {{ fault: any, of: { id?: string, waba?: string | null, isAccount?: boolean } }} props */
function Fault({ fault, of }) {
  const title = fault.what === 'restriction' ? restrictionName(fault.value) : t('blocked.is', { what: nameOf(fault.what), value: wordOf(fault.what, fault.value) });
  const remedy = remedyOf(fault);
  const link = appealOf(fault, of);
  const stops = affects(fault);
  const ownRemedy = !of.isAccount && ['register', 'verify', 'name'].includes(remedy);
  return html`<li class="block-item"><${Icon} name=${fault.tone === 'danger' ? 'stop' : 'alert'}/>
    <div><h3 class=${`t-${fault.tone}`}>${title}</h3>
      <p class="meta">${fault.at ? t('blocked.since', { when: dateTime(fault.at) }) : t('blocked.since_unknown')}${fault.what === 'restriction' && html` · ${fault.until ? t('blocked.until', { when: dateTime(fault.until) }) : t('blocked.no_end')}`}${fault.what === 'restriction' && fault.of === 'waba' && !of.isAccount ? html` · ${t('blocked.by_account')}` : ''}</p>
      <p><b>${t('blocked.means')}</b> ${t(`blocked.stops.${stops}`)}</p>
      <p><b>${t('blocked.remedy')}</b> ${t(`blocked.remedy.${remedy}`)}</p>
      ${!has(`restriction.${fault.value}`) && fault.what === 'restriction' && html`<p class="meta mono">${fault.value}</p>`}
      ${ownRemedy && html`<div class="do"><a class="btn sm" href=${`/settings/numbers/${part(of.id ?? '')}`}>${t('blocked.open_number')}</a></div>`}
      ${link && !ownRemedy && html`<div class="do"><a class="btn sm" href=${link} target="_blank" rel="noreferrer"><${Icon} name="ext" size="s"/>${t(fault.what === 'quality' ? 'blocked.see_meta' : 'blocked.appeal')}</a></div>`}</div></li>`;
}

/** A campaign that a guard stopped or that waits. @param {{ campaign: any, onChanged: () => void }} props */
function Stopped({ campaign, onChanged }) {
  const { busy, problem, run } = useAction();
  const paused = campaign.state === 'paused';
  const resume = () => run(async (key) => { await post(`/v1/campaigns/${part(campaign.id)}/resume`, undefined, { key }); onChanged(); });
  return html`<li class="block-item"><${Icon} name=${paused ? 'pause' : 'clock'}/><div>
    <h3>${campaign.definition.name}</h3>
    <p class="meta">${paused ? t('blocked.campaign_paused', { when: dateTime(campaign.status.since) }) : t(`blocked.waits.${campaign.status.limit}`, { when: dateTime(campaign.status.until) })}${campaign.progress.people ? html` · ${t('blocked.people_of', { n: campaign.progress.people })}` : ''}</p>
    ${campaign.stopped && html`<p><b>${t('blocked.why')}</b> ${has(`blocked.guard.${campaign.stopped.guard}`) ? t(`blocked.guard.${campaign.stopped.guard}`) : campaign.stopped.guard}. <span class="muted" lang="en">${campaign.stopped.why}</span></p>`}
    ${campaign.stopped?.of && html`<p class="meta mono">${campaign.stopped.of}</p>`}
    ${paused ? html`<p><b>${t('blocked.remedy')}</b> ${t('blocked.campaign_remedy')}</p>` : html`<p class="muted">${t('blocked.waits_text')}</p>`}
    <${ProblemCallout} problem=${problem}/>
    <div class="do"><a class="btn sm" href=${`/campaigns/${part(campaign.id)}`}>${t('blocked.open_campaign')}</a>${paused && can('supervisor') && html`<${Button} small icon="play" busy=${busy} onClick=${resume}>${t('blocked.resume')}<//>`}</div></div></li>`;
}

/** A number or an account with its faults. @param {{ title: any, meta?: any, mark?: any, faults: any[], of: any }} props */
const Subject = ({ title, meta, mark, faults, of }) => html`<section class="card"><div class="card-h">${mark}<div class="grow"><h2>${title}</h2>${meta && html`<p class="meta num-t">${meta}</p>`}</div>
  <${Chip} tone=${faults.some((one) => one.tone === 'danger') ? 'danger' : 'warn'}>${t('blocked.problems', { n: faults.length })}<//></div>
  <ul class="ruled">${faults.map((fault) => html`<${Fault} key=${fault.id} fault=${fault} of=${of}/>`)}</ul></section>`;

/** @param {{ templates: any[] }} props */
const Templates = ({ templates }) => html`<${Card} title=${t('blocked.templates')} meta=${t('blocked.templates_text')} flush><ul class="ruled">${templates.map((one) => html`<li class="block-item" key=${`${one.waba}/${one.name}/${one.language}`}><${Icon} name="template"/><div>
  <h3>${one.name} <span class="meta">${one.language}</span></h3><p><b>${t('blocked.is_now')}</b> ${has(`blocked.template.${one.status}`) ? t(`blocked.template.${one.status}`) : one.status}${one.reason ? html`: <span class="muted">${one.reason}</span>` : ''}</p>
  <p><b>${t('blocked.remedy')}</b> ${t(has(`blocked.template_remedy.${one.status}`) ? `blocked.template_remedy.${one.status}` : 'blocked.template_remedy.other')}</p>
  <div class="do"><a class="btn sm" href=${`/templates/${part(one.waba)}/${part(one.name)}/${part(one.language)}`}>${t('blocked.open_template')}</a></div></div></li>`)}</ul><//>`;

const STOPPED_TEMPLATES = ['paused', 'disabled', 'rejected', 'flagged', 'limit_exceeded', 'archived'];

/** The page. */
export default function Blocked() {
  const loaded = useResource(loadAll, []);
  const data = loaded.data;
  const body = () => {
    if (!data) return loaded.problem ? html`<${ProblemCallout} problem=${loaded.problem} retry=${loaded.reload}/>` : html`<${Skeleton} lines=${8}/>`;
    const accounts = data.accounts.map((one) => ({ one, faults: faultsOf(/** @type {any} */ (one), now.value) })).filter(({ faults }) => faults.length);
    // What an account is forbidden is told once, with the account; its numbers tell only what is their own.
    const told = new Set(accounts.map(({ one }) => one.id));
    const numbers = data.numbers.map((one) => ({ one, faults: faultsOf(/** @type {any} */ (one), now.value).filter((fault) => !(fault.of === 'waba' && told.has(one.waba ?? ''))) })).filter(({ faults }) => faults.length);
    const stopped = data.campaigns.filter((one) => (one.state === 'paused' && one.status.by?.guard) || one.state === 'waiting');
    const paused = data.campaigns.filter((one) => one.state === 'paused' && !one.status.by?.guard);
    const templates = data.templates.filter((one) => STOPPED_TEMPLATES.includes(String(one.status).toLowerCase()));
    const letters = data.letters.filter((/** @type {any} */ one) => !one.redriven_at && ['send', 'later'].includes(one.source));
    const all = [...accounts, ...numbers, ...stopped, ...paused, ...templates, ...letters];
    return html`
      ${all.length === 0 && html`<section class="card"><${Empty} title=${t('blocked.nothing')}>${t('blocked.nothing_text', { n: data.numbers.length })}<//></section>`}
      ${accounts.map(({ one, faults }) => html`<${Subject} key=${one.id} title=${t('blocked.account', { name: accountName(one) })} meta=${`${one.id} · ${t('blocked.numbers_of', { n: data.numbers.filter((number) => number.waba === one.id).length })}`} mark=${html`<${Icon} name="building"/>`} faults=${faults} of=${{ waba: one.id, isAccount: true }}/>`)}
      ${numbers.map(({ one, faults }) => html`<${Subject} key=${one.id} title=${titleOf(one)} meta=${accountName(data.accounts.find((account) => account.id === one.waba), one.waba ?? '')} mark=${html`<${NumberBadge} id=${one.id}/>`} faults=${faults} of=${one}/>`)}
      ${(stopped.length > 0 || paused.length > 0) && html`<${Card} title=${t('blocked.campaigns')} meta=${t('blocked.campaigns_text')} flush><ul class="ruled">${[...stopped, ...paused].map((one) => html`<${Stopped} key=${one.id} campaign=${one} onChanged=${loaded.reload}/>`)}</ul><//>`}
      ${templates.length > 0 && html`<${Templates} templates=${templates}/>`}
      ${letters.length > 0 && html`<${Callout} tone="warn" title=${t('blocked.held', { n: letters.length })} actions=${html`<a class="btn sm" href="/settings/letters">${t('blocked.see_letters')}</a>`}><p class="muted">${t('blocked.held_text')}</p><//>`}`;
  };
  return html`<${SettingsPage} title=${t('settings.blocked')} meta=${t('blocked.text')} actions=${html`<${Button} icon="refresh" busy=${loaded.loading} onClick=${loaded.reload}>${t('action.reload')}<//>`}>${body()}<//>`;
}
