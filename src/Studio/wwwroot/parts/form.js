// Asking for input in a dialog. What was typed survives a reload, a session that ended and a refusal by the server.
import { h, icon } from '../shell/dom.js';
import { t } from '../shell/strings.js';

const drafts = 'platform.draft.';

/**
 * fields: { name, label, kind: 'text' | 'password' | 'area' | 'json' | 'number' | 'choice' | 'check' | 'datetime' | 'checks', required,
 * hint, choices: [[value, label]], value, rows, shownWhen(values) }; kind 'own' has element(common, value), whose readValue() tells the
 * value. submit(values) throws to keep the dialog open. key: under which
 * a draft is kept; left out for passwords and the like. Resolves to what submit answered, or undefined when it was left.
 */
export function openForm({ title, text, fields = [], submit, action, danger, key, wide, extra }) {
  const kept = key ? readDraft(key) : null;
  const problem = h('div', { class: 'pf-form-problem', role: 'alert', hidden: true });
  const button = h('button', { class: `pf-button ${danger ? 'pf-button-danger' : 'pf-button-primary'}`, type: 'submit' }, action ?? t('form.save'));
  const controls = fields.map(field => controlOf(field, kept?.[field.name] ?? field.value));
  return new Promise(resolve => {
    let answer;
    const form = h('form', { class: 'pf-form', novalidate: true, oninput: changed, onchange: changed, onsubmit: send },
      h('h2', { class: 'pf-dialog-title', id: 'form-title' }, title),
      text && h('p', { class: 'pf-form-text' }, text),
      controls.map(control => control.element), extra, problem,
      h('div', { class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button', type: 'button', onclick: () => leave() }, t('form.cancel')), button));
    const dialog = h('dialog', { class: wide ? 'pf-dialog pf-dialog-form pf-dialog-wide' : 'pf-dialog pf-dialog-form', 'aria-labelledby': 'form-title', onclose: () => { dialog.remove(); resolve(answer); } }, form);
    document.body.append(dialog);
    showFitting();
    dialog.showModal();
    (form.querySelector('[data-first]') ?? form.querySelector('input, select, textarea'))?.focus();

    function values() {
      return Object.fromEntries(controls.map(control => [control.name, control.read()]));
    }

    function showFitting() {
      const now = safeValues();
      for (const control of controls) control.element.hidden = control.shownWhen ? !control.shownWhen(now) : false;
    }

    function safeValues() {
      return Object.fromEntries(controls.map(control => [control.name, control.raw()]));
    }

    function changed() {
      showFitting();
      if (key) sessionStorage.setItem(drafts + key, JSON.stringify(safeValues()));
    }

    function leave() {
      if (key) sessionStorage.removeItem(drafts + key);
      dialog.close();
    }

    async function send(event) {
      event.preventDefault();
      problem.hidden = true;
      for (const control of controls) control.complain(null);
      if (!complete()) return;
      button.disabled = true;
      try {
        answer = await submit(values()) ?? true;
        leave();
      } catch (error) {
        refuse(error);
      } finally {
        button.disabled = false;
      }
    }

    function complete() {
      let first = null;
      for (const control of controls) {
        if (control.element.hidden) continue;
        const complaint = control.check();
        control.complain(complaint);
        if (complaint) first ??= control;
      }
      first?.focus();
      return first === null;
    }

    function refuse(error) {
      const told = new Set();
      for (const [name, sentences] of Object.entries(error.errors ?? {})) {
        const control = controls.find(one => one.name.toLowerCase() === name.split(/[.[]/)[0].toLowerCase());
        if (!control) continue;
        control.complain([sentences].flat().join(' '));
        told.add(name);
      }
      problem.replaceChildren(icon('warning', 16), h('span', null, error.message, error.code && h('span', { class: 'pf-code' }, error.code)));
      problem.hidden = false;
      if (!(error.status >= 0)) console.error(error);
    }
  });
}

/** A question before something that cannot be taken back; says what will happen. Resolves to true when it was done. */
export const confirmAction = ({ title, text, action, run, danger = true, fields }) =>
  openForm({ title, text, action, danger, fields, submit: async values => { await run(values); return true; } });

function controlOf(field, value) {
  const id = `field-${field.name}`;
  const hint = field.hint && h('p', { class: 'pf-hint', id: `${id}-hint` }, field.hint);
  const complaint = h('p', { class: 'pf-complaint', id: `${id}-complaint`, hidden: true });
  const common = { id, name: field.name, required: field.required, 'aria-describedby': `${hint ? `${id}-hint ` : ''}${id}-complaint`, 'data-first': field.first, autocomplete: field.autocomplete ?? 'off', spellcheck: 'false' };
  const input = inputOf(field, common, value);
  const read = readerOf(field, input);
  const isGroup = field.kind === 'checks' || field.kind === 'own';
  const element = field.kind === 'check'
    ? h('div', { class: 'pf-field' }, h('label', { class: 'pf-check-label' }, input, h('span', null, field.label)), hint, complaint)
    : h('div', { class: 'pf-field' }, h(isGroup ? 'span' : 'label', { class: 'pf-label', for: isGroup ? null : id, id: `${id}-label` }, field.label, field.required && h('span', { class: 'pf-soft', 'aria-hidden': 'true' }, ' *')), input, hint, complaint);
  return {
    name: field.name, element, shownWhen: field.shownWhen, read,
    raw: () => field.kind === 'check' ? input.checked : isGroup ? read() : input.value,
    focus: () => (input.matches('input, select, textarea') ? input : input.querySelector('input'))?.focus(),
    complain(text) {
      complaint.textContent = text ?? '';
      complaint.hidden = !text;
      input.toggleAttribute('aria-invalid', Boolean(text));
    },
    check() {
      if (field.required && (read() === null || read() === '' || read()?.length === 0)) return t('form.required');
      if (field.kind === 'json' && input.value.trim()) {
        try { JSON.parse(input.value); } catch (error) { return t('form.json', error.message); }
      }
      if (field.kind === 'number' && input.value !== '' && !input.checkValidity()) return t('form.number', field.min ?? '', field.max ?? '');
      return field.check?.(read()) ?? null;
    },
  };
}

function inputOf(field, common, value) {
  switch (field.kind) {
    case 'area': case 'json':
      return h('textarea', { ...common, class: `pf-input pf-area${field.kind === 'json' ? ' pf-mono' : ''}`, rows: field.rows ?? 5 }, typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value, null, 2));
    case 'choice':
      return h('select', { ...common, class: 'pf-input pf-select' }, field.choices.map(([choice, label]) => h('option', { value: choice, selected: choice === value }, label)));
    case 'check':
      return h('input', { ...common, class: 'pf-check', type: 'checkbox', checked: Boolean(value) });
    case 'checks':
      return h('div', { class: 'pf-checks', role: 'group', 'aria-labelledby': `${common.id}-label` }, field.choices.map(([choice, label]) =>
        h('label', { class: 'pf-check-label' }, h('input', { class: 'pf-check', type: 'checkbox', value: choice, checked: value?.includes(choice) }), h('span', null, label ?? choice))));
    case 'own':
      return field.element(common, value);
    default:
      return h('input', { ...common, class: `pf-input${field.mono ? ' pf-mono' : ''}`, type: { datetime: 'datetime-local', number: 'number', password: 'password' }[field.kind] ?? 'text', value: value ?? '', min: field.min, max: field.max, step: field.step, placeholder: field.placeholder, readonly: field.readonly });
  }
}

function readerOf(field, input) {
  switch (field.kind) {
    case 'check': return () => input.checked;
    case 'checks': return () => [...input.querySelectorAll('input:checked')].map(box => box.value);
    case 'own': return () => input.readValue();
    case 'number': return () => input.value === '' ? null : Number(input.value);
    case 'json': return () => input.value.trim() ? JSON.parse(input.value) : null;
    case 'datetime': return () => input.value ? new Date(input.value).toISOString() : null;
    default: return () => input.value.trim();
  }
}

function readDraft(key) {
  try { return JSON.parse(sessionStorage.getItem(drafts + key)); } catch { return null; }
}
