// Workflows that are started when something is wrong, and what they did.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { definitionNames } from './definitions.js';
import { confirmAction, openForm } from './form.js';
import { number, when } from './format.js';
import { list } from './list.js';
import { shortSpan, wireSpan } from './spans.js';
import { chip, skeleton, statusChip } from './states.js';
import { conditionFields, conditionOf, conditionText, remedyTopics, sourceChip, subjectLink, subjectText } from './watch.js';
import { watched } from './alert-rules.js';
import { switchOf } from './alert-switch.js';

const addressOfRemedy = name => `api/remedies/${encodeURIComponent(name)}`;
const modes = () => [['off', t('switch.off')], ['dryRun', t('switch.dryRun')], ['on', t('switch.on')]];
const workflowLink = id => h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(id)}`) }, id);

export function remedies(place, signal) {
  const manages = may('manage:monitor');
  const button = () => manages && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => edit(null, () => answer.refresh()) }, icon('plus', 18), t('remedies.new'));
  const answer = list(place, {
    signal, path: 'api/remedies', topics: remedyTopics,
    above: h('div', { class: 'pf-line pf-line-spread' }, h('p', { class: 'pf-text' }, t('remedies.text')), button()),
    none: { symbol: 'again', title: t('remedies.none'), text: t('remedies.none.text') },
    table: {
      label: t('alerts.tab.remedies'), key: remedy => remedy.name,
      columns: [
        { label: t('word.name'), cell: remedy => h('span', null, h('strong', null, remedy.name), remedy.description && h('span', { class: 'pf-soft' }, h('br'), remedy.description)) },
        { label: t('remedies.when'), cell: remedy => h('span', null, remedy.rule ? t('remedies.rule', remedy.rule) : conditionText(remedy.condition), remedy.subject !== '*' && h('span', { class: 'pf-soft' }, h('br'), subjectText(remedy.subject))) },
        { label: t('word.workflow'), cell: remedy => workflowLink(remedy.workflow) },
        { label: t('remedies.caps'), minor: true, cell: remedy => h('span', null, t('remedies.caps.says', number(remedy.runsInLastHour), number(remedy.maxPerHour)), h('br'), h('span', { class: 'pf-soft' }, t('remedies.cooldown.says', shortSpan(remedy.cooldown))), remedy.isCapped && h('span', null, ' ', chip(t('remedies.capped'), 'warn'))) },
        { label: t('remedies.last'), minor: true, cell: remedy => when(remedy.lastRunAt) },
        { label: t('watch.source'), minor: true, cell: remedy => sourceChip(remedy.source) },
        { label: t('remedies.mode'), cell: remedy => switchOf({ label: t('remedies.mode.of', remedy.name), value: remedy.mode, choices: modes(), disabled: !manages, change: mode => send('PUT', addressOfRemedy(remedy.name), { ...bodyOf(remedy), mode }), done: () => answer.refresh() }) },
      ],
      menu: manages ? remedy => [
        { label: t('remedies.run'), icon: icon('play', 18), run: () => run(remedy, () => answer.refresh()) },
        { label: t('word.edit'), icon: icon('edit', 18), run: () => edit(remedy, () => answer.refresh()) },
        remedy.source === 'store' && { label: t('rules.delete'), icon: icon('trash', 18), run: async () => await confirmAction({ title: t('rules.delete.title', remedy.name), text: t('remedies.delete.text'), action: t('rules.delete'), run: () => send('DELETE', addressOfRemedy(remedy.name)) }) && answer.refresh() },
      ] : undefined,
    },
  });
}

const bodyOf = ({ name, source, lastRunAt, runsInLastHour, isCapped, ...body }) => body;

async function run(remedy, refresh) {
  const { subjects } = await watched();
  const fitting = remedy.subject === '*' ? subjects : remedy.subject === 'service:*' ? subjects.filter(subject => subject.startsWith('service:')) : [remedy.subject];
  const done = await openForm({
    title: t('remedies.run.title', remedy.name), text: t('remedies.run.text', remedy.workflow), action: t('remedies.run.do'),
    fields: [{ name: 'subject', kind: 'choice', label: t('remedies.run.subject'), choices: fitting.map(subject => [subject, subjectText(subject)]) }],
    submit: ({ subject }) => send('POST', `${addressOfRemedy(remedy.name)}/run`, { subject }),
  });
  if (!done) return;
  toast({ kind: done.outcome === 'failed' ? 'error' : 'success', title: t(`remedies.outcome.${done.outcome}`), text: done.detail ?? undefined });
  refresh();
}

async function edit(remedy, refresh) {
  const [options, rules, workflows] = await Promise.all([watched(), get('api/alert-rules', { query: { take: 1_000 } }), definitionNames()]);
  const byRule = values => values.trigger === 'rule';
  const done = await openForm({
    title: remedy ? remedy.name : t('remedies.new'), action: remedy ? undefined : t('rules.make'), wide: true, key: remedy ? undefined : 'alerts.remedy',
    fields: [
      ...remedy ? [] : [{ name: 'name', label: t('word.name'), required: true, hint: t('rules.name.hint'), first: true }],
      { name: 'description', label: t('policy.description'), value: remedy?.description ?? '' },
      { name: 'trigger', kind: 'choice', label: t('remedies.when'), value: remedy?.condition ? 'condition' : 'rule', choices: [['rule', t('remedies.trigger.rule')], ['condition', t('remedies.trigger.condition')]] },
      { name: 'rule', kind: 'choice', label: t('alerts.rule'), value: remedy?.rule ?? rules.items[0]?.name, choices: rules.items.map(rule => [rule.name, rule.name]), shownWhen: byRule },
      ...conditionFields({ ...options, value: remedy?.condition ?? {}, prefix: 'if-', shownWhen: values => !byRule(values) }),
      { name: 'subject', kind: 'choice', label: t('remedies.subject'), value: remedy?.subject ?? '*', hint: t('remedies.subject.hint'), choices: [...new Set(['*', 'service:*', ...options.subjects, remedy?.subject ?? '*'])].map(subject => [subject, subjectText(subject)]) },
      workflows.size ? { name: 'workflow', kind: 'choice', label: t('word.workflow'), value: remedy?.workflow, choices: [...new Map([...workflows, ...remedy && !workflows.has(remedy.workflow) ? [[remedy.workflow, remedy.workflow]] : []])] }
        : { name: 'workflow', label: t('word.workflow'), value: remedy?.workflow ?? '', required: true },
      { name: 'input', kind: 'json', label: t('remedies.input'), value: remedy?.input ?? {}, rows: 4, hint: t('remedies.input.hint') },
      { name: 'mode', kind: 'choice', label: t('remedies.mode'), value: remedy?.mode ?? 'dryRun', choices: modes(), hint: t('remedies.mode.hint') },
      { name: 'cooldown', label: t('remedies.cooldown'), value: shortSpan(remedy?.cooldown ?? '00:05:00'), hint: t('remedies.cooldown.hint') },
      { name: 'maxPerHour', kind: 'number', label: t('remedies.max'), value: remedy?.maxPerHour ?? 4, min: 1, max: 1000, required: true },
    ],
    submit: values => {
      const body = {
        description: values.description || null, subject: values.subject, workflow: values.workflow, input: values.input ?? {}, mode: values.mode, cooldown: wireSpan(values.cooldown) ?? '00:00:00', maxPerHour: values.maxPerHour,
        ...byRule(values) ? { rule: values.rule } : { condition: conditionOf(values, 'if-') },
      };
      return remedy ? send('PUT', addressOfRemedy(remedy.name), body) : send('POST', 'api/remedies', { name: values.name, ...body });
    },
  });
  if (!done) return;
  toast({ kind: 'success', title: t('remedies.saved') });
  refresh();
}

const outcomeKinds = { planned: 'info', started: 'good', dryRun: 'none', capped: 'warn', failed: 'bad' };

/** What was done by itself, and what was left out and why. */
export async function remedyRuns(place, signal) {
  place.replaceChildren(skeleton(6));
  const [remedies, { subjects }] = await Promise.all([get('api/remedies', { query: { take: 1_000 }, signal }), watched()]).catch(() => [{ items: [] }, { subjects: [] }]);
  if (signal.aborted) return;
  place.replaceChildren();
  list(place, {
    signal, path: 'api/remedy-runs', topics: [...remedyTopics, 'instances'],
    filters: [
      { name: 'remedy', kind: 'choice', label: t('remedyRuns.remedy'), choices: [['', t('remedies.any')], ...remedies.items.map(({ name }) => [name, name])] },
      { name: 'subject', kind: 'choice', label: t('alerts.subject'), choices: [['', t('alerts.subject.any')], ...subjects.map(subject => [subject, subjectText(subject)])] },
    ],
    none: { symbol: 'history', title: t('remedyRuns.none'), text: t('remedyRuns.none.text') },
    table: {
      label: t('alerts.tab.log'),
      columns: [
        { label: t('word.when'), cell: run => when(run.at) },
        { label: t('remedyRuns.remedy'), cell: run => run.remedy },
        { label: t('alerts.subject'), cell: run => subjectLink(run.subject) },
        { label: t('remedyRuns.outcome'), cell: run => h('span', null, chip(t(`remedies.outcome.${run.outcome}`), outcomeKinds[run.outcome]), run.detail && h('span', { class: 'pf-soft' }, h('br'), run.detail)) },
        { label: t('word.instance'), cell: run => run.instanceId ? h('span', { class: 'pf-line' }, h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(run.instanceId)}`) }, run.instanceId.slice(0, 12)), (run.instanceSubStatus ?? run.instanceStatus) && statusChip(run.instanceSubStatus ?? run.instanceStatus)) : h('span', { class: 'pf-soft' }, '–') },
        { label: t('remedyRuns.by'), minor: true, cell: run => run.by === 'monitor' ? t('remedyRuns.monitor') : run.by },
        { label: t('remedyRuns.alert'), minor: true, cell: run => run.alertId ? h('a', { class: 'pf-link', href: addressOf(`alerts/${encodeURIComponent(run.alertId)}`) }, t('word.open')) : h('span', { class: 'pf-soft' }, '–') },
      ],
    },
  });
}

