// What customers see of a number when they open its profile.

import { get, id as part, patch, post } from '../../lib/api.js';
import { Drawer } from '../../lib/dialog.js';
import { useResource } from '../../lib/data.js';
import { dateTime } from '../../lib/format.js';
import { SelectField, TextField, badOf } from '../../lib/forms.js';
import { t } from '../../lib/i18n.js';
import { can } from '../../lib/me.js';
import { Button, Callout, ProblemCallout, Skeleton } from '../../lib/parts.js';
import { html, useEffect, useState } from '../../lib/view.js';
import { useAction } from './parts.js';

const VERTICALS = ['OTHER', 'AUTO', 'BEAUTY', 'APPAREL', 'EDU', 'ENTERTAIN', 'EVENT_PLAN', 'FINANCE', 'GROCERY', 'GOVT', 'HOTEL', 'HEALTH', 'NONPROFIT', 'PROF_SERVICES', 'RETAIL', 'TRAVEL', 'RESTAURANT'];
const TEXTS = ['about', 'description', 'address', 'email'];
const MOST = /** @type {Record<string, number>} */ ({ about: 139, description: 512, address: 256, email: 128 });

/**
 * What changed of a profile, as the API wants it: only what is otherwise, `null` for what was taken away.
 * @param {Record<string, any>} was
 * @param {Record<string, any>} now
 */
export function profileChange(was, now) {
  /** @type {Record<string, any>} */
  const change = {};
  for (const name of [...TEXTS, 'vertical']) {
    const [before, after] = [was[name] ?? '', (now[name] ?? '').trim()];
    if (before !== after) change[name] = after || null;
  }
  const sites = (/** @type {string[] | undefined} */ list) => (list ?? []).map((site) => site.trim()).filter(Boolean);
  if (sites(was.websites).join(' ') !== sites(now.websites).join(' ')) change.websites = sites(now.websites).length ? sites(now.websites) : null;
  return change;
}

/** @param {{ number: any, onClose: () => void }} props */
export function ProfileDialog({ number, onClose }) {
  const at = `/v1/numbers/${part(number.id)}/profile`;
  const loaded = useResource((signal) => get(at, undefined, { signal }), [number.id]);
  const profile = loaded.data?.profile;
  const step = loaded.data?.step;
  const pending = step?.state === 'pending';
  const [now, setNow] = useState(/** @type {any} */ (null));
  const [picture, setPicture] = useState(/** @type {File | null} */ (null));
  const { busy, problem, run } = useAction();
  const admin = can('admin');
  useEffect(() => { if (profile) setNow({ ...profile, websites: [...(profile.websites ?? []), '', ''].slice(0, 2) }); }, [profile && loaded.data.read_at]);
  useEffect(() => {
    if (!pending) return undefined;
    const timer = setInterval(loaded.reload, 1500);
    return () => clearInterval(timer);
  }, [pending]);
  const refresh = () => run(async (key) => { await post(`${at}/refresh`, undefined, { key }); loaded.reload(); });
  // Nothing is on record until it was read at Meta for the first time.
  useEffect(() => { if (loaded.data && !loaded.data.read_at && !step && admin) refresh(); }, [loaded.data]);
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => setNow((/** @type {any} */ was) => ({ ...was, [name]: value }));
  const change = now && profile ? profileChange(profile, now) : {};
  const changed = Object.keys(change).length > 0 || picture;
  const save = () => run(async (key) => {
    const body = { ...change };
    if (picture) {
      const place = await post(`${at}/picture`);
      const put = await fetch(place.upload, { method: 'PUT', body: picture });
      if (!put.ok) throw new Error('upload');
      body.picture = place.picture;
    }
    await patch(at, body, { key });
    setPicture(null);
    loaded.reload();
  });
  return html`<${Drawer} title=${t('numbers.profile')} size="wide" onClose=${onClose} onSubmit=${save} footer=${html`
      ${loaded.data?.read_at && html`<span class="meta">${t('profile.read_at', { when: dateTime(loaded.data.read_at) })}</span>`}<span class="end"></span>
      ${admin && html`<${Button} icon="refresh" busy=${busy} disabled=${pending} onClick=${refresh}>${t('profile.refresh')}<//><${Button} kind="primary" type="submit" busy=${busy} disabled=${!changed || pending}>${t('profile.change')}<//>`}`}>
    <div class="stack form">
      <${ProblemCallout} problem=${loaded.problem} retry=${loaded.reload}/><${ProblemCallout} problem=${problem}/>
      ${step && step.state !== 'done' && html`<${Callout} tone=${step.state === 'failed' ? 'danger' : 'info'} role="status" title=${t(`profile.step_${step.state}`)}>${step.reason && html`<p class="muted">${step.reason}</p>`}<//>`}
      ${loaded.data && !profile && !pending && html`<${Callout} tone="plain" title=${t('profile.never_read')}/>`}
      ${(!loaded.data && !loaded.problem) || (pending && !profile) ? html`<${Skeleton} lines=${6}/>` : null}
      ${now && html`<p class="muted">${t('profile.text')}</p>
        ${TEXTS.map((name) => html`<${TextField} key=${name} label=${t(`profile.${name}`)} aside=${`${(now[name] ?? '').length}/${MOST[name]}`} rows=${name === 'description' ? 4 : undefined} disabled=${!admin} maxlength=${MOST[name]} value=${now[name]} onInput=${set(name)} bad=${badOf(problem, name)}/>`)}
        <div class="form-2">${[0, 1].map((i) => html`<${TextField} key=${i} label=${t('profile.website', { n: i + 1 })} type="url" placeholder="https://" disabled=${!admin} value=${now.websites[i]} onInput=${(/** @type {string} */ value) => set('websites')(now.websites.map((/** @type {string} */ was, /** @type {number} */ k) => (k === i ? value : was)))} bad=${badOf(problem, `websites[${i}]`) || badOf(problem, 'websites')}/>`)}</div>
        <${SelectField} label=${t('profile.vertical')} disabled=${!admin} value=${now.vertical ?? ''} onChange=${set('vertical')} bad=${badOf(problem, 'vertical')} options=${[...new Set(['', ...VERTICALS, now.vertical ?? ''])].map((one) => ({ value: one, label: one ? t(`vertical.${one}`) : t('fact.unknown') }))}/>
        ${admin && html`<label class="field"><span class="lbl">${t('profile.picture')}</span><input class="input" type="file" accept="image/jpeg,image/png" onChange=${(/** @type {any} */ event) => setPicture(event.target.files[0] ?? null)}/><span class="hint">${t('profile.picture_hint')}</span></label>`}`}
    </div><//>`;
}
