// The company's numbers: the limit that they share, each with its quality and pace, and the one that is open beside them.

import { get, id as part, put } from '../../lib/api.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { useResource } from '../../lib/data.js';
import { departmentName, loadDirectory, numbers as directory } from '../../lib/directory.js';
import { phone } from '../../lib/format.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { now } from '../../lib/now.js';
import { Button, Callout, Chip, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useState } from '../../lib/view.js';
import { faultsOf, toneOf, wordOf } from './facts.js';
import { NumberPane } from './number-pane.js';
import { accountName, loadAccounts, loadNumbers, loadPortfolios, titleOf } from './numbers-data.js';
import { Card, FormDialog, SettingsPage } from './parts.js';
import { PortfolioCard } from './portfolio.js';

/** Tells of an account at Meta, or what it is called. @param {{ account: any, onClose: () => void, onSaved: () => void }} props */
function AccountDialog({ account, onClose, onSaved }) {
  const [id, setId] = useState(account?.id ?? '');
  const [name, setName] = useState(account?.name ?? '');
  const [portfolio, setPortfolio] = useState(account?.portfolio ?? '');
  const save = async (/** @type {string} */ key) => {
    await put(`/v1/wabas/${part(id.trim())}`, { name: name.trim(), ...(portfolio.trim() ? { portfolio: portfolio.trim() } : {}) }, { key });
    onSaved();
  };
  return html`<${FormDialog} title=${t(account ? 'numbers.account_edit' : 'numbers.connect')} onClose=${onClose} save=${save} done=${t('numbers.account_saved')} disabled=${!/^\d{3,}$/.test(id.trim()) || !name.trim()} label=${t(account ? 'action.save' : 'numbers.connect_do')}>
    ${(/** @type {unknown} */ problem) => html`${!account && html`<p class="muted">${t('numbers.connect_text')}</p>`}
      <${TextField} label=${t('numbers.account_id')} hint=${t('numbers.account_id_hint')} value=${id} onInput=${setId} disabled=${Boolean(account)} autofocus=${!account} inputmode="numeric" bad=${badOf(problem, 'id')}/>
      <${TextField} label=${t('numbers.account_name')} value=${name} onInput=${setName} maxlength="60" autofocus=${Boolean(account)} bad=${badOf(problem, 'name')}/>
      <${TextField} label=${t('numbers.account_portfolio')} hint=${t('numbers.account_portfolio_hint')} value=${portfolio} onInput=${setPortfolio} inputmode="numeric" bad=${badOf(problem, 'portfolio')}/>`}<//>`;
}

