// The editor of a template: what is written at the left, what a phone shows at the right, at once.

import { get, id as part, newKey, patch, post } from '../../lib/api.js';
import { SelectField, TextField, CheckField, Segmented } from '../../lib/forms.js';
import { confirm } from '../../lib/dialog.js';
import { language as shownLanguage, t } from '../../lib/i18n.js';
import { TemplateView } from '../../lib/message-text.js';
import { useKeys } from '../../lib/keyboard.js';
import { Button, Callout, Icon, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate, path } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { classes, html, useEffect, useRef, useState } from '../../lib/view.js';
import { CATEGORIES, checks, componentsOf, draftOf, emptyDraft, HEADERS, MOST, toCreate, toEdit } from './draft.js';
import { Body, Buttons, Cards } from './editor-parts.js';
import { sampleView, variables } from './sample.js';
import { loadTemplates, templates, wabaName, wabas } from './store.js';

const LANGUAGES = ['es', 'es_MX', 'es_ES', 'es_AR', 'en', 'en_US', 'en_GB', 'pt_BR', 'pt_PT', 'fr', 'de', 'it'];
/** What was written and not sent, as long as the page lives. @type {Map<string, any>} */
const kept = new Map();

/** @param {{ from?: string | null, edit?: string[] }} props */
export function Editor({ from, edit }) {
  const place = edit ? edit.join('/') : `new ${from ?? ''}`;
  const [original, setOriginal] = useState(/** @type {any} */ (null));
  const [draft, setDraft] = useState(/** @type {any} */ (kept.get(place) ?? (edit || from ? null : emptyDraft('', shownLanguage.peek()))));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState('sample');
  const key = useRef(newKey());
  useEffect(() => {
    const source = edit ?? from?.split('/');
    if (!source) return;
    get(`/v1/templates/${source.map(part).join('/')}`).then((found) => {
      setOriginal(found);
      setDraft((/** @type {any} */ was) => was ?? (edit ? draftOf(found) : { ...draftOf(found), language: '' }));
    }, setProblem);
  }, []);
  const set = (/** @type {any} */ change) => setDraft((/** @type {any} */ was) => { const now = { ...was, ...change }; kept.set(place, now); return now; });
  const accounts = wabas.value.length ? wabas.value.map((one) => one.id) : [...new Set((templates.value ?? []).map((one) => one.waba))];
  useEffect(() => { if (draft && !draft.waba && accounts.length) setDraft((/** @type {any} */ was) => ({ ...was, waba: was.waba || accounts[0] })); }, [accounts.length, draft === null]);
  const found = draft ? checks(draft) : [];
  const ready = draft && draft.waba && draft.language && found.every((one) => one.holds || !one.stops);
  const leave = () => navigate(edit ? path('templates', ...edit) : from ? path('templates', ...from.split('/')) : '/templates');
  const discard = async () => {
    if (kept.has(place) && !await confirm({ title: t('templates.discard_title'), text: t('templates.discard_text'), action: t('templates.discard'), danger: true })) return;
    kept.delete(place);
    leave();
  };
  const send = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = edit ? await patch(`/v1/templates/${edit.map(part).join('/')}`, toEdit(draft, original), { key: key.current }) : await post('/v1/templates', toCreate(draft), { key: key.current });
      kept.delete(place);
      loadTemplates();
      toast(t('templates.submitted', { name: draft.name }));
      navigate(path('templates', made?.waba ?? draft.waba, made?.name ?? draft.name.trim(), made?.language ?? draft.language), { replace: true });
    } catch (failed) { setProblem(failed); key.current = newKey(); setBusy(false); document.querySelector('.tpl-body')?.scrollTo({ top: 0 }); }
  };
  useKeys([{ keys: 'mod+enter', inText: true, run: send }]);
  if (!draft) return html`<div class="tpl-body">${problem ? html`<${ProblemCallout} problem=${problem}/>` : html`<${Skeleton} lines=${8}/>`}</div>`;
  const auth = draft.category === 'AUTHENTICATION';
  const locked = edit && original?.status === 'APPROVED';
  return html`<section class="tpl-body" aria-label=${t('templates.editor')}><div class="stack-l">
      <div class="flex wrap"><button type="button" class="ib tpl-back" aria-label=${t('templates.back')} onClick=${leave}><${Icon} name="al"/></button><h2 class=${classes('tpl-name', edit && 'mono')}>${edit ? draft.name : t(from ? 'templates.new_from' : 'templates.new')}</h2></div>
      ${locked && html`<${Callout}>${t('templates.edit_note')}<//>`}<${Refused} problem=${problem}/>
      ${!edit && html`<div class="cols cols-2">${accounts.length > 1 && html`<${SelectField} label=${t('templates.account')} value=${draft.waba} onChange=${(/** @type {string} */ waba) => set({ waba })} options=${accounts.map((one) => ({ value: one, label: wabaName(one) }))}/>`}
        <${TextField} label=${t('templates.name')} aside=${`${draft.name.length} / ${MOST.name}`} class="input mono" value=${draft.name} maxlength=${MOST.name} hint=${t('templates.name_hint')} onInput=${(/** @type {string} */ name) => set({ name: name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/[^a-z0-9_]+/g, '_') })}/>
        <${SelectField} label=${t('templates.language')} value=${draft.language} onChange=${(/** @type {string} */ language) => set({ language })} options=${['', ...new Set([draft.language, ...LANGUAGES])].filter((one, i, all) => all.indexOf(one) === i && (one || !draft.language)).map((one) => ({ value: one, label: one || t('templates.language_choose') }))}/></div>`}
      <div class="cols cols-2"><${SelectField} label=${t('templates.category')} value=${draft.category} disabled=${locked} hint=${t(`templates.category_hint.${draft.category}`)} onChange=${(/** @type {string} */ category) => set({ category, buttons: category === 'AUTHENTICATION' ? [] : draft.buttons.filter((/** @type {any} */ one) => one.kind !== 'OTP') })} options=${CATEGORIES.map((one) => ({ value: one, label: t(`templates.category.${one}`) }))}/>
        ${!auth && !draft.cards.length && html`<${SelectField} label=${t('templates.header')} value=${draft.header} onChange=${(/** @type {string} */ header) => set({ header })} options=${HEADERS.map((one) => ({ value: one, label: t(`templates.format.${one || 'NONE'}`) }))}/>`}</div>
      ${auth ? html`<${Authentication} draft=${draft} set=${set}/>` : html`
        ${draft.header === 'TEXT' && !draft.cards.length && html`<${TextField} label=${t('templates.title_field')} aside=${`${draft.title.length} / ${MOST.title}`} maxlength=${MOST.title} value=${draft.title} onInput=${(/** @type {string} */ title) => set({ title })}/>
          ${variables(draft.title).length > 0 && html`<${TextField} label=${t('templates.sample_of', { name: `{{${variables(draft.title)[0]}}}` })} value=${draft.titleSample} onInput=${(/** @type {string} */ titleSample) => set({ titleSample })}/>`}`}
        ${['IMAGE', 'VIDEO', 'GIF', 'DOCUMENT'].includes(draft.header) && !draft.cards.length && html`<${TextField} label=${t('templates.handle')} class="input mono" value=${draft.handle} hint=${t('templates.handle_hint')} onInput=${(/** @type {string} */ handle) => set({ handle })}/>`}
        <${Body} label=${t('templates.body')} most=${draft.offer ? MOST.offerBody : MOST.body} text=${draft.body} samples=${draft.samples} named=${draft.named} setNamed=${(/** @type {boolean} */ named) => set({ named })} onChange=${(/** @type {any} */ to) => set({ body: to.text, samples: to.samples })}/>
        ${!draft.offer && !draft.cards.length && html`<${TextField} label=${t('templates.footer')} aside=${`${draft.footer.length} / ${MOST.footer}`} maxlength=${MOST.footer} value=${draft.footer} hint=${draft.category === 'MARKETING' ? t('templates.footer_hint') : null} onInput=${(/** @type {string} */ footer) => set({ footer })}/>`}
        ${!draft.cards.length && html`<${Buttons} label=${t('templates.buttons')} buttons=${draft.buttons} onChange=${(/** @type {any[]} */ buttons) => set({ buttons })} most=${10}/>`}
        ${draft.category === 'MARKETING' && html`<details class="tpl-more" open=${draft.offer !== '' || draft.cards.length > 0}><summary>${t('templates.more')}</summary><div class="stack">
          <${TextField} label=${t('templates.offer')} aside=${`${draft.offer.length} / ${MOST.offer}`} maxlength=${MOST.offer} value=${draft.offer} hint=${t('templates.offer_hint')} onInput=${(/** @type {string} */ offer) => set({ offer })}/>
          ${draft.offer && html`<${CheckField} label=${t('templates.offer_ends')} checked=${draft.offerEnds} onChange=${(/** @type {boolean} */ offerEnds) => set({ offerEnds })}/>`}<${Cards} cards=${draft.cards} named=${draft.named} onChange=${(/** @type {any[]} */ cards) => set({ cards })}/></div></details>`}`}
      <${TextField} label=${t('templates.ttl')} type="number" class="input narrow" value=${draft.ttl} hint=${t(`templates.ttl_hint.${draft.category}`)} onInput=${(/** @type {string} */ ttl) => set({ ttl: ttl.replace(/[^\d-]/g, '') })}/>
    </div></section>
    <aside class="tpl-side stack" aria-label=${t('templates.preview')}><div class="flex between wrap"><h2 class="tpl-h">${t('templates.preview')}</h2><${Segmented} label=${t('templates.with')} value=${empty} onChange=${setEmpty} options=${[{ value: 'sample', label: t('templates.with_sample') }, { value: 'empty', label: t('templates.with_none') }]}/></div>
      <div class="wa-preview tpl-live"><${TemplateView} rendered=${sampleView(componentsOf(draft), { empty: empty === 'empty' })}/></div>
      <section class="card"><div class="card-h"><h3>${t('templates.before_sending')}</h3></div><ul class="card-b stack-s">${found.map((one) => html`<li key=${one.word} class="flex check-line"><span class=${one.holds ? 't-ok' : one.stops ? 't-danger' : 't-warn'}><${Icon} name=${one.holds ? 'check' : 'alert'} size="s"/></span><span>${t(`templates.check.${one.word}.${one.holds ? 'yes' : 'no'}`)}</span></li>`)}</ul></section>
      <div class="flex"><${Button} kind="ghost" class="grow" onClick=${discard}>${t('action.cancel')}<//><${Button} kind="primary" class="grow" busy=${busy} disabled=${!ready} onClick=${send}>${t(edit ? 'templates.submit_change' : 'templates.submit')}<//></div></aside>`;
}

/** What Meta would refuse, member by member. @param {{ problem: any }} props */
const Refused = ({ problem }) => (problem ? html`<${ProblemCallout} problem=${problem}/>` : null);

/** @param {{ draft: any, set: (change: any) => void }} props */
function Authentication({ draft, set }) {
  const button = draft.buttons.find((/** @type {any} */ one) => one.kind === 'OTP') ?? { kind: 'OTP', text: '', otp: 'COPY_CODE' };
  return html`<p class="muted">${t('templates.auth_text')}</p><${CheckField} label=${t('templates.advice')} checked=${draft.advice} onChange=${(/** @type {boolean} */ advice) => set({ advice })}/>
    <div class="cols cols-2"><${TextField} label=${t('templates.expires')} type="number" min="1" max="90" value=${draft.expires} onInput=${(/** @type {string} */ expires) => set({ expires })}/>
      <${TextField} label=${t('templates.copy_button')} maxlength=${MOST.button} value=${button.text} placeholder=${t('message.copy_code')} onInput=${(/** @type {string} */ text) => set({ buttons: [{ ...button, text }] })}/></div>`;
}
