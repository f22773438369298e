// What the monitor tells, in words: subjects, severities, figures with their unit, conditions.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from './api.js';
import { openForm } from './form.js';
import { bytes, duration, shortNumber } from './format.js';
import { pathOfService } from './services.js';
import { shortSpan, wireSpan } from './spans.js';
import { chip } from './states.js';

/** What makes pages of alerts ask again. */
export const alertTopics = ['alert', 'alert-rule', 'silence', 'monitor'];
export const remedyTopics = ['remedy', 'monitor'];

const severityKinds = { info: 'info', warning: 'warn', critical: 'bad' };
export const severities = ['info', 'warning', 'critical'];
export const severityChip = severity => chip(t(`alerts.severity.${severity}`), severityKinds[severity]);
const stateKinds = { open: 'bad', acknowledged: 'warn', resolved: 'good' };
export const alertStateChip = state => chip(t(`alerts.state.${state}`), stateKinds[state]);

export const alertSubject = name => `service:${name}`;

/** The name of a subject for people. */
export const subjectText = subject => subject === '*' ? t('watch.subject.any') : subject === 'service:*' ? t('watch.subject.services')
  : subject.startsWith('service:') ? subject.slice(8) : known(`watch.subject.${subject}`, subject);

/** The name, leading to the page of a service, or to the figures of a part of the platform. */
export const subjectLink = subject => subject.includes('*') ? h('span', null, subjectText(subject))
  : h('a', { class: 'pf-link', href: addressOf(subject.startsWith('service:') ? pathOfService(subject.slice(8)) : 'metrics') }, subjectText(subject));

export const comparisons = ['atLeast', 'above', 'below', 'atMost'];
const signs = { above: '>', atLeast: '≥', below: '<', atMost: '≤' };
const statusNames = ['healthy', 'degraded', 'unhealthy'];
const breakerNames = ['Closed', 'HalfOpen', 'Open'];

const known = (key, otherwise) => t(key) === key ? otherwise : t(key);
export const metricText = metric => known(`watch.metric.${metric}`, metric);

/** A figure with its unit. */
export function figureText(value, unit, metric) {
  if (value === null || value === undefined) return '–';
  if (metric === 'status') return t(`status.${statusNames[Math.round(value)] ?? 'unknown'}`);
  if (metric === 'service.breaker') return t(`breaker.${breakerNames[Math.round(value)] ?? 'Closed'}`);
  switch (unit) {
    case 'ms': return duration(value);
    case 's': return duration(value * 1_000);
    case '%': return `${shortNumber(value)} %`;
    case 'byte': return bytes(value);
    case 'run/min': return `${shortNumber(value)} / ${t('unit.min')}`;
    default: return shortNumber(value);
  }
}

const namedMetrics = ['status', 'service.breaker'];
const unitOf = metric => /_ms$/.test(metric) ? 'ms' : /_s$/.test(metric) ? 's' : /percent$/.test(metric) ? '%' : /bytes$/.test(metric) ? 'byte' : /^runs\./.test(metric) ? 'run/min' : '';

/** "p95 of runs ≥ 2 s for 5 min". */
export function conditionText({ metric, comparison, threshold, for: span }) {
  const text = `${metricText(metric)} ${signs[comparison] ?? comparison} ${figureText(threshold, unitOf(metric), metric)}`;
  return !span || span === '00:00:00' ? text : t('watch.for', text, shortSpan(span));
}

/** The value of an alert against its threshold. */
export const againstText = alert => h('span', { class: 'pf-value' }, h('strong', null, figureText(alert.value, alert.unit, alert.metric)), !namedMetrics.includes(alert.metric) && h('span', { class: 'pf-soft' }, ` ${signs[alert.comparison] ?? ''} ${figureText(alert.threshold, alert.unit, alert.metric)}`));

export async function acknowledge(alert, refresh) {
  const done = await openForm({
    title: t('alerts.acknowledge.title'), text: alert.message, action: t('alerts.acknowledge'),
    fields: [{ name: 'note', kind: 'area', rows: 2, label: t('alerts.note'), hint: t('alerts.note.hint') }],
    submit: ({ note }) => send('POST', `api/alerts/${encodeURIComponent(alert.id)}/acknowledge`, note ? { note } : {}),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('alerts.acknowledged') });
  refresh?.();
}


const silenceFor = [['00:30:00', 'length.minutes', 30], ['02:00:00', 'length.hours', 2], ['08:00:00', 'length.hours', 8], ['1.00:00:00', 'length.hours', 24], ['7.00:00:00', 'length.days', 7]];

