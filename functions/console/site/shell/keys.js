// The sheet of shortcuts, opened by `?`.

import { Dialog } from '../lib/dialog.js';
import { SearchField, Switch } from '../lib/forms.js';
import { t } from '../lib/i18n.js';
import { setSingleKeys, singleKeys } from '../lib/keyboard.js';
import { Keys } from '../lib/parts.js';
import { html, signal, useState } from '../lib/view.js';

/** Whether it is open. */
export const keysOpen = signal(false);

/** Groups of keys: the word of what a key does, and how it is pressed. */
const GROUPS = /** @type {[string, [string, string][]][]} */ ([
  ['move', [['next', 'j'], ['previous', 'k'], ['open', 'enter'], ['back', 'escape'], ['mine', 'g m'], ['unassigned', 'g s'], ['goto', 'mod+k']]],
  ['conversation', [['reply', 'r'], ['note', 'n'], ['assign', 'a'], ['to_me', 'shift+a'], ['label', 'l'], ['snooze', 'h'], ['resolve', 'e'], ['important', 's']]],
  ['write', [['send', 'enter'], ['line', 'shift+enter'], ['send_resolve', 'mod+enter'], ['quick', '/'], ['template', 't'], ['quote', 'q']]],
  ['record', [['record', ']'], ['edit', 'd'], ['convert', '1'], ['copy', 'mod+shift+c']]],
  ['campaign', [['new', 'c'], ['pause', 'p'], ['explain', 'x']]],
  ['always', [['sheet', '?'], ['undo', 'mod+z'], ['theme', 'mod+shift+l']]],
]);

/** The sheet. */
export function KeySheet() {
  const [text, setText] = useState('');
  if (!keysOpen.value) return null;
  const close = () => { keysOpen.value = false; setText(''); };
  const fits = (/** @type {string} */ word) => t(`keys.${word}`).toLowerCase().includes(text.trim().toLowerCase());
  return html`<${Dialog} title=${t('keys.title')} size="wide" onClose=${close}>
    <div class="flex wrap keys-tools"><${SearchField} label=${t('keys.find')} value=${text} onInput=${setText} autofocus/><span class="end"></span>
      <${Switch} label=${t('keys.single')} checked=${singleKeys.value} onChange=${setSingleKeys}/></div>
    <div class="keys">${GROUPS.map(([group, keys]) => [group, keys.filter(([word]) => fits(word))]).filter(([, keys]) => keys.length).map(([group, keys]) => html`<section key=${group}><h3>${t(`keys.group.${group}`)}</h3>
      <ul>${/** @type {[string, string][]} */ (keys).map(([word, combo]) => html`<li key=${word}><span>${t(`keys.${word}`)}</span><span><${Keys} keys=${combo}/>${word === 'convert' && html`–<${Keys} keys="4"/>`}</span></li>`)}</ul></section>`)}</div>
  <//>`;
}