define({
  'remedies.text': ['A remedy starts a workflow when a rule is met: restart a service, clear a queue, tell somebody. In dry run it only writes down what it would have done.', '자동 조치는 규칙에 해당하면 워크플로를 시작합니다: 서비스 다시 시작, 대기열 정리, 알림. 시험에서는 무엇을 했을지 기록만 합니다.'],
  'remedies.new': ['New remedy', '새 자동 조치'],
  'remedies.none': ['No remedies', '자동 조치 없음'],
  'remedies.none.text': ['Let a workflow do what a person would do at night. Begin with a dry run and read the actions it would have taken.', '밤에 사람이 할 일을 워크플로에 맡기세요. 시험으로 시작해 어떤 조치를 했을지 읽어 보세요.'],
  'remedies.when': ['When', '조건'],
  'remedies.rule': ['rule {0} is met', '규칙 {0}에 해당'],
  'remedies.trigger.rule': ['A rule is met', '규칙에 해당할 때'],
  'remedies.trigger.condition': ['A condition of its own', '고유 조건'],
  'remedies.subject': ['Only for', '대상 한정'],
  'remedies.subject.hint': ['Narrows the rule to a subject.', '규칙을 한 대상으로 좁힙니다.'],
  'remedies.input': ['Further input', '추가 입력'],
  'remedies.input.hint': ['An object; the workflow gets it beside what it is told of the alert.', '객체. 경보 정보와 함께 워크플로에 전달됩니다.'],
  'remedies.mode': ['Mode', '방식'],
  'remedies.mode.of': ['Mode of {0}', '{0}의 방식'],
  'remedies.mode.hint': ['A dry run writes down what it would have done.', '시험은 무엇을 했을지 기록만 합니다.'],
  'remedies.cooldown': ['Rest between two', '조치 사이 간격'],
  'remedies.cooldown.hint': ['For the same subject. Such as 5 min.', '같은 대상에 대해. 예: 5 min.'],
  'remedies.cooldown.says': ['rests {0}', '간격 {0}'],
  'remedies.max': ['At most in an hour', '시간당 최대'],
  'remedies.caps': ['Last hour', '지난 한 시간'],
  'remedies.caps.says': ['{0} of {1}', '{1}번 중 {0}번'],
  'remedies.capped': ['capped', '한도 도달'],
  'remedies.last': ['Last', '마지막'],
  'remedies.run': ['Run by hand…', '직접 실행…'],
  'remedies.run.title': ['Run {0} now?', '{0}을(를) 지금 실행할까요?'],
  'remedies.run.text': ['Starts {0}, whatever the mode and the rest are; the maximum of an hour still holds.', '방식과 간격에 관계없이 {0}을(를) 시작합니다. 시간당 최대 횟수는 지켜집니다.'],
  'remedies.run.do': ['Run', '실행'],
  'remedies.run.subject': ['For', '대상'],
  'remedies.saved': ['The remedy is saved', '자동 조치를 저장했습니다'],
  'remedies.delete.text': ['What was changed here is dropped. A remedy that comes from the configuration counts again as it was; any other is gone.', '여기서 바꾼 것을 버립니다. 설정 파일의 자동 조치는 원래대로 돌아가고, 그 밖의 것은 사라집니다.'],
  'remedies.any': ['Any remedy', '모든 자동 조치'],
  'remedyRuns.none': ['Nothing was done by itself', '자동으로 한 일이 없습니다'],
  'remedyRuns.none.text': ['Every action of a remedy stands here, also what it would have done in a dry run and what its limits held back, with the run that it started.', '자동 조치가 한 모든 일이 여기에 나타납니다. 시험에서 했을 일과 한도 때문에 보류한 일, 시작한 실행도 함께 나타납니다.'],
  'remedyRuns.remedy': ['Remedy', '자동 조치'],
  'remedyRuns.outcome': ['Outcome', '결과'],
  'remedyRuns.by': ['By', '주체'],
  'remedyRuns.monitor': ['the monitor', '감시기'],
  'remedyRuns.alert': ['Alert', '경보'],
});
