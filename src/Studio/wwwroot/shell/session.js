// Who is signed in. The session itself is an HttpOnly cookie; the page never holds a token.
import { isSignedOut, plainFetch, root } from './requests.js';

const address = new URL('api/session', root).href;

/** { username, permissions } of the person who is signed in, or null. */
export let session = null;

/** Whether the person may do one of these: a permission, or an array of which one is enough. The server decides; this spares a refusal. */
export function may(wanted) {
  const covers = (granted, one) => granted === '*' || granted === one || (granted.endsWith(':*') && one.startsWith(granted.slice(0, -1)));
  return [wanted].flat().some(one => session?.permissions?.some(granted => covers(granted, one)));
}

/** Asks the server who is signed in. Throws when it does not answer. */
export async function loadSession() {
  // Without the session's companion cookie the answer is known, and a 401 would only stain the console.
  if (isSignedOut()) return session = null;
  const response = await plainFetch(address, { headers: { Accept: 'application/json' } });
  if (response.status === 401) return session = null;
  if (!response.ok) throw new Error(`session: ${response.status}`);
  return session = await response.json();
}

/** 'ok', 'wrong', 'tooMany' or 'unreachable'. */
export async function signIn(username, password) {
  try {
    const response = await plainFetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    if (response.status === 429) return 'tooMany';
    if (response.status >= 500) return 'unreachable';
    if (!response.ok) return 'wrong';
    session = await response.json();
    return 'ok';
  } catch {
    return 'unreachable';
  }
}

/** How else people can sign in: { displayName, address } of a provider, or null. */
export async function findProvider() {
  try {
    const response = await plainFetch(new URL('api/session/methods', root).href);
    return response.ok ? (await response.json()).oidc : null;
  } catch {
    return null;
  }
}

/** Ends the session at the server and starts over with an empty page, so that nothing of it stays in memory; by way of the provider whose session is to end too. */
export async function signOut() {
  const response = await plainFetch(address, { method: 'DELETE' });
  const page = response.status === 200 ? (await response.json()).continueAt : document.baseURI;
  location.assign(page);
}
