// What a file goes as on WhatsApp, by Meta's limits as of November 2026. No requests.

export const MB = 1024 * 1024;

/** The most bytes of each kind. */
export const LIMITS = /** @type {Record<string, number>} */ ({ image: 5 * MB, video: 16 * MB, audio: 16 * MB, document: 100 * MB });

/** Media types that Meta takes of each kind, by the names that browsers give them; the first is Meta's own. */
const KINDS = /** @type {[string[], string][]} */ ([
  [['image/jpeg', 'image/jpg', 'image/pjpeg'], 'image'], [['image/png'], 'image'], [['video/mp4'], 'video'], [['video/3gpp'], 'video'],
  [['audio/aac', 'audio/x-aac', 'audio/aacp'], 'audio'], [['audio/amr'], 'audio'], [['audio/mpeg', 'audio/mp3'], 'audio'],
  [['audio/mp4', 'audio/x-m4a', 'audio/m4a'], 'audio'], [['audio/ogg'], 'audio'],
]);

/** How many bytes of a file say what it is. */
export const BEGINNING = 12;

/** What a file of each type begins with. A sound in an MP4 begins as a film does. */
const BEGINS = /** @type {Record<string, RegExp>} */ ({
  'image/jpeg': /^\xff\xd8\xff/, 'image/png': /^\x89PNG\r\n\x1a\n/, 'video/mp4': /^[^]{4}ftyp(?!3g|M4[AB])/, 'video/3gpp': /^[^]{4}ftyp(?!M4[AB])/,
  'audio/mp4': /^[^]{4}ftyp(?!3g)/, 'audio/aac': /^\xff[\xf0\xf1\xf8\xf9]/, 'audio/amr': /^#!AMR/, 'audio/mpeg': /^(ID3|\xff[\xe2-\xe7\xea-\xef\xf2-\xf7\xfa-\xff])/,
  'audio/ogg': /^OggS/,
});

/**
 * The kind that a file goes as. What is too large for its kind, of no kind, or not what it says, goes as a document, which may be anything.
 * @param {string} said the media type that the browser gives it
 * @param {number} size in bytes
 * @param {Uint8Array} beginning its first bytes
 * @returns {{ kind: string, type: string, as: string }} `as`: why it goes as a document where one would expect something else, `image`,
 *   `video` or `audio` for what is too large to be one, `other` for what is not what it says
 */
export function kindOf(said, size, beginning) {
  const plain = said.split(';')[0].trim().toLowerCase();
  const known = KINDS.find(([types]) => types.includes(plain));
  if (!known) return { kind: 'document', type: plain, as: /^(image|video|audio)\//.test(plain) ? 'other' : '' };
  const [[type], kind] = known;
  if (!BEGINS[type].test(String.fromCharCode(...beginning)) && size > 0) return { kind: 'document', type: plain, as: 'other' };
  if (size > LIMITS[kind]) return { kind: 'document', type, as: kind };
  return { kind, type, as: '' };
}

/** The formats a voice note may be recorded in: Opus, in what a browser puts it. */
export const VOICE_TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus'];
