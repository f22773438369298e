// What a page does, as a command for a terminal or a script.
import { h, icon } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { addressFor } from './api.js';
import { copyButton } from './copy.js';

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

/** The command for a request: { method, path, query, body }. The key stays out of it: it is read from the environment. */
export function curlOf({ method = 'GET', path, query, body }) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(addressFor(path, query))}`, '-H "X-Api-Key: $PLATFORM_API_KEY"'];
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}

/** A button that shows the command; request() is asked when it is pressed, so that it fits what is on the page then. */
export const curlButton = request => h('button', { class: 'pf-button pf-button-small pf-button-quiet', type: 'button', title: t('curl.title'), onclick: () => showCurl(request()) }, h('span', { class: 'pf-mono' }, 'curl'));

export function showCurl(request) {
  const command = curlOf(request);
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-label': t('curl.title'), onclose: () => dialog.remove() },
    h('h2', { class: 'pf-dialog-title' }, t('curl.title')),
    h('p', { class: 'pf-form-text' }, t('curl.text')),
    h('pre', { class: 'pf-pre', tabindex: '0' }, command),
    h('form', { method: 'dialog', class: 'pf-dialog-buttons pf-after' }, copyButton(() => command), h('button', { class: 'pf-button pf-button-small pf-button-primary', autofocus: true }, t('word.close'))));
  document.body.append(dialog);
  dialog.showModal();
}

/** The same as a choice of a menu. */
export const curlChoice = request => ({ label: t('curl.copy'), icon: icon('copy', 18), run: () => showCurl(request()) });

define({
  'curl.title': ['The same with curl', 'curl로 하기'],
  'curl.copy': ['Show as curl', 'curl로 보기'],
  'curl.text': ['Put an API key into the variable PLATFORM_API_KEY first.', '먼저 변수 PLATFORM_API_KEY에 API 키를 넣으세요.'],
});
