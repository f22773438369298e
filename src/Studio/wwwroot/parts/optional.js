// What a server may not have, or a person may not see: the part of the page that shows it is left out then.
import { may } from '../shell/session.js';
import { get } from './api.js';

const missing = new Set();

/** True when nothing is at the address at all, in place of a thing that is not there. */
export const isNoRoute = error => error.status === 404 && (!error.code || error.code === 'WF4504');

/** The answer, or null: without one of the permissions, when there is no such thing, and when it is refused. Anything else is thrown. */
export async function getIfThere(path, { needs, query, signal } = {}) {
  if (needs && !may(needs) || missing.has(path)) return null;
  try {
    return await get(path, { query, signal });
  } catch (error) {
    if (error.status !== 404 && error.status !== 403) throw error;
    if (isNoRoute(error)) missing.add(path);
    return null;
  }
}
