// The inbox: categories, list, conversation, record.

import { Popup, Menu } from '../../lib/dialog.js';
import { agents, departments, labels, numberName, numbers } from '../../lib/directory.js';
import { Tabs } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { Empty, Icon, ProblemCallout } from '../../lib/parts.js';
import { brokenSince, line, reconnect } from '../../lib/realtime.js';
import { navigate, query } from '../../lib/router.js';
import { relative, time } from '../../lib/format.js';
import { now } from '../../lib/now.js';
import { personName } from '../../lib/conversation-parts.js';
import { lazy } from '../../lib/lazy.js';
import { classes, html, signal, useEffect, useState } from '../../lib/view.js';
import { loadRow, refused } from './actions.js';
import { List } from './list.js';
import { ORDER_NAMES, statesOf } from './list-model.js';
import { nowOpen, startLive } from './live.js';
import { askedHere, categoryHere, listHere, otherwise, placeOf } from './places.js';
import { InboxRail, VIEWS } from './rail.js';
import { askAhead, count, counts, listed, rows, show, shown } from './store.js';

/** What shows a conversation is half of the inbox's code: the list does not wait for it, and it is there before one is chosen. */
const loadConversation = () => import('./conversation.js');
const Conversation = lazy(loadConversation, 'Conversation');
const later = (/** @type {() => void} */ work) => setTimeout(work, 1500);

export const areas = ['inbox', 'record'];
export const Rail = InboxRail;
/** What can be asked for before one knows who is there. */
export const begin = () => askAhead(askedHere());

const KEEP = 'ventana.record';
const wide = () => matchMedia('(min-width: 1280px)').matches;
/** Whether the record is shown: kept on wide screens, opened by hand on narrow ones. */
const recordShown = signal(wide() && localStorage.getItem(KEEP) !== 'off');

function toggleRecord() {
  recordShown.value = !recordShown.peek();
  if (wide()) localStorage.setItem(KEEP, recordShown.peek() ? 'on' : 'off');
}

/** The name of the list that is shown. */
function title() {
  const asked = askedHere();
  const of = (/** @type {{ id: string, name: string }[]} */ list, /** @type {string} */ id) => list.find((one) => one.id === id)?.name ?? id;
  if (asked.number) return numberName(asked.number);
  if (asked.label) return of(labels.value, asked.label);
  if (asked.department) return of(departments.value, asked.department);
  if (asked.assignee) return of(agents.value, asked.assignee);
  return t(`view.${asked.category}`);
}

/** @param {{ close: () => void }} props */
function Filters({ close }) {
  const pick = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ label) => {
    const on = query.value.get(name) === value;
    return { label, checked: on, icon: on ? 'check' : undefined, run: () => navigate(otherwise({ [name]: on ? undefined : value })) };
  };
  return html`<${Menu} close=${close} items=${[
    ...numbers.value.map((one) => pick('number', one.id, numberName(one.id))), null,
    ...labels.value.slice(0, 12).map((one) => pick('label', one.id, one.name)), null,
    ...agents.value.filter((one) => one.active).slice(0, 12).map((one) => pick('assignee', one.id, one.name)),
    ...(query.value.size ? [null, { label: t('inbox.clear'), icon: 'x', run: () => navigate(`/inbox/${categoryHere()}`) }] : []),
  ]}/>`;
}

