// Consent: by which words people say no or yes, what an unknown template counts as, and what unknown people become.

import { get, put } from '../../lib/api.js';
import { useResource } from '../../lib/data.js';
import { numbers, numberName } from '../../lib/directory.js';
import { SelectField, Switch, TextField, badOf } from '../../lib/forms.js';
import { language, localeOf, t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, IconButton, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { Card, SettingsPage, useAction, WordsField } from './parts.js';

const PURPOSES = ['marketing', 'utility', 'authentication', 'service', 'all'];
const KINDS = ['lead', 'contact', 'organization', 'vendor'];
const SOURCES = ['inbound', 'ad', 'campaign', 'import', 'agent', 'api'];

/**
 * A setting that is loaded, changed as a draft, and saved whole.
 * @param {string} path
 */
export function useSetting(path) {
  const loaded = useResource((signal) => get(path, undefined, { signal }), [path]);
  const [draft, setDraft] = useState(/** @type {any} */ (null));
  const action = useAction();
  useEffect(() => { if (loaded.data) setDraft(structuredClone(loaded.data)); }, [loaded.data]);
  const changed = draft && JSON.stringify(draft) !== JSON.stringify(loaded.data);
  const save = (/** @type {string} */ said) => action.run(async (key) => {
    loaded.set(await put(path, draft, { key }) ?? draft);
    toast(said);
  });
  return { ...loaded, ...action, loadProblem: loaded.problem, saveProblem: action.problem, draft, setDraft, changed, save, undo: () => setDraft(structuredClone(loaded.data)) };
}

/** The foot of a setting: saved only when somebody says so. @param {{ setting: ReturnType<typeof useSetting>, said: string }} props */
export const SaveBar = ({ setting, said }) => html`<${ProblemCallout} problem=${setting.saveProblem}/>
  ${can('admin') && html`<div class="flex"><span class="end"></span>${setting.changed && html`<${Button} kind="ghost" onClick=${setting.undo}>${t('settings.discard')}<//>`}<${Button} kind="primary" busy=${setting.busy} disabled=${!setting.changed} onClick=${() => setting.save(said)}>${t('action.save')}<//></div>`}`;

/** What is shown until a setting is there. @param {{ setting: ReturnType<typeof useSetting> }} props */
export const Waiting = ({ setting }) => (setting.loadProblem ? html`<${ProblemCallout} problem=${setting.loadProblem} retry=${setting.reload}/>` : html`<${Skeleton} lines=${4}/>`);

/** The name of a language, in the reader's. @param {string} code */
const languageName = (code) => { try { return new Intl.DisplayNames([localeOf(language.value)], { type: 'language' }).of(code) ?? code; } catch { return code; } };

/** Words and buttons. */
function Keywords() {
  const setting = useSetting('/v1/settings/opt-out-keywords');
  const [code, setCode] = useState('');
  const { draft, setDraft, saveProblem } = setting;
  if (!draft) return html`<${Card} title=${t('consent.keywords')}><${Waiting} setting=${setting}/><//>`;
  const off = !can('admin');
  const words = (/** @type {string} */ lang, /** @type {string} */ choice) => (/** @type {string[]} */ value) => setDraft({ ...draft, languages: { ...draft.languages, [lang]: { ...draft.languages[lang], [choice]: value } } });
  const buttons = (/** @type {string} */ choice) => (/** @type {string[]} */ value) => setDraft({ ...draft, buttons: { ...draft.buttons, [choice]: value } });
  const add = () => { const lang = code.trim().toLowerCase(); if (/^[a-z]{2,3}$/.test(lang) && !draft.languages[lang]) setDraft({ ...draft, languages: { ...draft.languages, [lang]: { opt_out: [], opt_in: [] } } }); setCode(''); };
  const drop = (/** @type {string} */ lang) => setDraft({ ...draft, languages: Object.fromEntries(Object.entries(draft.languages).filter(([one]) => one !== lang)) });
  return html`<${Card} title=${t('consent.keywords')} meta=${t('consent.keywords_text')}>
    <div class="form-2"><${SelectField} label=${t('consent.matching')} hint=${t(`consent.matching_text.${draft.matching}`)} disabled=${off} value=${draft.matching} onChange=${(/** @type {string} */ matching) => setDraft({ ...draft, matching })} options=${['message', 'word'].map((value) => ({ value, label: t(`consent.matching.${value}`) }))} bad=${badOf(saveProblem, 'matching')}/>
      <${SelectField} label=${t('consent.purpose')} hint=${t('consent.purpose_text')} disabled=${off} value=${draft.purpose} onChange=${(/** @type {string} */ purpose) => setDraft({ ...draft, purpose })} options=${PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))} bad=${badOf(saveProblem, 'purpose')}/></div>
    ${Object.keys(draft.languages).sort().map((lang) => html`<div class="lang-words" key=${lang} role="group" aria-label=${languageName(lang)}><div class="flex between"><h3>${languageName(lang)}</h3>${!off && html`<${IconButton} small icon="trash" label=${t('consent.remove_language', { name: languageName(lang) })} onClick=${() => drop(lang)}/>`}</div>
      <div class="form-2"><${WordsField} label=${t('consent.opt_out')} disabled=${off} value=${draft.languages[lang].opt_out ?? []} onChange=${words(lang, 'opt_out')} bad=${badOf(saveProblem, `languages.${lang}.opt_out`)}/><${WordsField} label=${t('consent.opt_in')} disabled=${off} value=${draft.languages[lang].opt_in ?? []} onChange=${words(lang, 'opt_in')} bad=${badOf(saveProblem, `languages.${lang}.opt_in`)}/></div></div>`)}
    ${!off && html`<div class="flex"><${TextField} hidden label=${t('consent.language_code')} placeholder=${t('consent.language_code')} maxlength="3" value=${code} onInput=${setCode}/><${Button} small icon="plus" disabled=${!code.trim()} onClick=${add}>${t('consent.add_language')}<//></div>`}
    <div class="lang-words" role="group" aria-label=${t('consent.buttons')}><h3>${t('consent.buttons')}</h3><p class="meta">${t('consent.buttons_text')}</p>
      <div class="form-2"><${WordsField} label=${t('consent.opt_out')} disabled=${off} value=${draft.buttons?.opt_out ?? []} onChange=${buttons('opt_out')} bad=${badOf(saveProblem, 'buttons.opt_out')}/><${WordsField} label=${t('consent.opt_in')} disabled=${off} value=${draft.buttons?.opt_in ?? []} onChange=${buttons('opt_in')} bad=${badOf(saveProblem, 'buttons.opt_in')}/></div></div>
    <${SaveBar} setting=${setting} said=${t('consent.keywords_saved')}/><//>`;
}

/** What a template of unknown category counts as. */
function Strictness() {
  const setting = useSetting('/v1/settings/consent');
  const { draft, setDraft } = setting;
  return html`<${Card} title=${t('consent.templates')}>${!draft ? html`<${Waiting} setting=${setting}/>` : html`
    <div class="setting"><div><b>${t('consent.strict')}</b><p>${t(draft.strict ? 'consent.strict_on' : 'consent.strict_off')}</p></div><${Switch} label=${html`<span class="vh">${t('consent.strict')}</span>`} disabled=${!can('admin')} checked=${draft.strict} onChange=${(/** @type {boolean} */ strict) => setDraft({ ...draft, strict })}/></div>
    <${SaveBar} setting=${setting} said=${t('consent.saved')}/>`}<//>`;
}

/** What people whom nobody has touched become by themselves. */
function PeopleRules() {
  const setting = useSetting('/v1/settings/people-rules');
  const { draft, setDraft, saveProblem } = setting;
  if (!draft) return html`<${Card} title=${t('rules.title')}><${Waiting} setting=${setting}/><//>`;
  const off = !can('admin');
  const set = (/** @type {number} */ i, /** @type {any} */ change) => setDraft({ ...draft, known: draft.known.map((/** @type {any} */ rule, /** @type {number} */ at) => (at === i ? clean({ ...rule, ...change }) : rule)) });
  return html`<${Card} title=${t('rules.title')} meta=${t('rules.text')}>
    ${draft.known.map((/** @type {any} */ rule, /** @type {number} */ i) => html`<div class="rule-row" key=${i}>
      <${SelectField} label=${t('rules.number')} disabled=${off} value=${rule.number ?? ''} onChange=${(/** @type {string} */ number) => set(i, { number })} options=${[{ value: '', label: t('rules.any_number') }, ...numbers.value.map((one) => ({ value: one.id, label: numberName(one.id) }))]} bad=${badOf(saveProblem, `known[${i}].number`)}/>
      <${SelectField} label=${t('rules.source')} disabled=${off} value=${rule.source ?? ''} onChange=${(/** @type {string} */ source) => set(i, { source })} options=${[{ value: '', label: t('rules.any_source') }, ...SOURCES.map((value) => ({ value, label: t(`source.${value}`) }))]} bad=${badOf(saveProblem, `known[${i}].source`)}/>
      <${SelectField} label=${t('rules.becomes')} disabled=${off} value=${rule.kind} onChange=${(/** @type {string} */ kind) => set(i, { kind })} options=${KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} bad=${badOf(saveProblem, `known[${i}].kind`)}/>
      ${!off && html`<${IconButton} icon="trash" label=${t('rules.remove')} onClick=${() => setDraft({ ...draft, known: draft.known.filter((/** @type {any} */ _, /** @type {number} */ at) => at !== i) })}/>`}</div>`)}
    ${draft.known.length === 0 && html`<p class="muted">${t('rules.none')}</p>`}
    ${!off && html`<div><${Button} small icon="plus" onClick=${() => setDraft({ ...draft, known: [...draft.known, { kind: 'lead' }] })}>${t('rules.add')}<//></div>`}
    <div class="setting"><div><b>${t('rules.important')}</b><p>${t('rules.important_text')}</p></div><${Switch} label=${html`<span class="vh">${t('rules.important')}</span>`} disabled=${off} checked=${Boolean(draft.important)} onChange=${(/** @type {boolean} */ on) => setDraft({ ...draft, important: on ? { messages: 20, days: 30 } : null })}/></div>
    ${draft.important && html`<div class="form-2"><${TextField} label=${t('rules.messages')} type="number" min="1" disabled=${off} value=${draft.important.messages} onInput=${(/** @type {string} */ value) => setDraft({ ...draft, important: { ...draft.important, messages: Number(value) } })} bad=${badOf(saveProblem, 'important.messages')}/>
      <${TextField} label=${t('rules.days')} type="number" min="1" disabled=${off} value=${draft.important.days} onInput=${(/** @type {string} */ value) => setDraft({ ...draft, important: { ...draft.important, days: Number(value) } })} bad=${badOf(saveProblem, 'important.days')}/></div>`}
    <${SaveBar} setting=${setting} said=${t('rules.saved')}/><//>`;
}

/** Without members that say nothing. @param {Record<string, any>} rule */
const clean = (rule) => Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== '' && value !== null && value !== undefined));

/** The page. */
export default function Consent() {
  return html`<${SettingsPage} title=${t('settings.consent')} meta=${t('consent.text')}>
    ${!can('admin') && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}
    <${Keywords}/><${Strictness}/><${PeopleRules}/><//>`;
}
