// Reports: how much was written, how quickly it was answered, what it cost and what it brought, for dates that one chooses.

import { get } from '../../lib/api.js';
import { all, useResource } from '../../lib/data.js';
import { departments, numberName, numbers } from '../../lib/directory.js';
import { Menu, Popup } from '../../lib/dialog.js';
import { dateTime } from '../../lib/format.js';
import { SelectField, TextField } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { Button, Empty, Icon, IconButton, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate } from '../../lib/router.js';
import { html, useState } from '../../lib/view.js';
import { Card, download, FILES, Files } from './card.js';
import { Answered, Costs, Hours, Messages, OptOutFigures, OptOuts } from './drawn.js';
import { Backlog, Delivery, Figures, TimeFigures } from './figures.js';
import { isEmpty } from './model.js';
import { daysIn, faultOf, MOST_DAYS, RANGES, todayOf } from './range.js';
import { asked as askedNow, Narrow, Rail, sectionPath, SECTIONS } from './sections.js';
import { Campaigns, Departments, Numbers, Team } from './tables.js';
import { rangeName, time } from './words.js';

// The states of campaigns and the names of markets are words of campaigns.
export const areas = ['reports', 'campaigns'];
export const styles = ['/css/reports.css'];
export { Rail };

/** What the API tells costs in if no other currency is asked for. */
const USUAL_CURRENCY = 'USD';
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** @typedef {import('./model.js').Report} Report */
/** @typedef {import('./range.js').Asked} Asked */

/** What each part shows. @type {Record<string, (report: Report) => any>} */
const SHOWN = {
  '': (report) => html`<${Figures} report=${report}/>
    <div class="cols cols-2 cols-stretch"><${Messages} report=${report}/><${Hours} report=${report}/></div>
    <div class="cols cols-wide cols-stretch"><${Team} report=${report}/><${Costs} report=${report}/></div>
    <div class="cols cols-2 cols-stretch"><${Card} title=${t('reports.delivery')} file="numbers"><${Delivery} report=${report}/><//><div class="stack"><${Backlog} report=${report}/><${OptOutFigures} report=${report}/></div></div>`,
  times: (report) => html`<${TimeFigures} report=${report}/><div class="cols cols-2 cols-stretch"><${Answered} report=${report}/><${Hours} report=${report}/></div><${Backlog} report=${report}/>`,
  team: (report) => html`<${Team} report=${report} full/><${Departments} report=${report}/><${Numbers} report=${report}/>`,
  campaigns: (report) => html`<${Campaigns} report=${report}/>`,
  costs: (report) => html`<${Costs} report=${report} full/>`,
  consent: (report) => html`<${OptOuts} report=${report}/>`,
};

/** Own dates: asked for once both are there and in order. @param {{ asked: Asked, set: (more: Partial<Asked>) => void }} props */
function OwnDates({ asked, set }) {
  const [dates, setDates] = useState({ from: asked.from, to: asked.to });
  const change = (/** @type {'from' | 'to'} */ name) => (/** @type {string} */ value) => {
    const next = { ...dates, [name]: value };
    setDates(next);
    if (!faultOf(next.from, next.to)) set({ kind: 'own', ...next });
  };
  const fault = faultOf(dates.from, dates.to);
  const max = todayOf(new Date());
  const bad = fault && fault !== 'missing' && t(`reports.fault.${fault}`, { n: MOST_DAYS });
  return html`<div class="report-dates"><${TextField} label=${t('reports.from')} type="date" max=${max} value=${dates.from} onInput=${change('from')}/><${TextField} label=${t('reports.to')} type="date" max=${max} value=${dates.to} onInput=${change('to')} bad=${bad}/></div>`;
}

/** @param {{ asked: Asked, set: (more: Partial<Asked>) => void, save: (part: string) => void, disabled: boolean }} props */
const Tools = ({ asked, set, save, disabled }) => html`<div class="report-tools">
  ${(numbers.value.length > 1 || asked.number) && html`<${SelectField} hidden label=${t('reports.number')} value=${asked.number} onChange=${(/** @type {string} */ number) => set({ number })} options=${withChosen(asked.number, [{ value: '', label: t('reports.all_numbers') }, ...numbers.value.map((one) => ({ value: one.id, label: numberName(one.id) }))])}/>`}
  ${(departments.value.length > 0 || asked.department) && html`<${SelectField} hidden label=${t('reports.department')} value=${asked.department} onChange=${(/** @type {string} */ department) => set({ department })} options=${withChosen(asked.department, [{ value: '', label: t('reports.all_departments') }, ...departments.value.map((one) => ({ value: one.id, label: one.name }))])}/>`}
  <${SelectField} hidden label=${t('reports.dates')} value=${asked.kind} onChange=${(/** @type {string} */ kind) => set({ kind })} options=${RANGES.map((value) => ({ value, label: t(`reports.range.${value}`) }))}/>
  <${Currencies} asked=${asked} set=${set}/>
  <${Popup} class="btn" label=${t('reports.export')} disabled=${disabled} popup="menu" button=${html`<${Icon} name="down" size="s"/>${t('reports.export')}`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${FILES.map((part) => ({ label: t(`reports.part.${part}`), icon: 'down', run: () => save(part) }))}/>`}<//></div>`;

