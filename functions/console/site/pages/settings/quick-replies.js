// Quick replies: texts that are at hand in the composer by `/`.

import { id as part, patch, post, remove } from '../../lib/api.js';
import { usePages } from '../../lib/data.js';
import { fields, loadDirectory, quickReplies } from '../../lib/directory.js';
import { SearchField, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { WhatsAppText } from '../../lib/message-text.js';
import { Button, ProblemCallout } from '../../lib/parts.js';
import { Table } from '../../lib/table.js';
import { toast } from '../../lib/toast.js';
import { html, useRef, useState } from '../../lib/view.js';
import { FormDialog, RowMenu, SettingsPage, useAction } from './parts.js';
import { plain } from './words.js';

/** @param {{ reply: any, onClose: () => void, onSaved: () => void }} props */
function ReplyDialog({ reply, onClose, onSaved }) {
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [text, setText] = useState(reply?.text ?? '');
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const save = async (/** @type {string} */ key) => {
    const body = { shortcut: shortcut.trim().replace(/^\//, ''), text };
    if (reply) await patch(`/v1/quick-replies/${part(reply.id)}`, body, { key }); else await post('/v1/quick-replies', body, { key });
    onSaved();
  };
  const put = (/** @type {string} */ name) => {
    const area = box.current?.querySelector('textarea');
    const at = area?.selectionStart ?? text.length;
    setText(`${text.slice(0, at)}{{${name}}}${text.slice(area?.selectionEnd ?? at)}`);
    area?.focus();
  };
  const slots = [['contact.name', t('quick.slot.name')], ['contact.phone', t('quick.slot.phone')], ['agent.name', t('quick.slot.agent')], ['number.name', t('quick.slot.number')], ...fields.value.map((field) => [`field.${field.id}`, field.label])];
  return html`<${FormDialog} side size="wide" title=${t(reply ? 'quick.edit' : 'quick.new')} onClose=${onClose} save=${save} done=${t('quick.saved')} disabled=${!shortcut.trim() || !text.trim()}>${(/** @type {unknown} */ problem) => html`
    <${TextField} label=${t('quick.shortcut')} hint=${t('quick.shortcut_hint')} value=${shortcut} onInput=${setShortcut} autofocus autocomplete="off" bad=${badOf(problem, 'shortcut')}/>
    <div ref=${box} class="stack-s"><${TextField} label=${t('quick.text')} rows=${7} value=${text} onInput=${setText} aside=${`${text.length}/4096`} maxlength="4096" bad=${badOf(problem, 'text')}/>
      <div class="flex wrap"><span class="meta">${t('quick.slots')}</span>${slots.map(([name, label]) => html`<${Button} key=${name} small onClick=${() => put(name)}>${label}<//>`)}</div></div>
    ${text && html`<div class="stack-s"><h3 class="meta">${t('quick.preview')}</h3><div class="wa-preview"><div class="msg"><div class="bub"><${WhatsAppText} text=${text}/></div></div></div></div>`}`}<//>`;
}

/** The page. */
export default function QuickReplies() {
  const list = usePages('/v1/quick-replies', { limit: 100 });
  const [text, setText] = useState('');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const { problem, run } = useAction();
  const lead = can('supervisor');
  const reload = () => { list.reload(); loadDirectory(quickReplies); };
  const drop = (/** @type {any} */ one) => run(async (key) => {
    await remove(`/v1/quick-replies/${part(one.id)}`, undefined, { key });
    reload();
    toast(t('quick.removed', { name: one.shortcut }), async () => { await post('/v1/quick-replies', { shortcut: one.shortcut, text: one.text }); reload(); });
  });
  const rows = list.items.filter((one) => plain(`${one.shortcut} ${one.text}`).includes(plain(text.replace(/^\//, ''))));
  const columns = [
    { key: 'shortcut', label: t('quick.shortcut'), cell: (/** @type {any} */ one) => html`<b class="mono">/${one.shortcut}</b>` },
    { key: 'text', label: t('quick.text'), cell: (/** @type {any} */ one) => html`<span class="clamp">${one.text}</span>` },
    ...(lead ? [{ key: 'do', label: t('table.actions'), hiddenLabel: true, number: true, cell: (/** @type {any} */ one) => html`<${RowMenu} label=${t('settings.more_of', { name: one.shortcut })} items=${[{ label: t('action.edit'), icon: 'edit', run: () => setOpen(one) }, { label: t('action.delete'), icon: 'trash', danger: true, run: () => drop(one) }]}/>` }] : []),
  ];
  const add = lead && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${t('quick.new')}<//>`;
  return html`<${SettingsPage} title=${t('settings.quick-replies')} meta=${t('quick.text_meta')} actions=${add}>
    <${ProblemCallout} problem=${problem}/>
    ${list.items.length > 0 && html`<${SearchField} label=${t('quick.find')} value=${text} onInput=${setText}/>`}
    <section class="card flush"><${Table} label=${t('settings.quick-replies')} rows=${rows} columns=${columns} loading=${list.loading} problem=${list.problem} retry=${list.reload} next=${list.next} onMore=${list.more} onOpen=${lead ? setOpen : undefined}
      empty=${list.items.length ? { title: t('state.none_found') } : { title: t('quick.none'), text: t('quick.none_text'), action: add }}/></section>
    ${open && html`<${ReplyDialog} reply=${open.id ? open : null} onClose=${() => setOpen(null)} onSaved=${reload}/>`}<//>`;
}
