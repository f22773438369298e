// Services as several pages show them: their words, their states, and what can be done with them.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { confirmAction, openForm } from './form.js';
import { duration } from './format.js';
import { getIfThere } from './optional.js';
import { chip } from './states.js';
import { wireSpan } from './spans.js';

/** What makes a page of services ask again. */
export const serviceTopics = ['service', 'policy', 'monitor'];
const servicesMax = 1_000;

export const pathOfService = name => `services/${encodeURIComponent(name)}`;
export const routeOf = (name, rest = '') => `api/services/${encodeURIComponent(name)}${rest}`;

/** All services, each with `health` as the monitor has it; null where nothing watches. */
export async function loadServices(signal) {
  const [services, monitor] = await Promise.all([
    get('api/services', { query: { take: servicesMax }, signal }),
    getIfThere('api/monitor', { query: { kind: 'service', take: servicesMax }, needs: 'read:monitor', signal }),
  ]);
  const health = new Map((monitor?.items ?? []).map(subject => [subject.name.toLowerCase(), subject]));
  return { items: services.items.map(service => ({ ...service, health: health.get(service.name.toLowerCase()) ?? null })), monitor };
}

const healthKinds = { healthy: 'good', degraded: 'warn', unhealthy: 'bad', unknown: 'none' };
export const statusOf = service => service.health?.status ?? 'unknown';
export const healthKind = status => healthKinds[status?.toLowerCase()] ?? 'none';
export const healthChip = status => chip(t(`status.${(status ?? 'unknown').toLowerCase()}`), healthKind(status));

const breakerKinds = { Closed: 'good', HalfOpen: 'warn', Open: 'bad' };
export const breakerChip = breaker => chip(t(`breaker.${breaker.state}`), breakerKinds[breaker.state]);

const processKinds = { Running: 'good', Starting: 'warn', Stopping: 'warn', BackingOff: 'warn', Quarantined: 'bad', Failed: 'bad', Stopped: 'none' };
export const processChip = process => chip(t(`process.${process.state}`), processKinds[process.state]);

/** The last response time in words, or a dash. */
export const responseTime = health => health?.latest?.value === undefined || health?.latest?.value === null ? '–' : duration(health.latest.value);

const isStopped = process => ['Stopped', 'Quarantined', 'Failed'].includes(process.state);

/** Starts, stops or restarts the process of a service. Refusals are told at the edge, since one acts from a menu. */
export async function act(name, verb, refresh, body) {
  try {
    const answer = await send('POST', routeOf(name, `/${verb}`), body ?? {});
    toast({ kind: 'success', title: t(`process.${verb}.done`, name), text: answer?.process ? t(`process.${answer.process.state}`) : undefined });
  } catch (error) {
    toast({ kind: 'error', title: t(`process.${verb}.failed`, name), text: error.message });
  }
  refresh?.();
}

/** Stopping what others need: asked, since it takes them down with it. */
export async function stop(service, refresh) {
  if (service.dependents.length === 0) return act(service.name, 'stop', refresh);
  const done = await confirmAction({
    title: t('process.stop.title', service.name), text: t('process.stop.needed', service.dependents.join(', ')), action: t('process.stop'),
    fields: [{ name: 'withDependents', kind: 'check', label: t('process.stop.dependents') }],
    run: values => send('POST', routeOf(service.name, '/stop'), { withDependents: values.withDependents }),
  });
  if (done) refresh?.();
}

/** Opens the breaker of a service, or another one that has a route of its own. */
export async function openBreaker(service, refresh, { route = routeOf(service.name, '/breaker/open'), text = t('breaker.open.text') } = {}) {
  const done = await openForm({
    title: t('breaker.open.title', service.name), text, action: t('breaker.open'), danger: true,
    fields: [{ name: 'duration', kind: 'choice', label: t('breaker.open.for'), value: '00:05:00', choices: [['00:01:00', t('length.minutes', 1)], ['00:05:00', t('length.minutes', 5)], ['00:30:00', t('length.minutes', 30)], ['02:00:00', t('length.hours', 2)], ['other', t('breaker.open.other')], ['', t('breaker.open.forever')]] },
      { name: 'other', label: t('breaker.open.time'), placeholder: '45 min', hint: t('settingsEditor.span.hint'), shownWhen: values => values.duration === 'other' }],
    submit: values => {
      const length = values.duration === 'other' ? wireSpan(values.other) : values.duration;
      return send('POST', route, length ? { duration: length } : {});
    },
  });
  if (done) refresh?.();
}

export async function closeBreaker(service, refresh, route = routeOf(service.name, '/breaker/close')) {
  try {
    await send('POST', route);
    toast({ kind: 'success', title: t('breaker.closed', service.name) });
  } catch (error) {
    toast({ kind: 'error', title: t('breaker.close.failed', service.name), text: error.message });
  }
  refresh?.();
}

