// What this stage of the console is told at its start.

/**
 * @typedef {{
 *   stage: string, api: string, realtime: boolean, phone: boolean,
 *   sign_in: { authorize: string, token: string, end_session: string, client_id: string, scope: string }
 * }} Config
 */

/** @type {Config} */
export let config = {
  stage: '', api: '', realtime: false, phone: false,
  sign_in: { authorize: '', token: '', end_session: '', client_id: '', scope: 'openid' },
};

/** Asks for it once, before anything else. */
export async function loadConfig() {
  const answer = await fetch('/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  config = await answer.json();
}