/** The currency of costs, where rate cards are in several. @param {{ asked: Asked, set: (more: Partial<Asked>) => void }} props */
function Currencies({ asked, set }) {
  const cards = useResource(() => all('/v1/rate-cards'), []);
  const known = [...new Set((cards.data ?? []).map((one) => one.currency))].filter((one) => one !== USUAL_CURRENCY).sort();
  if (known.length === 0 && !asked.currency) return null;
  const options = [USUAL_CURRENCY, ...known].map((value) => ({ value: value === USUAL_CURRENCY ? '' : value, label: t('reports.in_currency', { currency: value }) }));
  return html`<${SelectField} hidden label=${t('reports.currency')} value=${asked.currency} onChange=${(/** @type {string} */ currency) => set({ currency })} options=${withChosen(asked.currency, options)}/>`;
}

/** What is chosen stays in sight, also where the directory does not know it. @param {string} chosen @param {{ value: string, label: string }[]} options */
const withChosen = (chosen, options) => (options.some((one) => one.value === chosen) ? options : [...options, { value: chosen, label: chosen }]);

/** How the figures are counted. @param {{ report: Report }} props */
const Counted = ({ report }) => html`<details class="report-how"><summary>${t('reports.how')}</summary><ul class="stack-s">${['first', 'on_time', 'resolution', 'unanswered', 'hour', 'before', 'median'].map((one) => html`<li key=${one}>${t(`reports.how.${one}`, { much: time(report.target_seconds) })}</li>`)}</ul></details>
  <p class="meta">${report.as_of ? t('reports.as_of', { when: dateTime(report.as_of), zone: report.zone }) : t('reports.in_zone', { zone: report.zone })}</p>`;

/** @param {{ path: string[], query: URLSearchParams }} props */
export default function Reports({ path: parts, query }) {
  const asked = askedNow(query);
  const section = SECTIONS.find((one) => one.id === (parts[0] ?? ''));
  const sent = { from: asked.from, to: asked.to, zone, number: asked.number, department: asked.department, currency: asked.currency };
  const found = useResource(async (signal) => (asked.fault ? null : { of: JSON.stringify(sent), report: /** @type {Report} */ (await get('/v1/reports', sent, { signal })) }), [JSON.stringify(sent)]);
  const [failed, setFailed] = useState(/** @type {unknown} */ (null));
  if (!section) return html`<main id="main" class="app-main" tabindex="-1"><h1 class="vh">${t('nav.reports')}</h1><${Empty} title=${t('page.unknown')} action=${html`<a class="btn" href="/reports">${t('nav.reports')}</a>`}/></main>`;
  const set = (/** @type {Partial<Asked>} */ more) => navigate(sectionPath(section.id, { ...asked, ...more }), { replace: true });
  const save = async (/** @type {string} */ part) => { setFailed(null); try { await download(part, sent); } catch (problem) { setFailed(problem); } };
  const { problem } = found;
  // Figures of other dates stay while new ones are on their way, but not beside what kept these from coming.
  const report = found.data && (!problem || found.data.of === JSON.stringify(sent)) ? found.data.report : null;
  const refused = /** @type {any} */ (problem)?.status === 403;
  const n = asked.fault ? 0 : daysIn(asked.from, asked.to);
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class="page-head report-head"><div class="grow"><h1>${t(section.id ? `reports.section.${section.word}` : 'nav.reports')}</h1><p class="meta">${n > 0 && t('reports.compared', { range: rangeName(asked.from, asked.to), n })}</p></div>
      <${Tools} asked=${asked} set=${set} save=${save} disabled=${!report}/><${IconButton} icon="refresh" label=${t('action.reload')} onClick=${found.reload}/></header>
    <${Narrow}/>
    <div class="page-body stack report-body" aria-busy=${found.loading ? 'true' : undefined}>
      ${asked.kind === 'own' && html`<${OwnDates} asked=${asked} set=${set}/>`}
      <${ProblemCallout} problem=${failed}/>
      <${Files.Provider} value=${save}><${Body} report=${report} section=${section.id} asked=${asked} problem=${problem} refused=${refused} reload=${found.reload} set=${set}/><//></div></main>`;
}

/** @param {{ report: Report | null, section: string, asked: Asked, problem: unknown, refused: boolean, reload: () => void, set: (more: Partial<Asked>) => void }} props */
function Body({ report, section, asked, problem, refused, reload, set }) {
  if (refused) return html`<${Empty} title=${t('page.no_access')}>${t('page.no_access_text')}<//>`;
  if (asked.fault) return asked.fault === 'missing' ? html`<p class="muted">${t('reports.fault.missing')}</p>` : null;
  if (problem && !report) return html`<${ProblemCallout} problem=${problem} retry=${reload}/>`;
  if (!report) return html`<${Skeleton} lines=${8}/>`;
  if (isEmpty(report)) {
    const narrowed = asked.number || asked.department;
    const action = narrowed ? html`<${Button} icon="x" onClick=${() => set({ number: '', department: '' })}>${t('reports.unfilter')}<//>` : asked.kind !== '90' && html`<${Button} onClick=${() => set({ kind: '90' })}>${t('reports.look_90')}<//>`;
    return html`<${ProblemCallout} problem=${problem} retry=${reload}/><${Empty} title=${t(narrowed ? 'reports.none_filtered' : 'reports.none')} action=${action}>${t('reports.none_text')}<//>${!section && html`<${Backlog} report=${report}/>`}`;
  }
  return html`<${ProblemCallout} problem=${problem} retry=${reload}/>${SHOWN[section](report)}<${Counted} report=${report}/>`;
}
