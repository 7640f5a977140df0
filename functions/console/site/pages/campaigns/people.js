// Everybody's line in a campaign, with the story of why.

import { id as part } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { Drawer } from '../../lib/dialog.js';
import { SelectField } from '../../lib/forms.js';
import { dateTime, hue, initials, time } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { Callout, Chip, Icon } from '../../lib/parts.js';
import { navigate, path } from '../../lib/router.js';
import { Table } from '../../lib/table.js';
import { html, useMemo, useState } from '../../lib/view.js';
import { wordOr } from './words.js';

const MAIN = ['waiting', 'put_off', 'accepted', 'sent', 'delivered', 'read', 'failed', 'held', 'unknown'];
const TONES = /** @type {Record<string, string>} */ ({ read: 'accent', delivered: 'ok', failed: 'danger', put_off: 'warn', held: 'warn', unknown: 'warn', opted_out: 'danger' });
const STEP = /** @type {Record<string, [string, string]>} */ ({
  skipped: ['slash', ''], put_off: ['clock', 'warn'], accepted: ['send', 'accent'], sent: ['send', 'accent'], delivered: ['checkc', 'ok'], read: ['eye', 'accent'], failed: ['alertc', 'danger'], refused: ['alertc', 'danger'],
  replied: ['reply', 'ok'], opted_out: ['x', 'danger'], held: ['pause', 'warn'], held_for_quality_assessment: ['pause', 'warn'], unknown: ['unknown', 'warn'],
});
const outcomeWord = (/** @type {string} */ word) => wordOr(`campaigns.outcome.${word}`, t(`campaigns.skip.${word}`));

/** @param {{ campaign: any, report: any, outcome: string | null }} props */
export function People({ campaign, report, outcome }) {
  const [current, setCurrent] = useState(/** @type {any} */ (null));
  const moving = ['running', 'waiting'].includes(campaign.state);
  const list = usePages(`/v1/campaigns/${part(campaign.id)}/people`, { outcome, limit: 50 }, [campaign.progress.done, moving ? 0 : 1]);
  const options = useMemo(() => [{ value: '', label: t('campaigns.everybody') }, ...MAIN.map((one) => ({ value: one, label: t(`campaigns.outcome.${one}`) })), ...Object.keys(report.skipped).map((one) => ({ value: one, label: outcomeWord(one) }))], [Object.keys(report.skipped).join()]);
  useKeys([{ keys: 'x', run: () => { const first = list.items[0]; if (!first) return false; setCurrent(first); return true; } }]);
  const columns = [
    { key: 'who', label: t('campaigns.person'), cell: (/** @type {any} */ row) => html`<span class="flex"><span class="av-mini" style=${{ '--h': hue(row.contact) }} aria-hidden="true">${initials(row.name) ?? '·'}</span><b class="ell">${row.name ?? t('campaigns.nameless')}</b></span>` },
    { key: 'variant', label: t('campaigns.template'), optional: true, cell: (/** @type {any} */ row) => html`<span class="mono meta">${row.template ?? ''}</span>` },
    { key: 'outcome', label: t('campaigns.state'), cell: (/** @type {any} */ row) => html`<${Chip} tone=${TONES[row.outcome] ?? ''}>${outcomeWord(row.outcome)}<//>` },
    { key: 'why', label: t('campaigns.why'), optional: true, cell: (/** @type {any} */ row) => html`<span class="muted">${whyOf(row)}</span>` },
    { key: 'at', label: t('campaigns.last'), number: true, cell: (/** @type {any} */ row) => { const at = row.steps.findLast((/** @type {any} */ one) => one.at)?.at; return at ? html`<time dateTime=${at} title=${dateTime(at)}>${time(at)}</time>` : ''; } },
  ];
  return html`<section class="card"><div class="card-h wrap"><h2>${t('campaigns.people_h')}</h2><span class="end"></span><div class="outcome-pick"><${SelectField} label=${t('campaigns.outcome')} hidden value=${outcome ?? ''} options=${options} onChange=${(/** @type {string} */ to) => navigate(`${path('campaigns', campaign.id)}${to ? `?outcome=${to}` : ''}`, { replace: true })}/></div></div>
    <${Table} class="tight" label=${t('campaigns.people_h')} rows=${list.items} id=${(/** @type {any} */ row) => row.contact} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${setCurrent} current=${current?.contact} empty=${{ title: t(outcome ? 'campaigns.nobody_outcome' : 'campaigns.nobody') }}/>
    ${current && html`<${Story} person=${current} onClose=${() => setCurrent(null)}/>`}</section>`;
}

/** The reason of a line, in short. @param {any} row */
function whyOf(row) {
  if (row.code) return `${wordOr(`campaigns.code.${row.code}`, t('campaigns.code'))} (${row.code})`;
  const step = row.steps.at(-1);
  return step?.what === 'put_off' || step?.what === 'skipped' ? sentence(step, row) : '';
}

/** A step's reason: ours where we have words for it, else the API's. @param {any} step @param {any} row */
function sentence(step, row) {
  if (step.what === 'skipped') return wordOr(`campaigns.skip_why.${row.outcome}`, step.why ?? '');
  if ((step.what === 'failed' || step.what === 'refused') && row.code) return `${wordOr(`campaigns.code.${row.code}`, step.why ?? '')} (${row.code})`;
  return wordOr(`campaigns.why.${String(step.why ?? '').replace(/[^a-z]+/gi, '_').toLowerCase()}`, step.why ?? '');
}

/** @param {{ person: any, onClose: () => void }} props */
function Story({ person, onClose }) {
  const failed = person.outcome === 'failed';
  return html`<${Drawer} title=${person.name ?? t('campaigns.nameless')} onClose=${onClose} footer=${html`<a class="btn grow" href=${`/people/${part(person.contact)}`}><${Icon} name="people" size="s"/>${t('campaigns.open_record')}</a>`}>
    <div class="stack"><div class="flex wrap"><${Chip} tone=${TONES[person.outcome] ?? ''}>${outcomeWord(person.outcome)}<//>${person.country && html`<span class="meta">${person.country}</span>`}${person.template && html`<span class="meta mono">${person.template}</span>`}</div>
      ${failed && html`<${Callout} tone="danger" title=${t('campaigns.not_reached')}><p class="muted">${whyOf(person)}. ${wordOr(`campaigns.remedy.${person.code}`, t('campaigns.remedy'))}</p><//>`}
      <h3 class="meta">${t('campaigns.story')}</h3>
      <ol class="timeline"><li><span class="pt"><${Icon} name="users"/></span><div><b>${t('campaigns.in_audience')}</b></div></li>
        ${person.steps.map((/** @type {any} */ step, /** @type {number} */ i) => { const [icon, tone] = STEP[step.what] ?? ['info', '']; return html`<li key=${i} style=${tone ? { '--c': `var(--${tone})`, '--bs': `var(--${tone}-soft)` } : {}}><span class="pt"><${Icon} name=${icon}/></span><div><b>${wordOr(`campaigns.step_word.${step.what}`, step.what)}</b>${step.why && html`<p>${sentence(step, person)}</p>`}</div>${step.at && html`<time dateTime=${step.at}>${time(step.at)}</time>`}</li>`; })}
        ${person.steps.length === 0 && html`<li><span class="pt"><${Icon} name="clock"/></span><div><b>${t('campaigns.outcome.waiting')}</b></div></li>`}</ol></div><//>`;
}

