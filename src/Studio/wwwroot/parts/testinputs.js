// Test inputs that are kept with a workflow, for all who work on it: chosen, kept and removed in the form that starts a run.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { send } from './api.js';
import { getIfThere } from './optional.js';

const offered = id => `platform.input.offered.${id}`;

/**
 * Asks for the test inputs of a workflow. last: the values of the last run in this browser, which are offered for keeping once. Answers
 * { first, element(read, fill) }, or null when this server keeps none: read(form) tells the input in the form, fill(form, input) puts one there.
 */
export async function testInputs(definitionId, last) {
  const path = `api/definitions/${encodeURIComponent(definitionId)}/test-inputs`;
  const answer = await getIfThere(path, { needs: 'read:workflow-definitions' }).catch(() => null);
  if (!answer) return null;
  let items = answer.items;
  return { first: items[0], element };

  function element(read, fill) {
    const mayKeep = may('write:workflow-definitions');
    if (items.length === 0 && !mayKeep) return null;
    const chosen = h('select', { class: 'pf-input pf-select', id: 'test-input', onchange: () => use() });
    const remove = h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('inputs.remove'), title: t('inputs.remove'), onclick: forget }, icon('trash', 18));
    const name = h('input', { class: 'pf-input', id: 'test-input-name', type: 'text', maxlength: 100, autocomplete: 'off', spellcheck: 'false', 'aria-label': t('inputs.name'), placeholder: t('inputs.name'), onkeydown: event => { if (event.key === 'Enter') { event.preventDefault(); keep(); } } });
    const button = h('button', { class: 'pf-button', type: 'button', onclick: () => keep() }, t('inputs.keep'));
    const told = h('p', { class: 'pf-hint', role: 'status' });
    const offer = offerOf();
    // The fields show the first one when this browser has no values of its own.
    draw(last ? '' : items[0]?.name ?? '');
    return h('fieldset', { class: 'pf-test-inputs' },
      h('legend', { class: 'pf-label' }, t('inputs.title')),
      offer,
      h('div', { class: 'pf-line pf-test-input-line' }, h('label', { class: 'pf-hidden', for: 'test-input' }, t('inputs.choose')), chosen, mayKeep && remove),
      mayKeep && h('div', { class: 'pf-line pf-test-input-line' }, name, button),
      told);

    function draw(selected) {
      chosen.replaceChildren(
        h('option', { value: '' }, t(items.length ? 'inputs.choose' : 'inputs.none')),
        ...items.map(item => h('option', { value: item.name, selected: item.name === selected }, item.name)));
      chosen.disabled = items.length === 0;
      tell();
    }

    // Who kept it and when is known at once; nothing is announced for what was not done.
    function tell(text) {
      const item = items.find(one => one.name === chosen.value);
      remove.disabled = !item;
      if (item) name.value = item.name;
      told.className = 'pf-hint';
      told.textContent = text ?? (item?.changedBy ? t('inputs.by', item.changedBy) : mayKeep ? t('inputs.hint') : '');
    }

    function use() {
      const item = items.find(one => one.name === chosen.value);
      tell();
      if (item) fill(chosen.form, item.input);
    }

    function keep(input, wanted = name.value.trim()) {
      if (!wanted) {
        name.focus();
        return complain(t('inputs.name.missing'));
      }
      return change(async () => {
        const kept = await send('PUT', `${path}/${encodeURIComponent(wanted)}`, { input: input ?? read(chosen.form) });
        items = [...items.filter(one => one.name !== kept.name), kept].sort((a, b) => a.name.localeCompare(b.name));
        localStorage.setItem(offered(definitionId), '1');
        offer?.remove();
        draw(kept.name);
        tell(t('inputs.kept', kept.name));
      });
    }

    function forget() {
      const gone = chosen.value;
      return change(async () => {
        await send('DELETE', `${path}/${encodeURIComponent(gone)}`);
        items = items.filter(one => one.name !== gone);
        draw('');
        // Its name and values still stand in the form: keeping it again takes the removal back.
        tell(t('inputs.removed', gone));
        name.focus();
      });
    }

    async function change(run) {
      button.disabled = remove.disabled = true;
      try {
        await run();
      } catch (error) {
        complain(error.message);
        if (!(error.status >= 0 || error instanceof SyntaxError)) throw error;
      } finally {
        button.disabled = false;
        remove.disabled = !chosen.value;
      }
    }

    function complain(text) {
      told.className = 'pf-complaint';
      told.textContent = text;
    }

    function offerOf() {
      if (!last || !mayKeep || Object.keys(last).length === 0 || localStorage.getItem(offered(definitionId))) return null;
      const leave = () => { localStorage.setItem(offered(definitionId), '1'); offer.remove(); chosen.focus(); };
      return h('div', { class: 'pf-test-input-offer' },
        h('span', null, t('inputs.offer')),
        h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => keep(last, t('inputs.offer.name')) }, t('inputs.offer.keep')),
        h('button', { class: 'pf-button pf-button-small pf-button-quiet', type: 'button', onclick: leave }, t('inputs.offer.leave')));
    }
  }
}

define({
  'inputs.title': ['Test inputs of this workflow', '이 워크플로의 테스트 입력'],
  'inputs.choose': ['Choose a test input', '테스트 입력 선택'],
  'inputs.none': ['None kept yet', '아직 보관된 것이 없습니다'],
  'inputs.name': ['Name for these values', '이 값의 이름'],
  'inputs.name.missing': ['Give these values a name first.', '먼저 이 값의 이름을 입력하세요.'],
  'inputs.keep': ['Keep', '보관'],
  'inputs.hint': ['Kept with the workflow, for everybody who works on it. Keep no passwords here.', '워크플로와 함께 보관되어 함께 작업하는 모두가 사용합니다. 비밀번호는 보관하지 마세요.'],
  'inputs.by': ['Kept by {0}', '{0} 님이 보관함'],
  'inputs.kept': ['{0} is kept with the workflow.', '{0}을(를) 워크플로와 함께 보관했습니다.'],
  'inputs.remove': ['Remove this test input', '이 테스트 입력 제거'],
  'inputs.removed': ['{0} is removed. Keep takes it back.', '{0}을(를) 제거했습니다. 보관을 누르면 되돌립니다.'],
  'inputs.offer': ['This browser has the values of your last run.', '이 브라우저에 마지막 실행의 값이 있습니다.'],
  'inputs.offer.name': ['From my browser', '내 브라우저의 값'],
  'inputs.offer.keep': ['Keep with the workflow', '워크플로와 함께 보관'],
  'inputs.offer.leave': ['No, thanks', '괜찮습니다'],
});
