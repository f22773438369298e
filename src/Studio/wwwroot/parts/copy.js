// Taking text along: to the clipboard, with a word that it happened.
import { h, icon } from '../shell/dom.js';
import { t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';

/** Copies text. Browsers give the clipboard only to pages that came over https or from this machine; elsewhere a selection is copied. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { class: 'pf-hidden', 'aria-hidden': 'true' }, text);
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast({ kind: 'success', title: t('done.copied') });
}

export const copyButton = (text, label = t('word.copy')) =>
  h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => copyText(text()) }, icon('copy', 16), label);