/** Says that the line is broken, after three seconds of it. */
function Offline() {
  const [, tick] = useState(0);
  const since = brokenSince.value;
  useEffect(() => {
    if (!since) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [since]);
  if (line.value !== 'broken' || !since || Date.now() - since < 3000) return null;
  return html`<div class="pad-s"><div class="callout warn" role="status"><${Icon} name="wifioff"/><div class="grow"><b>${t('inbox.offline')}</b><p>${t('inbox.offline_text', { at: time(new Date(since)), ago: relative(new Date(since), Math.max(now.value, Date.now())) })}</p></div><button type="button" class="btn sm" onClick=${reconnect}>${t('action.retry')}</button></div></div>`;
}

/** @param {{ path: string[], query: URLSearchParams }} props */
export default function Inbox({ path }) {
  const conversation = path[1] ?? '';
  const asked = askedHere();
  const asks = JSON.stringify(asked);
  const [order, setOrder] = useState(asked.category === 'unassigned' || asked.category === 'new' || asked.category === 'unknown' ? 'waiting' : 'recent');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));

  useEffect(() => () => nowOpen(''), []);
  // Everything else waits for the list: what changes meanwhile is asked for by its time.
  const [begun, setBegun] = useState(false);
  useEffect(() => { show(asked, order).finally(() => setBegun(true)); }, [asks, order]);
  useEffect(() => { if (begun) { startLive(); later(loadConversation); } }, [begun]);
  useEffect(() => { if (begun) count(); }, [begun, numbers.value.length]);
  useEffect(() => {
    setProblem(null);
    refused.value = null;
    nowOpen(conversation);
    if (conversation && !rows.peek().has(conversation)) loadRow(conversation).catch(setProblem);
    if (!conversation && !wide()) recordShown.value = false;
  }, [conversation]);

  const row = rows.value.get(conversation);
  useEffect(() => { document.title = `${row ? personName(row.contact) : title()} · Ventana`; }, [row && personName(row.contact), asks]);

  const next = () => {
    const list = listed.peek();
    const at = list.findIndex((one) => one.id === conversation);
    const to = list[at + 1] ?? list[at - 1] ?? list.find((one) => one.id !== conversation);
    navigate(to && to.id !== conversation ? placeOf(to.id) : listHere(), { replace: true });
  };
  useKeys([
    { keys: 'escape', run: () => { if (!conversation) return false; if (recordShown.peek() && !wide()) recordShown.value = false; else navigate(listHere()); return true; } },
    ...VIEWS.map(([view], i) => ({ keys: `alt+${i + 1}`, run: () => navigate(`/inbox/${view}`) })),
  ]);
  const filtered = [...query.value.keys()].some((name) => name !== 'state');
  const states = statesOf(asked.category);
  const of = counts.value[asked.category];
  return html`<main id="main" class=${classes('app-main app-inbox', conversation && 'conv-open', recordShown.value && row && 'record-open', !(recordShown.value && row) && 'no-record')} tabindex="-1">
    <section class="pane-col list" aria-label=${t('inbox.conversations')}>
      <header class="bar"><h1 class="ell">${title()}</h1><span class="meta tab">${!filtered && asked.state === 'open' ? of?.shown : shown.value.next ? '' : shown.value.ids.length}</span><span class="end"></span>
        <${Popup} class=${classes('ib', filtered && 'on')} label=${t('inbox.filter')} button=${html`<${Icon} name="filter"/>`}>${(/** @type {() => void} */ close) => html`<${Filters} close=${close}/>`}<//>
        <${Popup} class="ib" label=${t('inbox.sort')} button=${html`<${Icon} name="sort"/>`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${ORDER_NAMES.map((name) => ({ label: t(`inbox.order.${name}`), checked: name === order, icon: name === order ? 'check' : undefined, run: () => setOrder(name) }))}/>`}<//></header>
      <nav class="cats" aria-label=${t('inbox.categories')}>${VIEWS.map(([view]) => html`<a key=${view} href=${`/inbox/${view}`} aria-current=${asked.category === view && !filtered ? 'true' : undefined}>${t(`view.${view}`)} ${counts.value[view]?.shown}</a>`)}</nav>
      <div class="list-tools"><${Tabs} label=${t('inbox.states')} value=${asked.state} onChange=${(/** @type {string} */ state) => navigate(otherwise({ state: state === 'open' ? undefined : state }))} options=${states.map((state) => ({ value: state, label: t(`state.${state}`) }))}/></div>
      <${Offline}/><${List} current=${conversation}/></section>
    ${row
      ? html`<${Conversation} key=${row.id} row=${row} recordShown=${recordShown.value} toggleRecord=${toggleRecord} next=${next}/>`
      : html`<section class="pane-col conv" aria-label=${t('inbox.conversation')}>${problem ? html`<div class="pad"><${ProblemCallout} problem=${problem}/></div>` : !conversation && html`<${Empty} title=${t('inbox.choose')}>${t('inbox.choose_text')}<//>`}</section>`}
  </main>`;
}
