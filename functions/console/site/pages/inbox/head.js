// The head of a conversation: whose it is, and what can be done with it.

import { agents, departments, agentName, agentShort, labelColor, labels, numberName, reloadLabels } from '../../lib/directory.js';
import { Chooser, Menu, Popup } from '../../lib/dialog.js';
import { post } from '../../lib/api.js';
import { dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { leads, me } from '../../lib/me.js';
import { AgentMark, Button, Icon, IconButton } from '../../lib/parts.js';
import { Frame, NumberBadge, personName } from '../../lib/conversation-parts.js';
import { html, useState } from '../../lib/view.js';
import { assign, assignByRule, reopen, resolve, sendTo, setPending, snooze, toggleImportant, toggleLabel } from './actions.js';
import { people } from './live.js';
import { listHere } from './places.js';

/** @typedef {import('./list-model.js').Row} Row */

/** Times to put something aside until. @param {Date} now @returns {[string, Date][]} */
export function snoozeTimes(now) {
  const at = (/** @type {number} */ days, /** @type {number} */ hour) => { const day = new Date(now); day.setDate(day.getDate() + days); day.setHours(hour, 0, 0, 0); return day; };
  const monday = (8 - now.getDay()) % 7 || 7;
  return /** @type {[string, Date][]} */ ([
    ['in_1h', new Date(now.getTime() + 3_600_000)], ['in_3h', new Date(now.getTime() + 3 * 3_600_000)],
    ...(now.getHours() < 17 ? [['today_evening', at(0, 18)]] : []), ['tomorrow', at(1, 9)], ['monday', at(monday, 9)],
  ]);
}

/** @param {{ row: Row, close: () => void }} props */
function AssignList({ row, close }) {
  const seen = agents.value.filter((agent) => agent.active);
  const options = [
    ...(row.assignee === me.value.id ? [] : [{ id: 'me', label: t('assign.me'), hint: '⇧A', mark: html`<${AgentMark} id=${me.value.id} name=${agentName(me.value.id)}/>` }]),
    ...seen.filter((agent) => agent.id !== me.value.id).map((agent) => ({ id: agent.id, label: agent.name, hint: t(`role.${agent.role}`), mark: html`<${AgentMark} id=${agent.id} name=${agent.name}/>` })),
    { id: '#rule', label: t('assign.rule'), mark: html`<${Icon} name="split"/>` },
    ...(row.assignee ? [{ id: '#none', label: t('assign.none'), mark: html`<${AgentMark} id=${null}/>` }] : []),
    ...departments.value.map((one) => ({ id: `#to:${one.id}`, label: t('assign.department', { name: one.name }), mark: html`<${Icon} name="users"/>` })),
  ];
  const choose = (/** @type {string} */ id) => {
    close();
    if (id === '#none') assign(row, null);
    else if (id === '#rule') assignByRule(row);
    else if (id.startsWith('#to:')) sendTo(row, id.slice(4));
    else assign(row, id);
  };
  return html`<${Chooser} label=${t('assign.find')} options=${options} chosen=${row.assignee ? [row.assignee] : []} onChoose=${choose}/>`;
}

/** @param {{ row: Row }} props */
function LabelList({ row }) {
  const create = async (/** @type {string} */ name) => { const label = await post('/v1/labels', { name }); await reloadLabels(); toggleLabel(row, label.id); };
  const options = labels.value.map((label) => ({ id: label.id, label: label.name, mark: html`<i class="swatch" style=${{ '--c': labelColor(label.id) }}></i>` }));
  return html`<${Chooser} label=${t('label.find')} options=${options} chosen=${row.labels} onChoose=${(/** @type {string} */ id) => toggleLabel(row, id)} onCreate=${leads.value ? create : undefined}/>`;
}

/** @param {{ row: Row, close: () => void }} props */
const SnoozeList = ({ row, close }) => html`<${Menu} close=${close} items=${[
  ...snoozeTimes(new Date()).map(([word, until]) => ({ label: `${t(`snooze.${word}`)} · ${dateTime(until)}`, icon: 'clock', run: () => snooze(row, until) })),
  null,
  ...(row.state === 'pending' ? [] : [{ label: t('snooze.pending'), icon: 'pause', run: () => setPending(row) }]),
  ...(row.state === 'open' ? [] : [{ label: t('snooze.open'), icon: 'inbox', run: () => reopen(row) }]),
]}/>`;

/**
 * @param {{ row: Row, recordShown: boolean, toggleRecord: () => void, resolveAndNext: () => void }} props
 */
export function ConversationHead({ row, recordShown, toggleRecord, resolveAndNext }) {
  const [open, setOpen] = useState('');
  const of = (/** @type {string} */ name) => ({ open: open === name, onOpen: (/** @type {boolean} */ to) => setOpen(to ? name : '') });
  useKeys([
    { keys: 'a', run: () => setOpen('assign') }, { keys: 'shift+a', run: () => assign(row, 'me') },
    { keys: 'l', run: () => setOpen('label') }, { keys: 'h', run: () => setOpen('snooze') },
    { keys: 'e', run: () => (row.state === 'closed' ? reopen(row) : resolveAndNext()) }, { keys: 's', run: () => toggleImportant(row) },
    { keys: ']', run: toggleRecord },
  ]);
  const name = personName(row.contact) || row.group;
  return html`<header class="conv-head"><a class="ib back" href=${listHere()} aria-label=${t('inbox.back')}><${Icon} name="al"/></a>
    <${Frame} contact=${row.contact} id=${row.id} size="plain" bare/>
    <div class="grow"><h1 class="ell"><span class="ell">${name}</span></h1><div class="sub"><${NumberBadge} id=${row.number.id}/><span class="ell">${numberName(row.number.id)}</span>
      ${people.value.filter((one) => one.what === 'reading').map((one) => html`<span class="also" key=${one.id}><${AgentMark} id=${one.id} name=${one.name} label=${t('inbox.also_here', { name: one.name })}/></span>`)}</div></div>
    <${Popup} class="assign" label=${row.assignee ? t('assign.to', { name: agentName(row.assignee) }) : t('assign.nobody')} ...${of('assign')} wide button=${html`<${AgentMark} id=${row.assignee} name=${agentName(row.assignee)}/><span class="hide-sm">${row.assignee ? agentShort(row.assignee) : t('assign.short')}</span><span class="hide-sm"><${Icon} name="cd" size="s"/></span>`}>${(/** @type {() => void} */ close) => html`<${AssignList} row=${row} close=${close}/>`}<//>
    <${IconButton} icon="star" label=${t(row.important ? 'inbox.unmark_important' : 'inbox.mark_important')} keys="s" class="hide-sm" aria-pressed=${row.important ? 'true' : 'false'} onClick=${() => toggleImportant(row)}/>
    <${Popup} class="ib hide-sm" label=${t('label.title')} ...${of('label')} button=${html`<${Icon} name="target"/>`}>${() => html`<${LabelList} row=${row}/>`}<//>
    <${Popup} class="ib hide-sm" label=${t('snooze.title')} ...${of('snooze')} button=${html`<${Icon} name="clock"/>`}>${(/** @type {() => void} */ close) => html`<${SnoozeList} row=${row} close=${close}/>`}<//>
    <${IconButton} icon="panel" label=${t('inbox.record')} keys="]" aria-pressed=${recordShown ? 'true' : 'false'} onClick=${toggleRecord}/>
    ${row.state === 'closed'
      ? html`<${Button} class="resolve" icon="refresh" aria-label=${t('inbox.reopen')} onClick=${() => reopen(row)}><span class="hide-sm">${t('inbox.reopen')}</span><//>`
      : html`<${Button} class="resolve" icon="check" aria-label=${t('inbox.resolve')} onClick=${resolveAndNext}><span class="hide-sm flex"><span>${t('inbox.resolve')}</span><kbd>E</kbd></span><//>`}
  </header>`;
}