export async function remove(service) {
  return await confirmAction({
    title: t('service.delete.title', service.name), text: t(service.source === 'store' ? 'service.delete.text' : 'service.delete.configured'), action: t('word.delete'),
    run: () => send('DELETE', routeOf(service.name)),
  });
}

/** What can be done with a service, as choices of a menu. */
export function choicesFor(service, refresh, { deleted } = {}) {
  if (!may('manage:services')) return [];
  const { process, breaker } = service;
  return [
    process && isStopped(process) && { label: t('process.start'), icon: icon('play', 18), run: () => act(service.name, 'start', refresh) },
    process && !isStopped(process) && { label: t('process.restart'), icon: icon('again', 18), run: () => act(service.name, 'restart', refresh) },
    process && !isStopped(process) && { label: t('process.stop'), icon: icon('stop', 18), run: () => stop(service, refresh) },
    breaker.state !== 'Open' && { label: t('breaker.open'), icon: icon('pause', 18), run: () => openBreaker(service, refresh) },
    breaker.state !== 'Closed' && { label: t('breaker.close'), icon: icon('check', 18), run: () => closeBreaker(service, refresh) },
    service.source === 'store' && { label: t('word.delete'), icon: icon('trash', 18), run: async () => await remove(service) && (deleted ?? refresh)?.() },
  ].filter(Boolean);
}

/** Names of services, each leading to its page. */
export const serviceLinks = names => names.length === 0 ? h('span', { class: 'pf-soft' }, t('word.none'))
  : h('span', { class: 'pf-tags' }, names.map(name => h('a', { class: 'pf-link', href: addressOf(pathOfService(name)) }, name)));

define({
  'breaker.Closed': ['Closed', '닫힘'],
  'breaker.Open': ['Open', '열림'],
  'breaker.HalfOpen': ['Probing', '시험 중'],
  'breaker.open': ['Open the breaker…', '차단기 열기…'],
  'breaker.close': ['Close the breaker', '차단기 닫기'],
  'breaker.open.title': ['Open the breaker of {0}?', '{0}의 차단기를 열까요?'],
  'breaker.open.text': ['No call reaches the service while it is open. Workflows get its fallback, or an error that says so.', '열려 있는 동안 어떤 호출도 서비스에 닿지 않습니다. 워크플로는 대체 응답이나 그렇게 알리는 오류를 받습니다.'],
  'breaker.open.for': ['For how long', '얼마 동안'],
  'breaker.open.other': ['Another time', '다른 시간'],
  'breaker.open.time': ['Time', '시간'],
  'breaker.open.forever': ['Until somebody closes it', '누군가 닫을 때까지'],
  'breaker.closed': ['The breaker of {0} is closed', '{0}의 차단기를 닫았습니다'],
  'breaker.close.failed': ['The breaker of {0} was not closed', '{0}의 차단기를 닫지 못했습니다'],
  'length.minutes': ['{0} min', '{0}분'],
  'length.hours': ['{0} h', '{0}시간'],
  'length.days': ['{0} days', '{0}일'],
  'process.Running': ['Running', '실행 중'],
  'process.Starting': ['Starting', '시작하는 중'],
  'process.Stopping': ['Stopping', '멈추는 중'],
  'process.BackingOff': ['Waiting to restart', '재시작 대기'],
  'process.Quarantined': ['Quarantined', '격리됨'],
  'process.Failed': ['Failed', '실패'],
  'process.Stopped': ['Stopped', '멈춤'],
  'process.start': ['Start', '시작'],
  'process.stop': ['Stop', '멈춤'],
  'process.restart': ['Restart', '다시 시작'],
  'process.start.done': ['{0} is being started', '{0}을(를) 시작합니다'],
  'process.stop.done': ['{0} is being stopped', '{0}을(를) 멈춥니다'],
  'process.restart.done': ['{0} is being restarted', '{0}을(를) 다시 시작합니다'],
  'process.start.failed': ['{0} was not started', '{0}을(를) 시작하지 못했습니다'],
  'process.stop.failed': ['{0} was not stopped', '{0}을(를) 멈추지 못했습니다'],
  'process.restart.failed': ['{0} was not restarted', '{0}을(를) 다시 시작하지 못했습니다'],
  'process.stop.title': ['Stop {0}?', '{0}을(를) 멈출까요?'],
  'process.stop.needed': ['These services need it: {0}.', '이 서비스들이 필요로 합니다: {0}.'],
  'process.stop.dependents': ['Stop these before it', '이것들을 먼저 멈추기'],
  'service.delete.title': ['Delete {0}?', '{0}을(를) 삭제할까요?'],
  'service.delete.text': ['Workflows that call it by this name will fail. What the configuration says of it, if anything, counts again.', '이 이름으로 호출하는 워크플로가 실패합니다. 설정 파일에 이 서비스가 있으면 그 설정이 다시 적용됩니다.'],
  'service.delete.configured': ['It comes from the configuration.', '설정 파일에서 온 서비스입니다.'],
});
