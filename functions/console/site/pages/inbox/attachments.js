// Files on their way to a message: what kind each goes as, whether WhatsApp takes it, its upload, and what is wrong with it.

import { explain, get, id, post } from '../../lib/api.js';
import { bytes, clock } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Icon, IconButton } from '../../lib/parts.js';
import { classes, html, signal } from '../../lib/view.js';
import { kindOf, LIMITS } from './file-kinds.js';

/** @typedef {{ key: string, file: Blob, name: string, kind: string, voice: boolean, seconds: number, state: 'uploading' | 'ready' | 'bad', why: string, media: string, preview: string }} Attachment */

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
export function attach(conversation, files) {
  for (const file of files) add(conversation, file, file.name || t('media.pasted'), kindOf(file.type, file.size), false, 0);
}

/** Attaches a voice note. @param {string} conversation @param {Blob} sound @param {number} seconds */
export const attachVoice = (conversation, sound, seconds) => add(conversation, sound, t('message.kind.voice'), 'audio', true, seconds);

/**
 * @param {string} conversation
 * @param {Blob} file
 * @param {string} name
 * @param {string} kind
 * @param {boolean} voice
 * @param {number} seconds
 */
function add(conversation, file, name, kind, voice, seconds) {
  const tooLarge = file.size > LIMITS[kind] || file.size === 0;
  const preview = kind === 'image' || voice ? URL.createObjectURL(file) : '';
  /** @type {Attachment} */
  const one = { key: crypto.randomUUID(), file, name, kind, voice, seconds, state: tooLarge ? 'bad' : 'uploading', why: tooLarge ? t(file.size ? 'media.too_large' : 'media.empty', { limit: bytes(LIMITS[kind]) }) : '', media: '', preview };
  set(conversation, [...(attached.peek().get(conversation) ?? []), one]);
  if (!tooLarge) upload(conversation, one);
}

/** @param {string} conversation @param {Attachment} one */
async function upload(conversation, one) {
  try {
    const type = (one.file.type || 'application/octet-stream').split(';')[0];
    const made = await post('/v1/media', { kind: one.kind, content_type: type, size: one.file.size, name: one.name, ...(one.voice ? { voice: true } : {}) });
    const answer = await fetch(made.upload.url, { method: made.upload.method, headers: made.upload.headers, body: one.file });
    if (!answer.ok) throw new Error(String(answer.status));
    let media = await post(`/v1/media/${id(made.id)}/complete`);
    for (let wait = 300; media.state === 'copying' || media.state === 'uploading'; wait = Math.min(wait * 1.5, 3000)) {
      await new Promise((done) => setTimeout(done, wait));
      media = await get(`/v1/media/${id(made.id)}`);
    }
    change(conversation, one.key, media.state === 'ready' ? { state: 'ready', media: made.id } : { state: 'bad', why: media.reason ?? t(`media.${media.state}`) });
  } catch (problem) {
    const { title, detail } = explain(problem);
    change(conversation, one.key, { state: 'bad', why: [title, detail].filter(Boolean).join('. ') });
  }
}

/** Takes one away. @param {string} conversation @param {string} key */
export function detach(conversation, key) {
  const list = attached.peek().get(conversation) ?? [];
  const one = list.find((each) => each.key === key);
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

/** What is attached, above the text. @param {{ conversation: string }} props */
export function Attachments({ conversation }) {
  const list = attached.value.get(conversation) ?? [];
  if (!list.length) return null;
  return html`<ul class="attached" aria-label=${t('composer.attached')}>${list.map((one) => html`<li key=${one.key} class=${classes(one.state === 'bad' && 'bad')}>
    ${one.preview && one.kind === 'image' ? html`<img src=${one.preview} alt=""/>` : html`<${Icon} name=${ICONS[one.kind] ?? 'file'}/>`}
    <div class="ell"><b class="ell">${one.name}</b><small role=${one.state === 'bad' ? 'alert' : 'status'}>${one.state === 'bad' ? one.why : [one.voice ? clock(one.seconds) : bytes(one.file.size), t(`media.${one.state === 'ready' ? 'ready' : 'uploading'}`)].join(' · ')}</small>
      ${one.voice && one.preview && html`<audio controls src=${one.preview}></audio>`}</div>
    <${IconButton} small icon="x" label=${t('composer.detach', { name: one.name })} onClick=${() => detach(conversation, one.key)}/></li>`)}</ul>`;
}