/** Asks for how long nothing is told. rule, subject: what it is about; both may be chosen when they are not given. */
export async function silence({ rule, subject, rules = [], subjects = [] }, refresh) {
  const given = rule || subject;
  const done = await openForm({
    title: t('silences.new'), text: t('silences.text'), action: t('silences.do'),
    fields: [
      { name: 'rule', kind: 'choice', label: t('alerts.rule'), value: rule ?? '', choices: [['', t('silences.rule.any')], ...[...new Set([...rule ? [rule] : [], ...rules])].map(name => [name, name])] },
      { name: 'subject', kind: 'choice', label: t('alerts.subject'), value: subject ?? '', choices: [['', t('watch.subject.any')], ...[...new Set([...subject ? [subject] : [], ...subjects])].map(name => [name, subjectText(name)])], hint: given ? undefined : t('silences.both') },
      { name: 'span', kind: 'choice', label: t('silences.span'), value: '02:00:00', choices: [...silenceFor.map(([value, key, amount]) => [value, t(key, amount)]), ['other', t('silences.until')]] },
      { name: 'until', kind: 'datetime', label: t('silences.until'), shownWhen: values => values.span === 'other', check: value => value ? null : t('form.required') },
      { name: 'reason', label: t('silences.reason'), hint: t('silences.reason.hint') },
    ],
    submit: values => send('POST', 'api/silences', Object.fromEntries(Object.entries({
      rule: values.rule, subject: values.subject || (values.rule ? '' : '*'), reason: values.reason,
      until: values.span === 'other' ? values.until : new Date(Date.now() + milliseconds(values.span)).toISOString(),
    }).filter(([, value]) => value))),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('silences.made') });
  refresh?.();
}

const milliseconds = span => { const [, days = 0, hours, minutes] = /^(?:(\d+)\.)?(\d+):(\d+)/.exec(span); return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000; };

/** What can be done with an alert, as choices of a menu. */
export const alertChoices = (alert, refresh) => !may('manage:monitor') ? [] : [
  alert.state === 'open' && { label: t('alerts.acknowledge'), icon: icon('check', 18), run: () => acknowledge(alert, refresh) },
  alert.state !== 'resolved' && { label: t('alerts.silence'), icon: icon('moon', 18), run: () => silence({ rule: alert.rule, subject: alert.subject }, refresh) },
].filter(Boolean);

/** Fields of a form for a condition. metrics: of /api/metrics/names; subjects: that are monitored. */
export function conditionFields({ metrics, subjects, value = {}, shownWhen, prefix = '' }) {
  const name = one => prefix + one;
  return [
    { name: name('metric'), kind: 'choice', label: t('alerts.metric'), value: value.metric ?? 'status', choices: metrics.map(metric => [metric.name, metricText(metric.name)]), shownWhen },
    { name: name('subject'), kind: 'choice', label: t('alerts.subject'), value: value.subject ?? '*', choices: [...new Set(['*', 'service:*', ...subjects, ...value.subject ? [value.subject] : []])].map(subject => [subject, subjectText(subject)]), shownWhen },
    { name: name('comparison'), kind: 'choice', label: t('alerts.comparison'), value: value.comparison ?? 'atLeast', choices: comparisons.map(comparison => [comparison, `${signs[comparison]}  ${t(`watch.comparison.${comparison}`)}`]), shownWhen },
    { name: name('threshold'), kind: 'number', label: t('alerts.threshold'), value: value.threshold, step: 'any', required: true, hint: t('alerts.threshold.hint'), shownWhen },
    { name: name('for'), label: t('alerts.for'), value: shortSpan(value.for) || '1 min', hint: t('alerts.for.hint'), shownWhen },
  ];
}

/** The condition out of the values of such a form. */
export const conditionOf = (values, prefix = '') => ({ metric: values[`${prefix}metric`], subject: values[`${prefix}subject`], comparison: values[`${prefix}comparison`], threshold: values[`${prefix}threshold`], for: wireSpan(values[`${prefix}for`]) ?? '00:00:00' });

/** Where a setting comes from. */
export const sourceChip = source => chip(t(`watch.source.${source}`), source === 'store' ? 'info' : 'none');

