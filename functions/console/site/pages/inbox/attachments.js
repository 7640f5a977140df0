// Files on their way to a message: what kind each goes as, whether WhatsApp takes it, its upload, and what is wrong with it.

import { explain } from '../../lib/api.js';
import { bytes, clock, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Icon, IconButton } from '../../lib/parts.js';
import { classes, html, signal } from '../../lib/view.js';
import { BEGINNING, kindOf, LIMITS, MB } from './file-kinds.js';
import { NotTaken, upload } from './upload.js';

/**
 * @typedef {object} Attachment
 * @property {string} key
 * @property {Blob} file
 * @property {string} name
 * @property {string} kind
 * @property {boolean} voice
 * @property {number} seconds
 * @property {'uploading' | 'ready' | 'bad'} state
 * @property {number} share how much of it is there, 0 to 1
 * @property {string} as why it goes as a document
 * @property {string} why what is wrong
 * @property {string} media
 * @property {string} preview
 * @property {AbortController} stop
 */

/** What is attached, by conversation. */
export const attached = signal(/** @type {Map<string, Attachment[]>} */ (new Map()));

/** @param {string} conversation @param {Attachment[]} list */
const set = (conversation, list) => { attached.value = new Map(attached.peek()).set(conversation, list); };
/** @param {string} conversation @param {string} key @param {Partial<Attachment>} facts */
const change = (conversation, key, facts) => set(conversation, (attached.peek().get(conversation) ?? []).map((one) => (one.key === key ? { ...one, ...facts } : one)));

/**
 * Attaches files and begins to upload them.
 * @param {string} conversation
 * @param {Iterable<File>} files
 */
export async function attach(conversation, files) {
  // What a file is, is in its first bytes: its name and the system that keeps it may say something else.
  const read = async (/** @type {File} */ file) => {
    const beginning = await file.slice(0, BEGINNING).arrayBuffer().catch(() => new ArrayBuffer(0));
    return { file, goes: kindOf(file.type, file.size, new Uint8Array(beginning)) };
  };
  // In the order in which they were chosen, however long each takes to be read.
  for (const { file, goes } of await Promise.all([...files].map(read))) add(conversation, file, { name: file.name || t('media.pasted'), ...goes });
}

/** Attaches a voice note. @param {string} conversation @param {Blob} sound @param {number} seconds */
export const attachVoice = (conversation, sound, seconds) =>
  add(conversation, sound, { name: t('message.kind.voice'), kind: 'audio', type: sound.type, as: '', voice: true, seconds });

/**
 * @param {string} conversation
 * @param {Blob} file
 * @param {{ name: string, kind: string, type: string, as: string, voice?: boolean, seconds?: number }} goes
 */
function add(conversation, file, { name, kind, type, as, voice = false, seconds = 0 }) {
  // Meta's megabytes: 16 MB reads as 16 MB.
  const limit = (/** @type {string} */ of) => `${number(LIMITS[of] / MB)} MB`;
  const wrong = file.size > LIMITS[kind] ? t('media.too_large', { limit: limit(kind) }) : file.size === 0 ? t('media.empty') : '';
  const preview = kind === 'image' || voice ? URL.createObjectURL(file) : '';
  /** @type {Attachment} */
  const one = {
    key: crypto.randomUUID(), file, name, kind, voice, seconds, state: wrong ? 'bad' : 'uploading', share: 0, media: '', preview, why: wrong,
    as: as && t(`media.as_document.${as}`, { limit: limit(as) }), stop: new AbortController(),
  };
  set(conversation, [...(attached.peek().get(conversation) ?? []), one]);
  if (!wrong) send(conversation, one, type);
}

/** @param {string} conversation @param {Attachment} one @param {string} type */
async function send(conversation, one, type) {
  try {
    const media = await upload(one.file, { kind: one.kind, type, name: one.name, voice: one.voice }, { signal: one.stop.signal, onShare: (share) => change(conversation, one.key, { share }) });
    change(conversation, one.key, { state: 'ready', media });
  } catch (problem) {
    if (one.stop.signal.aborted) return;
    const { title, detail } = problem instanceof NotTaken ? { title: t('media.not_taken'), detail: '' } : explain(problem);
    change(conversation, one.key, { state: 'bad', why: [title, detail].filter(Boolean).join('. ') });
  }
}

/** Takes one away. @param {string} conversation @param {string} key */
export function detach(conversation, key) {
  const list = attached.peek().get(conversation) ?? [];
  const one = list.find((each) => each.key === key);
  one?.stop.abort();
  if (one?.preview) URL.revokeObjectURL(one.preview);
  set(conversation, list.filter((each) => each.key !== key));
}

/**
 * The messages that send what is attached, in Meta's shape; the text goes with the first that can have one.
 * @param {Attachment[]} list
 * @param {string} text
 * @returns {{ messages: any[], rest: string }} the text that no file could take is left over
 */
export function messagesOf(list, text) {
  let rest = text;
  const messages = list.map((one) => {
    const takes = rest && ['image', 'video', 'document'].includes(one.kind) && rest.length <= 1024;
    const body = { media: one.media, ...(takes ? { caption: rest } : {}), ...(one.kind === 'document' ? { filename: one.name } : {}), ...(one.voice ? { voice: true } : {}) };
    if (takes) rest = '';
    return { type: one.kind, [one.kind]: body };
  });
  return { messages, rest };
}

const ICONS = /** @type {Record<string, string>} */ ({ image: 'image', video: 'video', audio: 'mic', document: 'file' });

/** What is known of a file that is attached: what is wrong, or its size, how it goes, and how much of it is there. @param {Attachment} one */
function factsOf(one) {
  if (one.state === 'bad') return one.why;
  // All of it is there, and is being looked at.
  const state = one.state === 'ready' ? t('media.ready') : one.share < 1 ? t('media.uploading_share', { share: number(Math.floor(one.share * 100)) }) : t('media.checking');
  return [one.voice ? clock(one.seconds) : bytes(one.file.size), one.as, state].filter(Boolean).join(' · ');
}

/** What is attached, above the text. @param {{ conversation: string }} props */
export function Attachments({ conversation }) {
  const list = attached.value.get(conversation) ?? [];
  if (!list.length) return null;
  return html`<ul class="attached" aria-label=${t('composer.attached')}>${list.map((one) => html`<li key=${one.key} class=${classes(one.state === 'bad' && 'bad')}>
    ${one.preview && one.kind === 'image' ? html`<img src=${one.preview} alt=""/>` : html`<${Icon} name=${ICONS[one.kind] ?? 'file'}/>`}
    <div class="ell"><b class="ell">${one.name}</b><small role=${one.state === 'bad' ? 'alert' : undefined}>${factsOf(one)}</small>
      ${one.state === 'uploading' && html`<span class="meter xs" role="progressbar" aria-label=${t('media.uploading_name', { name: one.name })} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(one.share * 100)}><i style=${{ '--v': `${one.share * 100}%` }}></i></span>`}
      ${one.voice && one.preview && html`<audio controls src=${one.preview}></audio>`}</div>
    <${IconButton} small icon="x" label=${t('composer.detach', { name: one.name })} onClick=${() => detach(conversation, one.key)}/></li>`)}</ul>`;
}
