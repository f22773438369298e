// Workflows from files: by dropping them or choosing them, first as a report of what would happen, then for real.
import { h, icon } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { addressFor, Refusal } from './api.js';
import { number } from './format.js';
import { chip, failure, skeleton } from './states.js';

/** Lets the person choose files. done is called after an import. */
export function askForFiles(done) {
  const input = h('input', { type: 'file', accept: '.json,.zip,application/json,application/zip', multiple: true, onchange: () => input.files.length && bring([...input.files], done) });
  input.click();
}

/** Takes files that are dropped anywhere on the page. */
export function watchDrops(element, signal, done) {
  const target = element.ownerDocument;
  const veil = h('div', { class: 'pf-drop', hidden: true }, icon('plus', 32), t('import.drop'));
  element.append(veil);
  const withFiles = event => [...(event.dataTransfer?.types ?? [])].includes('Files');
  target.addEventListener('dragover', event => { if (withFiles(event)) { event.preventDefault(); veil.hidden = false; } }, { signal });
  target.addEventListener('dragleave', event => { if (!event.relatedTarget) veil.hidden = true; }, { signal });
  target.addEventListener('drop', event => {
    if (!withFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    bring([...event.dataTransfer.files], done);
  }, { signal });
}

async function post(files, query) {
  const form = new FormData();
  for (const file of files) form.append('files', file, file.name);
  const response = await fetch(addressFor('elsa/api/workflow-definitions/import-files', query), { method: 'POST', body: form, quiet: true });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

function bring(files, done) {
  const content = h('div', { class: 'pf-stack' }, skeleton(3));
  const asNew = h('input', { class: 'pf-check', type: 'checkbox', onchange: () => check() });
  const button = h('button', { class: 'pf-button pf-button-primary', type: 'button', disabled: true, onclick: save }, t('import.do'));
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-labelledby': 'import-title', onclose: () => dialog.remove() },
    h('h2', { class: 'pf-dialog-title', id: 'import-title' }, t('import.title')),
    h('label', { class: 'pf-check-label' }, asNew, h('span', null, t('import.asNew'))), content,
    h('div', { class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button', type: 'button', onclick: () => dialog.close() }, t('form.cancel')), button));
  document.body.append(dialog);
  dialog.showModal();
  check();

  async function check() {
    button.disabled = true;
    try {
      const report = await post(files, { dryRun: true, asNew: asNew.checked || undefined });
      content.replaceChildren(...report.items.map(item));
      button.disabled = !report.canImport;
      button.textContent = t('import.do.count', number(report.items.length));
    } catch (error) {
      content.replaceChildren(failure(error, check));
    }
  }

  async function save() {
    button.disabled = true;
    try {
      const { imported } = await post(files, { asNew: asNew.checked || undefined });
      dialog.close();
      toast({ kind: 'success', title: t('import.done', number(imported ?? files.length)) });
      done();
    } catch (error) {
      content.replaceChildren(failure(error, check));
    }
  }
}

function item({ file, name, definitionId, action, storedVersion, problems, conflicts, unknownActivities, expressions, warnings }) {
  const notes = [
    ...problems.map(one => ['bad', typeof one === 'string' ? one : `${one.path ?? ''} ${one.message ?? ''}`]),
    ...conflicts.map(one => ['warn', textOf(one)]),
    ...unknownActivities.map(one => ['warn', t('import.unknown', textOf(one))]),
    ...expressions.map(one => ['warn', textOf(one)]),
    ...warnings.map(one => ['warn', textOf(one)]),
  ];
  return h('section', { class: 'pf-card' },
    h('div', { class: 'pf-line pf-line-spread' }, h('strong', null, name || definitionId || file), chip(action === 'Create' ? t('import.create') : t('import.update', storedVersion), action === 'Create' ? 'good' : 'info')),
    h('p', { class: 'pf-soft' }, file),
    notes.length > 0 && h('ul', { class: 'pf-rows' }, notes.map(([kind, text]) => h('li', { class: 'pf-rows-item' }, h('span', { class: `pf-dot pf-dot-${kind}` }), h('span', { class: 'pf-rows-main' }, text)))));
}

const textOf = one => typeof one === 'string' ? one : one.message ?? one.detail ?? one.type ?? Object.values(one).filter(value => typeof value === 'string').join(' · ');

define({
  'import.title': ['Import workflows', '워크플로 가져오기'],
  'import.drop': ['Drop workflows here', '워크플로를 여기에 놓으세요'],
  'import.asNew': ['As new workflows, beside those that have the same id', '같은 ID의 워크플로와 별개로 새 워크플로로 가져오기'],
  'import.do': ['Import', '가져오기'],
  'import.do.count': ['Import {0}', '{0}개 가져오기'],
  'import.done': ['{0} imported', '{0}개를 가져왔습니다'],
  'import.create': ['new', '새로 만듦'],
  'import.update': ['changes version {0}', '버전 {0}을(를) 바꿈'],
  'import.unknown': ['No such activity here: {0}', '여기에 없는 액티비티: {0}'],
});
