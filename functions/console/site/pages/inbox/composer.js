// The composer is the window: its top line drains with the 24 hours, and when they are over only templates and notes go.

import { post, id } from '../../lib/api.js';
import { agents } from '../../lib/directory.js';
import { dateTime, daysBetween, relative, time } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useKeys } from '../../lib/keyboard.js';
import { lazy } from '../../lib/lazy.js';
import { now } from '../../lib/now.js';
import { Button, Icon, IconButton, ProblemCallout } from '../../lib/parts.js';
import { Popup, Menu } from '../../lib/dialog.js';
import { FRAME } from '../../lib/parts.js';
import { classes, html, useEffect, useLayoutEffect, useRef, useState } from '../../lib/view.js';
import { arc, leftText, share, windowLeft } from '../../lib/window.js';
import { resolve } from './actions.js';
import { attach, attached, Attachments, attachVoice, detach, messagesOf } from './attachments.js';
import { drafts, keepDraft } from './drafts.js';
import { nowWriting } from './live.js';
import { MentionList, mentionsIn, QuickReplies } from './suggest.js';
import { arrive, loadNew, send } from './thread-store.js';
import { textOf } from './thread-model.js';

/** @typedef {import('./list-model.js').Row} Row */

const Recorder = lazy(() => import('./recorder.js'), 'Recorder');
const Emoji = lazy(() => import('./emoji.js'), 'Emoji');

/** Meta's limit of a text, in characters. */
const LONGEST = 4096;

/** @param {{ row: Row, children?: any }} props */
function WindowBar({ row, children }) {
  const left = windowLeft(row.window, row.free_entry, now.value);
  const { length, dash } = arc(left);
  const closed = left.state === 'closed';
  const never = left.closesAt === null;
  return html`<div class="wbar" role="status"><svg class=${`pane is-${left.state}`} viewBox="0 0 40 40" aria-hidden="true"><rect class="pane-glass" x="6" y="6" width="28" height="28" rx="7.5"/><path class="pane-bars" d="M20 7v26M7 20h26"/><path class="ring-track" d=${FRAME}/>${!closed && html`<path class="ring-left" pathLength=${length} stroke-dasharray=${dash} d=${FRAME}/>`}</svg>
    ${closed
      ? html`<span><b>${t('window.closed')}</b> ${never ? t('window.never') : relative(left.closesAt, now.value)}</span>`
      : html`<span><b>${leftText(left.left)}</b> ${t('window.of')}</span><span class="hide-sm">· ${t('window.closes', { at: closing(left.closesAt) })}</span>${left.ad && html`<span class="chip accent">${t('window.ad', { at: closing(Date.parse(row.free_entry?.closes_at ?? '')) })}</span>`}`}
    <span class="end"></span>${children}</div>`;
}

/** @param {number | null} at */
function closing(at) {
  if (at === null || Number.isNaN(at)) return '';
  const days = daysBetween(now.value, at);
  if (days === 0) return time(at);
  return days === 1 ? t('time.tomorrow_at', { at: time(at) }) : dateTime(at);
}

/**
 * @param {{ row: Row, name: string, quote: any, setQuote: (message: any) => void, openTemplates: () => void, lastInbound: () => any, next: () => void, sent: () => void }} props
 */
