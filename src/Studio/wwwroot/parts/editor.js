// Settings as a form and as JSON: two views of one object. What the server finds wrong stands at the field, or at the line.
import { h, icon } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { shortSpan, wireSpan } from './spans.js';

const drafts = 'platform.draft.';

/**
 * groups: [{ title, text, part, fields: [{ path, label, hint, kind, choices, min, max, step, placeholder, wide, required, rows, suggestions }] }].
 * A group with a `part` is a member of its own that may be left out; it is switched on and off. kinds: text, number, span, choice,
 * check, lines, names, area, rules. model: the object, as the server takes it. save(model) throws to refuse. key: under which what
 * was typed is kept. Answers { element, isChanged() }.
 */
export function settingsEditor({ groups, model, key, save, action, cancel, readonly, note, saved, view = 'form' }) {
  const kept = readDraft(key);
  const original = JSON.stringify(model);
  let value = kept ?? structuredClone(model);
  let problems = [];
  let text = null;
  const controls = new Map();
  const place = h('div', { class: 'pf-stack' });
  const complaint = h('div', { role: 'alert' });
  const button = h('button', { class: 'pf-button pf-button-primary', type: 'submit' }, action ?? t('form.save'));
  const discard = h('button', { class: 'pf-button', type: 'button', hidden: true, onclick: () => { forget(); value = JSON.parse(original); text = null; problems = []; show(view); told(); } }, t('settingsEditor.discard'));
  const buttons = ['form', 'json'].map(name => h('button', { class: 'pf-switch-item', type: 'button', onclick: () => choose(name) }, t(`settingsEditor.${name}`)));
  const element = h('form', { class: 'pf-editor', novalidate: true, onsubmit: submit },
    h('div', { class: 'pf-editor-head' }, h('div', { class: 'pf-switch', role: 'group', 'aria-label': t('settingsEditor.view') }, buttons), note && h('span', { class: 'pf-soft' }, note)),
    kept && h('p', { class: 'pf-note', role: 'status' }, icon('history', 16), t('settingsEditor.restored')),
    place, complaint,
    !readonly && h('div', { class: 'pf-editor-foot' }, button, discard, cancel && h('button', { class: 'pf-button pf-button-quiet', type: 'button', onclick: () => { forget(); cancel(); } }, t('form.cancel'))));
  show(view);
  told();
  return { element, isChanged: () => JSON.stringify(value) !== original };

  function choose(name) {
    if (view === 'json' && !take()) return;
    show(name);
  }

  function show(name) {
    view = name;
    for (const [index, one] of ['form', 'json'].entries()) buttons[index].setAttribute('aria-pressed', String(one === name));
    controls.clear();
    place.replaceChildren(...name === 'form' ? groups.map(groupOf) : [codeOf()]);
    mark();
  }

  function changed() {
    if (key && JSON.stringify(value) !== original) sessionStorage.setItem(drafts + key, JSON.stringify(value));
    else forget();
    told();
  }

  function told() {
    discard.hidden = text === null && JSON.stringify(value) === original;
  }

  function forget() {
    if (key) sessionStorage.removeItem(drafts + key);
  }

  // The text of the JSON view becomes the object, when it is one.
  function take() {
    if (text === null) return true;
    try {
      const parsed = JSON.parse(text);
      if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) throw new Error(t('settingsEditor.object'));
      value = parsed;
      text = null;
      return true;
    } catch (error) {
      complaint.replaceChildren(h('p', { class: 'pf-form-problem' }, icon('warning', 16), t('form.json', error.message)));
      return false;
    }
  }

  async function submit(event) {
    event.preventDefault();
    problems = [];
    complaint.replaceChildren();
    if (!take()) return;
    const missing = groups.flatMap(group => group.fields).filter(field => field.required && isEmpty(read(value, field.path)));
    if (missing.length) {
      problems = missing.map(field => ({ path: field.path, text: t('form.required') }));
      return mark(true);
    }
    button.disabled = true;
    try {
      const answer = await save(structuredClone(value));
      forget();
      saved?.(answer);
    } catch (error) {
      if (!(error.status >= 0)) throw error;
      problems = sentencesOf(error, value, groups);
      complaint.replaceChildren(h('p', { class: 'pf-form-problem' }, icon('warning', 16), h('span', null, error.message, error.code && h('span', { class: 'pf-code' }, error.code))));
      mark(true);
    } finally {
      button.disabled = false;
    }
  }

  function mark(jump = false) {
    for (const [path, control] of controls) {
      const found = problems.filter(problem => samePath(problem.path, path)).map(problem => problem.text);
      control.complain(found.join(' '));
    }
    const first = [...controls].find(([path]) => problems.some(problem => samePath(problem.path, path)));
    if (jump && first) first[1].focus();
    place.querySelector('.pf-code-editor')?.dispatchEvent(new Event('pf-mark'));
  }

  function groupOf(group) {
    const fields = h('div', { class: 'pf-group-fields' });
    const isOn = () => !group.part || !isEmpty(read(value, group.part));
    const draw = () => fields.replaceChildren(...isOn() ? group.fields.map(field => fieldOf(field)) : []);
    draw();
    const toggle = group.part && h('input', { class: 'pf-check', type: 'checkbox', checked: isOn(), disabled: readonly, 'aria-label': group.title, onchange: event => {
      write(value, group.part, event.target.checked ? structuredClone(group.initial ?? {}) : null);
      for (const field of group.fields) controls.delete(field.path);
      draw();
      changed();
    } });
    return h('section', { class: 'pf-group' }, h('div', { class: 'pf-group-head' }, toggle, h('div', null, h('h3', { class: 'pf-group-title' }, group.title), group.text && h('p', { class: 'pf-group-text' }, group.text))), fields);
  }

  function fieldOf(field) {
    const control = controlOf(field, read(value, field.path), next => { write(value, field.path, next); changed(); }, readonly);
    controls.set(field.path, control);
    return control.element;
  }

  function codeOf() {
    text ??= JSON.stringify(value, null, 2);
    const numbers = h('pre', { class: 'pf-code-lines', 'aria-hidden': 'true' });
    const area = h('textarea', { class: 'pf-code-text', 'aria-label': t('settingsEditor.json'), spellcheck: 'false', readonly, rows: Math.min(34, text.split('\n').length + 2), oninput: () => {
      text = area.value;
      lines();
      try { value = JSON.parse(text); changed(); } catch { told(); }
    }, onscroll: () => { numbers.scrollTop = area.scrollTop; } }, text);
    const found = h('ul', { class: 'pf-problems', hidden: true });
    const editor = h('div', { class: 'pf-code-editor' }, numbers, area);
    editor.addEventListener('pf-mark', lines);
    lines();
    return h('div', { class: 'pf-stack' }, found, editor);

    function lines() {
      const all = area.value.split('\n');
      const bad = problems.map(problem => ({ ...problem, line: lineOf(all, problem.path) }));
      numbers.replaceChildren(...all.flatMap((_, index) => [bad.some(problem => problem.line === index) ? h('span', { class: 'pf-code-line-bad' }, String(index + 1)) : String(index + 1), '\n']));
      numbers.style.maxHeight = `${area.clientHeight}px`;
      found.hidden = bad.length === 0;
      found.replaceChildren(...bad.map(problem => h('li', null,
        problem.line >= 0 ? h('button', { class: 'pf-problem-link', type: 'button', onclick: () => jumpTo(area, all, problem.line) }, t('settingsEditor.line', problem.line + 1)) : null, ' ', problem.path && h('strong', null, problem.path), ' ', problem.text)));
    }
  }
}

