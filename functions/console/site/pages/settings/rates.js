// Rate cards: what messages cost by market and category, from which day, and what so many would cost.

import { call, get, id as part, remove } from '../../lib/api.js';
import { useResource, usePages } from '../../lib/data.js';
import { confirm, Drawer } from '../../lib/dialog.js';
import { day, money, number } from '../../lib/format.js';
import { SearchField, SelectField, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { marketName } from '../../lib/markets.js';
import { can } from '../../lib/me.js';
import { Button, Callout, Chip, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useState } from '../../lib/view.js';
import { Card, FormDialog, RowMenu, SettingsPage, useAction } from './parts.js';
import { plain } from './words.js';

const CATEGORIES = ['marketing', 'utility', 'authentication', 'authentication_international', 'service'];
const atNoon = (/** @type {string} */ date) => `${date}T12:00:00`;

/**
 * Rates as rows of markets, each with its prices by category.
 * @param {{ market: string, category: string, bands: { above: number, price: string | null }[] }[]} rates
 */
export function byMarket(rates) {
  /** @type {Map<string, Record<string, { above: number, price: string | null }[]>>} */
  const rows = new Map();
  for (const { market, category, bands } of rates) rows.set(market, { ...rows.get(market), [category]: bands });
  return [...rows].map(([market, prices]) => ({ market, prices }));
}

/** A file that is put whole, with what is wrong by line. @param {{ card: any, onClose: () => void, onSaved: () => void }} props */
function LoadDialog({ card, onClose, onSaved }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [from, setFrom] = useState(new Date().toISOString().slice(0, 10));
  const [currency, setCurrency] = useState('');
  const [model, setModel] = useState('per_message');
  const save = async (/** @type {string} */ key) => {
    const text = await /** @type {File} */ (file).text();
    if (card) await call('PUT', `/v1/rate-cards/${part(card.id)}/tiers`, { text, key });
    else await call('PUT', '/v1/rate-cards', { text, key, query: { from, currency: currency.trim().toUpperCase(), model } });
    onSaved();
  };
  return html`<${FormDialog} title=${t(card ? 'rates.tiers' : 'rates.load')} onClose=${onClose} save=${save} done=${t('rates.loaded')} label=${t('rates.load_do')} disabled=${!file || (!card && !from)}>${(/** @type {any} */ problem) => html`
    <p class="muted">${t(card ? 'rates.tiers_text' : 'rates.load_text')}</p>
    <pre class="code">${card ? 'market,category,tier_start,tier_end,unit_rate' : 'Market,Currency,Marketing,Utility,Authentication,Authentication-International,Service\nColombia,USD,0.0125,0.0008,0.0008,n/a,n/a'}</pre>
    <label class="field"><span class="lbl">${t('rates.file')}</span><input class="input" type="file" accept=".csv,text/csv" onChange=${(/** @type {any} */ event) => setFile(event.target.files[0] ?? null)}/></label>
    ${!card && html`<${TextField} label=${t('rates.from')} type="date" value=${from} onInput=${setFrom} bad=${badOf(problem, 'from')}/>
      <div class="form-2"><${TextField} label=${t('rates.currency')} hint=${t('rates.currency_hint')} maxlength="3" value=${currency} onInput=${setCurrency} bad=${badOf(problem, 'currency')}/>
      <${SelectField} label=${t('rates.model')} value=${model} onChange=${setModel} options=${['per_message', 'per_conversation'].map((value) => ({ value, label: t(`rates.model.${value}`) }))}/></div>`}
    ${problem?.errors?.length > 8 && html`<details><summary>${t('rates.all_faults', { n: problem.errors.length })}</summary><ul class="errors">${problem.errors.map((/** @type {any} */ one) => html`<li><span class="mono">${one.field}</span> ${one.detail}</li>`)}</ul></details>`}`}<//>`;
}

/** What messages cost by the card that counts. @param {{ markets: string[] }} props */
function Estimate({ markets }) {
  const [phone, setPhone] = useState('');
  const [market, setMarket] = useState('');
  const [category, setCategory] = useState('marketing');
  const [messages, setMessages] = useState('1000');
  const [result, setResult] = useState(/** @type {any} */ (null));
  const { busy, problem, run } = useAction();
  const ask = (/** @type {Event} */ event) => {
    event.preventDefault();
    run(async () => setResult(await get('/v1/rate-cards/estimate', { ...(phone.trim() ? { phone: phone.replace(/\D/g, '') } : { market }), category, messages })));
  };
  return html`<${Card} title=${t('rates.estimate')} meta=${t('rates.estimate_text')}><form class="stack" onSubmit=${ask} noValidate>
    <div class="filters"><${SelectField} label=${t('rates.market')} value=${market} onChange=${setMarket} disabled=${Boolean(phone.trim())} options=${[{ value: '', label: t('rates.choose_market') }, ...markets.map((value) => ({ value, label: marketName(value) }))]} bad=${badOf(problem, 'market')}/>
      <${TextField} label=${t('rates.phone')} value=${phone} onInput=${setPhone} inputmode="tel" placeholder="+57 301 555 0117" bad=${badOf(problem, 'phone')}/>
      <${SelectField} label=${t('rates.category')} value=${category} onChange=${setCategory} options=${CATEGORIES.map((value) => ({ value, label: t(`rates.category.${value}`) }))}/>
      <${TextField} label=${t('rates.messages')} type="number" min="1" value=${messages} onInput=${setMessages} bad=${badOf(problem, 'messages')}/>
      <${Button} kind="primary" type="submit" busy=${busy} disabled=${!phone.trim() && !market}>${t('rates.ask')}<//></div>
    <${ProblemCallout} problem=${problem}/>
    ${result && html`<div role="status">${result.lines.map((/** @type {any} */ line) => html`<p key=${line.market}><b class="tab">${line.low === null ? t('rates.no_price') : line.low === line.high ? money(line.low, result.currency) : t('rates.between', { low: money(line.low, result.currency), high: money(line.high, result.currency) })}</b> <span class="muted">${t('rates.for', { n: line.messages, category: t(`rates.category.${line.category}`), market: marketName(line.market) })}</span>${line.has_unknown_tier && html` <span class="t-warn">${t('rates.unknown_tier')}</span>`}</p>`)}<p class="meta">${t('rates.by_card', { card: result.card })}</p></div>`}</form><//>`;
}

/** A price, with its bands by volume. @param {{ bands: any[] | undefined, currency: string }} props */
const Price = ({ bands, currency }) => (!bands ? html`<span class="meta">–</span>` : html`${bands.map((band) => html`<span class="block" key=${band.above}>${band.above > 0 && html`<span class="meta">${t('rates.above', { n: band.above })} </span>`}${band.price === null ? html`<span class="meta">${t('rates.not_known')}</span>` : number(Number(band.price), { minimumFractionDigits: 2, maximumFractionDigits: 6 })}</span>`)}<span class="vh">${currency}</span>`);

/** The prices of a card. @param {{ id: string, onClose: () => void }} props */
function CardDrawer({ id, onClose }) {
  const loaded = useResource((signal) => get(`/v1/rate-cards/${part(id)}`, undefined, { signal }), [id]);
  const [text, setText] = useState('');
  const card = loaded.data;
  const rows = card ? byMarket(card.rates).filter((row) => plain(marketName(row.market)).includes(plain(text))) : [];
  return html`<${Drawer} size="full" title=${card ? t('rates.card_of', { when: day(atNoon(card.from)), currency: card.currency }) : t('settings.rates')} onClose=${onClose}><div class="stack">
    <${ProblemCallout} problem=${loaded.problem} retry=${loaded.reload}/>${!card && !loaded.problem && html`<${Skeleton} lines=${8}/>`}
    ${card && html`<${SearchField} label=${t('rates.find_market')} value=${text} onInput=${setText}/>
      <div class="card"><${Table} class="price-table tight" label=${t('rates.prices')} rows=${rows} id=${(/** @type {any} */ row) => row.market} empty=${{ title: t('state.none_found') }}
        columns=${[{ key: 'market', label: t('rates.market'), cell: (/** @type {any} */ row) => marketName(row.market) }, ...CATEGORIES.filter((category) => card.rates.some((/** @type {any} */ rate) => rate.category === category)).map((category) => ({ key: category, label: t(`rates.category.${category}`), cell: (/** @type {any} */ row) => html`<${Price} bands=${row.prices[category]} currency=${card.currency}/>` }))]}/></div>`}</div><//>`;
}

/** @param {{ path: string[] }} props */
export default function Rates({ path }) {
  const list = usePages('/v1/rate-cards');
  const newest = list.items[list.items.length - 1];
  const prices = useResource(async (signal) => (newest ? get(`/v1/rate-cards/${part(newest.id)}`, undefined, { signal }) : null), [newest?.id]);
  const [loading, setLoading] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const admin = can('admin');
  const drop = async (/** @type {any} */ one) => {
    if (!await confirm({ title: t('rates.remove_title'), text: t('rates.remove_text'), action: t('action.delete'), danger: true })) return;
    run(async (key) => { await remove(`/v1/rate-cards/${part(one.id)}`, undefined, { key }); list.reload(); });
  };
  const today = new Date().toISOString().slice(0, 10);
  const inForce = [...list.items].reverse().find((one) => one.from <= today && one.model === 'per_message');
  const columns = [
    { key: 'from', label: t('rates.from'), cell: (/** @type {any} */ one) => html`<span class="cell-2"><b>${day(atNoon(one.from))}</b><span class="meta mono">${one.id}</span></span>${one === inForce && html`<${Chip} tone="ok">${t('rates.in_force')}<//>`}${one.from > today && html`<${Chip} tone="accent">${t('rates.coming')}<//>`}` },
    { key: 'currency', label: t('rates.currency'), cell: (/** @type {any} */ one) => one.currency },
    { key: 'model', label: t('rates.model'), optional: true, cell: (/** @type {any} */ one) => html`<span class="cell-2">${t(`rates.model.${one.model}`)}<span class="meta">${t(one.built_in ? 'rates.built_in' : 'rates.own')}</span></span>` },
    { key: 'markets', label: t('rates.markets'), number: true, optional: true, cell: (/** @type {any} */ one) => number(one.markets) },
    ...(admin ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.id })} items=${[{ label: t('rates.tiers'), icon: 'stack', run: () => setLoading(one) }, { label: t('action.delete'), icon: 'trash', danger: true, disabled: one.built_in, run: () => drop(one) }]}/>` }] : []),
  ];
  const markets = prices.data ? byMarket(prices.data.rates).map((row) => row.market) : [];
  return html`<${SettingsPage} title=${t('settings.rates')} meta=${t('rates.text')} actions=${admin && html`<${Button} kind="primary" icon="up" onClick=${() => setLoading({})}>${t('rates.load')}<//>`}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}<${ProblemCallout} problem=${problem}/>
    <section class="card flush"><${Table} label=${t('settings.rates')} rows=${[...list.items].reverse()} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} onOpen=${(/** @type {any} */ one) => navigate(`/settings/rates/${part(one.id)}`)} empty=${{ title: t('rates.none') }}/></section>
    <${Estimate} markets=${markets}/>
    ${path[0] && html`<${CardDrawer} id=${path[0]} onClose=${() => navigate('/settings/rates')}/>`}
    ${loading && html`<${LoadDialog} card=${loading.id ? loading : null} onClose=${() => setLoading(null)} onSaved=${list.reload}/>`}<//>`;
}