define({
  'alerts.severity.info': ['Info', '정보'],
  'alerts.severity.warning': ['Warning', '주의'],
  'alerts.severity.critical': ['Critical', '심각'],
  'alerts.state.open': ['Open', '열림'],
  'alerts.state.acknowledged': ['Acknowledged', '확인됨'],
  'alerts.state.resolved': ['Resolved', '해결됨'],
  'alerts.acknowledge': ['Acknowledge', '확인'],
  'alerts.acknowledge.title': ['Somebody looks after it', '누군가 보고 있음을 알림'],
  'alerts.acknowledged': ['Acknowledged', '확인했습니다'],
  'alerts.note': ['Note', '메모'],
  'alerts.note.hint': ['For the others: what you found, or what you do.', '다른 사람을 위해: 알아낸 것이나 하고 있는 일.'],
  'alerts.silence': ['Silence…', '조용히…'],
  'alerts.rule': ['Rule', '규칙'],
  'alerts.subject': ['Subject', '대상'],
  'alerts.metric': ['Figure', '지표'],
  'alerts.comparison': ['Is', '비교'],
  'alerts.threshold': ['Threshold', '기준값'],
  'alerts.threshold.hint': ['In the unit of the figure. Of a status: 0 healthy, 1 degraded, 2 unhealthy.', '지표의 단위로. 상태는 0 정상, 1 저하, 2 비정상.'],
  'alerts.for': ['For at least', '지속 시간'],
  'alerts.for.hint': ['How long it has to hold: 0 s for at once, 5 min.', '이 시간 동안 이어져야 합니다: 바로는 0 s, 또는 5 min.'],
  'silences.new': ['Silence', '조용히 하기'],
  'silences.text': ['Silenced alerts stay visible, but nobody is told of them and no remedy is started.', '조용히 한 경보도 보이지만 아무에게도 알리지 않고 자동 조치도 시작하지 않습니다.'],
  'silences.do': ['Silence', '조용히 하기'],
  'silences.rule.any': ['Any rule', '모든 규칙'],
  'silences.both': ['Without rule and subject everything is silenced.', '규칙과 대상을 고르지 않으면 전부 조용히 합니다.'],
  'silences.span': ['For how long', '얼마 동안'],
  'silences.until': ['Until', '종료 시각'],
  'silences.reason': ['Reason', '이유'],
  'silences.reason.hint': ['Such as: maintenance until noon.', '예: 정오까지 점검.'],
  'silences.made': ['Silenced', '조용히 했습니다'],
  'watch.for': ['{0} for {1}', '{1} 동안 {0}'],
  'watch.subject.any': ['Everything', '전체'],
  'watch.subject.services': ['Every service', '모든 서비스'],
  'watch.subject.database': ['Database', '데이터베이스'],
  'watch.subject.memory': ['Memory', '메모리'],
  'watch.subject.cpu': ['Processor', '프로세서'],
  'watch.subject.disk': ['Disk', '디스크'],
  'watch.subject.queue': ['Queue', '대기열'],
  'watch.subject.runs': ['Runs', '실행'],
  'watch.comparison.above': ['above', '초과'],
  'watch.comparison.atLeast': ['at least', '이상'],
  'watch.comparison.below': ['below', '미만'],
  'watch.comparison.atMost': ['at most', '이하'],
  'watch.source.builtIn': ['built in', '기본 제공'],
  'watch.source.configuration': ['configuration', '설정 파일'],
  'watch.source.store': ['changed here', '여기서 변경'],
  'watch.metric.status': ['Status', '상태'],
  'watch.metric.runs.started': ['Runs started', '시작된 실행'],
  'watch.metric.runs.finished': ['Runs finished', '완료된 실행'],
  'watch.metric.runs.faulted': ['Runs faulted', '실패한 실행'],
  'watch.metric.runs.success_percent': ['Success rate', '성공률'],
  'watch.metric.runs.error_percent': ['Error rate', '오류율'],
  'watch.metric.runs.p50_ms': ['Duration p50', '소요 시간 p50'],
  'watch.metric.runs.p95_ms': ['Duration p95', '소요 시간 p95'],
  'watch.metric.runs.p99_ms': ['Duration p99', '소요 시간 p99'],
  'watch.metric.queue.depth': ['Queue depth', '대기열 깊이'],
  'watch.metric.queue.oldest_s': ['Oldest in the queue', '대기열에서 가장 오래된 것'],
  'watch.metric.cpu.percent': ['Processor, this process', '프로세서(이 프로세스)'],
  'watch.metric.cpu.machine_percent': ['Processor, machine', '프로세서(기계)'],
  'watch.metric.memory.percent': ['Memory, this process', '메모리(이 프로세스)'],
  'watch.metric.memory.machine_percent': ['Memory, machine', '메모리(기계)'],
  'watch.metric.memory.process_bytes': ['Memory used', '사용한 메모리'],
  'watch.metric.disk.used_percent': ['Disk used', '디스크 사용률'],
  'watch.metric.disk.free_bytes': ['Disk free', '디스크 여유'],
  'watch.metric.database.write_ms': ['Database write', '데이터베이스 쓰기'],
  'watch.metric.database.read_ms': ['Database read', '데이터베이스 읽기'],
  'watch.metric.database.bytes': ['Database size', '데이터베이스 크기'],
  'watch.metric.service.response_ms': ['Response time', '응답 시간'],
  'watch.metric.service.breaker': ['Breaker', '차단기'],
});
