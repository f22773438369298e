// A question with two answers.
import { h } from './dom.js';
import { t } from './strings.js';

/** Resolves to true when the person chose the first answer. */
export function ask(question, yes, no) {
  return new Promise(resolve => {
    const dialog = h('dialog', { class: 'pf-dialog', onclose: () => { dialog.remove(); resolve(dialog.returnValue === 'yes'); } },
      h('form', { method: 'dialog' },
        h('p', { class: 'pf-dialog-text' }, question),
        h('div', { class: 'pf-dialog-buttons' },
          h('button', { class: 'pf-button', value: 'yes' }, t(yes)),
          h('button', { class: 'pf-button pf-button-primary', value: 'no', autofocus: true }, t(no)))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
