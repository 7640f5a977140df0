// Sign-in by authorization code with PKCE. Tokens live in this module and nowhere else: a reload asks the issuer again,
// which answers at once while its own session lasts.

import { config } from './config.js';

/** @typedef {{ access_token: string, refresh_token?: string, expires_in?: number }} Answer */

const WAY = 'ventana.sign-in';
/** @type {string | null} */
let access = null;
/** @type {string | null} */
let refreshToken = null;
let endsAt = 0;
/** @type {Promise<string> | null} */
let refreshing = null;

/** The sign-in did not work. `message` is a key of words. */
export class SignInError extends Error {}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** @param {string} verifier */
async function challengeOf(verifier) {
  if (!crypto.subtle) throw new SignInError('sign_in.insecure');
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** @param {Answer} answer */
function keep(answer) {
  access = answer.access_token;
  refreshToken = answer.refresh_token ?? refreshToken;
  endsAt = Date.now() + (answer.expires_in ?? 3600) * 1000;
  return access;
}

/** @param {Record<string, string>} form */
async function ask(form) {
  const body = new URLSearchParams({ client_id: config.sign_in.client_id, ...form });
  const answer = await fetch(config.sign_in.token, { method: 'POST', body });
  if (!answer.ok) throw new SignInError('sign_in.refused');
  return /** @type {Promise<Answer>} */ (answer.json());
}

const redirectUri = () => `${location.origin}/signed-in`;

/** Leaves for the issuer's page. It never comes back to the caller. */
export async function leaveToSignIn(back = location.pathname + location.search) {
  const verifier = random();
  const state = random();
  const challenge = await challengeOf(verifier);
  sessionStorage.setItem(WAY, JSON.stringify({ verifier, state, back }));
  const { authorize, client_id, scope } = config.sign_in;
  const query = new URLSearchParams({
    response_type: 'code', client_id, redirect_uri: redirectUri(), scope, state,
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  const hint = new URLSearchParams(location.search).get('login_hint');
  if (hint) query.set('login_hint', hint);
  location.assign(`${authorize}?${query}`);
  return new Promise(() => {});
}

/**
 * Signs in: takes the code if one came, else leaves for the issuer.
 * @returns {Promise<string>} where the person wanted to go
 */
export async function signIn() {
  if (location.pathname !== '/signed-in') return leaveToSignIn();
  const query = new URLSearchParams(location.search);
  const way = JSON.parse(sessionStorage.getItem(WAY) ?? 'null');
  sessionStorage.removeItem(WAY);
  const [code, error] = [query.get('code'), query.get('error')];
  if (error) throw new SignInError('sign_in.refused');
  // An old address that was kept or reloaded: the code is spent, so the way is walked again.
  if (!way || !code || way.state !== query.get('state')) return leaveToSignIn('/');
  keep(await ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri(), code_verifier: way.verifier }));
  const back = new URL(way.back, location.origin);
  back.searchParams.delete('login_hint');
  return back.pathname + back.search;
}

/** A token that lasts for at least half a minute. */
export async function token() {
  if (access && Date.now() < endsAt - 30_000) return access;
  return renew();
}

/** A new token, whatever the present one says. Several callers share one request. */
export function renew() {
  refreshing ??= (async () => {
    if (!refreshToken) return /** @type {Promise<string>} */ (leaveToSignIn());
    try {
      return keep(await ask({ grant_type: 'refresh_token', refresh_token: refreshToken }));
    } catch (error) {
      // The issuer says no: sign in again. A broken network is no reason to leave what is being written.
      if (error instanceof SignInError) return /** @type {Promise<string>} */ (leaveToSignIn());
      throw error;
    }
  })().finally(() => { refreshing = null; });
  return refreshing;
}

/** Forgets everything and ends the issuer's session. */
export function signOut() {
  access = null;
  refreshToken = null;
  sessionStorage.clear();
  const { end_session, client_id } = config.sign_in;
  location.assign(`${end_session}?${new URLSearchParams({ client_id, logout_uri: `${location.origin}/` })}`);
}
