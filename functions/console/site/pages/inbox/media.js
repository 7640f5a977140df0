// Pictures, videos, voice and files. The bytes come by links that last for minutes, asked for when a message is seen.

import { get, id, post } from '../../lib/api.js';
import { bytes, clock } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { WhatsAppText } from '../../lib/message-text.js';
import { Icon } from '../../lib/parts.js';
import { classes, html, useEffect, useRef, useState } from '../../lib/view.js';

/** @typedef {{ state: string, url?: string | null, thumbnail?: string | null, width?: number | null, height?: number | null, duration?: number | null, waveform?: number[] | null, id?: string, content_type?: string, size?: number, name?: string | null, reason?: string | null }} Media */

/** Where a file of ours lies that was sent by its address: nobody copies those. @param {any} file */
const linkOf = (file) => (/^https?:/.test(file?.link ?? '') ? String(file.link) : null);

/** @type {Map<string, { at: number, media: Promise<Media> }>} */
const asked = new Map();
/** For how long a link is handed out again: it is good for a quarter of an hour. */
const LINK_MS = 10 * 60_000;

/** @param {string} media @param {boolean} [anew] */
function ask(media, anew) {
  const was = asked.get(media);
  if (was && !anew && Date.now() - was.at < LINK_MS) return was.media;
  const one = { at: Date.now(), media: get(`/v1/media/${id(media)}`, undefined, { patience: 2 }) };
  one.media.catch(() => asked.delete(media));
  asked.set(media, one);
  return one.media;
}

/**
 * What is known of a message's file. Who uploaded it sees it while it is on its way: the upload is there already.
 * @param {any} message
 * @param {any} file
 * @param {boolean} anew
 * @returns {Promise<Media>}
 */
async function find(message, file, anew) {
  const own = message.direction === 'outbound' && message.media?.state !== 'ready' ? file?.media : null;
  const upload = own ? await ask(String(own), anew).catch(() => null) : null;
  if (upload?.state === 'ready' || !message.media?.id) return upload ?? { state: 'unavailable' };
  return ask(String(message.media.id), anew);
}

/** What is on its way to WhatsApp is asked for again after so long, in milliseconds: pushes tell sooner. */
const AGAIN_MS = 2500;

/**
 * A message's file, once it is seen. While it is being copied it is asked for again.
 * @param {any} message
 * @param {any} file
 */
function useMedia(message, file) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  // What the message tells of its file stands there until the link to it comes.
  const [media, setMedia] = useState(/** @type {Media | null} */ (message.media ?? null));
  const [round, setRound] = useState(0);
  const since = useRef(0);
  const of = message.media?.id ?? file?.media;
  const state = message.media?.state;
  const show = (/** @type {Media} */ now) => {
    since.current = Date.now();
    // A link that plays or is looked at stays until it is too old.
    setMedia((was) => (was?.state === 'ready' && now.state === 'ready' && was.url && was.id !== now.id ? { ...now, url: was.url, thumbnail: was.thumbnail } : now));
  };
  useEffect(() => {
    if (!box.current) return undefined;
    if (!of) { setMedia({ state: linkOf(file) ? 'link' : 'unavailable' }); return undefined; }
    let gone = false;
    let timer = 0;
    const load = async (/** @type {boolean} */ anew) => {
      try {
        const now = await find(message, file, anew);
        if (gone) return;
        show(now);
        if (now.state === 'copying') timer = window.setTimeout(() => load(true), AGAIN_MS);
      } catch { if (!gone) setMedia((was) => (was?.state === 'ready' && was.url ? was : { state: 'unavailable' })); }
    };
    // What is pushed meanwhile (the copy is there) is looked at once more.
    const watch = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) { watch.disconnect(); load(state === 'ready' && media?.state === 'copying'); } }, { rootMargin: '400px' });
    watch.observe(box.current);
    return () => { gone = true; clearTimeout(timer); watch.disconnect(); };
  }, [of, state, round]);
  const retry = async () => {
    try { setMedia(await post(`/v1/media/${id(String(of))}/retry`)); setRound((n) => n + 1); } catch { setMedia({ state: 'expired' }); }
  };
  /** The same with a link that is still good; null if it is. */
  const renewed = async () => {
    if (Date.now() - since.current < LINK_MS) return null;
    const now = await find(message, file, true).catch(() => null);
    if (!now) return null;
    since.current = Date.now();
    setMedia(now);
    return now;
  };
  return { box, media, retry, renewed };
}

