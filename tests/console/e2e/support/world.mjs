// The local program on free ports, with an empty company, and what tests ask of its API and of the simulated WhatsApp.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SITE = `${ROOT}functions/console/site`;

/** A port that nobody listens at. @returns {Promise<number>} */
const freePort = () => new Promise((found, failed) => {
  const server = createServer();
  server.on('error', failed);
  server.listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    server.close(() => found(port));
  });
});

/**
 * Asks until something is so. What is waited for decides, not a guess of how long it takes.
 * @template T @param {() => Promise<T> | T} look @param {string} what @param {number} [patience] milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(look, what, patience = Number(process.env.VENTANA_PATIENCE ?? 30_000)) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return /** @type {NonNullable<T>} */ (found);
    if (Date.now() > end) throw new Error(`It did not come to be: ${what}`);
    await new Promise((next) => { setTimeout(next, 60); });
  }
}

/** @param {Response} answer @param {string} what */
async function read(answer, what) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what} answers ${answer.status}: ${text.slice(0, 400)}`);
  return text ? JSON.parse(text) : null;
}

/**
 * Starts the program.
 * @param {{ embedded?: boolean, arguments?: string[] }} [options] `embedded`: the pages of the build instead of those of the folder
 */
export async function startWorld(options = {}) {
  const program = process.env.VENTANA_LOCAL ?? `${ROOT}target/debug/local`;
  if (!existsSync(program)) throw new Error(`${program} is missing: cargo build --workspace, or name one in VENTANA_LOCAL`);
  const [port, admin] = [await freePort(), await freePort()];
  const pages = options.embedded ? [] : ['--console', SITE];
  const child = spawn(program, [
    '--empty', '--listen', `127.0.0.1:${port}`, '--admin-listen', `127.0.0.1:${admin}`, ...pages, ...(options.arguments ?? []),
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes) => { said = (said + bytes).slice(-20_000); });
  const origin = `http://127.0.0.1:${port}`;
  const private_ = `http://127.0.0.1:${admin}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`The program ended: ${said}`);
    return fetch(`${origin}/health`).then((answer) => answer.ok, () => false);
  }, 'the program is ready', 60_000);

  /** @type {Record<string, Promise<string>>} */
  const tokens = {};
  const token = (/** @type {string} */ role) => {
    tokens[role] ??= fetch(`${origin}/dev/token?role=${role}`).then((answer) => read(answer, 'A token')).then((it) => it.token);
    return tokens[role];
  };
  /** @param {string} method @param {string} path @param {unknown} [body] @param {string} [role] */
  const api = async (method, path, body, role = 'admin') => read(await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${await token(role)}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: body === undefined ? undefined : JSON.stringify(body),
  }), `${method} ${path}`);
  /** @param {string} path @param {unknown} [body] */
  const sim = async (path, body) => read(await fetch(`${private_}/sim${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }), `sim ${path}`);
  /** Puts a job into the queue of jobs, as a schedule does at its time. @param {object} body */
  const job = async (body) => read(await fetch(private_, {
    method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage', authorization: 'AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/sqs/aws4_request' },
    body: JSON.stringify({ QueueUrl: `${private_}/000000000000/local-jobs`, MessageBody: JSON.stringify(body) }),
  }), 'A job');

  return {
    origin, api, sim, job, pid: child.pid,
    /** What it wrote to its log last. */
    log: () => said,
    stop: () => new Promise((ended) => { child.once('exit', ended); if (child.exitCode !== null) ended(0); else child.kill('SIGINT'); setTimeout(() => child.kill('SIGKILL'), 3000).unref(); }),
  };
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */
