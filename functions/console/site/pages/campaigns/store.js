// Campaigns and what they name, shared by the pages: read once, read anew when something is under way.

import { all } from '../../lib/data.js';
import { get, id } from '../../lib/api.js';
import { signal } from '../../lib/view.js';

/** @typedef {import('./model.js').Campaign} Campaign */

export const campaigns = signal(/** @type {Campaign[] | null} */ (null));
export const listProblem = signal(/** @type {unknown} */ (null));
export const segments = signal(/** @type {{ id: string, name: string, filter: string }[]} */ ([]));
export const lists = signal(/** @type {{ id: string, name: string }[]} */ ([]));
export const templates = signal(/** @type {any[] | null} */ (null));
/** The newest drafts that the API cannot keep yet, under what they began with. They live as long as the page. */
export const unsaved = new Map();

/** Reads the campaigns. What was there stays until the new came. */
export async function loadCampaigns() {
  try {
    campaigns.value = await all('/v1/campaigns', {}, 500);
    listProblem.value = null;
  } catch (problem) { listProblem.value = problem; }
}

/** Puts a campaign that an answer brought into the list. @param {Campaign} campaign */
export function keep(campaign) {
  const known = campaigns.peek();
  if (!known) return;
  const at = known.findIndex((one) => one.id === campaign.id);
  campaigns.value = at < 0 ? [campaign, ...known] : known.map((one, i) => (i === at ? campaign : one));
}

/** Takes a campaign off the list. @param {string} gone */
export const drop = (gone) => { campaigns.value = (campaigns.peek() ?? []).filter((one) => one.id !== gone); };

/** Reads segments, lists and templates, to name them. A list that cannot be had stays as it is. */
export async function loadNames() {
  await Promise.all([
    all('/v1/segments').then((found) => { segments.value = found; }, () => {}),
    all('/v1/lists').then((found) => { lists.value = found; }, () => {}),
    all('/v1/templates').then((found) => { templates.value = found; }, () => { templates.value ??= []; }),
  ]);
}

/** @type {Map<string, Promise<any>>} */
const details = new Map();

/** A template with its parts. @param {string} waba @param {string} name @param {string} language */
export function templateDetail(waba, name, language) {
  const key = [waba, name, language].map(id).join('/');
  let found = details.get(key);
  if (!found) {
    found = get(`/v1/templates/${key}`);
    found.catch(() => details.delete(key));
    details.set(key, found);
  }
  return found;
}

/** What files with an audience were called when they were chosen from this page, by id. @type {Map<string, string>} */
export const fileNames = new Map();
