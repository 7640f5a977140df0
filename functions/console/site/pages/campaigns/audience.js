// First step: what it is called, who sends, who gets it, who does not.

import { get } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { Chooser, Popup } from '../../lib/dialog.js';
import { numberName, numbers } from '../../lib/directory.js';
import { badOf, CheckField, SelectField, TextField } from '../../lib/forms.js';
import { NumberBadge, personName } from '../../lib/conversation-parts.js';
import { t } from '../../lib/i18n.js';
import { Button, Callout, Icon, IconButton } from '../../lib/parts.js';
import { html, useState } from '../../lib/view.js';
import { FileDialog } from './file-dialog.js';
import { campaigns, lists, segments } from './store.js';
import { groupName } from './words.js';

const KINDS = /** @type {[string, string][]} */ ([['segment', 'filter'], ['list', 'users'], ['filter', 'search'], ['file', 'file'], ['campaign', 'megaphone']]);
const WHO = ['got', 'did_not_get', 'did_not_read', 'read', 'replied', 'held_out'];
const kindOf = (/** @type {any} */ group) => Object.keys(group)[0];

/** People of a group, as far as the API can list them. @param {any} group @param {AbortSignal} [signal] */
export async function somePeople(group, signal) {
  if (group?.segment) return (await get('/v1/contacts', { segment: group.segment, limit: 5 }, { signal })).items;
  if (group?.filter !== undefined && group) return (await get('/v1/contacts', { filter: group.filter, limit: 5 }, { signal })).items;
  if (group?.list) {
    const page = await get(`/v1/lists/${encodeURIComponent(group.list)}/members`, { limit: 5 }, { signal });
    return page.items ?? page;
  }
  return [];
}

/** @param {{ definition: any, set: (change: any) => void, problem: unknown, campaign: any }} props */
export function Audience({ definition, set, problem, campaign }) {
  const side = (/** @type {'include' | 'exclude'} */ name) => ({
    groups: definition.audience[name],
    change: (/** @type {any[]} */ groups) => set((/** @type {any} */ was) => ({ audience: { ...was.audience, [name]: groups } })),
  });
  const toggle = (/** @type {string} */ number, /** @type {boolean} */ on) => set((/** @type {any} */ was) => ({ numbers: on ? [...was.numbers, number] : was.numbers.filter((/** @type {string} */ one) => one !== number) }));
  return html`<div class="cols cols-main"><div class="stack">
      <section class="card"><div class="card-h"><h2>${t('campaigns.what')}</h2></div><div class="card-b stack">
        <${TextField} label=${t('campaigns.name')} value=${definition.name} maxlength="120" bad=${badOf(problem, 'name')} hint=${t('campaigns.name_hint')} onInput=${(/** @type {string} */ name) => set({ name })} autofocus=${!campaign}/>
        <fieldset class="field"><legend class="lbl">${t('campaigns.from')}</legend><div class="stack-s">${numbers.value.map((one) => html`<${CheckField} key=${one.id} checked=${definition.numbers.includes(one.id)} onChange=${(/** @type {boolean} */ on) => toggle(one.id, on)} label=${html`<span class="flex"><${NumberBadge} id=${one.id}/>${numberName(one.id)}</span>`}/>`)}</div>
          ${numbers.value.length === 0 ? html`<p class="hint">${t('campaigns.no_numbers')}</p>` : definition.numbers.length > 1 && html`<p class="hint">${t('campaigns.from_hint')}</p>`}</fieldset>
      </div></section>
      <${Groups} title=${t('campaigns.include')} about=${t('campaigns.include_text')} ...${side('include')} campaign=${campaign} files/>
      <${Groups} title=${t('campaigns.exclude')} about=${t('campaigns.exclude_text')} ...${side('exclude')} campaign=${campaign}/>
    </div>
    <aside class="stack"><${Callout} tone="plain">${t('campaigns.audience_note')}<//></aside></div>`;
}

