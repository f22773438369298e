// The request that a page makes, as a command to take along.
import { h, icon } from '../shell/dom.js';
import { root } from '../shell/requests.js';
import { define, t } from '../shell/strings.js';
import { addressFor } from './api.js';
import { copyButton, copyText } from './copy.js';

export { copyText };

/** The command for a request to a path below the root; the key is left to whoever uses it. */
export function curlOf(method, path, body) {
  const quote = text => `'${text.replaceAll('\'', '\'\\\'\'')}'`;
  const parts = ['curl', method === 'GET' ? null : `-X ${method}`, quote(new URL(path, root).href), '-H "X-Api-Key: $PLATFORM_API_KEY"'];
  if (body !== undefined) parts.push('-H \'Content-Type: application/json\'', `-d ${quote(JSON.stringify(body))}`);
  return parts.filter(Boolean).join(' \\\n  ');
}

/** Copies the command. */
export async function copyCurl(method, path, body) {
  await copyText(curlOf(method, path, body));
}

/** A button that shows the command; request(), { method, path, query, body }, is asked when it is pressed, so that it fits what is on the page then. */
export const curlButton = request => h('button', { class: 'pf-button pf-button-small pf-button-quiet', type: 'button', title: t('curl.title'), onclick: () => showCurl(request()) }, h('span', { class: 'pf-mono' }, 'curl'));

/** The same as a choice of a menu. */
export const curlChoice = request => ({ label: t('curl.show'), icon: icon('copy', 18), run: () => showCurl(request()) });

function showCurl({ method = 'GET', path, query, body }) {
  const command = curlOf(method, addressFor(path, query), body);
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-label': t('curl.title'), onclose: () => dialog.remove() },
    h('h2', { class: 'pf-dialog-title' }, t('curl.title')),
    h('p', { class: 'pf-form-text' }, t('curl.text')),
    h('pre', { class: 'pf-pre', tabindex: '0' }, command),
    h('form', { method: 'dialog', class: 'pf-dialog-buttons pf-after' }, copyButton(() => command), h('button', { class: 'pf-button pf-button-small pf-button-primary', autofocus: true }, t('word.close'))));
  document.body.append(dialog);
  dialog.showModal();
}

define({
  'curl.copy': ['Copy as curl', 'curl로 복사'],
  'curl.show': ['Show as curl', 'curl로 보기'],
  'curl.title': ['The same with curl', 'curl로 하기'],
  'curl.text': ['Put an API key into the variable PLATFORM_API_KEY first.', '먼저 변수 PLATFORM_API_KEY에 API 키를 넣으세요.'],
});
