// Our API for pages: JSON in, JSON out, and a refusal that knows what the server said.
import { root } from '../shell/requests.js';
import { t } from '../shell/strings.js';

/** What the server refused: status, code (WF…), the sentence for people, and sentences per field where there are any. */
export class Refusal extends Error {
  constructor(status, problem) {
    const errors = problem?.errors ?? {};
    super(problem?.detail ?? Object.values(errors).flat()[0] ?? problem?.title ?? t(status === 403 ? 'request.forbidden' : status >= 500 ? 'request.failed' : 'request.refused', status));
    this.status = status;
    this.code = problem?.code ?? null;
    this.errors = errors;
  }
}

/** path is relative to the server's root, such as 'api/queue'; query leaves out what is empty. */
export function addressFor(path, query = {}) {
  const address = new URL(path, root);
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== '') address.searchParams.append(name, one);
  return address.href;
}

export const get = (path, { query, signal } = {}) => call('GET', addressFor(path, query), undefined, signal);

/** Changes something. A refusal is thrown, to be shown where the person acts, and not as a message at the edge. */
export const send = (method, path, body, { query, signal, headers } = {}) => call(method, addressFor(path, query), body, signal, headers);

async function call(method, address, body, signal, headers) {
  let response;
  try {
    response = await fetch(address, {
      method, signal, quiet: true,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal(0, { detail: t('request.unreachable') });
  }
  const text = await response.text();
  const answer = /json/.test(response.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : text || null;
  if (!response.ok) throw new Refusal(response.status, typeof answer === 'object' ? answer : null);
  return answer;
}
