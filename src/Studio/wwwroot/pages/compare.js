// Two runs side by side: where they went the same way, where they parted, and what took longer.
import { h } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { duration, number } from '../parts/format.js';
import { body, card, empty, facts, failure, skeleton, statusChip } from '../parts/states.js';
import { table } from '../parts/table.js';

export default {
  async render(container, page) {
    page.title({ label: t('page.runs'), path: 'runs' }, t('page.compare'));
    const place = body(container, skeleton());
    const ids = ['left', 'right'].map(side => page.query.get(side));
    if (ids.some(id => !id)) return void place.replaceChildren(empty({ title: t('compare.two'), text: t('compare.two.text') }));
    try {
      const [left, right] = await Promise.all(ids.map(id => load(id, page.signal)));
      draw(place, left, right);
    } catch (error) {
      if (error.name !== 'AbortError') place.replaceChildren(failure(error));
    }
  },
};

async function load(id, signal) {
  const [run, executions] = await Promise.all([
    get(`elsa/api/workflow-instances/${encodeURIComponent(id)}`, { signal }),
    get('elsa/api/activity-executions/list', { query: { workflowInstanceId: id }, signal }),
  ]);
  const turns = new Map();
  // The same activity in its second turn is compared with the other's second turn.
  const steps = new Map(executions.items.map(step => {
    const turn = (turns.get(step.activityNodeId) ?? 0) + 1;
    turns.set(step.activityNodeId, turn);
    return [`${step.activityNodeId}#${turn}`, { ...step, turn, took: (step.completedAt ? new Date(step.completedAt) : Date.now()) - new Date(step.startedAt) }];
  }));
  return { run, steps };
}

function draw(place, left, right) {
  const keys = [...new Set([...left.steps.keys(), ...right.steps.keys()])];
  const rows = keys.map(key => ({ key, left: left.steps.get(key), right: right.steps.get(key) })).map(row => ({ ...row, difference: differenceOf(row) }));
  const different = rows.filter(row => row.difference !== null);
  const steps = table({
    label: t('page.compare'),
    key: row => row.key,
    columns: [
      { label: t('compare.step'), cell: row => [(row.left ?? row.right).activityName || (row.left ?? row.right).activityId, (row.left ?? row.right).turn > 1 ? h('span', { class: 'pf-soft' }, ` · ${t('compare.turn', (row.left ?? row.right).turn)}`) : null].filter(Boolean) },
      { label: t('compare.left'), cell: row => row.left ? statusChip(row.left.status) : h('span', { class: 'pf-soft' }, t('compare.not')) },
      { label: t('compare.right'), cell: row => row.right ? statusChip(row.right.status) : h('span', { class: 'pf-soft' }, t('compare.not')) },
      { label: t('word.duration'), number: true, cell: row => `${row.left ? duration(row.left.took) : '–'} → ${row.right ? duration(row.right.took) : '–'}` },
      { label: t('compare.difference'), cell: row => row.difference ? h('span', null, row.difference) : h('span', { class: 'pf-soft' }, t('compare.same')) },
    ],
  });
  steps.draw(rows);
  place.replaceChildren(
    h('div', { class: 'pf-cards' }, side('compare.left', left.run), side('compare.right', right.run)),
    h('p', { class: 'pf-text' }, left.run.definitionId !== right.run.definitionId ? t('compare.other') : t('compare.count', number(different.length), number(rows.length))),
    steps.element);
}

function differenceOf({ left, right }) {
  if (!left) return t('compare.onlyRight');
  if (!right) return t('compare.onlyLeft');
  const parts = [];
  if (left.status !== right.status) parts.push(`${left.status} → ${right.status}`);
  for (const [label, name] of [['run.step.inputs', 'activityState'], ['run.step.outputs', 'outputs']]) {
    const names = new Set([...Object.keys(left[name] ?? {}), ...Object.keys(right[name] ?? {})]);
    const changed = [...names].filter(key => JSON.stringify(left[name]?.[key]) !== JSON.stringify(right[name]?.[key]));
    if (changed.length) parts.push(`${t(label)}: ${changed.map(key => `${key} ${short(left[name]?.[key])} → ${short(right[name]?.[key])}`).join(', ')}`);
  }
  const outcomes = [left, right].map(step => step.payload?.Outcomes?.join(', ') ?? '');
  if (outcomes[0] !== outcomes[1]) parts.push(`${t('run.step.outcome')}: ${outcomes.join(' → ')}`);
  return parts.length ? parts.join('; ') : null;
}

function short(value) {
  const text = value === undefined ? '–' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const side = (title, run) => card(t(title), facts([
  [t('run.id'), h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(run.id)}`) }, run.id.slice(-12))],
  [t('word.status'), statusChip(run.subStatus)],
  [t('word.workflow'), `${run.definitionId} · ${t('definition.version', run.version)}`],
  [t('word.duration'), duration((run.finishedAt ? new Date(run.finishedAt) : Date.now()) - new Date(run.createdAt))],
]));

define({
  'compare.two': ['Two runs are needed', '실행 두 개가 필요합니다'],
  'compare.two.text': ['Open a run and choose Compare in its menu.', '실행을 열고 메뉴에서 비교를 고르세요.'],
  'compare.left': ['This run', '이 실행'],
  'compare.right': ['The other', '다른 실행'],
  'compare.step': ['Step', '단계'],
  'compare.turn': ['turn {0}', '{0}번째'],
  'compare.not': ['not executed', '실행되지 않음'],
  'compare.difference': ['Difference', '차이'],
  'compare.same': ['the same', '같음'],
  'compare.onlyLeft': ['only in this run', '이 실행에만 있음'],
  'compare.onlyRight': ['only in the other', '다른 실행에만 있음'],
  'compare.other': ['They are runs of different workflows.', '서로 다른 워크플로의 실행입니다.'],
  'compare.count': ['{0} of {1} steps differ.', '{1}단계 중 {0}단계가 다릅니다.'],
});
