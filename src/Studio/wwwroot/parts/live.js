// Keeping a page true while it is looked at.
import { root } from '../shell/requests.js';

const listeners = new Set();
let source = null;
let life = null;
let lostAt = -Infinity;
const settling = 20_000;
const refusedPause = 3_000;

/**
 * Runs refresh now, when the server tells of a change in one of the topics, when the tab is looked at again, and at the latest
 * after `every` milliseconds. Never twice at once, and never while the tab is hidden. Answers a function that asks for a
 * refresh out of turn.
 */
export function keepFresh(signal, refresh, { topics = [], every = 15_000 } = {}) {
  let running = false;
  let again = false;
  let timer = null;

  async function run() {
    clearTimeout(timer);
    if (signal.aborted || document.hidden) return;
    if (running) { again = true; return; }
    running = true;
    try {
      do {
        again = false;
        await refresh();
      } while (again && !signal.aborted);
    } catch (error) {
      if (error.name !== 'AbortError') console.warn(error);
    } finally {
      running = false;
      if (!signal.aborted) timer = setTimeout(run, every);
    }
  }

  const listener = { topics, run };
  listeners.add(listener);
  connect();
  document.addEventListener('visibilitychange', run, { signal });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    listeners.delete(listener);
    connect();
  });
  return run();
}

/** Calls back when the server answers again after it was started anew. */
export function onRestart(signal, callback) {
  const listener = { topics: [], run: () => {}, restarted: callback };
  listeners.add(listener);
  connect();
  signal.addEventListener('abort', () => {
    listeners.delete(listener);
    connect();
  });
}

/** True while the server does not answer, and shortly after it does again. */
export const isReconnecting = () => performance.now() - lostAt < settling || source?.readyState === EventSource.CONNECTING;

// One stream for the tab that is looked at: a browser opens few connections to a host, and hidden tabs need none. It says
// which kinds of things changed, never what; pages ask with their own rights. The server ends it after a minute, and the
// browser opens the next one; what was missed in between is asked for then.
function connect() {
  const wanted = listeners.size > 0 && !document.hidden;
  if (!wanted) {
    source?.close();
    source = null;
  }
  if (!wanted || source) return;
  source = new EventSource(new URL('api/news', root));
  let first = true;
  source.addEventListener('open', () => {
    if (!first) for (const listener of listeners) listener.run();
    first = false;
  });
  source.addEventListener('life', ({ data }) => {
    const restarted = life !== null && life !== data;
    life = data;
    if (!restarted) return;
    lostAt = performance.now();
    for (const listener of listeners) listener.restarted?.();
  });
  source.addEventListener('changed', event => {
    const topics = event.data.split(' ');
    for (const listener of listeners)
      if (listener.topics.some(topic => topics.includes(topic))) listener.run();
  });
  source.addEventListener('error', () => {
    // Refused, not interrupted: the browser does not try again. The session has ended, or a proxy has lost the server.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    setTimeout(connect, refusedPause);
  });
}

document.addEventListener('visibilitychange', connect);
