// The live connection of the instance viewer. Elsa Studio opens it once and does not notice when it is lost; this does, and says
// so: the page is then built anew as soon as the server answers, and shows what happened meanwhile.
import { plainFetch, root, traffic } from './requests.js';

const hubPath = '/elsa/hubs/workflow-instance';
const probeInterval = 2_000;
/** A connection that lasts shorter is no reason to try again at once. */
const steadyAfter = 30_000;
const waitMax = 60_000;

const lost = new EventTarget();
let quick = 0;

const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  #closed = false;

  constructor(...values) {
    super(...values);
    if (!new URL(this.url).pathname.endsWith(hubPath)) return;
    let opened = false;
    this.addEventListener('open', () => { opened = true; });
    // The server says good-bye before it stops; Elsa Studio then closes by itself.
    this.addEventListener('message', ({ data }) => { if (typeof data === 'string' && data.includes('{"type":7')) tellLost(); });
    this.addEventListener('close', () => { if (opened && !this.#closed) tellLost(); });
  }

  close(...values) {
    this.#closed = true;
    super.close(...values);
  }
};

// Where a proxy forwards no sockets, Elsa Studio asks again and again. An answer that is none ends that.
traffic.addEventListener('end', ({ detail: { path, status } }) => {
  if (path === hubPath && (status === 0 || status >= 400)) tellLost();
});

const tellLost = () => lost.dispatchEvent(new Event('lost'));

/** Calls back once when the live connection was lost and the server answers again, unless the page was left before. */
export function onLost(callback, signal) {
  const since = performance.now();
  lost.addEventListener('lost', async () => {
    quick = performance.now() - since < steadyAfter ? quick + 1 : 0;
    if (quick > 1) await pause(Math.min(probeInterval * 2 ** quick, waitMax));
    while (!signal.aborted && !await answers()) await pause(probeInterval);
    if (!signal.aborted) callback();
  }, { once: true, signal });
}

async function answers() {
  try {
    return (await plainFetch(new URL('api/session', root).href)).status < 500;
  } catch {
    return false;
  }
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
