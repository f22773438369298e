// What is shown this once: a key, a generated password. It is in no list and in no address, and gone when the dialog closes.
import { h, icon } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { copyButton } from './copy.js';

/** Resolves when the person has closed it, which only the button does: a stray Escape would lose the value. */
export function showOnce({ title, label, value, extra }) {
  return new Promise(resolve => {
    const field = h('input', { class: 'pf-input pf-mono', id: 'once-value', value, readonly: true, spellcheck: 'false', autocomplete: 'off', onfocus: () => field.select() });
    const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-labelledby': 'once-title', oncancel: event => event.preventDefault(), onclose: () => { dialog.remove(); resolve(); } },
      h('h2', { class: 'pf-dialog-title', id: 'once-title' }, title),
      h('p', { class: 'pf-once-note' }, icon('warning', 16), h('span', null, t('once.text'))),
      h('label', { class: 'pf-label', for: 'once-value' }, label),
      h('div', { class: 'pf-line' }, field, copyButton(() => value)), extra,
      h('form', { method: 'dialog', class: 'pf-dialog-buttons pf-after' }, h('button', { class: 'pf-button pf-button-primary' }, t('once.done'))));
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}

define({
  'once.text': ['This is shown only now. Copy it to where it is needed; only a hash of it is stored.', '지금만 보입니다. 필요한 곳에 복사해 두세요. 서버에는 해시만 저장됩니다.'],
  'once.done': ['I have copied it', '복사했습니다'],
});
