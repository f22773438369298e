// Somebody else changed the workflow that is open here: who, when and what, and what shall become of the change made here.
import { h, icon } from './dom.js';
import { onConflict } from './edits.js';
import { apiAddress, problemText, traffic } from './requests.js';
import { navigate, reopen } from './router.js';
import { session } from './session.js';
import { language, t } from './strings.js';
import { toast } from './toasts.js';

const differencesShown = 8;
let open = null;

export function watchConflicts() {
  onConflict(resolveConflict);
}

/** Closes the question: the page that it belongs to is left. */
export function dismissConflict() {
  open?.close('');
}

async function resolveConflict({ conflict, edit }) {
  traffic.dispatchEvent(new CustomEvent('conflict'));
  for (;;) {
    const choice = await ask(conflict, edit);
    if (choice === 'copy') {
      const copied = await copy(edit);
      if (!copied) continue;
      setTimeout(() => navigate(`definitions/${encodeURIComponent(copied)}`));
    }

    // Elsa Studio gets its answer first; then the page is built anew with what is stored.
    if (choice === 'theirs') setTimeout(reopen);
    return choice;
  }
}

function ask(conflict, edit) {
  return new Promise(resolve => {
    const dialog = h('dialog', { class: 'pf-dialog pf-conflict', 'aria-labelledby': 'conflict-title', 'aria-describedby': 'conflict-text', onclose: () => { open = null; dialog.remove(); resolve(dialog.returnValue || null); } },
      h('form', { method: 'dialog' },
        h('h2', { class: 'pf-dialog-title', id: 'conflict-title' }, t('conflict.title')),
        h('p', { class: 'pf-conflict-text', id: 'conflict-text' }, sentence(conflict), ' ', t('conflict.unsaved')),
        differences(conflict),
        h('div', { class: 'pf-choices' },
          choice('mine', conflict.isDeleted ? 'again' : edit.publish ? 'publish' : 'mine'),
          choice('theirs', conflict.isDeleted ? 'leave' : 'theirs'),
          edit.model && choice('copy', 'copy', true)),
        h('div', { class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button pf-button-quiet', value: '' }, t('conflict.later')))));
    document.body.append(dialog);
    open = dialog;
    dialog.showModal();
  });
}

const choice = (value, key, first = false) => h('button', { class: 'pf-choice', value, autofocus: first },
  h('span', { class: 'pf-choice-title' }, t(`conflict.${key}`)), h('span', { class: 'pf-choice-text' }, t(`conflict.${key}.text`)));

function sentence({ by, at, action, version, isDeleted }) {
  const own = by?.kind === 'user' && by.name === session?.username;
  const who = own ? t('conflict.you') : by?.name ?? t(by?.kind === 'system' ? 'conflict.system' : 'conflict.somebody');
  const known = ['publish', 'revert', 'import', 'delete-version', 'update-references'];
  const what = isDeleted ? (at ? 'delete' : 'vanish') : known.find(name => action === `workflow.${name}`) ?? 'save';
  return t(`conflict.did.${what}`, who, version, at ? moment(new Date(at)) : '');
}

function moment(at) {
  const today = new Date().toDateString() === at.toDateString();
  return new Intl.DateTimeFormat(language, today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

function differences({ differences: all, differenceCount }) {
  if (all.length === 0) return null;
  const rest = differenceCount - Math.min(all.length, differencesShown);
  return h('div', { class: 'pf-differences' },
    h('h3', { class: 'pf-differences-title' }, t('conflict.differences')),
    h('ul', { class: 'pf-differences-list' },
      all.slice(0, differencesShown).map(one => h('li', { class: `pf-difference pf-difference-${one.kind.toLowerCase()}` },
        h('span', { class: 'pf-difference-kind' }, t(`difference.${one.kind}`)),
        h('span', { class: 'pf-difference-name' }, one.activityId === null ? t('difference.workflow') : one.activityName ?? one.activityId),
        one.kind === 'Changed' && h('span', { class: 'pf-difference-members' }, one.members.join(', ')))),
      rest > 0 && h('li', { class: 'pf-difference' }, t('difference.more', rest))));
}

/** Stores what is drawn here as a workflow of its own; answers its id, or null when that was not possible. */
async function copy({ model }) {
  try {
    const name = await freeName(model.name ?? '');
    const response = await fetch(`${apiAddress}/workflow-definitions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: { ...model, id: null, definitionId: null, name }, publish: false }),
    });
    if (response.ok) return (await response.json()).workflowDefinition.definitionId;
    toast({ kind: 'error', title: t('conflict.copy.failed'), text: await problemText(response) });
  } catch (error) {
    toast({ kind: 'error', title: t('conflict.copy.failed'), text: error.message });
  }

  return null;
}

async function freeName(name) {
  for (let number = 1; number < 100; number++) {
    const wanted = number === 1 ? t('conflict.copy.name', name, session.username) : t('conflict.copy.names', name, session.username, number);
    const response = await fetch(`${apiAddress}/workflow-definitions/validation/is-name-unique?name=${encodeURIComponent(wanted)}`);
    if (!response.ok || (await response.json()).isUnique) return wanted;
  }

  return name;
}