function jumpTo(area, all, line) {
  const from = all.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(from, from + all[line].length);
  area.scrollTop = Math.max(0, (line - 4) * 20);
}

// The line on which a member stands: its names are looked for one within the other.
function lineOf(all, path) {
  let line = 0;
  for (const name of path?.split('.') ?? []) {
    if (/^\d+$/.test(name)) continue;
    const found = all.findIndex((one, index) => index >= line && one.toLowerCase().includes(`"${name.toLowerCase()}"`));
    if (found < 0) return line > 0 ? line : -1;
    line = found;
  }
  return path ? line : -1;
}

const isEmpty = value => value === undefined || value === null || value === '' || Array.isArray(value) && value.length === 0;
const samePath = (one, other) => one && (one.toLowerCase() === other.toLowerCase() || one.toLowerCase().startsWith(`${other.toLowerCase()}.`));

// The server tells each problem as a sentence that begins with the member it is about, one after the other.
function sentencesOf(error, model, groups) {
  const given = Object.entries(error.errors ?? {}).flatMap(([path, texts]) => [texts].flat().map(text => ({ path, text })));
  const names = [...new Set([...Object.keys(model), ...groups.flatMap(group => group.fields.map(field => field.path.split('.')[0]))])];
  const begin = new RegExp(`(?:^|(?<=[.!]\\s))((?:${names.map(name => name.replace(/[^\w]/g, '')).join('|')})(?:\\.[\\w-]+)*)(?=\\s)`, 'gi');
  const found = [...error.message.matchAll(begin)];
  const told = found.map((match, index) => ({ path: match[1], text: error.message.slice(match.index + match[1].length, found[index + 1]?.index).trim() }));
  return told.length ? told : given.filter(problem => problem.path);
}