/** @param {{ title: string, about: string, groups: any[], change: (groups: any[]) => void, campaign: any, files?: boolean }} props */
function Groups({ title, about, groups, change, campaign, files }) {
  const [adding, setAdding] = useState(/** @type {string | null} */ (null));
  const add = (/** @type {any} */ group) => {
    setAdding(null);
    if (!groups.some((one) => JSON.stringify(one) === JSON.stringify(group))) change([...groups, group]);
  };
  return html`<section class="card"><div class="card-h"><h2>${title}</h2><span class="meta end">${groups.length > 0 && t('campaigns.groups', { n: groups.length })}</span></div>
    <div class="card-b stack">${groups.length === 0 && html`<p class="muted">${about}</p>`}
      <ul class="group-list">${groups.map((group, i) => html`<li key=${JSON.stringify(group)}><${Icon} name=${KINDS.find(([kind]) => kind === kindOf(group))?.[1] ?? 'users'}/><div class="grow"><b>${groupName(group)}</b><${Example} group=${group}/></div>
        <${IconButton} icon="x" label=${t('campaigns.group.remove', { name: groupName(group) })} onClick=${() => change(groups.filter((_, at) => at !== i))}/></li>`)}</ul>
      <div class="flex wrap">${KINDS.filter(([kind]) => files || kind !== 'file').map(([kind, icon]) => (['segment', 'list'].includes(kind)
        ? html`<${Popup} key=${kind} class="btn sm" label=${t(`campaigns.add.${kind}`)} button=${html`<${Icon} name=${icon} size="s"/>${t(`campaigns.add.${kind}`)}`}>${(/** @type {() => void} */ close) => html`<${Chooser} label=${t(`campaigns.add.${kind}`)} empty=${t(`campaigns.no.${kind}`)} options=${(kind === 'segment' ? segments : lists).value.map((/** @type {any} */ one) => ({ id: one.id, label: one.name, hint: one.filter }))} onChoose=${(/** @type {string} */ id) => { close(); add({ [kind]: id }); }}/>`}<//>`
        : html`<${Button} key=${kind} small icon=${icon} aria-expanded=${adding === kind} onClick=${() => setAdding(adding === kind ? null : kind)}>${t(`campaigns.add.${kind}`)}<//>`))}</div>
      ${adding === 'filter' && html`<${NewFilter} add=${add}/>`}
      ${adding === 'campaign' && html`<${NewEarlier} add=${add} own=${campaign?.id}/>`}
      ${adding === 'file' && html`<${FileDialog} add=${add} onClose=${() => setAdding(null)}/>`}
    </div></section>`;
}

/** Who is in a group, for example. @param {{ group: any }} props */
function Example({ group }) {
  const people = useResource((signal) => somePeople(group, signal), [JSON.stringify(group)]);
  if (people.problem) return html`<p class="meta">${t('campaigns.example_failed')}</p>`;
  if (!people.data) return html`<p class="meta">\u00a0</p>`;
  const names = people.data.slice(0, 3).map((/** @type {any} */ one) => personName(one)).join(', ');
  const listed = group.segment || group.list || group.filter !== undefined;
  return html`<p class="meta">${names ? t('campaigns.example', { names }) : listed ? t('campaigns.example_none') : t('campaigns.example_later')}</p>`;
}

/** @param {{ add: (group: any) => void }} props */
function NewFilter({ add }) {
  const [filter, setFilter] = useState('');
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const tryIt = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    try { await somePeople({ filter: filter.trim() }); add({ filter: filter.trim() }); } catch (failed) { setProblem(failed); } finally { setBusy(false); }
  };
  return html`<form class="add-box" onSubmit=${tryIt}><${TextField} label=${t('campaigns.filter')} class="input mono" value=${filter} placeholder="kind:lead field.ciudad=Lima" onInput=${setFilter} bad=${problem && (problem.detail ?? t('problem.400'))} hint=${t('campaigns.filter_hint')} autofocus/>
    <button class="btn" disabled=${busy}>${t('action.add')}</button></form>`;
}

/** @param {{ add: (group: any) => void, own?: string }} props */
function NewEarlier({ add, own }) {
  const earlier = (campaigns.value ?? []).filter((one) => one.id !== own && one.progress.frozen_at);
  const [chosen, setChosen] = useState(earlier[0]?.id ?? '');
  const [who, setWho] = useState('did_not_read');
  if (earlier.length === 0) return html`<p class="muted">${t('campaigns.no_earlier')}</p>`;
  return html`<div class="add-box"><${SelectField} label=${t('campaigns.earlier')} value=${chosen} onChange=${setChosen} options=${earlier.map((one) => ({ value: one.id, label: one.definition.name }))}/>
    <${SelectField} label=${t('campaigns.earlier_who')} value=${who} onChange=${setWho} options=${WHO.map((one) => ({ value: one, label: t(`campaigns.who.${one}`) }))}/>
    <${Button} onClick=${() => add({ campaign: { id: chosen, who } })}>${t('action.add')}<//></div>`;
}
