// Alerts as a list: those that hold, or all that ever were.
import { h, icon } from '../shell/dom.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { number, when } from './format.js';
import { list } from './list.js';
import { chip, skeleton } from './states.js';
import { againstText, alertChoices, alertStateChip, alertTopics, severities, severityChip, subjectLink, subjectText } from './watch.js';

const pathOf = alert => `alerts/${encodeURIComponent(alert.id)}`;

export async function alertList(place, { signal, open }) {
  place.replaceChildren(skeleton(6));
  const [rules, subjects] = await namesOf(signal);
  if (signal.aborted) return;
  place.replaceChildren();
  const answer = list(place, {
    signal, topics: alertTopics,
    filters: [
      { name: 'severity', kind: 'choice', label: t('alerts.severity'), choices: [['', t('alerts.severity.any')], ...severities.map(severity => [severity, t(`alerts.severity.${severity}`)])] },
      ...open ? [] : [{ name: 'state', kind: 'choice', label: t('word.status'), choices: [['', t('list.any')], ...['open', 'acknowledged', 'resolved'].map(state => [state, t(`alerts.state.${state}`)])] }],
      { name: 'rule', kind: 'choice', label: t('alerts.rule'), choices: [['', t('silences.rule.any')], ...withAsked('rule', rules).map(name => [name, name])] },
      { name: 'subject', kind: 'choice', label: t('alerts.subject'), choices: [['', t('alerts.subject.any')], ...withAsked('subject', subjects).map(subject => [subject, subjectText(subject)])] },
    ],
    load: open ? openAlerts : undefined,
    path: 'api/alerts',
    bulk: open && may('manage:monitor') ? (keys, done) => [h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => acknowledgeAll(keys, done) }, icon('check', 16), t('alerts.acknowledge'))] : undefined,
    none: open ? { symbol: 'check', title: t('alerts.none'), text: t('alerts.none.text') } : { symbol: 'history', title: t('alerts.history.none'), text: t('alerts.history.none.text') },
    table: {
      label: t('page.alerts'),
      link: alert => addressOf(pathOf(alert)),
      columns: [
        { label: t('alerts.message'), wide: true, cell: alert => alert.message },
        { label: t('alerts.severity'), cell: alert => severityChip(alert.severity) },
        { label: t('alerts.subject'), cell: alert => subjectLink(alert.subject) },
        { label: t('alerts.value'), minor: true, cell: againstText },
        { label: t('alerts.since'), cell: alert => when(alert.firstAt) },
        ...open ? [] : [{ label: t('alerts.resolved'), minor: true, cell: alert => when(alert.resolvedAt) }],
        { label: t('word.status'), minor: true, cell: alert => h('span', { class: 'pf-tags' }, alertStateChip(alert.state), alert.isSilenced && chip(t('alerts.silenced')), alert.acknowledgedBy && h('span', { class: 'pf-soft' }, alert.acknowledgedBy)) },
        { label: t('alerts.count'), number: true, minor: true, cell: alert => number(alert.count) },
      ],
      menu: alert => [{ label: t('word.open'), icon: icon('chevron', 18), run: () => navigate(pathOf(alert)) }, ...alertChoices(alert, () => answer.refresh())],
    },
  });
  // What nobody has looked at stands before what somebody looks after; the worst first.
  async function openAlerts({ values, skip, take }) {
    const { page, ...query } = values;
    const [fresh, seen] = await Promise.all(['open', 'acknowledged'].map(state => get('api/alerts', { query: { ...query, state, take: 1_000 }, signal })));
    const items = [fresh, seen].flatMap(one => one.items.sort((first, second) => severities.indexOf(second.severity) - severities.indexOf(first.severity)));
    return { items: items.slice(skip, skip + take), totalCount: items.length };
  }
}

// What can be filtered by; without an answer the lists of choices are short, and the alerts are there all the same.
async function namesOf(signal) {
  const lists = await Promise.allSettled(['api/alert-rules', 'api/monitor'].map(path => get(path, { query: { take: 1_000 }, signal })));
  return lists.map((list, index) => list.status === 'fulfilled' ? list.value.items.map(item => index === 0 ? item.name : item.subject) : []);
}

// What the address asks for is offered, even when it is gone.
function withAsked(name, values) {
  const asked = new URLSearchParams(location.search).get(name);
  return asked && !values.includes(asked) ? [...values, asked] : values;
}

async function acknowledgeAll(ids, done) {
  const answers = await Promise.allSettled(ids.map(id => send('POST', `api/alerts/${encodeURIComponent(id)}/acknowledge`, {})));
  const refused = answers.filter(answer => answer.status === 'rejected');
  toast(refused.length ? { kind: 'error', title: t('alerts.acknowledge.some', number(refused.length)), text: refused[0].reason.message } : { kind: 'success', title: t('alerts.acknowledged') });
  done();
}

define({
  'alerts.severity.any': ['Any severity', '모든 심각도'],
  'alerts.subject.any': ['Any subject', '모든 대상'],
  'alerts.message': ['What', '내용'],
  'alerts.value': ['Value', '값'],
  'alerts.none': ['All is well', '모두 정상입니다'],
  'alerts.none.text': ['When a rule is met, its alert stands here until the condition is over. The rules that come with the server watch services, database, memory, disk, queue and runs.', '규칙에 해당하면 조건이 끝날 때까지 경보가 여기에 나타납니다. 기본 규칙이 서비스, 데이터베이스, 메모리, 디스크, 대기열, 실행을 지켜봅니다.'],
  'alerts.history.none': ['No alerts so far', '아직 경보가 없습니다'],
  'alerts.history.none.text': ['Alerts that are over are kept here, with who looked after them.', '끝난 경보가 누가 처리했는지와 함께 여기에 남습니다.'],
  'alerts.acknowledge.some': ['{0} could not be acknowledged', '{0}개를 확인하지 못했습니다'],
});
