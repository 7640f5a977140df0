// One template: what it says, how it stands with Meta, and how that changed.

import { get, id as part, remove } from '../../lib/api.js';
import { usePages, useResource } from '../../lib/data.js';
import { confirm } from '../../lib/dialog.js';
import { Segmented } from '../../lib/forms.js';
import { day, dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { TemplateView, WhatsAppText } from '../../lib/message-text.js';
import { Button, Callout, Chip, Empty, Icon, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { navigate, path, query } from '../../lib/router.js';
import { toast } from '../../lib/toast.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { unknownParts } from './draft.js';
import { sampleOf, sampleView, titleOf } from './sample.js';
import { loadTemplates, templates, wabaName } from './store.js';
import { factWord, Quality, StatusChip, wordOr } from './words.js';

const EDITABLE = ['APPROVED', 'REJECTED', 'PAUSED'];
const DAY = 86_400_000;

/** @param {{ waba: string, name: string, language: string }} props */
export function Detail({ waba, name, language }) {
  const place = `/v1/templates/${[waba, name, language].map(part).join('/')}`;
  const row = templates.value?.find((one) => one.waba === waba && one.name === name && one.language === language);
  const found = useResource((signal) => get(place, undefined, { signal }), [place, row?.status, row?.step?.state, row?.quality, row?.category]);
  const history = usePages(`${place}/history`, { limit: 20 }, [row?.status, row?.quality]);
  const [failed, setFailed] = useState(/** @type {unknown} */ (null));
  const [empty, setEmpty] = useState('sample');
  const one = /** @type {any} */ (found.data);
  // A step that is under way ends by itself: look until it has.
  const moving = one && (one.status === 'submitting' || one.step?.state === 'pending');
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => { found.reload(); loadTemplates(); }, 2500);
    return () => clearInterval(timer);
  }, [moving]);
  if (!one) return html`<div class="tpl-body">${found.problem ? (/** @type {any} */ (found.problem).status === 404 ? html`<${Empty} title=${t('templates.gone')} action=${html`<a class="btn" href="/templates">${t('templates.all')}</a>`}/>` : html`<${ProblemCallout} problem=${found.problem} retry=${found.reload}/>`) : html`<${Skeleton} lines=${8}/>`}</div>`;
  const languages = (templates.value ?? []).filter((each) => each.waba === waba && each.name === name).map((each) => each.language);
  const odd = unknownParts(one.components);
  const edits = one.history.filter((/** @type {any} */ each) => each.what === 'content' && each.from);
  const today = edits.some((/** @type {any} */ each) => Date.now() - Date.parse(each.at) < DAY);
  const month = edits.filter((/** @type {any} */ each) => Date.now() - Date.parse(each.at) < 30 * DAY).length;
  const editable = EDITABLE.includes(one.status) && one.step?.state !== 'pending' && odd.length === 0 && !(one.status === 'APPROVED' && (today || month >= 10));
  const drop = async () => {
    if (!await confirm({ title: t('templates.delete_title'), text: t('templates.delete_text', { name, language }), action: t('action.delete'), danger: true })) return;
    try { await remove(place); toast(t('templates.deleting', { name })); loadTemplates(); found.reload(); } catch (wrong) { setFailed(wrong); }
  };
  const go = (/** @type {string} */ to) => navigate(`${path('templates', waba, name, to)}${query.value.size ? `?${query.value}` : ''}`);
  return html`<section class="tpl-body" aria-label=${name}><div class="stack-l">
      <div class="flex wrap"><a class="ib tpl-back" href="/templates" aria-label=${t('templates.back')}><${Icon} name="al"/></a><h2 class="mono tpl-name">${name}</h2><${StatusChip} template=${one}/><${Chip}>${wordOr(`templates.category.${one.category ?? 'UNKNOWN'}`, one.category)}<//>
        ${languages.length > 1 && html`<span class="end"><${Segmented} label=${t('templates.languages')} value=${language} onChange=${go} options=${languages.map((each) => ({ value: each, label: each }))}/></span>`}</div>
      <${ProblemCallout} problem=${failed}/><${Standing} one=${one}/>
      ${can('supervisor') && html`<div class="stack-s"><div class="flex wrap"><${Button} icon="edit" disabled=${!editable} onClick=${() => navigate(`${path('templates', waba, name, language)}/edit`)}>${t('action.edit')}<//>
        <a class="btn" href=${`/templates/new?from=${part([waba, name, language].join('/'))}`}><${Icon} name="copy" size="s"/>${t('templates.copy')}</a><span class="end"></span><${Button} kind="danger" icon="trash" disabled=${one.step?.state === 'pending' || ['DELETED', 'submitting', 'unknown'].includes(one.status)} onClick=${drop}>${t('action.delete')}<//></div>
        <p class="hint">${odd.length ? t('templates.odd', { parts: odd.join(', ') }) : one.status === 'APPROVED' ? t(today ? 'templates.edited_today' : 'templates.edit_limit', { n: month }) : EDITABLE.includes(one.status) ? t('templates.edit_again') : t('templates.not_editable')}</p></div>`}
      <${Contents} one=${one}/>
      <section><h3 class="tpl-h">${t('templates.history')}</h3>${history.problem && html`<${ProblemCallout} problem=${history.problem} retry=${history.reload}/>`}
        <ol class="timeline">${history.items.filter((each) => each.what !== 'ttl' || each.to).map((each, i) => html`<li key=${i} style=${tint(each)}><span class="pt"><${Icon} name=${{ state: 'checkc', quality: 'gauge', category: 'template', next_category: 'alert', content: 'edit', ttl: 'clock' }[/** @type {'state'} */ (each.what)] ?? 'info'}/></span><div><b>${t(`templates.fact.${each.what}`)}${factWord(each.what, each.to) && `: ${factWord(each.what, each.to)}`}</b><p>${[factWord(each.what, each.from) && t('templates.was', { what: factWord(each.what, each.from) }), each.reason && each.reason !== 'NONE' && wordOr(`templates.reason.${each.reason}`, each.reason), t(`templates.source.${each.source}`)].filter(Boolean).join(' · ')}</p></div><time dateTime=${each.at} title=${dateTime(each.at)}>${day(each.at)}</time></li>`)}</ol>
        ${history.next && html`<${Button} small busy=${history.loading} onClick=${history.more}>${t('table.more')}<//>`}</section></div></section>
    <aside class="tpl-side stack" aria-label=${t('templates.preview')}><div class="flex between wrap"><h2 class="tpl-h">${t('templates.preview')}</h2><${Segmented} label=${t('templates.with')} value=${empty} onChange=${setEmpty} options=${[{ value: 'sample', label: t('templates.with_sample') }, { value: 'empty', label: t('templates.with_none') }]}/></div>
      <div class="wa-preview"><${TemplateView} rendered=${sampleView(one.components, { empty: empty === 'empty' })}/></div>
      <section class="card"><div class="card-h"><h3>${t('templates.health')}</h3><span class="end"><${Quality} of=${one.quality}/></span></div><div class="card-b"><dl class="kv"><dt>${t('templates.account')}</dt><dd>${wabaName(one.waba)}</dd><dt>${t('templates.usable')}</dt><dd class=${one.usable ? 't-ok' : 't-danger'}>${t(one.usable ? 'templates.yes' : 'templates.no')}</dd><dt>${t('templates.quality')}</dt><dd>${wordOr(`templates.quality.${one.quality ?? 'UNKNOWN'}`, one.quality)}</dd>${one.previous_category && html`<dt>${t('templates.before')}</dt><dd>${wordOr(`templates.category.${one.previous_category}`, one.previous_category)}</dd>`}<dt>${t('templates.fact.ttl')}</dt><dd>${one.message_send_ttl_seconds ? t('templates.seconds', { n: one.message_send_ttl_seconds }) : t('templates.ttl_usual')}</dd></dl></div></section></aside>`;
}

/** @param {any} change */
function tint(change) {
  const bad = change.what === 'state' ? ['REJECTED', 'DISABLED', 'PAUSED', 'not_created'].includes(change.to) : change.to === 'RED';
  const good = change.to === 'APPROVED' || change.to === 'GREEN';
  const tone = bad ? 'danger' : good ? 'ok' : change.to === 'YELLOW' || change.what === 'next_category' ? 'warn' : '';
  return tone ? { '--c': `var(--${tone})`, '--bs': `var(--${tone}-soft)` } : {};
}

/** What stands against it or is under way, with the way out. @param {{ one: any }} props */
function Standing({ one }) {
  const rejected = one.status === 'REJECTED' || one.status === 'not_created';
  const reason = one.reason && one.reason !== 'NONE' ? one.reason : null;
  return html`${(one.step?.state === 'pending' || one.status === 'submitting') && html`<${Callout} icon="clock" role="status" title=${t('templates.under_way')}><p class="muted">${t('templates.under_way_text')}</p><//>`}
    ${one.status === 'PENDING' && one.step?.state !== 'pending' && html`<${Callout} icon="clock" title=${t('templates.in_review')}><p class="muted">${t('templates.in_review_text')}</p><//>`}
    ${one.step?.state === 'failed' && html`<${Callout} tone="danger" role="alert" title=${t('templates.step_failed')}>${one.step.reason && html`<p class="muted">${one.step.reason}</p>`}<p class="muted">${t('templates.step_remedy')}</p><//>`}
    ${rejected && one.step?.state !== 'failed' && html`<${Callout} tone="danger" title=${t('templates.rejected')}><p>${reason ? wordOr(`templates.reason.${reason}`, reason) : t('templates.reason_unknown')}${reason && html` <span class="mono meta">${reason}</span>`}</p><p class="muted">${wordOr(`templates.remedy.${reason}`, t('templates.remedy'))}</p><//>`}
    ${one.next_category && html`<${Callout} tone="warn" title=${t('templates.will_change', { category: wordOr(`templates.category.${one.next_category.category}`, one.next_category.category), when: one.next_category.at ? day(one.next_category.at) : t('templates.soon') })}><p class="muted">${t('templates.will_change_text')}</p><//>`}
    ${one.concerns.filter((/** @type {any} */ each) => !(rejected && each.what === 'state') && each.what !== 'category_will_change' && !(each.what === 'state' && ['PENDING', 'submitting'].includes(one.status))).map((/** @type {any} */ each) => html`<${Callout} key=${each.what} tone=${each.stops ? 'danger' : 'warn'} title=${t(`templates.concern.${each.what}`, { value: wordOr(`templates.status.${each.value}`, wordOr(`templates.quality.${each.value}`, each.value)) })}><p class="muted">${wordOr(`templates.concern_remedy.${each.value}`, t(each.stops ? 'templates.concern_stops' : 'templates.concern_go'))}</p><//>`)}`;
}

/** What it is made of, as written. @param {{ one: any }} props */
function Contents({ one }) {
  const of = (/** @type {string} */ kind) => one.components.find((/** @type {any} */ each) => String(each.type ?? each.kind).toUpperCase() === kind);
  const [header, body, footer, buttons, carousel] = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL'].map(of);
  const asked = one.parameters.filter((/** @type {any} */ each) => each.takes !== 'payload');
  return html`<dl class="tpl-parts">${header && html`<dt>${t('templates.header')}</dt><dd>${header.text ?? t(`templates.format.${String(header.format).toUpperCase()}`)}</dd>`}<dt>${t('templates.body')}</dt><dd>${body?.text ? html`<${WhatsAppText} text=${body.text}/>` : t('templates.by_whatsapp')}</dd>
      ${footer && html`<dt>${t('templates.footer')}</dt><dd>${footer.text ?? (footer.code_expiration_minutes ? t('templates.expires_in', { n: footer.code_expiration_minutes }) : '')}</dd>`}${buttons && html`<dt>${t('templates.buttons')}</dt><dd><ul class="stack-s">${buttons.buttons.map((/** @type {any} */ each, /** @type {number} */ i) => html`<li key=${i} class="flex wrap"><span>${each.text ?? t('message.copy_code')}</span><span class="meta">${wordOr(`templates.button.${each.type ?? each.kind}`, each.type)}${each.url ? ` · ${each.url}` : ''}${each.phone_number ? ` · ${each.phone_number}` : ''}</span></li>`)}</ul></dd>`}
      ${carousel && html`<dt>${t('templates.cards')}</dt><dd>${t('templates.cards_n', { n: carousel.cards.length })}</dd>`}</dl>
    ${asked.length > 0 && html`<div><h3 class="tpl-h">${t('templates.parameters')}</h3><table class="table tight card"><thead class="vh"><tr><th>${t('templates.parameter')}</th><th>${t('templates.stands_after')}</th><th>${t('templates.sample')}</th><th>${t('templates.required')}</th></tr></thead><tbody>${asked.map((/** @type {any} */ each) => html`<tr key=${each.name}><td class="mono t-accent nowrap">${each.name}</td><td>${titleOf(one.components, each.name) || wordOr(`templates.takes.${each.takes}`, each.takes)}</td><td class="muted">${sampleOf(one.components, each.name)}</td><td class="meta nowrap">${each.required ? t('templates.required') : ''}</td></tr>`)}</tbody></table></div>`}`;
}