/**
 * Follows a link that may be too old by now: a conversation stays open for hours.
 * @param {MouseEvent} event
 * @param {() => Promise<Media | null>} renewed
 */
async function follow(event, renewed) {
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  if (link.dataset.fresh) { delete link.dataset.fresh; return; }
  event.preventDefault();
  const now = await renewed();
  if (now?.url) link.href = now.url;
  link.dataset.fresh = 'yes';
  link.click();
}

/** What a browser shows by itself. Everything else is only saved: nothing of a customer's runs here. */
const SHOWN = /^(image\/(png|jpeg|webp|gif)|video\/(mp4|3gpp)|audio\/|application\/pdf)/;

/** @param {{ kind: string, media: Media | null, link: string | null }} props */
const Place = ({ kind, media, link }) => html`<div class="tpl-media" data-kind=${kind}><${Icon} name=${{ image: 'image', sticker: 'smile', video: 'video', audio: 'mic' }[kind] ?? 'file'} size="l"/><span>${t(media ? `media.${media.state}` : `message.kind.${kind}`)}</span>${link && html`<${Elsewhere} link=${link} name=${t(`message.kind.${kind}`)}/>`}</div>`;

/** @param {{ media: Media | null, voice: boolean, renewed: () => Promise<Media | null> }} props */
function Sound({ media, voice, renewed }) {
  const player = useRef(/** @type {HTMLAudioElement | null} */ (null));
  const [at, setAt] = useState({ time: 0, length: media?.duration ?? 0, playing: false });
  const [speed, setSpeed] = useState(1);
  const ready = media?.state === 'ready' && media.url;
  const toggle = async () => {
    const one = player.current;
    if (!one) return;
    if (!one.paused) { one.pause(); return; }
    const now = await renewed();
    if (now?.url) one.src = now.url;
    one.play();
  };
  const change = () => { const to = speed === 1 ? 1.5 : speed === 1.5 ? 2 : 1; setSpeed(to); if (player.current) player.current.playbackRate = to; };
  const told = (/** @type {any} */ event) => setAt({ time: event.currentTarget.currentTime, length: Number.isFinite(event.currentTarget.duration) ? event.currentTarget.duration : media?.duration ?? 0, playing: !event.currentTarget.paused });
  const bars = media?.waveform?.length ? media.waveform : [];
  const length = at.length || media?.duration || 0;
  const line = (/** @type {number} */ from, /** @type {number} */ to) => bars.slice(from, to).map((level, i) => { const h = 2 + (level / 255) * 22; return `M${3 + ((from + i) * 170) / bars.length} ${13 - h / 2}v${h}`; }).join('');
  const played = Math.round((length ? at.time / length : 0) * bars.length);
  return html`<div class="voice"><button type="button" class="pl" disabled=${!ready} aria-label=${t(at.playing ? 'media.pause' : voice ? 'media.play_voice' : 'media.play', { length: clock(length) })} onClick=${toggle}><${Icon} name=${at.playing ? 'pause' : 'play'}/></button>
    ${bars.length ? html`<svg class="wave" viewBox="0 0 176 26" aria-hidden="true"><path class="played" d=${line(0, played)}/><path d=${line(played, bars.length)}/></svg>` : html`<span class="meter xs"><i style=${{ '--v': `${length ? (at.time / length) * 100 : 0}%` }}></i></span>`}
    ${ready ? html`<button type="button" class="speed" aria-label=${t('media.speed', { speed })} onClick=${change}>${speed}×</button>` : html`<small>${t(media ? `media.${media.state}` : 'media.copying')}</small>`}
    ${ready && html`<audio ref=${player} src=${media.url ?? undefined} preload="metadata" onTimeUpdate=${told} onPlay=${told} onPause=${told} onEnded=${told} onLoadedMetadata=${told}></audio>`}</div>
    ${length > 0 && html`<div class="meta tab voice-time">${clock(at.time)} / ${clock(length)}</div>`}`;
}

