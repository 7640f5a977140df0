// What a file goes as on WhatsApp, by Meta's limits as of November 2026. No requests.

const MB = 1024 * 1024;

/** The most bytes of each kind. */
export const LIMITS = /** @type {Record<string, number>} */ ({ image: 5 * MB, video: 16 * MB, audio: 16 * MB, document: 100 * MB });

const KINDS = /** @type {[RegExp, string][]} */ ([
  [/^image\/(jpeg|png)$/, 'image'], [/^video\/(mp4|3gpp)$/, 'video'], [/^audio\/(aac|amr|mpeg|mp4|ogg|x-m4a)$/, 'audio'],
]);

/**
 * The kind of a file. What is too large for its kind, or of no kind, goes as a document.
 * @param {string} type
 * @param {number} size
 */
export function kindOf(type, size) {
  const kind = KINDS.find(([pattern]) => pattern.test(type.split(';')[0]))?.[1];
  return kind && size <= LIMITS[kind] ? kind : 'document';
}

/** The formats a voice note may be recorded in: Opus, in what a browser puts it. */
export const VOICE_TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus'];
