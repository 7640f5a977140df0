// Who may be on record twice: the newest records are looked through, each pair is decided by somebody.

import { get, id as part, post } from '../../lib/api.js';
import { personName } from '../../lib/conversation-parts.js';
import { fields } from '../../lib/directory.js';
import { day, phone } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, Chip, Empty, Icon, Meter, ProblemCallout } from '../../lib/parts.js';
import { path as pathOf } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useRef, useState } from '../../lib/view.js';
import { few } from '../settings/numbers-data.js';
import { SettingsPage, useAction } from '../settings/parts.js';

/** @typedef {{ one: any, two: any, reasons: string[] }} Pair */
const PAGE = 60;

/**
 * Pairs, each once, whichever of the two was asked about.
 * @param {Pair[]} pairs
 */
export function once(pairs) {
  /** @type {Map<string, Pair>} */
  const seen = new Map();
  for (const pair of pairs) {
    const key = [pair.one.id, pair.two.id].sort().join(' ');
    if (pair.one.id !== pair.two.id && !seen.has(key)) seen.set(key, pair);
  }
  return [...seen.values()];
}

/**
 * Which of two had better stay: the one that is known, then the one with more on it, then the older one.
 * @param {any} one
 * @param {any} two
 */
export function stays(one, two) {
  const known = (/** @type {any} */ of) => (of.kind === 'unknown' ? 0 : 1);
  const much = (/** @type {any} */ of) => ['name', 'phone', 'email', 'username', 'organization', 'owner'].filter((name) => of[name]).length + Object.keys(of.fields ?? {}).length;
  const better = known(one) - known(two) || much(one) - much(two) || Date.parse(two.created_at) - Date.parse(one.created_at);
  return better >= 0 ? one : two;
}

/** What is shown of a record, so that two can be held against each other. @param {any} contact @returns {[string, string][]} */
const rowsOf = (contact) => [
  [t('people.col.name'), personName(contact)], [t('field.kind'), t(`kind.${contact.kind}`)], [t('field.phone'), phone(contact.phone) || '–'], [t('field.username'), contact.username ? `@${contact.username}` : '–'], [t('field.email'), contact.email ?? '–'],
  ...fields.value.filter((field) => contact.fields?.[field.id] !== undefined).map((field) => /** @type {[string, string]} */ ([field.label, String(contact.fields[field.id])])),
  [t('duplicates.since'), day(contact.created_at)],
];

/** @param {{ contact: any, other: any, stays: boolean, choose: () => void }} props */
function Side({ contact, other, stays: isStaying, choose }) {
  const others = new Map(rowsOf(other));
  return html`<div><div class="flex between wrap">${can('supervisor') ? html`<label class="check"><input type="radio" class="cbx" checked=${isStaying} onChange=${choose}/><b>${personName(contact)}</b></label>` : html`<b>${personName(contact)}</b>`}${isStaying && can('supervisor') && html`<${Chip} tone="accent" icon="check">${t('people.stays')}<//>`}</div>
    <dl class="kv">${rowsOf(contact).map(([name, value]) => html`<dt>${name}</dt><dd class=${others.get(name) !== value ? 'differs' : ''}>${value}</dd>`)}</dl><a class="linkish" href=${pathOf('people', contact.id)}>${t('duplicates.open')}</a></div>`;
}

/** @param {{ pair: Pair, done: (pair: Pair, into: any, from: any) => void, skip: () => void }} props */
function PairCard({ pair, done, skip }) {
  const [into, setInto] = useState(() => stays(pair.one, pair.two));
  const { busy, problem, run } = useAction();
  const from = into === pair.one ? pair.two : pair.one;
  const merge = () => run(async (key) => { await post(`/v1/contacts/${part(from.id)}/merge`, { into: into.id }, { key }); done(pair, into, from); });
  const both = [pair.one, pair.two];
  return html`<section class="card" role="group" aria-label=${t('duplicates.pair', { one: personName(pair.one), two: personName(pair.two) })}><div class="card-b stack head-pad">
    <p class="flex wrap"><span class="meta">${t('duplicates.why')}</span>${pair.reasons.map((reason) => html`<${Chip} key=${reason} tone="warn">${has(`duplicates.reason.${reason}`) ? t(`duplicates.reason.${reason}`) : reason}<//>`)}</p>
    <div class="pair">${both.map((one) => html`<${Side} key=${one.id} contact=${one} other=${one === pair.one ? pair.two : pair.one} stays=${one === into} choose=${() => setInto(one)}/>`)}</div>
    <${ProblemCallout} problem=${problem}/>
    <div class="flex wrap"><span class="end"></span><${Button} kind="ghost" onClick=${skip}>${t('duplicates.not_now')}<//>${can('supervisor') && html`<${Button} kind="primary" icon="merge" busy=${busy} onClick=${merge}>${t('people.merge_do', { name: personName(into) })}<//>`}</div></div></section>`;
}

