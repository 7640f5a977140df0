// The editor of a campaign that has not started: five steps, kept as one goes.

import { explain, id as part, newKey, patch, post, remove } from '../../lib/api.js';
import { confirm, Menu, Popup } from '../../lib/dialog.js';
import { numbers as known } from '../../lib/directory.js';
import { time } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { Button, Callout, Icon, ProblemCallout } from '../../lib/parts.js';
import { navigate, path } from '../../lib/router.js';
import { classes, html, useEffect, useMemo, useRef, useState } from '../../lib/view.js';
import { Audience } from './audience.js';
import { copyOf, emptyDefinition, isComplete, lacks, STEPS, toSend, unfilled, whole } from './model.js';
import { Parameters } from './parameters.js';
import { Preflight } from './preflight.js';
import { Schedule, startWords } from './schedule.js';
import { campaigns, drop, keep, templates, unsaved } from './store.js';
import { TemplateStep, useDetails } from './template-step.js';
import { groupName, StateChip } from './words.js';

const SAVE_MS = 700;

/** What a new campaign begins with. @param {string | null | undefined} copy */
function beginning(copy) {
  const from = campaigns.peek()?.find((one) => one.id === copy);
  if (from) return copyOf(from.definition, t('campaigns.copy_of', { name: from.definition.name }));
  return emptyDefinition(known.peek().length === 1 ? [known.peek()[0].id] : []);
}

/**
 * Keeps a definition: at once in the page, a moment later with the API once that takes it.
 * @param {any} campaign
 * @param {string | null | undefined} copy
 */
function useDraft(campaign, copy) {
  const place = campaign?.id ?? `new ${copy ?? ''}`;
  const [definition, setDefinition] = useState(() => (campaign ? whole(campaign.definition) : unsaved.get(place) ?? beginning(copy)));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [state, setState] = useState(campaign ? 'saved' : 'new');
  const now = useRef({ definition, version: campaign?.version ?? 0, sent: JSON.stringify(campaign ? toSend(definition) : null), busy: /** @type {Promise<boolean> | null} */ (null) }).current;
  const save = async () => {
    if (!campaign) return true;
    while (now.busy) await now.busy;
    const body = toSend(now.definition);
    const text = JSON.stringify(body);
    if (text === now.sent) return true;
    if (!isComplete(now.definition)) return false;
    setState('saving');
    now.busy = patch(`/v1/campaigns/${part(campaign.id)}`, { ...body, version: now.version }).then(
      (saved) => { now.version = saved.version; now.sent = text; keep(saved); setProblem(null); setState('saved'); return true; },
      (failed) => { setProblem(failed); setState('failed'); return false; },
    );
    const done = await now.busy;
    now.busy = null;
    return done;
  };
  const set = (/** @type {any} */ change) => {
    now.definition = { ...now.definition, ...(typeof change === 'function' ? change(now.definition) : change) };
    setDefinition(now.definition);
    if (campaign) setState('waiting'); else unsaved.set(place, now.definition);
  };
  useEffect(() => {
    if (!campaign || state !== 'waiting') return undefined;
    const timer = setTimeout(save, SAVE_MS);
    return () => clearTimeout(timer);
  }, [definition, state]);
  // Whoever leaves in between has it saved, too.
  useEffect(() => () => { save(); }, []);
  return { definition, set, save, problem, setProblem, state, place, version: () => now.version };
}

