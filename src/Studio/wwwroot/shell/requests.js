// Every request of the page passes here, Elsa Studio's included: it must be imported before Blazor starts.
//
// - Unsafe same-origin requests carry the anti-forgery token of the session cookie.
// - A 401 is held back until the person has signed in again, then the same request is sent once more. Elsa Studio, which
//   falls over at a 401, never sees it.
// - Changes of workflows say what this tab has seen of them (edits.js).
// - Everything that ended is told to listeners: the saving banner and the toasts live from that. A request with quiet: true
//   shows its refusal itself.

import { askWith, editOf, learnFrom, sendEdit } from './edits.js';

const tokenCookie = 'platform-xsrf';
const send = window.fetch.bind(window);
const unsafe = method => !['GET', 'HEAD', 'OPTIONS'].includes(method);

export const root = new URL('../', document.baseURI);
export const apiAddress = new URL('elsa/api', root).href;

/** 'start' and 'end' with detail { method, path, status, response }; status 0 means that no answer came. */
export const traffic = new EventTarget();

let renewSession = async () => false;
/** Gives the function that asks the person to sign in again and answers whether that succeeded. */
export function onUnauthorized(renew) {
  renewSession = renew;
}

/** Like fetch, for the session's own requests: a 401 is the caller's business. */
export function plainFetch(input, init) {
  return send(...withToken(input, init));
}

window.fetch = async function (input, init) {
  const request = describe(input, init);
  if (!request.own) return send(input, init);

  tell('start', request);
  try {
    const edit = request.repeatable ? await editOf(request, init) : null;
    const response = edit
      ? await sendEdit(edit, headers => sendRenewed(request, input, { ...init, headers: merged(init?.headers, headers) }))
      : await sendRenewed(request, input, init);
    learnFrom(request, response);
    tell('end', { ...request, status: response.status, response });
    return response;
  } catch (error) {
    // A request that the page itself called off says nothing about the server.
    tell('end', { ...request, status: error.name === 'AbortError' ? -1 : 0 });
    throw error;
  }
};

async function sendRenewed(request, input, init) {
  const response = await send(...withToken(input, init));
  return response.status === 401 && request.repeatable && await renewSession() ? await send(...withToken(input, init)) : response;
}

askWith(path => send(new URL(path.slice(1), root).href));

function merged(headers, more) {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return all;
}

function describe(input, init) {
  const url = new URL(input instanceof Request ? input.url : String(input), document.baseURI);
  const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
  const path = '/' + url.pathname.slice(root.pathname.length);
  const repeatable = !(input instanceof Request) && !(init?.body instanceof ReadableStream);
  return { own: url.origin === location.origin, method, path, search: url.search, repeatable, quiet: init?.quiet === true };
}

function withToken(input, init) {
  const { own, method } = describe(input, init);
  if (!own || !unsafe(method)) return [input, init];
  const token = cookie(tokenCookie);
  if (!token) return [input, init];
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set('X-XSRF-TOKEN', token);
  return [input, { ...init, headers }];
}

/** True when there can be no session: its readable companion cookie is not there. */
export const isSignedOut = () => cookie(tokenCookie) === null;

function cookie(name) {
  const found = document.cookie.split('; ').find(pair => pair.startsWith(name + '='));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

function tell(type, detail) {
  traffic.dispatchEvent(new CustomEvent(type, { detail }));
}

/** The sentence in a problem document that is meant for people, or null. */
export async function problemText(response) {
  try {
    const problem = await response.clone().json();
    const errors = problem.errors ? Object.values(problem.errors).flat() : [];
    return errors[0] ?? problem.detail ?? problem.message ?? problem.title ?? null;
  } catch {
    return null;
  }
}
