// How long things are kept.

import { confirm } from '../../lib/dialog.js';
import { TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, ProblemCallout } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { useSetting, Waiting } from './consent.js';
import { Card, SettingsPage } from './parts.js';

const WHAT = ['messages', 'exports', 'dead_letters'];

/**
 * Whether something is kept for a shorter time than before: then something is deleted that would have stayed.
 * @param {Record<string, number | null>} was
 * @param {Record<string, number | null>} now
 */
export const isShorter = (was, now) => WHAT.some((what) => (now[what] ?? Infinity) < (was[what] ?? Infinity));

/** The page. */
export default function Retention() {
  const setting = useSetting('/v1/settings/retention');
  const { draft, setDraft, data } = setting;
  const admin = can('admin');
  const save = async () => {
    if (isShorter(data, draft) && !await confirm({ title: t('retention.sure'), text: t('retention.sure_text'), action: t('retention.do'), danger: true })) return;
    setting.save(t('retention.saved'));
  };
  return html`<${SettingsPage} title=${t('settings.retention')} meta=${t('retention.text')}>
    ${!admin && html`<${Callout} tone="plain">${t('settings.read_only')}<//>`}
    <${Card} title=${t('retention.title')} meta=${t('retention.title_text')}>${!draft ? html`<${Waiting} setting=${setting}/>` : html`
      ${WHAT.map((what) => html`<div class="setting" key=${what}><div><b>${t(`retention.${what}`)}</b><p>${t(`retention.${what}_text`)}</p></div>
        <div class="days"><${TextField} hidden label=${t('retention.days_of', { what: t(`retention.${what}`) })} type="number" min="1" placeholder=${t('retention.forever')} disabled=${!admin} value=${draft[what] ?? ''} onInput=${(/** @type {string} */ value) => setDraft({ ...draft, [what]: value === '' ? null : Number(value) })} bad=${badOf(setting.saveProblem, what)}/><span class="meta">${t('retention.days')}</span></div></div>`)}
      <div class="setting"><div><b>${t('retention.events')}</b><p>${t('retention.events_text')}</p></div><span class="muted">${t('retention.fixed', { n: 90 })}</span></div>
      <div class="setting"><div><b>${t('retention.audit')}</b><p>${t('retention.audit_text')}</p></div><span class="muted">${t('retention.fixed', { n: 365 })}</span></div>
      <${ProblemCallout} problem=${setting.saveProblem}/>
      ${admin && html`<div class="flex"><span class="end"></span>${setting.changed && html`<${Button} kind="ghost" onClick=${setting.undo}>${t('settings.discard')}<//>`}<${Button} kind="primary" busy=${setting.busy} disabled=${!setting.changed} onClick=${save}>${t('action.save')}<//></div>`}`}<//><//>`;
}
