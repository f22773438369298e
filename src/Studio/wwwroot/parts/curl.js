// The request that a page makes, as a command to take along.
import { root } from '../shell/requests.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';

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

/** Copies a text and says so; where the browser forbids it, shows the text to be copied by hand. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast({ kind: 'success', title: t('done.copied') });
  } catch {
    toast({ kind: 'info', title: t('curl.byHand'), text });
  }
}

define({
  'curl.copy': ['Copy as curl', 'curl로 복사'],
  'curl.byHand': ['Copy this', '이것을 복사하세요'],
});