/** @param {{ link: string, name: string }} props */
const Elsewhere = ({ link, name }) => html`<a class="ib sm" href=${link} target="_blank" rel="noopener noreferrer" aria-label=${t('media.open_link', { name })}><${Icon} name="ext"/></a>`;

/** @param {{ file: any, media: Media | null, renewed: () => Promise<Media | null> }} props */
function File({ file, media, renewed }) {
  const name = file.filename ?? media?.name ?? t('message.kind.document');
  const ending = /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? 'DOC';
  const type = media?.content_type ?? file.mime_type ?? '';
  const ready = media?.state === 'ready' && media.url;
  const link = linkOf(file);
  if (link) return html`<div class="doc"><span class="ic" aria-hidden="true">${ending}</span><div class="ell"><b class="ell">${name}</b><small>${new URL(link).hostname}</small></div><${Elsewhere} link=${link} name=${name}/></div>`;
  return html`<div class="doc"><span class="ic" aria-hidden="true">${ending}</span><div class="ell"><b class="ell">${name}</b><small>${[media?.size ? bytes(media.size) : null, media && media.state !== 'ready' ? t(`media.${media.state}`) : null].filter(Boolean).join(' · ') || type.split(';')[0]}</small></div>
    ${ready && html`<a class="ib sm" href=${media.url} download=${name} target=${SHOWN.test(type) ? '_blank' : undefined} rel="noopener noreferrer" aria-label=${t('media.download', { name })} onClick=${(/** @type {MouseEvent} */ event) => follow(event, renewed)}><${Icon} name="down"/></a>`}</div>`;
}

/** @param {import('./message-content.js').Props} props */
export function MediaContent({ message, stamp, quote }) {
  const kind = message.type === 'voice' ? 'audio' : message.type;
  const file = message.content?.[message.type] ?? {};
  const { box, media, retry, renewed } = useMedia(message, file);
  const ready = media?.state === 'ready' && media.url;
  const caption = file.caption && html`<p class="txt"><${WhatsAppText} text=${file.caption}/></p>`;
  const inside = () => {
    if (kind === 'audio') return html`<${Sound} media=${media} voice=${file.voice === true} renewed=${renewed}/>`;
    if (kind === 'document') return html`<${File} file=${file} media=${media} renewed=${renewed}/>`;
    if (!ready) return html`<${Place} kind=${kind} media=${media} link=${linkOf(file)}/>`;
    // As high as it will be, before it is there: what stands below does not move.
    const shape = media.width && media.height ? { aspectRatio: `${media.width} / ${media.height}` } : undefined;
    if (kind === 'video') return html`<video class="ph" style=${shape} controls preload="metadata" poster=${media.thumbnail ?? undefined} src=${media.url}></video>`;
    const alt = file.caption ?? t(`message.kind.${kind}`);
    return html`<a href=${media.url} target="_blank" rel="noopener noreferrer" onClick=${(/** @type {MouseEvent} */ event) => follow(event, renewed)}><img class="ph" style=${shape} src=${kind === 'image' ? media.thumbnail ?? media.url : media.url} alt=${alt} loading="lazy"/></a>`;
  };
  return html`<div ref=${box} class=${classes('bub', !['audio', 'document'].includes(kind) && 'media', kind === 'sticker' && 'sticker')}>${quote}${inside()}${media?.state === 'failed' && html`<p><button type="button" class="linkish" onClick=${retry}>${t('media.again')}</button>${media.reason && html` <span class="meta">${media.reason}</span>`}</p>`}${caption}${stamp}</div>`;
}
