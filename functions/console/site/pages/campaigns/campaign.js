// One campaign: its editor while it is open; what it does while it runs; its report when it is over.

import { get, id as part, post } from '../../lib/api.js';
import { confirm } from '../../lib/dialog.js';
import { dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { can } from '../../lib/me.js';
import { NumberBadge } from '../../lib/conversation-parts.js';
import { announce, Button, Callout, Empty, Icon, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { Editor } from './editor.js';
import { ExportButton } from './export.js';
import { Live } from './live.js';
import { isOpen, isOver, standing } from './model.js';
import { People } from './people.js';
import { Report } from './report.js';
import { campaigns, drop, keep } from './store.js';
import { soon, StateChip, wordOr } from './words.js';

const LOOK_MS = 3000;

/** @param {{ id: string, query: URLSearchParams }} props */
export function CampaignPage({ id, query }) {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  const [fresh, setFresh] = useState(false);
  const campaign = /** @type {any} */ (campaigns.value?.find((one) => one.id === id));
  useEffect(() => {
    let gone = false;
    get(`/v1/campaigns/${part(id)}`).then((found) => {
      if (gone) return;
      if (!campaigns.peek()) campaigns.value = [];
      keep(found);
      setFresh(true);
      setRound((n) => n);
    }, (failed) => { if (!gone) { setProblem(failed); if (failed.status === 404) drop(id); } });
    return () => { gone = true; };
  }, [id, round]);
  if (!campaign || !fresh) {
    return html`<main id="main" class="app-main page" tabindex="-1"><div class="page-body">${problem?.status === 404 ? html`<${Empty} title=${t('campaigns.gone')} action=${html`<a class="btn" href="/campaigns">${t('campaigns.to_list')}</a>`}/>` : problem ? html`<${ProblemCallout} problem=${problem} retry=${() => { setProblem(null); setRound(round + 1); }}/>` : html`<${Skeleton} lines=${8}/>`}</div></main>`;
  }
  if (isOpen(campaign)) return html`<${Editor} key=${`${id} ${round}`} campaign=${campaign} step=${query.get('step')} reload=${() => { setFresh(false); setRound(round + 1); }}/>`;
  return html`<${Started} campaign=${campaign} outcome=${query.get('outcome')}/>`;
}

/** The newest of a campaign and its report, looked at again while something moves. @param {any} campaign */
function useReport(campaign) {
  const [report, setReport] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const look = async () => {
      try {
        const [now, newest] = await Promise.all([get(`/v1/campaigns/${part(campaign.id)}/report`), isOver(campaign) && report ? campaign : get(`/v1/campaigns/${part(campaign.id)}`)]);
        if (gone) return;
        setReport(now);
        setProblem(null);
        keep(newest);
        // What is over still gets ticks for a while.
        timer = setTimeout(function again() { if (document.hidden) timer = setTimeout(again, LOOK_MS); else look(); }, isOver(newest) ? LOOK_MS * 10 : LOOK_MS);
      } catch (failed) { if (!gone) { setProblem(failed); timer = setTimeout(look, LOOK_MS * 4); } }
    };
    look();
    return () => { gone = true; clearTimeout(timer); };
  }, [campaign.id, round]);
  return { report, problem, reload: () => setRound((n) => n + 1) };
}