export function Composer({ row, name, quote, setQuote, openTemplates, lastInbound, next, sent }) {
  const [mode, setMode] = useState('reply');
  const [text, setText] = useState(drafts.peek().get(row.id) ?? '');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [caret, setCaret] = useState(0);
  const [recording, setRecording] = useState(false);
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  const files = attached.value.get(row.id) ?? [];
  const waits = files.some((one) => one.state !== 'ready');
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const left = windowLeft(row.window, row.free_entry, now.value);
  const closed = left.state === 'closed';
  const note = mode === 'note';
  const list = useRef(/** @type {{ key: (event: KeyboardEvent) => boolean } | null} */ (null));

  useLayoutEffect(() => { setText(drafts.peek().get(row.id) ?? ''); setMode('reply'); setProblem(null); setRecording(false); }, [row.id]);
  useEffect(() => {
    const refill = () => { setText(drafts.peek().get(row.id) ?? ''); input.current?.focus(); };
    document.addEventListener('ventana:draft', refill);
    return () => document.removeEventListener('ventana:draft', refill);
  }, [row.id]);
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
  }, [text, closed, mode]);
  useEffect(() => () => nowWriting('none'), [row.id]);

  const write = (/** @type {string} */ to, at = to.length) => {
    setText(to);
    setCaret(at);
    if (!note) keepDraft(row.id, to);
    nowWriting(to.trim() ? (note ? 'note' : 'reply') : 'none');
  };
  const insert = (/** @type {string} */ what, from = input.current?.selectionStart ?? text.length, to = input.current?.selectionEnd ?? text.length) => {
    const [box, next, at] = [input.current, text.slice(0, from) + what + text.slice(to), from + what.length];
    // At once: what is typed next belongs behind it.
    if (box) { box.value = next; box.focus(); box.setSelectionRange(at, at); }
    write(next, at);
  };
  // At once where it stands already: what is typed next belongs into it.
  const focus = (/** @type {string} */ to) => { setMode(to); input.current?.focus(); requestAnimationFrame(() => input.current?.focus()); };

  const done = () => { write(''); setQuote(null); nowWriting('none'); sent(); };
  const submit = async () => {
    const said = text.trim();
    if ((!said && (note || !files.length)) || said.length > LONGEST) return false;
    setProblem(null);
    if (note) {
      try {
        const made = await post(`/v1/conversations/${id(row.id)}/notes`, { text: said, mentions: mentionsIn(said, agents.peek()) });
        arrive(row.id, [made]);
        setText('');
        nowWriting('none');
        setMode('reply');
        setText(drafts.peek().get(row.id) ?? '');
        loadNew(row.id);
        return true;
      } catch (failed) { setProblem(failed); return false; }
    }
    if (closed || waits) return false;
    const { messages, rest } = messagesOf(files, said);
    if (rest) messages.push({ type: 'text', text: { body: rest, preview_url: /https?:\/\//.test(rest) } });
    if (quote?.wamid) messages[0].context = { message_id: quote.wamid };
    messages.forEach((message) => send(row.id, row.number.id, message));
    files.forEach((one) => detach(row.id, one.key));
    done();
    return true;
  };
  const submitAndResolve = async () => { if (await submit()) { await resolve(row); next(); } };

  useKeys([
    { keys: 'r', run: () => (closed ? focus('note') : focus('reply')) }, { keys: 'enter', run: (event) => (inConversation(event) ? focus('reply') : false) },
    { keys: 'n', run: () => focus('note') }, { keys: 't', run: openTemplates },
    { keys: 'q', run: () => { setQuote(lastInbound()); focus('reply'); } },
    { keys: '/', run: () => { focus('reply'); if (!text) write('/'); } },
  ]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (list.current?.key(event)) { event.preventDefault(); return; }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (quote) setQuote(null);
      else if (note) setMode('reply');
      else { input.current?.blur(); /** @type {HTMLElement | null} */ (document.querySelector('.thread-scroll'))?.focus({ preventScroll: true }); }
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submitAndResolve();
    } else if (event.key === 'Enter' && !event.shiftKey && matchMedia('(hover: hover)').matches) {
      // On phones Enter is a new line: the button sends.
      event.preventDefault();
      submit();
    }
  };

  const paste = (/** @type {ClipboardEvent} */ event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (note || !pasted.length) return;
    event.preventDefault();
    attach(row.id, pasted);
  };

  if (closed && !note) {
    return html`<div class="composer is-closed" role="group" aria-label=${t('composer.label')}>
      <${WindowBar} row=${row}><${Button} small kind="ghost" icon="lock" keys="n" onClick=${() => focus('note')}>${t('composer.write_note')}<//><//>
      <div class="closed-body"><p class="grow">${t('window.only_templates')}</p><${Button} kind="primary" icon="template" keys="t" onClick=${openTemplates}>${t('composer.choose_template')}<//></div>
      ${text.trim() && html`<div class="kept-draft"><span class="meta">${t('composer.draft_kept')}</span><p class="ell">${text}</p><${Button} small kind="ghost" icon="copy" onClick=${() => navigator.clipboard.writeText(text)}>${t('message.copy')}<//></div>`}</div>`;
  }
  const over = text.length - LONGEST;
  const suggests = note ? MentionList : QuickReplies;
  return html`<form class=${classes('composer', `is-${closed ? 'closed' : left.state}`, note && 'is-note')} style=${{ '--w': `${share(left) * 100}%` }} aria-label=${t('composer.label')} onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); submit(); }}>
    <${suggests} text=${text} caret=${caret} handle=${list} row=${row} insert=${insert} replace=${(/** @type {string} */ to) => { write(to); requestAnimationFrame(() => input.current?.focus()); }}/>
    <${WindowBar} row=${row}>${left.state === 'low' || left.state === 'last' ? html`<span class="meta hide-sm">${t('window.soon')}</span>` : null}<//>
    ${quote && html`<div class="quoting"><${Icon} name="reply" size="s"/><div class="grow ell"><b>${quote.direction === 'inbound' ? name : t('message.us')}</b> <span class="muted">${textOf(quote) || t(`message.kind.${quote.type}`)}</span></div><${IconButton} small icon="x" label=${t('composer.no_quote')} onClick=${() => setQuote(null)}/></div>`}
    ${problem && html`<div class="pad-s"><${ProblemCallout} problem=${problem}/></div>`}
    ${!note && html`<${Attachments} conversation=${row.id}/>`}${recording && html`<${Recorder} cancel=${() => setRecording(false)} done=${(/** @type {Blob} */ sound, /** @type {number} */ seconds) => { setRecording(false); attachVoice(row.id, sound, seconds); }}/>`}
    <textarea ref=${input} class="c-input" rows="2" value=${text} aria-label=${note ? t('composer.note_for_team') : t('composer.message_to', { name })} placeholder=${note ? t('composer.note_hint') : t('composer.hint')} onInput=${(/** @type {any} */ event) => write(event.target.value, event.target.selectionStart)} onSelect=${(/** @type {any} */ event) => setCaret(event.target.selectionStart)} onKeyDown=${keys} onPaste=${paste}></textarea>
    <div class="c-tools"><div class="seg mode" role="group" aria-label=${t('composer.kind')}><button type="button" aria-pressed=${!note ? 'true' : 'false'} onClick=${() => { setMode('reply'); setText(drafts.peek().get(row.id) ?? ''); }}>${t('composer.message')}</button><button type="button" aria-pressed=${note ? 'true' : 'false'} onClick=${() => { setMode('note'); setText(''); input.current?.focus(); }}><${Icon} name="lock" size="s"/>${t('composer.note')}</button></div>
      ${!note && html`<${IconButton} icon="slash" class="hide-sm" label=${t('composer.quick')} keys="/" onClick=${() => { if (!text) write('/'); input.current?.focus(); }}/><${IconButton} icon="template" label=${t('composer.template')} keys="t" onClick=${openTemplates}/><${IconButton} icon="clip" label=${t('composer.attach')} onClick=${() => picker.current?.click()}/><${IconButton} icon="mic" label=${t('composer.voice')} aria-pressed=${recording ? 'true' : 'false'} onClick=${() => setRecording(!recording)}/><input ref=${picker} type="file" class="vh" multiple tabindex="-1" aria-hidden="true" onChange=${(/** @type {any} */ event) => { attach(row.id, event.target.files); event.target.value = ''; }}/>`}
      <${Popup} class="ib hide-sm" label="Emoji" wide button=${html`<${Icon} name="smile"/>`}>${(/** @type {() => void} */ close) => html`<${Emoji} choose=${(/** @type {string} */ emoji) => { close(); insert(emoji); }}/>`}<//>
      <span class="end"></span>${over > -200 && html`<span class=${classes('meta tab', over > 0 && 't-danger')} role="status">${text.length} / ${LONGEST}</span>`}
      <button class="send" aria-label=${note ? t('composer.save_note') : t('composer.send')} disabled=${(!text.trim() && (note || !files.length)) || over > 0 || (!note && waits)}><span class="show-sm"><${Icon} name="send"/></span><span class="hide-sm">${note ? t('composer.save_note') : t('composer.send')}</span></button>
      ${!note && html`<${Popup} class="send-more" label=${t('composer.more_ways')} button=${html`<${Icon} name="cd" size="s"/>`}>${(/** @type {() => void} */ close) => html`<${Menu} close=${close} items=${[{ label: t('composer.send_resolve'), icon: 'check', run: submitAndResolve }, { label: t('composer.template'), icon: 'template', run: openTemplates }]}/>`}<//>`}
    </div></form>`;
}

/** `Enter` writes an answer from the messages, not from a button or the list. @param {KeyboardEvent} event */
const inConversation = (event) => event.target instanceof Element && event.target.matches('.thread-scroll, body, #main');
