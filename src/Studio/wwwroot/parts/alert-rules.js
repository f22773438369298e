// The rules that make alerts: which figure, against which threshold, for how long, and whom to tell.
import { h, icon } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { confirmAction, openForm } from './form.js';
import { number } from './format.js';
import { list } from './list.js';
import { alertTopics, conditionFields, conditionOf, conditionText, severities, severityChip, silence, sourceChip, subjectText } from './watch.js';
import { switchOf } from './alert-switch.js';

const all = { take: 1_000 };
const addressOfRule = name => `api/alert-rules/${encodeURIComponent(name)}`;

/** What forms about figures offer to choose from. */
export async function watched() {
  const [metrics, monitor] = await Promise.all([get('api/metrics/names').catch(() => ({ items: [] })), get('api/monitor', { query: all })]);
  return { metrics: metrics.items, subjects: monitor.items.map(subject => subject.subject) };
}

export function rules(place, signal) {
  const manages = may('manage:monitor');
  const answer = list(place, {
    signal, path: 'api/alert-rules', topics: alertTopics,
    above: h('div', { class: 'pf-line pf-line-spread' }, h('p', { class: 'pf-text' }, t('rules.text')), manages && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => edit(null, () => answer.refresh()) }, icon('plus', 18), t('rules.new'))),
    none: { symbol: 'alert', title: t('rules.none'), text: t('rules.none.text') },
    table: {
      label: t('alerts.tab.rules'), key: rule => rule.name,
      columns: [
        { label: t('word.name'), cell: rule => h('span', null, h('strong', null, rule.name), rule.description && h('span', { class: 'pf-soft' }, h('br'), rule.description)) },
        { label: t('rules.when'), cell: rule => h('span', null, conditionText(rule), h('br'), h('span', { class: 'pf-soft' }, subjectText(rule.subject))) },
        { label: t('alerts.severity'), cell: rule => severityChip(rule.severity) },
        { label: t('rules.channels'), minor: true, cell: rule => rule.channels.join(', ') || t('rules.channels.all') },
        { label: t('watch.source'), minor: true, cell: rule => sourceChip(rule.source) },
        { label: t('alerts.tab.open'), number: true, minor: true, cell: rule => number(rule.openAlerts) },
        { label: t('rules.enabled'), cell: rule => switchOf({ label: t('rules.enabled.of', rule.name), value: rule.isEnabled, disabled: !manages, choices: [[true, t('switch.on')], [false, t('switch.off')]], change: isEnabled => save(rule, { ...bodyOf(rule), isEnabled }), done: () => answer.refresh() }) },
      ],
      menu: manages ? rule => [
        { label: t('word.edit'), icon: icon('edit', 18), run: () => edit(rule, () => answer.refresh()) },
        { label: t('rules.copy'), icon: icon('copy', 18), run: () => edit({ ...rule, name: '' }, () => answer.refresh(), true) },
        { label: t('alerts.silence'), icon: icon('moon', 18), run: () => silence({ rule: rule.name }, () => answer.refresh()) },
        rule.source === 'store' && { label: t('rules.delete'), icon: icon('trash', 18), run: async () => await confirmAction({ title: t('rules.delete.title', rule.name), text: t('rules.delete.text'), action: t('rules.delete'), run: () => send('DELETE', addressOfRule(rule.name)) }) && answer.refresh() },
      ] : undefined,
    },
  });
  return answer;
}

const bodyOf = ({ name, source, openAlerts, ...body }) => body;
const save = (rule, body) => send('PUT', addressOfRule(rule.name), body);

async function edit(rule, refresh, copy = false) {
  const [options, channels] = await Promise.all([watched(), get('api/alert-channels').catch(() => ({ items: [] }))]);
  const isNew = !rule || copy;
  const done = await openForm({
    title: isNew ? t('rules.new') : rule.name, action: isNew ? t('rules.make') : undefined, wide: true, key: isNew ? 'alerts.rule' : undefined,
    fields: [
      ...isNew ? [{ name: 'name', label: t('word.name'), required: true, hint: t('rules.name.hint'), first: true }] : [],
      { name: 'description', label: t('policy.description'), value: rule?.description ?? '' },
      ...conditionFields({ ...options, value: rule ?? {} }),
      { name: 'severity', kind: 'choice', label: t('alerts.severity'), value: rule?.severity ?? 'warning', choices: severities.map(severity => [severity, t(`alerts.severity.${severity}`)]) },
      ...channels.items.length ? [{ name: 'channels', kind: 'checks', label: t('rules.channels'), hint: t('rules.channels.hint'), value: rule?.channels ?? [], choices: channels.items.map(channel => [channel.name, channel.name]) }] : [],
      { name: 'isEnabled', kind: 'check', label: t('rules.enabled'), value: rule?.isEnabled ?? true },
    ],
    submit: values => {
      const body = { description: values.description || null, ...conditionOf(values), severity: values.severity, channels: values.channels ?? rule?.channels ?? [], isEnabled: values.isEnabled };
      return isNew ? send('POST', 'api/alert-rules', { name: values.name, ...body }) : save(rule, body);
    },
  });
  if (!done) return;
  toast({ kind: 'success', title: t('rules.saved') });
  refresh();
}

define({
  'rules.text': ['A rule compares a figure of what is watched with a threshold. While it is met there is an alert, and its channels are told.', '규칙은 지켜보는 지표를 기준값과 비교합니다. 해당하는 동안 경보가 있고 채널에 알립니다.'],
  'rules.new': ['New rule', '새 규칙'],
  'rules.make': ['Create', '만들기'],
  'rules.copy': ['Copy…', '복사…'],
  'rules.none': ['No rules', '규칙 없음'],
  'rules.none.text': ['Without rules there are no alerts.', '규칙이 없으면 경보도 없습니다.'],
  'rules.channels': ['Tells', '알릴 채널'],
  'rules.channels.all': ['all channels', '모든 채널'],
  'rules.channels.hint': ['None chosen: all of them.', '고르지 않으면 전부.'],
  'rules.enabled': ['Enabled', '사용'],
  'rules.enabled.of': ['{0} enabled', '{0} 사용'],
  'rules.name.hint': ["Letters, digits, '-', '_' and '.'.", "문자, 숫자, '-', '_', '.'."],
  'rules.saved': ['The rule is saved', '규칙을 저장했습니다'],
  'rules.delete': ['Take back', '되돌리기'],
  'rules.delete.title': ['Take {0} back?', '{0}을(를) 되돌릴까요?'],
  'rules.delete.text': ['What was changed here is dropped. A rule that is built in or configured counts again as it was; any other is gone.', '여기서 바꾼 것을 버립니다. 기본 제공이거나 설정된 규칙은 원래대로 돌아가고, 그 밖의 규칙은 사라집니다.'],
  'watch.source': ['Source', '출처'],
});