/** @param {{ campaign: any, outcome: string | null }} props */
function Started({ campaign, outcome }) {
  const { report, problem, reload } = useReport(campaign);
  const [failed, setFailed] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState('');
  const over = isOver(campaign);
  const left = report ? standing(report).parked + standing(report).queued : 0;
  const act = async (/** @type {string} */ step) => {
    setBusy(step);
    setFailed(null);
    try {
      keep(await post(`/v1/campaigns/${part(campaign.id)}/${step}`));
      const said = t(`campaigns.did.${step}`);
      if (step === 'pause') toast(said, () => act('resume')); else toast(said);
      announce(said);
      reload();
    } catch (wrong) { setFailed(wrong); }
    setBusy('');
  };
  const cancel = async () => {
    if (await confirm({ title: t('campaigns.cancel_title'), text: t('campaigns.cancel_text', { n: left }), action: t('campaigns.cancel'), danger: true })) act('cancel');
  };
  const pausable = ['running', 'waiting'].includes(campaign.state);
  useKeys([{ keys: 'p', run: () => (over ? false : act(pausable ? 'pause' : 'resume')) }]);
  const when = over ? t('campaigns.ended', { when: dateTime(campaign.status.at) }) : campaign.started_at ? t('campaigns.started', { when: soon(campaign.started_at) }) : '';
  return html`<main id="main" class="app-main page" tabindex="-1">
    <header class="page-head camp-head"><div class="grow"><h1 class="ell">${campaign.definition.name}</h1><p class="meta flex wrap">${campaign.definition.numbers.map((/** @type {string} */ one) => html`<${NumberBadge} key=${one} id=${one}/>`)} <span>${when}${campaign.progress.people ? ` · ${t('campaigns.people', { n: campaign.progress.people })}` : ''}</span></p></div>
      <${StateChip} state=${campaign.state}/>
      ${pausable && html`<${Button} icon="pause" busy=${busy === 'pause'} keys="p" onClick=${() => act('pause')}>${t('campaigns.pause')}<//>`}
      ${campaign.state === 'paused' && html`<${Button} kind="primary" icon="play" busy=${busy === 'resume'} keys="p" onClick=${() => act('resume')}>${t('campaigns.resume')}<//>`}
      ${!over && html`<${Button} kind="danger" busy=${busy === 'cancel'} onClick=${cancel}>${t('campaigns.cancel')}<//>`}
      ${over && html`<a class="btn" href=${`/campaigns/new?copy=${part(campaign.id)}`}><${Icon} name="copy" size="s"/>${t('campaigns.repeat')}</a>`}
      ${can('admin') && html`<${ExportButton} campaign=${campaign}/>`}</header>
    <div class="page-body stack"><${ProblemCallout} problem=${failed}/><${Stopped} campaign=${campaign} left=${left}/>
      ${problem && html`<${ProblemCallout} problem=${problem} retry=${reload}/>`}${!report && !problem && html`<${Skeleton} lines=${8}/>`}
      ${report && (over ? html`<${Report} campaign=${campaign} report=${report}/>` : html`<${Live} campaign=${campaign} report=${report}/>`)}
      ${report && html`<${People} campaign=${campaign} report=${report} outcome=${outcome}/>`}</div></main>`;
}

/** Why nothing goes out now: what happened, who is affected, what comes next. @param {{ campaign: any, left: number }} props */
function Stopped({ campaign, left }) {
  const { status, stopped } = campaign;
  if (campaign.state === 'waiting') {
    return html`<${Callout} tone="warn" icon="clock" role="status" title=${t('campaigns.waiting_title', { why: wordOr(`campaigns.waits.${status.limit}`, status.limit), when: soon(status.until) })}><p class="muted">${t('campaigns.waiting_text', { n: left })}</p>
      ${status.limit === 'tier' && html`<p><a class="linkish" href="/campaigns/limits">${t('limits.see')}</a></p>`}<//>`;
  }
  if (campaign.state !== 'paused') return null;
  const guard = status.by?.guard;
  return html`<${Callout} tone=${guard ? 'danger' : 'warn'} icon=${guard ? 'shield' : 'pause'} role="alert" title=${guard ? t('campaigns.guard_title', { when: soon(status.since), why: wordOr(`campaigns.guard.${guard}`, stopped?.why ?? guard) }) : t('campaigns.paused_title', { when: soon(status.since) })}>
    ${stopped?.of && html`<p class="mono meta">${stopped.of}</p>`}<p class="muted">${t('campaigns.paused_text', { n: left })}${guard ? ` ${t(guard === 'canary' ? 'campaigns.guard_canary' : 'campaigns.guard_accept')}` : ''}</p>
    ${stopped?.why && guard && html`<p class="meta">${stopped.why}</p>`}<//>`;
}


