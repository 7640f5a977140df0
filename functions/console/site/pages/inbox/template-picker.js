// Sends a template: choose, fill from the record, look at what the person will see, send.

import { explain, get, id, newKey, post } from '../../lib/api.js';
import { all, useResource } from '../../lib/data.js';
import { Dialog } from '../../lib/dialog.js';
import { fields, numberOf } from '../../lib/directory.js';
import { SearchField, TextField } from '../../lib/forms.js';
import { money } from '../../lib/format.js';
import { has, language, t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { TemplateView } from '../../lib/message-text.js';
import { Button, Callout, Chip, Empty, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { classes, html, useEffect, useMemo, useRef, useState } from '../../lib/view.js';
import { definition } from './sent-template.js';
import { bindingsOf, guess, sampleOf, titleOf } from './template-values.js';
import { send } from './thread-store.js';

/** @typedef {import('./list-model.js').Row} Row */

/** Why a template cannot go to a person, in words; nothing if it can. @param {any} template @param {any[]} standing */
function hindrance(template, standing) {
  if (!template.usable) {
    const stop = template.concerns.find((/** @type {any} */ one) => one.stops);
    const key = `template.status.${String(stop?.value ?? template.status).toUpperCase()}`;
    return has(key) ? t(key) : String(stop?.value ?? template.status);
  }
  const purpose = String(template.category).toLowerCase();
  const word = standing.find((one) => one.purpose === purpose) ?? standing.find((one) => one.purpose === 'all');
  return word?.choice === 'opt_out' ? t('picker.opted_out', { category: t(`category.${template.category}`) }) : null;
}

const DOTS = /** @type {Record<string, string>} */ ({ RED: 'danger', YELLOW: 'window-low' });
const TONES = /** @type {Record<string, string>} */ ({ GREEN: 'ok', YELLOW: 'warn', RED: 'danger' });
const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * @param {{ row: Row, name: string, onClose: () => void, sent: (conversation: string) => void, first?: boolean }} props
 * `first`: there is no conversation yet; the message makes one
 */
export function TemplatePicker({ row, name, onClose, sent, first }) {
  const waba = numberOf(row.number.id)?.waba;
  const list = useResource(() => all('/v1/templates', { waba }), [waba]);
  const consent = useResource(() => (row.contact ? get(`/v1/contacts/${id(row.contact.id)}/consent`) : Promise.resolve({ standing: [] })), [row.contact?.id]);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const standing = consent.data?.standing ?? [];
  const found = (list.data ?? []).filter((one) => plain(`${one.name} ${one.language} ${t(`category.${one.category}`)}`).includes(plain(text)));
  const [can, cannot] = useMemo(() => {
    const marked = found.map((one) => ({ one, why: hindrance(one, standing) }));
    // The reader's language first: it is the likeliest to be the customer's.
    marked.sort((a, b) => Number(b.one.language.startsWith(language.value)) - Number(a.one.language.startsWith(language.value)) || a.one.name.localeCompare(b.one.name));
    return [marked.filter((each) => !each.why), marked.filter((each) => each.why)];
  }, [list.data, consent.data, text, language.value]);
  const item = (/** @type {{ one: any, why: string | null }} */ { one, why }) => html`<li key=${`${one.name} ${one.language}`}><button type="button" class="tp-item" disabled=${why !== null} aria-pressed=${chosen === one ? 'true' : 'false'} onClick=${() => setChosen(one)}>
    <span class="flex"><b class="ell">${one.name}</b><span class="end"></span>${!why && html`<span class="dot" style=${{ '--c': `var(--${DOTS[one.quality] ?? 'ok'})` }} title=${t(`quality.${one.quality ?? 'UNKNOWN'}`)}></span>`}</span>
    <small class=${why ? 't-danger' : 'muted'}>${why ?? `${t(`category.${one.category}`)} · ${one.language}`}</small></button></li>`;
  return html`<${Dialog} title=${t('picker.title')} size="full" bare onClose=${onClose}><div class=${classes('tp', chosen && 'tp-chosen')}>
    <section class="tp-list"><h2>${t('picker.title')}</h2><${SearchField} label=${t('picker.find')} value=${text} onInput=${setText} autofocus/>
      ${list.problem && html`<${ProblemCallout} problem=${list.problem} retry=${list.reload}/>`}${list.loading && !list.data && html`<${Skeleton} lines=${5}/>`}
      ${list.data && found.length === 0 && html`<p class="meta">${t(text ? 'state.none_found' : 'picker.none')}</p>`}
      <ul>${can.map(item)}</ul>${cannot.length > 0 && html`<h3 class="rail-h">${t('picker.unavailable', { name })}</h3><ul>${cannot.map(item)}</ul>`}</section>
    ${chosen ? html`<${Filling} key=${`${chosen.name} ${chosen.language}`} row=${row} name=${name} template=${chosen} onClose=${onClose} sent=${sent} first=${first} back=${() => setChosen(null)}/>` : html`<section class="tp-fill"><div class="tp-close"><${Button} small kind="ghost" icon="x" aria-label=${t('action.close')} onClick=${onClose}/></div><${Empty} title=${t('picker.choose')}>${t('picker.choose_text')}<//></section>`}
  </div><//>`;
}

/** What takes the place of a file: a link, or the id of an upload. */
const FILES = ['image', 'video', 'document', 'gif'];
/** Parameters that nobody fills by hand here. */
const FREE = ['payload'];

/** @param {{ row: Row, name: string, template: any, onClose: () => void, sent: (conversation: string) => void, back: () => void, first?: boolean }} props */
function Filling({ row, name, template, onClose, sent, back, first }) {
  const [known, setKnown] = useState(/** @type {any} */ (null));
  const [values, setValues] = useState(/** @type {Record<string, import('./template-values.js').Value>} */ ({}));
  const [preview, setPreview] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [cost, setCost] = useState(/** @type {any} */ (null));
  const key = useRef(newKey());
  useEffect(() => {
    definition(template.waba, template.name, template.language).then((found) => {
      setKnown(found);
      setValues(Object.fromEntries(found.parameters.filter((/** @type {any} */ one) => !FREE.includes(one.takes)).map((/** @type {any} */ one) => [one.name, { ...guess(one, found.components, row.contact, fields.peek()), media: FILES.includes(one.takes) }])));
    }, setProblem);
    get('/v1/rate-cards/estimate', { phone: row.contact?.phone ? `+${row.contact.phone.replace(/^\+/, '')}` : undefined, category: String(template.category).toLowerCase(), messages: 1 }, { patience: 1 }).then(setCost, () => {});
  }, []);
  useEffect(() => {
    if (!known) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post(`/v1/templates/${[template.waba, template.name, template.language].map(id).join('/')}/preview`, { bindings: bindingsOf(values), contact: row.contact?.id, number: row.number.id }, { signal: stop.signal })
        .then((now) => { setPreview(now); setProblem(null); }, (failed) => { if (!stop.signal.aborted) setProblem(failed); });
    }, preview ? 200 : 0);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [known, values]);
  const missing = preview?.missing ?? [];
  const refused = preview?.refused ?? [];
  const ready = preview && missing.length === 0 && refused.length === 0;
  const go = async () => {
    if (!ready) return;
    const message = { type: 'template', template: preview.template };
    if (first) {
      try {
        const made = await post('/v1/messages', { from: row.number.id, to: { contact: row.contact.id }, message }, { key: key.current });
        onClose();
        sent(made.conversation);
      } catch (failed) { setProblem(failed); }
      return;
    }
    send(row.id, row.number.id, message, key.current);
    onClose();
    sent(row.id);
  };
  useKeys([{ keys: 'mod+enter', inText: true, run: go }], { dialog: true });
  const asked = (known?.parameters ?? []).filter((/** @type {any} */ one) => !FREE.includes(one.takes));
  const hint = (/** @type {any} */ one) => (values[one.name]?.from ? t('picker.from_record', { field: { name: t('field.name'), email: t('field.email'), phone: t('field.phone') }[/** @type {'name'} */ (values[one.name].from)] ?? values[one.name].from }) : values[one.name]?.media ? t('picker.link') : null);
  return html`<section class="tp-fill"><header class="flex wrap"><button type="button" class="ib tp-back" aria-label=${t('picker.back')} onClick=${back}><svg class="i" aria-hidden="true"><use href="#i-al"/></svg></button><b class="mono">${template.name}</b><${Chip}>${t(`category.${template.category}`)}<//>${template.quality && html`<${Chip} tone=${TONES[template.quality] ?? ''}>${t(`quality.${template.quality}`)}<//>`}</header>
      ${template.concerns.filter((/** @type {any} */ one) => !one.stops).map((/** @type {any} */ one) => html`<${Callout} tone="warn">${t(`template.concern.${one.what}`, { value: one.value ?? '' })}<//>`)}
      ${!known && !problem && html`<${Skeleton} lines=${5}/>`}
      ${known && html`<p class="muted">${asked.length ? t('picker.review') : t('picker.nothing')}</p>`}
      ${asked.map((/** @type {any} */ one) => html`<${TextField} key=${one.name} label=${titleOf(known.components, one.name) || t('picker.parameter', { name: one.name })} aside=${one.name} value=${values[one.name]?.value} onInput=${(/** @type {string} */ value) => setValues({ ...values, [one.name]: { ...values[one.name], value, from: null } })} placeholder=${sampleOf(known.components, one.name)} required=${one.required}
        bad=${refused.find((/** @type {any} */ bad) => bad.field.endsWith(one.name))?.detail ?? (missing.includes(one.name) && t('picker.missing'))} hint=${hint(one)}/>`)}
      <${ProblemCallout} problem=${problem}/></section>
    <section class="tp-view"><header class="flex between"><h2>${t('picker.as_seen')}</h2><button type="button" class="ib" aria-label=${t('action.close')} onClick=${onClose}><svg class="i" aria-hidden="true"><use href="#i-x"/></svg></button></header>
      <div class="wa-preview grow">${preview ? html`<${TemplateView} rendered=${preview.rendered} at=${new Date().toISOString()}/>` : html`<${Skeleton} lines=${4}/>`}</div>
      <dl class="kv">${cost && cost.unpriced === 0 && html`<dt>${t('picker.cost')}</dt><dd class="tab">${cost.low === cost.high ? money(cost.high, cost.currency) : `${money(cost.low, cost.currency)} – ${money(cost.high, '').trim()}`}</dd>`}<dt>${t('picker.opens')}</dt><dd>${t('picker.if_answered')}</dd></dl>
      <${Button} kind="primary" disabled=${!ready} keys="mod+enter" onClick=${go}>${t('picker.send_to', { name })}<//>
      ${preview && !ready && html`<p class="meta" role="status">${t('picker.lacks', { n: missing.length + refused.length })}</p>`}
      ${problem && !preview && html`<p class="meta">${explain(problem).title}</p>`}</section>`;
}
