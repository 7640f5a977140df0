// Records a voice note. WhatsApp plays Opus: a browser that records nothing else is told so, and nothing is recorded.

import { clock } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Button, IconButton } from '../../lib/parts.js';
import { html, useEffect, useRef, useState } from '../../lib/view.js';
import { VOICE_TYPES } from './file-kinds.js';

/** The longest note: what fits into Meta's 16 MB by far, and anybody listens to. */
const LONGEST_S = 15 * 60;

/** @param {{ done: (sound: Blob, seconds: number) => void, cancel: () => void }} props */
export function Recorder({ done, cancel }) {
  const [seconds, setSeconds] = useState(0);
  const [why, setWhy] = useState('');
  const kept = useRef(/** @type {{ recorder: MediaRecorder | null, keep: boolean, from: number }} */ ({ recorder: null, keep: false, from: 0 }));
  useEffect(() => {
    let gone = false;
    /** @type {MediaStream | null} */
    let stream = null;
    const timer = setInterval(() => {
      if (!kept.current.from) return;
      const now = (Date.now() - kept.current.from) / 1000;
      setSeconds(now);
      if (now > LONGEST_S) { kept.current.keep = true; kept.current.recorder?.stop(); }
    }, 250);
    const start = async () => {
      const type = typeof MediaRecorder === 'undefined' ? undefined : VOICE_TYPES.find((one) => MediaRecorder.isTypeSupported(one));
      if (!type || !navigator.mediaDevices) { setWhy(t('voice.no_opus')); return; }
      try { stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } }); } catch { setWhy(t('voice.no_microphone')); return; }
      if (gone) { stream.getTracks().forEach((track) => track.stop()); return; }
      /** @type {Blob[]} */
      const parts = [];
      const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
      recorder.ondataavailable = (event) => { if (event.data.size) parts.push(event.data); };
      recorder.onstop = () => {
        stream?.getTracks().forEach((track) => track.stop());
        if (kept.current.keep) done(new Blob(parts, { type: type.split(';')[0] }), (Date.now() - kept.current.from) / 1000);
      };
      kept.current.recorder = recorder;
      kept.current.from = Date.now();
      recorder.start(1000);
    };
    start();
    return () => {
      gone = true;
      clearInterval(timer);
      if (kept.current.recorder?.state === 'recording') kept.current.recorder.stop();
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  const stop = () => { kept.current.keep = true; kept.current.recorder?.stop(); };
  return html`<div class="recording" role="status">${why
    ? html`<span class="grow t-danger" role="alert">${why}</span>`
    : html`<span class="rec-dot" aria-hidden="true"></span><b class="tab">${clock(seconds)}</b><span class="grow muted">${t(kept.current.from ? 'voice.recording' : 'voice.asking')}</span><${Button} small kind="primary" icon="check" disabled=${!kept.current.from} onClick=${stop}>${t('voice.stop')}<//>`}
    <${IconButton} small icon="trash" label=${t('voice.cancel')} onClick=${cancel}/></div>`;
}
