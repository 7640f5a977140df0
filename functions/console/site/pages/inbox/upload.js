// One file, uploaded to be sent: announced, put where its link says, looked at by the API.

import { get, id, post } from '../../lib/api.js';

/** The API looked at the file, and does not give it to WhatsApp. */
export class NotTaken extends Error {}

/** The longest name of a file, in characters. */
const LONGEST_NAME = 240;

/**
 * @param {Blob} file
 * @param {{ kind: string, type: string, name: string, voice: boolean }} as
 * @param {{ signal: AbortSignal, onShare: (share: number) => void }} options `onShare` hears how much of it is there, 0 to 1
 * @returns {Promise<string>} the id that a message names it by
 */
export async function upload(file, { kind, type, name, voice }, { signal, onShare }) {
  const named = name.replace(/[/\\\p{Cc}]/gu, ' ').slice(-LONGEST_NAME);
  const made = await post('/v1/media', { kind, content_type: type.split(';')[0] || 'application/octet-stream', size: file.size, name: named, ...(voice ? { voice: true } : {}) });
  signal.throwIfAborted();
  await put(made.upload, file, signal, onShare);
  let media = await post(`/v1/media/${id(made.id)}/complete`);
  for (let wait = 200; media.state === 'copying' || media.state === 'uploading'; wait = Math.min(wait * 1.5, 3000)) {
    await new Promise((done) => { setTimeout(done, wait); });
    signal.throwIfAborted();
    media = await get(`/v1/media/${id(made.id)}`);
  }
  if (media.state !== 'ready') throw new NotTaken(media.reason ?? media.state);
  return made.id;
}

/**
 * `fetch` does not tell how much has gone: hence the old way.
 * @param {{ url: string, method: string, headers: Record<string, string> }} to
 * @param {Blob} file
 * @param {AbortSignal} signal
 * @param {(share: number) => void} onShare
 */
const put = (to, file, signal, onShare) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  request.open(to.method, to.url);
  for (const [header, value] of Object.entries(to.headers)) request.setRequestHeader(header, value);
  request.upload.onprogress = (event) => { if (event.lengthComputable) onShare(event.loaded / event.total); };
  request.onload = () => { if (request.status < 300) { onShare(1); done(undefined); } else failed(new TypeError(`The file's place answers ${request.status}`)); };
  request.onerror = () => failed(new TypeError('The file did not arrive'));
  request.onabort = () => failed(signal.reason);
  signal.addEventListener('abort', () => request.abort());
  request.send(file);
});
