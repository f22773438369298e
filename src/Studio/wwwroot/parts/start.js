// Starting a workflow: a form from the inputs that it declares, or JSON, with the values of the last time.
import { h } from '../shell/dom.js';
import { navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { copyCurl } from './curl.js';
import { openForm } from './form.js';
import { testInputs } from './testinputs.js';

const pinned = id => `platform.input.${id}`;
const kinds = { Boolean: 'check', Int32: 'number', Int64: 'number', Double: 'number', Single: 'number', Decimal: 'number', DateTime: 'datetime', DateTimeOffset: 'datetime' };
const texts = ['String', 'Guid', 'Uri', 'TimeSpan', 'Char', 'DateOnly', 'TimeOnly'];

/** Asks for the inputs of a workflow, if it has any, runs it and leads to the run. draft: what stands in the designer is meant. */
export async function startWorkflow(definitionId, { draft = false } = {}) {
  const path = `api/definitions/${encodeURIComponent(definitionId)}/runs`;
  let definition;
  let versions;
  try {
    definition = await get(`elsa/api/workflow-definitions/by-definition-id/${encodeURIComponent(definitionId)}`, { query: { versionOptions: 'Latest' } });
    versions = await versionsOf(definition, draft);
  } catch (error) {
    toast({ kind: 'error', title: t('start.failed'), text: error.message });
    return;
  }

  const inputs = definition.inputs ?? [];
  // Nothing to ask: what is published starts at once. A draft is said to be one first.
  if (inputs.length === 0 && definition.isPublished) {
    try {
      go(await send('POST', path, {}));
    } catch (error) {
      toast({ kind: 'error', title: t('start.failed'), text: error.message });
    }
    return;
  }

  const last = JSON.parse(localStorage.getItem(pinned(definitionId)) ?? 'null');
  const tried = inputs.length ? await testInputs(definitionId, last) : null;
  const kept = last ?? tried?.first?.input ?? {};
  const fields = inputs.map(input => fieldOf(input, kept[input.name]));
  const bodyOf = values => ({
    input: inputs.length ? inputOf(inputs, fields, values) : undefined,
    correlationId: values['#correlation'] || undefined,
    versionOptions: values['#version'],
  });
  const started = await openForm({
    title: t('start.title', definition.name || definitionId),
    text: definition.description || undefined,
    key: `start.${definitionId}`,
    wide: inputs.length > 3,
    fields: [
      ...fields,
      { name: '#correlation', label: t('runs.correlation'), hint: t('start.correlation.hint') },
      { name: '#version', kind: 'choice', label: t('rerun.version'), choices: versions, value: versions[0][0] },
    ],
    extra: [
      tried?.element(form => readForm(form, fields, inputs, { strict: true }).input, (form, input) => fillForm(form, fields, inputs, input)),
      h('p', { class: 'pf-hint' }, h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: event => copyCurl('POST', path, readForm(event.target.form, fields, inputs)) }, t('curl.copy'))),
    ],
    action: t('start.action'),
    async submit(values) {
      const body = bodyOf(values);
      const answer = await send('POST', path, body);
      localStorage.setItem(pinned(definitionId), JSON.stringify(body.input ?? {}));
      return answer;
    },
  });
  if (started) go(started);
}

// The first one is what is meant: the draft in the designer, the published version elsewhere.
async function versionsOf(definition, draft) {
  if (definition.isPublished) return [['Published', `${t('definition.published')} · ${t('definition.version', definition.version)}`]];
  const latest = ['Latest', `${t('start.draft')} · ${t('definition.version', definition.version)}`];
  const { items } = await get('elsa/api/workflow-definitions', { query: { definitionIds: definition.definitionId, versionOptions: 'Published' } });
  if (items.length === 0) return [latest];
  const published = ['Published', `${t('definition.published')} · ${t('definition.version', items[0].version)}`];
  return draft ? [latest, published] : [published, latest];
}

function go({ instanceId }) {
  navigate(`runs/${encodeURIComponent(instanceId)}`);
}

function fieldOf(input, kept) {
  const type = (input.type ?? 'Object').split('.').pop();
  const kind = input.isArray ? 'json' : kinds[type] ?? (texts.includes(type) ? (input.uiHint === 'multi-line' ? 'area' : 'text') : 'json');
  const value = kept ?? input.defaultValue;
  return {
    name: input.name, kind, label: input.displayName || input.name, hint: input.description || (kind === 'json' ? t('start.json.hint') : undefined),
    value: kind === 'json' ? (value === undefined || value === null ? '' : JSON.stringify(value, null, 2)) : kind === 'datetime' && value ? String(value).slice(0, 16) : value,
    step: kind === 'number' && !/Int/.test(type) ? 'any' : undefined,
  };
}

// What is left empty is not given, so that the workflow's own default counts.
function inputOf(inputs, fields, values) {
  return Object.fromEntries(inputs.map(input => [input.name, values[input.name]]).filter(([, value]) => value !== null && value !== ''));
}

// strict: what is not JSON is thrown and not taken as text.
function readForm(form, fields, inputs, { strict = false } = {}) {
  const values = Object.fromEntries(fields.map(field => {
    const control = form.elements[field.name];
    if (field.kind === 'check') return [field.name, control.checked];
    if (control.value === '') return [field.name, null];
    if (field.kind === 'json') { try { return [field.name, JSON.parse(control.value)]; } catch (error) { if (strict) throw new SyntaxError(`${field.label}: ${t('form.json', error.message)}`); return [field.name, control.value]; } }
    return [field.name, field.kind === 'number' ? Number(control.value) : control.value];
  }));
  return { input: inputOf(inputs, fields, values) };
}

// What the input does not name gets the default of the workflow again, as it would in a run.
function fillForm(form, fields, inputs, input) {
  fields.forEach((field, index) => {
    const control = form.elements[field.name];
    const { value } = fieldOf(inputs[index], input[field.name]);
    if (field.kind === 'check') control.checked = Boolean(value);
    else control.value = value ?? '';
  });
  form.dispatchEvent(new Event('input'));
}

define({
  'start.title': ['Run {0}', '{0} 실행'],
  'start.action': ['Run', '실행'],
  'start.failed': ['It could not be started', '시작할 수 없습니다'],
  'start.draft': ['Draft (not published)', '초안 (게시되지 않음)'],
  'start.json.hint': ['JSON', 'JSON'],
  'start.correlation.hint': ['Under this name runs that belong together are found. May stay empty.', '함께 속하는 실행을 이 이름으로 찾습니다. 비워 두어도 됩니다.'],
});