/** @param {{ campaign?: any, copy?: string | null, step?: string | null, reload?: () => void }} props */
export function Editor({ campaign, copy, step: asked, reload }) {
  const draft = useDraft(campaign, copy);
  const { definition, set, problem } = draft;
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const missing = lacks(definition);
  const details = useDetails(definition);
  const open = useMemo(() => unfilled(definition, (/** @type {any} */ variant) => details.get(variant.template)?.parameters ?? []), [definition, details]);
  const done = /** @type {Record<string, boolean>} */ ({ audience: !missing.audience.length, template: !missing.template.length, parameters: !missing.template.length && open.length === 0, schedule: Boolean(campaign) });
  // Where one begins is settled once: nobody is moved on while writing.
  const [begin] = useState(missing.audience.length || !campaign ? 'audience' : missing.template.length ? 'template' : 'preflight');
  const step = asked && STEPS.includes(asked) ? asked : begin;
  const at = STEPS.indexOf(step);
  const place = campaign ? path('campaigns', campaign.id) : '/campaigns/new';
  const href = (/** @type {string} */ to) => `${place}?step=${to}${copy && !campaign ? `&copy=${part(copy)}` : ''}`;
  const go = async (/** @type {string} */ to) => {
    if (campaign || STEPS.indexOf(to) < 2 || !isComplete(definition)) {
      if (!campaign && STEPS.indexOf(to) >= 2) { navigate(href(missing.audience.length ? 'audience' : 'template')); return; }
      navigate(href(to));
      return;
    }
    setBusy(true);
    try {
      const made = await post('/v1/campaigns', toSend(definition), { key: key.current });
      unsaved.delete(draft.place);
      keep(made);
      navigate(`${path('campaigns', made.id)}?step=${to}`, { replace: true });
    } catch (failed) { draft.setProblem(failed); key.current = newKey(); setBusy(false); }
  };
  const next = () => { if (STEPS[at + 1]) go(STEPS[at + 1]); };
  const leave = async () => { if (await draft.save()) navigate('/campaigns?state=draft'); };
  const discard = async () => {
    if (!campaign) { unsaved.delete(draft.place); navigate('/campaigns'); return; }
    if (!await confirm({ title: t('campaigns.delete_title'), text: t('campaigns.delete_text', { name: definition.name }), action: t('action.delete'), danger: true })) return;
    try { await remove(`/v1/campaigns/${part(campaign.id)}`); drop(campaign.id); navigate('/campaigns?state=draft'); } catch (failed) { draft.setProblem(failed); }
  };
  useKeys([{ keys: 'mod+enter', inText: true, run: () => (step === 'preflight' ? false : next()) }]);
  const small = /** @type {Record<string, any>} */ ({
    audience: definition.audience.include.map(groupName).join(' + ') || t('campaigns.step.audience_none'),
    template: definition.templates.map((/** @type {any} */ one) => one.template).filter(Boolean).join(', ') || t('campaigns.step.template_none'),
    parameters: missing.template.length ? t('campaigns.step.template_none') : open.length ? t('campaigns.step.open', { n: open.length }) : t('campaigns.step.filled'),
    schedule: startWords(definition), preflight: t('campaigns.step.preflight_text'),
  });
  const said = /** @type {Record<string, string>} */ ({ new: t('campaigns.saved.new'), waiting: t('campaigns.saved.saving'), saving: t('campaigns.saved.saving'), failed: t('campaigns.saved.failed'), saved: t('campaigns.saved.saved', { when: time(campaign?.updated_at) }) });
  const Step = /** @type {Record<string, any>} */ ({ audience: Audience, template: TemplateStep, parameters: Parameters, schedule: Schedule, preflight: Preflight })[step];
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class="page-head camp-head"><div class="grow"><h1 class="ell">${definition.name || t('campaigns.untitled')}</h1><p class="meta" role="status">${said[draft.state]}</p></div>
      ${campaign && campaign.state !== 'draft' && html`<${StateChip} state=${campaign.state}/>`}
      <${Popup} label=${t('campaigns.more')} button=${html`<${Icon} name="more"/>`} popup="menu">${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${[
        campaign && { label: t('campaigns.duplicate'), icon: 'copy', run: () => navigate(`/campaigns/new?copy=${part(campaign.id)}`) },
        { label: campaign ? t('campaigns.delete') : t('campaigns.discard'), icon: 'trash', danger: true, run: discard },
      ].filter(Boolean)}/>`}<//>
      ${campaign && html`<${Button} onClick=${leave}>${t('campaigns.leave')}<//>`}</header>
    <ol class="hsteps">${STEPS.map((one, i) => html`<li key=${one} class=${classes('hstep', done[one] && 'done', one === step && 'now')} aria-current=${one === step ? 'step' : undefined}><button type="button" onClick=${() => go(one)} disabled=${busy}>
      <span class="no">${done[one] && one !== step ? html`<${Icon} name="check" size="s"/>` : i + 1}</span><span class="grow"><b>${t(`campaigns.step.${one}`)}</b><small class="ell">${small[one]}</small></span></button></li>`)}</ol>
    <div class="page-body stack">
      ${problem && (/** @type {any} */ (problem).kind === 'changed-meanwhile'
        ? html`<${Callout} tone="warn" role="alert" title=${explain(problem).title} actions=${html`<${Button} small onClick=${reload}>${t('action.reload')}<//>`}/>`
        : html`<${ProblemCallout} problem=${problem} retry=${campaign ? draft.save : undefined}/>`)}
      <${Step} definition=${definition} set=${set} details=${details} campaign=${campaign} problem=${problem} save=${draft.save} version=${draft.version} templates=${templates.value} go=${go}/>
      ${step !== 'preflight' && html`<footer class="flex step-foot">${at > 0 && html`<${Button} kind="ghost" icon="al" onClick=${() => go(STEPS[at - 1])}>${t(`campaigns.step.${STEPS[at - 1]}`)}<//>`}<span class="end"></span>
        ${(missing[step] ?? []).length > 0 && html`<span class="meta" role="status">${t('campaigns.lacks', { what: missing[step].map((/** @type {string} */ one) => t(`campaigns.lacks.${one}`)).join(', ') })}</span>`}
        <${Button} kind="primary" busy=${busy} disabled=${(missing[step] ?? []).length > 0} keys="mod+enter" onClick=${next}>${t('campaigns.continue')}<//></footer>`}
    </div></main>`;
}