const read = (object, path) => path.split('.').reduce((value, name) => value?.[name], object);

function write(object, path, value) {
  const names = path.split('.');
  const last = names.pop();
  let at = object;
  for (const name of names) at = at[name] ??= {};
  if (isEmpty(value)) delete at[last];
  else at[last] = value;
}

let ids = 0;

function controlOf(field, value, changed, readonly) {
  const id = `edit-${++ids}`;
  const problem = h('p', { class: 'pf-complaint', id: `${id}-complaint`, hidden: true });
  const hint = field.hint && h('p', { class: 'pf-hint', id: `${id}-hint` }, field.hint);
  const common = { id, name: field.path, disabled: readonly, placeholder: field.placeholder, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': `${hint ? `${id}-hint ` : ''}${id}-complaint` };
  const input = inputOf(field, common, value, changed);
  const target = input.matches('input, select, textarea') ? input : input.querySelector('input');
  const element = field.kind === 'check'
    ? h('div', { class: 'pf-field' }, h('label', { class: 'pf-check-label' }, input, h('span', null, field.label)), hint, problem)
    : h('div', { class: field.wide ? 'pf-field pf-field-wide' : 'pf-field' }, h(field.kind === 'rules' || field.kind === 'names' ? 'span' : 'label', { class: 'pf-label', for: field.kind === 'rules' || field.kind === 'names' ? null : id, id: `${id}-label` }, field.label, field.required && h('span', { class: 'pf-soft', 'aria-hidden': 'true' }, ' *')), input, hint, problem);
  return {
    element,
    focus: () => target?.focus(),
    complain(text) {
      problem.textContent = text;
      problem.hidden = !text;
      target?.toggleAttribute('aria-invalid', Boolean(text));
    },
  };
}

function inputOf(field, common, value, changed) {
  switch (field.kind) {
    case 'number':
      return h('input', { ...common, class: 'pf-input', type: 'number', min: field.min, max: field.max, step: field.step ?? 1, value: value ?? '', oninput: event => changed(event.target.value === '' ? null : Number(event.target.value)) });
    case 'span':
      return h('input', { ...common, class: 'pf-input', type: 'text', value: shortSpan(value), oninput: event => changed(wireSpan(event.target.value.trim())) });
    case 'choice':
      return h('select', { ...common, class: 'pf-input pf-select', onchange: event => changed(event.target.value || null) }, field.choices.map(([choice, label]) => h('option', { value: choice, selected: choice === (value ?? field.choices[0][0]) }, label)));
    case 'check':
      return h('input', { ...common, class: 'pf-check', type: 'checkbox', checked: value ?? field.initial ?? false, onchange: event => changed(event.target.checked) });
    case 'lines':
      return h('textarea', { ...common, class: 'pf-input pf-area pf-mono', rows: field.rows ?? 3, oninput: event => changed(event.target.value.split('\n').map(line => line.trim()).filter(Boolean)) }, (value ?? []).join('\n'));
    case 'area':
      return h('textarea', { ...common, class: 'pf-input pf-area', rows: field.rows ?? 3, oninput: event => changed(event.target.value) }, value ?? '');
    case 'names': {
      const chosen = new Set(value ?? []);
      const all = [...new Set([...field.choices, ...chosen])];
      return all.length === 0 ? h('p', { class: 'pf-text' }, t('word.none')) : h('div', { class: 'pf-checks', role: 'group', 'aria-labelledby': `${common.id}-label` }, all.map(name => h('label', { class: 'pf-check-label' },
        h('input', { class: 'pf-check', type: 'checkbox', disabled: common.disabled, checked: chosen.has(name), onchange: event => { event.target.checked ? chosen.add(name) : chosen.delete(name); changed([...chosen]); } }), h('span', null, name))));
    }
    case 'rules':
      return rulesOf(common, value ?? {}, changed);
    case 'words':
      return h('input', { ...common, class: 'pf-input', type: 'text', value: (value ?? []).join(', '), oninput: event => changed(event.target.value.split(',').map(word => word.trim()).filter(Boolean)) });
    default:
      return h('input', { ...common, class: 'pf-input', type: 'text', value: value ?? '', oninput: event => changed(event.target.value.trim()) });
  }
}

// Rules for single statuses: a row each.
function rulesOf(common, value, changed) {
  const rows = Object.entries(value).map(([status, rule]) => ({ status, ...rule }));
  const place = h('div', { role: 'group', 'aria-labelledby': `${common.id}-label` });
  draw();
  return place;

  function tell() {
    const rules = Object.fromEntries(rows.filter(row => row.status).map(row => [row.status, Object.fromEntries([['maxAttempts', row.maxAttempts], ['delay', row.delay]].filter(([, one]) => one !== null && one !== undefined && one !== ''))]));
    changed(Object.keys(rules).length ? rules : null);
  }

  function draw() {
    place.replaceChildren(...rows.map((row, index) => h('div', { class: 'pf-rule-row' },
      h('input', { class: 'pf-input', 'aria-label': t('settingsEditor.rule.status'), placeholder: '5xx', value: row.status, disabled: common.disabled, oninput: event => { row.status = event.target.value.trim(); tell(); } }),
      h('input', { class: 'pf-input', type: 'number', min: 1, max: 20, 'aria-label': t('settingsEditor.rule.attempts'), placeholder: t('settingsEditor.rule.attempts'), value: row.maxAttempts ?? '', disabled: common.disabled, oninput: event => { row.maxAttempts = event.target.value === '' ? null : Number(event.target.value); tell(); } }),
      h('input', { class: 'pf-input', 'aria-label': t('settingsEditor.rule.delay'), placeholder: t('settingsEditor.rule.delay'), value: shortSpan(row.delay), disabled: common.disabled, oninput: event => { row.delay = wireSpan(event.target.value.trim()); tell(); } }),
      !common.disabled && h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('settingsEditor.rule.remove'), onclick: () => { rows.splice(index, 1); tell(); draw(); } }, icon('trash', 18)))),
    common.disabled ? '' : h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => { rows.push({ status: '' }); draw(); place.querySelectorAll('input').item(place.querySelectorAll('input').length - 3)?.focus(); } }, icon('plus', 16), t('settingsEditor.rule.add')));
  }
}

function readDraft(key) {
  try { return key ? JSON.parse(sessionStorage.getItem(drafts + key)) : null; } catch { return null; }
}

define({
  'settingsEditor.form': ['Form', '양식'],
  'settingsEditor.json': ['JSON', 'JSON'],
  'settingsEditor.view': ['How to edit', '편집 방식'],
  'settingsEditor.discard': ['Discard changes', '변경 버리기'],
  'settingsEditor.restored': ['What you typed before and did not save is here again.', '저장하지 않았던 입력 내용을 되살렸습니다.'],
  'settingsEditor.object': ['an object in braces is needed', '중괄호로 된 객체가 필요합니다'],
  'settingsEditor.line': ['Line {0}', '{0}번째 줄'],
  'settingsEditor.rule.status': ['Status', '상태 코드'],
  'settingsEditor.rule.attempts': ['Attempts', '시도 횟수'],
  'settingsEditor.rule.delay': ['Delay', '지연'],
  'settingsEditor.rule.add': ['Add a rule', '규칙 추가'],
  'settingsEditor.rule.remove': ['Remove this rule', '이 규칙 제거'],
});