/** The page. */
export default function Duplicates() {
  const [pairs, setPairs] = useState(/** @type {Pair[]} */ ([]));
  const [looked, setLooked] = useState(0);
  const [next, setNext] = useState(/** @type {string | null} */ (''));
  const { busy, problem, run } = useAction();
  const gone = useRef(false);
  const look = () => run(async () => {
    const page = await get('/v1/contacts', { limit: PAGE, cursor: next || null });
    const found = await few(page.items.filter((/** @type {any} */ one) => !one.erased && !one.merged_into), async (/** @type {any} */ one) => {
      if (gone.current) return [];
      const { items } = await get(`/v1/contacts/${part(one.id)}/duplicates`);
      setLooked((n) => n + 1);
      return items.map((/** @type {any} */ item) => ({ one, two: item.contact, reasons: item.reasons }));
    });
    setPairs((was) => once([...was, ...found.flat()]));
    setNext(page.next ?? null);
  });
  useEffect(() => { look(); return () => { gone.current = true; }; }, []);
  const drop = (/** @type {Pair} */ pair) => setPairs((was) => was.filter((one) => one !== pair));
  const done = (/** @type {Pair} */ pair, /** @type {any} */ into, /** @type {any} */ from) => {
    // Whoever was merged is in no other pair any more; the pair comes back whole with the undo.
    const rest = pairs;
    setPairs((was) => was.filter((one) => one.one.id !== from.id && one.two.id !== from.id));
    toast(t('people.merged'), async () => { await post(`/v1/contacts/${part(from.id)}/unmerge`); setPairs((was) => once([...was, ...rest.filter((one) => one === pair || one.one.id === from.id || one.two.id === from.id)])); });
  };
  return html`<${SettingsPage} title=${t('duplicates.title')} meta=${t('duplicates.text')} menu=${html`<a class="ib" href="/people" aria-label=${t('imports.back')} title=${t('imports.back')}><${Icon} name="al"/></a>`}>
    <${ProblemCallout} problem=${problem} retry=${look}/>
    <div class="stack-s" role="status"><p class="flex between wrap"><span>${t(busy ? 'duplicates.looking' : 'duplicates.looked', { n: looked })} ${pairs.length > 0 && html`<b>${t('duplicates.found', { n: pairs.length })}</b>`}</span>${next && html`<${Button} small busy=${busy} onClick=${look}>${t('duplicates.more', { n: PAGE })}<//>`}</p>
      ${busy && html`<${Meter} size="xs" label=${t('duplicates.looking', { n: looked })} parts=${[{ share: looked % PAGE / PAGE }]}/>`}</div>
    ${!can('supervisor') && html`<${Callout} tone="plain">${t('duplicates.read_only')}<//>`}
    ${!busy && pairs.length === 0 && !problem && html`<section class="card"><${Empty} title=${t('duplicates.none')}>${t(next ? 'duplicates.none_so_far' : 'duplicates.none_text')}<//></section>`}
    ${pairs.map((pair) => html`<${PairCard} key=${`${pair.one.id} ${pair.two.id}`} pair=${pair} done=${done} skip=${() => drop(pair)}/>`)}<//>`;
}
