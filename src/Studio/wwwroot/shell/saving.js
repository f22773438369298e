// Whether what a person did is safe. Elsa Studio saves by itself half a second after a change and is silent when that fails;
// this watches its requests, shows a banner while something is not saved or the server is gone, and guards the leaving.
import { h, icon } from './dom.js';
import { saveNow } from './elsa.js';
import { plainFetch, problemText, root, traffic } from './requests.js';
import { t } from './strings.js';
import { toast } from './toasts.js';

const savePath = '/elsa/api/workflow-definitions';
const autosaveAfter = 700;
const settleMax = 5_000;
const probeInterval = 3_000;

let saving = 0;
let notSaved = false;
let offline = false;
let reason = null;
let editedAt = -Infinity;
let banner;

export function watchSaving() {
  traffic.addEventListener('start', ({ detail }) => { if (isSave(detail)) saving++; });
  traffic.addEventListener('end', ({ detail }) => ended(detail));
  traffic.addEventListener('conflict', () => { notSaved = true; });
  addEventListener('offline', () => lost());
  addEventListener('beforeunload', event => {
    if (unsafeToLeave()) event.preventDefault();
  });
  for (const type of ['input', 'change', 'drop', 'pointerup', 'keyup'])
    document.addEventListener(type, event => { if (event.target.closest?.('elsa-workflow-definition-editor')) editedAt = performance.now(); }, true);
}

const isSave = ({ method, path }) => method === 'POST' && path === savePath;
const justEdited = () => performance.now() - editedAt < autosaveAfter;

/** True while a change may be lost by closing the tab. */
export const unsafeToLeave = () => notSaved || saving > 0;

/** Waits until the change that was just made has been sent and answered. */
export async function settle() {
  if (document.activeElement?.closest?.('elsa-workflow-definition-editor')) document.activeElement.blur();
  const giveUpAt = performance.now() + settleMax;
  while ((justEdited() || saving > 0) && !notSaved && performance.now() < giveUpAt)
    await new Promise(resolve => setTimeout(resolve, 50));
}

export const hasUnsaved = () => notSaved;

/** After the person decided to go without the change. */
export function forgetUnsaved() {
  notSaved = false;
  render();
}

async function ended({ method, path, status, response, quiet }) {
  const save = isSave({ method, path });
  if (save) saving = Math.max(0, saving - 1);
  if (status === -1) return;
  if (status === 0) lost();
  else if (offline) found();

  const said = method !== 'GET' && status >= 400 && !quiet ? { title: titleOf(status), text: await problemText(response) } : null;
  if (save) {
    notSaved = !(status >= 200 && status < 300);
    reason = said && (said.text ?? said.title);
  } else if (said && status !== 401) {
    toast({ kind: 'error', ...said });
  }
  render();
}

const titleOf = status => status === 403 ? t('request.forbidden') : t(status >= 500 ? 'request.failed' : 'request.refused', status);

let probing = null;
function lost() {
  offline = true;
  render();
  probing ??= setInterval(async () => {
    try {
      await plainFetch(new URL('api/session', root).href);
      found();
    } catch { /* still gone: the next round asks again */ }
  }, probeInterval);
}

function found() {
  clearInterval(probing);
  probing = null;
  if (!offline) return;
  offline = false;
  render();
  if (notSaved) saveNow();
  else toast({ kind: 'success', title: t('saving.back') });
}

function render() {
  banner ??= document.body.appendChild(h('div', { class: 'pf-banner', role: 'status', 'aria-live': 'assertive', hidden: true }));
  banner.hidden = !offline && !notSaved;
  if (banner.hidden) return;
  const key = offline ? 'saving.offline' : 'saving.failed';
  banner.replaceChildren(
    icon('warning', 16), h('strong', null, t(key)), h('span', { class: 'pf-banner-text' }, offline || !reason ? t(`${key}.text`) : reason),
    ...(offline ? [] : [h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => saveNow() }, t('saving.retry'))]));
}
