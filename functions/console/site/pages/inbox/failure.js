// Why a message did not go or waits, and what to do: reason, one main remedy, others.

import { explain, Problem } from '../../lib/api.js';
import { relative, time } from '../../lib/format.js';
import { has, t } from '../../lib/i18n.js';
import { now } from '../../lib/now.js';
import { Button, Icon } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { keepDraft } from './drafts.js';
import { discard, send } from './thread-store.js';
import { textOf } from './thread-model.js';

/** Codes that have a sentence of their own; others have the sentence of their remedy. @param {any} error */
const titleOf = (error) => (has(`code.${error.code}`) ? t(`code.${error.code}`) : has(`remedy.${error.remedy}`) ? t(`remedy.${error.remedy}`) : error.title ?? t('fail.title'));

/** Remedies that another try of the same message may help. */
const AGAIN = ['slow_down', 'wait_pair', 'wait_number', 'later24h', 'hold_and_ask'];

/** @param {{ message: any, context: import('./message.js').Context }} props */
export function Failure({ message, context }) {
  const refused = message.local === 'refused';
  const error = message.errors?.[0] ?? {};
  const problem = refused ? explain(message.problem) : null;
  const closed = error.remedy === 'switch_to_template' || (message.problem instanceof Problem && message.problem.kind === 'window-closed');
  const canAgain = refused ? !closed : AGAIN.includes(error.remedy) || !error.remedy;
  const text = textOf(message);
  const again = () => {
    // What was refused before it was written may go under its own key; what failed at Meta is a new message.
    if (refused) discard(context.row.id, message.id);
    send(context.row.id, context.row.number.id, message.content);
  };
  const toDraft = () => { if (refused) discard(context.row.id, message.id); keepDraft(context.row.id, text); document.dispatchEvent(new CustomEvent('ventana:draft')); };
  const details = problem ? [problem.detail, ...problem.errors.map((one) => one.detail)].filter(Boolean).join(' ') : [error.remedy && has(`todo.${error.remedy}`) && t(`todo.${error.remedy}`), error.details].filter(Boolean).join(' ');
  return html`<div class="fail" role="alert"><${Icon} name="alertc"/><div><b>${problem?.title ?? titleOf(error)}</b>${(details || error.code) && html`<br/><span class="muted">${details} ${error.code && html`<span class="mono">${error.code}</span>`}</span>`}</div>
    <div class="acts">
      ${closed && html`<${Button} small icon="template" onClick=${context.openTemplates}>${t('fail.template')}<//>`}
      ${canAgain && html`<${Button} small icon="refresh" onClick=${again}>${t('action.retry')}<//>`}
      ${text && html`<${Button} small kind=${closed || canAgain ? 'ghost' : ''} icon="edit" onClick=${toDraft}>${t('fail.edit')}<//>`}
      ${refused && html`<${Button} small kind="ghost" onClick=${() => discard(context.row.id, message.id)}>${t('fail.discard')}<//>`}</div></div>`;
}

/** What a message of ours waits for, if it does. @param {{ message: any }} props */
export function Waiting({ message }) {
  if (message.status === 'unknown') return html`<p class="meta waits"><${Icon} name="info" size="s"/>${t('wait.unknown')}</p>`;
  if (message.held) return html`<p class="meta waits"><${Icon} name="clock" size="s"/>${t('wait.held')}</p>`;
  if (message.status !== 'waiting' || !message.not_before) return null;
  const error = message.errors?.[0];
  const why = error ? titleOf(error) : t('wait.limit');
  return html`<p class="meta waits"><${Icon} name="clock" size="s"/>${t('wait.until', { why, at: time(message.not_before), left: relative(message.not_before, now.value) })}</p>`;
}