/** @param {{ path: string[] }} props */
export default function Numbers({ path }) {
  const list = useResource(loadNumbers, []);
  const accounts = useResource(loadAccounts, []);
  const portfolios = useResource(loadPortfolios, []);
  const [account, setAccount] = useState(/** @type {any} */ (null));
  const numbers = list.data ?? [];
  const open = numbers.find((one) => one.id === path[0]) ?? numbers[0];
  const changed = async (/** @type {any} */ one) => {
    list.set((list.data ?? []).map((was) => (was.id === one.id ? one : was)));
    await loadDirectory(directory);
  };
  const faults = numbers.flatMap((one) => faultsOf(one, now.value).slice(0, 1).map((fault) => ({ one, fault })));
  const show = (/** @type {any} */ one) => {
    navigate(`/settings/numbers/${part(one.id)}`);
    // On a narrow screen the number stands below the list, out of sight.
    requestAnimationFrame(() => { const pane = document.getElementById('number-pane'); if (pane && pane.getBoundingClientRect().top > innerHeight - 160) pane.scrollIntoView(); });
  };
  const reload = () => { accounts.reload(); list.reload(); portfolios.reload(); };
  const columns = [
    { key: 'name', label: t('numbers.number'), cell: (/** @type {any} */ one) => html`<${NumberBadge} id=${one.id}/><span class="cell-2"><b class="ell">${titleOf(one)}</b><span class="meta num-t">${phone(one.display)}</span></span>` },
    { key: 'quality', label: t('fact.quality'), cell: (/** @type {any} */ one) => html`<${Chip} tone=${toneOf('quality', one.facts.quality?.value)}>${wordOf('quality', one.facts.quality?.value)}<//>` },
    { key: 'department', label: t('numbers.department'), optional: true, cell: (/** @type {any} */ one) => departmentName(one.department) || html`<span class="meta">${t('numbers.everybody')}</span>` },
    { key: 'pace', label: t('fact.throughput'), number: true, optional: true, cell: (/** @type {any} */ one) => wordOf('throughput', one.facts.throughput?.value) },
  ];
  return html`<${SettingsPage} wide title=${t('settings.numbers')} meta=${list.data ? t('numbers.count', { n: numbers.length }) : ''}
    actions=${can('admin') && html`<${Button} kind="primary" icon="plus" onClick=${() => setAccount({})}>${t('numbers.connect')}<//>`}>
    ${list.problem && !list.data && html`<${ProblemCallout} problem=${list.problem} retry=${list.reload}/>`}
    ${!list.data && !list.problem && html`<${Skeleton} lines=${8}/>`}
    ${list.data && html`<div class="cols cols-pane">
      <div class="stack-4">
        ${(portfolios.data ?? []).map((one) => html`<${PortfolioCard} key=${one.id} portfolio=${one} onChanged=${portfolios.reload} single=${portfolios.data?.length === 1}/>`)}
        <${ProblemCallout} problem=${portfolios.problem} retry=${portfolios.reload}/>
        ${faults.map(({ one, fault }) => html`<${Callout} key=${one.id} tone=${fault.tone} title=${t('numbers.fault', { name: titleOf(one), what: fault.what === 'restriction' ? t('numbers.restricted') : wordOf(fault.what, fault.value) })}
          actions=${can('supervisor') && html`<a class="btn sm" href="/settings/blocked">${t('numbers.what_to_do')}</a>`}/>`)}
        <section class="card"><${Table} label=${t('settings.numbers')} rows=${numbers} columns=${columns} current=${open?.id} loading=${list.loading}
          onOpen=${show}
          empty=${{ title: t('numbers.none'), text: t('numbers.none_text'), action: can('admin') && html`<${Button} kind="primary" onClick=${() => setAccount({})}>${t('numbers.connect')}<//>` }}/></section>
        ${can('supervisor') && html`<${Card} title=${t('numbers.accounts')} meta=${t('numbers.accounts_text')} flush>
          <${Table} label=${t('numbers.accounts')} rows=${accounts.data ?? []} loading=${accounts.loading} problem=${accounts.problem} retry=${accounts.reload} empty=${{ title: t('numbers.no_accounts') }}
            onOpen=${can('admin') ? (/** @type {any} */ one) => setAccount(one) : undefined}
            columns=${[
              { key: 'name', label: t('numbers.account'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${accountName(one)}</b><span class="meta mono">${one.id}</span></span>` },
              { key: 'numbers', label: t('settings.numbers'), number: true, cell: (/** @type {any} */ one) => numbers.filter((number) => number.waba === one.id).length },
              { key: 'state', label: t('numbers.state'), cell: (/** @type {any} */ one) => { const fault = faultsOf(one, now.value)[0]; return html`<${Chip} tone=${fault?.tone ?? 'ok'}>${fault ? t('numbers.restricted') : t('numbers.fine')}<//>`; } },
            ]}/><//>`}
      </div>
      ${open && html`<${NumberPane} key=${open.id} number=${open} account=${accounts.data?.find((one) => one.id === open.waba)} onChanged=${changed} reload=${async () => changed(await get(`/v1/numbers/${part(open.id)}`))}/>`}
    </div>`}
    ${account && html`<${AccountDialog} account=${account.id ? account : null} onClose=${() => setAccount(null)} onSaved=${reload}/>`}<//>`;
}
