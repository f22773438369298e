// How one service is: its health now and lately, its breaker, its process, its alerts, what it needs.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get } from './api.js';
import { duration, exactTime, number, when } from './format.js';
import { keepFresh } from './live.js';
import { getIfThere } from './optional.js';
import { overTime } from './overtime.js';
import { policyFacts } from './policy.js';
import { redraw } from './redraw.js';
import { act, breakerChip, closeBreaker, healthChip, healthKind, openBreaker, processChip, routeOf, serviceLinks, statusOf, stop } from './services.js';
import { card, chip, empty, facts, failure } from './states.js';
import { alertSubject, severityChip } from './watch.js';

export function overview(place, { service, changed, signal, refresh }) {
  const health = h('div');
  const breaker = h('div');
  const process = h('div');
  const alerts = h('div', { hidden: true });
  const about = h('div');
  const calls = h('div');
  let probed = null;
  let probing = false;
  place.replaceChildren(health, h('div', { class: 'pf-cards' }, breaker, process, alerts, about, calls));
  const draw = () => {
    const one = service();
    drawHealth(one);
    drawBreaker(breaker, one, refresh);
    drawProcess(process, one, refresh);
    redraw(about, card(t('serviceOverview.about'), facts([
      [t('service.addresses'), h('span', { class: 'pf-stack' }, one.baseAddresses.map(entry => h('span', { class: 'pf-line' }, h('span', { class: 'pf-mono' }, entry.address), entry.isPassedOver && chip(t('serviceOverview.passedOver'), 'warn'))))],
      one.baseAddresses.length > 1 && [t('service.balancing'), t(`service.balancing.${one.balancing}`)],
      [t('service.healthPath'), h('span', { class: 'pf-mono' }, one.healthPath)],
      [t('service.dependencies'), serviceLinks(one.dependencies)],
      [t('serviceOverview.neededBy'), serviceLinks(one.dependents)],
      one.tags.length > 0 && [t('services.tags'), h('span', { class: 'pf-tags' }, one.tags.map(tag => h('a', { class: 'pf-tag', href: addressOf(`services?tag=${encodeURIComponent(tag)}`) }, tag)))],
      [t('services.owner'), one.owner],
      [t('serviceOverview.source'), t(`serviceOverview.source.${one.source}`)],
    ])));
    redraw(calls, card(t('service.tab.policy'), policyFacts(one.policy), { actions: one.policyName && h('a', { class: 'pf-link', href: addressOf(`policies/${encodeURIComponent(one.policyName)}`) }, one.policyName) }));
  };
  draw();
  changed.add(draw);
  signal.addEventListener('abort', () => changed.delete(draw));
  keepFresh(signal, async () => drawAlerts(alerts, service(), await getIfThere('api/alerts', { query: { subject: `service:${service().name}`, take: 20 }, needs: 'read:monitor', signal })), { topics: ['alert'] });

  function drawHealth(one) {
    const subject = one.health;
    const points = (subject?.sparkline ?? []).map(point => ({ at: point.at, value: point.value }));
    const thresholds = subject?.thresholds ? [{ value: subject.thresholds.degraded, kind: 'warn' }, { value: subject.thresholds.unhealthy, kind: 'bad' }].filter(threshold => threshold.value !== null && threshold.value !== undefined) : [];
    const check = h('button', { class: 'pf-button pf-button-small', type: 'button', disabled: probing, onclick: probe }, icon('again', 16), t(probing ? 'serviceOverview.checking' : 'serviceOverview.check'));
    redraw(health, card(t('serviceOverview.health'), h('div', { class: 'pf-stack' },
      subject && h('div', { class: 'pf-line' }, healthChip(subject.status), h('span', null, subject.checkedAt ? [t('serviceOverview.since'), ' ', when(subject.since)] : t('serviceOverview.unchecked')), subject.detail && h('span', { class: 'pf-soft' }, subject.detail)),
      subject && overTime({ points, thresholds, format: duration, label: t('serviceOverview.response'), kind: { bad: 'bad', warn: 'warn' }[healthKind(statusOf(one))] ?? 'accent' }),
      subject?.trend?.text && h('p', { class: 'pf-note' }, icon('chart', 16), subject.trend.text),
      probed && answerOf(probed),
      !subject && !probed && h('p', { class: 'pf-text' }, t('serviceOverview.unwatched'))), { actions: check, wide: true }));
  }

  async function probe() {
    probing = true;
    drawHealth(service());
    try {
      probed = await get(routeOf(service().name, '/health'), { signal });
    } catch (error) {
      if (error.name !== 'AbortError') probed = error;
    }
    probing = false;
    drawHealth(service());
  }
}

const answerOf = probed => probed instanceof Error ? failure(probed)
  : h('p', { class: 'pf-note', role: 'status' }, healthChip(probed.status), t('serviceOverview.answered', probed.statusCode ?? t('serviceOverview.noAnswer'), duration(probed.durationMs)), probed.detail && h('span', { class: 'pf-soft' }, probed.detail));

function drawBreaker(place, service, refresh) {
  const { breaker } = service;
  const manages = may('manage:services');
  const button = (label, symbol, run) => h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: run }, icon(symbol, 16), label);
  redraw(place, card(t('services.breaker'), h('div', { class: 'pf-stack' },
    h('p', { class: 'pf-sentence' }, t(`serviceOverview.breaker.${breaker.state}`)),
    facts([
      [t('word.status'), breakerChip(breaker)],
      [t('serviceOverview.since'), when(breaker.since)],
      [t(breaker.state === 'Closed' ? 'serviceOverview.failures' : 'serviceOverview.openedBy'), breaker.by && breaker.state === 'Open' ? t('serviceOverview.by', breaker.by) : number(breaker.failures)],
      breaker.state === 'Open' && [t('serviceOverview.nextProbe'), breaker.nextProbeAt ? when(breaker.nextProbeAt) : t('breaker.open.forever')],
      breaker.by && breaker.state !== 'Open' && [t('serviceOverview.setBy'), breaker.by],
    ])), { actions: manages && [
    breaker.state !== 'Closed' && button(t('breaker.close'), 'check', () => closeBreaker(service, refresh)),
    breaker.state !== 'Open' && button(t('breaker.open'), 'pause', () => openBreaker(service, refresh)),
  ] }));
}

function drawProcess(place, service, refresh) {
  const { process } = service;
  place.hidden = process === undefined;
  if (place.hidden) return;
  if (process === null) return redraw(place, card(t('services.process'), h('p', { class: 'pf-text' }, t('serviceOverview.process.none'))));
  const stopped = ['Stopped', 'Failed', 'Quarantined'].includes(process.state);
  const button = (verb, symbol, run) => h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: run }, icon(symbol, 16), t(`process.${verb}`));
  redraw(place, card(t('services.process'), h('div', { class: 'pf-stack' },
    process.lastError && process.state !== 'Running' && h('p', { class: 'pf-note pf-note-bad' }, icon('warning', 16), process.lastError),
    facts([
      [t('word.status'), processChip(process)],
      [t('serviceOverview.since'), when(process.since)],
      [t('serviceOverview.pid'), process.pid && h('span', { class: 'pf-mono' }, String(process.pid))],
      [t('serviceOverview.restarts'), number(process.restarts)],
      process.nextStartAt && [t('serviceOverview.nextStart'), when(process.nextStartAt)],
      process.lastExitCode !== null && [t('serviceOverview.exit'), process.lastExitCode > 128 ? t('serviceOverview.signal', process.lastExitCode, process.lastExitCode - 128) : String(process.lastExitCode)],
      [t('serviceOverview.withServer'), t(process.startsWithServer ? 'word.yes' : 'word.no')],
      [t('serviceOverview.command'), h('code', { class: 'pf-mono' }, [process.executable, ...process.arguments].join(' '))],
      [t('serviceOverview.folder'), process.workingDirectory && h('span', { class: 'pf-mono' }, process.workingDirectory)],
    ])), { actions: may('manage:services') && (stopped ? [button('start', 'play', () => act(service.name, 'start', refresh))]
    : [button('restart', 'again', () => act(service.name, 'restart', refresh)), button('stop', 'stop', () => stop(service, refresh))]) }));
}

function drawAlerts(place, service, alerts) {
  place.hidden = !alerts;
  if (!alerts) return;
  const open = alerts.items.filter(alert => alert.state !== 'resolved');
  const shown = open.length ? open : alerts.items.slice(0, 5);
  redraw(place, card(t(open.length ? 'serviceOverview.alerts.open' : 'serviceOverview.alerts'), shown.length
    ? h('ul', { class: 'pf-rows' }, shown.map(alert => h('li', { class: 'pf-rows-item' }, severityChip(alert.severity),
      h('span', { class: 'pf-rows-main' }, h('a', { class: 'pf-link', href: addressOf(`alerts/${encodeURIComponent(alert.id)}`) }, alert.message)),
      h('span', { class: 'pf-soft' }, alert.state === 'resolved' ? h('span', { title: exactTime(alert.resolvedAt) }, t('alerts.state.resolved')) : when(alert.firstAt)))))
    : empty({ symbol: 'check', title: t('serviceOverview.alerts.none'), text: t('serviceOverview.alerts.none.text') }), { actions: h('a', { class: 'pf-link', href: addressOf(`alerts?tab=history&subject=${encodeURIComponent(alertSubject(service.name))}`) }, t('serviceOverview.alerts.all')) }));
}

define({
  'serviceOverview.health': ['Health', '상태'],
  'serviceOverview.check': ['Check now', '지금 확인'],
  'serviceOverview.checking': ['Checking…', '확인하는 중…'],
  'serviceOverview.since': ['Since', '부터'],
  'serviceOverview.unchecked': ['Not checked yet', '아직 확인하지 않음'],
  'serviceOverview.unwatched': ['Nobody watches this service. Check it by hand.', '이 서비스를 지켜보지 않고 있습니다. 직접 확인하세요.'],
  'serviceOverview.response': ['Response time of the health check', '상태 확인의 응답 시간'],
  'serviceOverview.answered': ['Answered {0} after {1}.', '{1} 뒤에 {0} 응답.'],
  'serviceOverview.noAnswer': ['nothing', '없음'],
  'serviceOverview.breaker.Closed': ['Calls go through.', '호출이 통과합니다.'],
  'serviceOverview.breaker.Open': ['No call reaches the service. Workflows get its fallback, or an error that says so.', '어떤 호출도 서비스에 닿지 않습니다. 워크플로는 대체 응답이나 그렇게 알리는 오류를 받습니다.'],
  'serviceOverview.breaker.HalfOpen': ['A few calls are let through to see whether the service is back.', '서비스가 돌아왔는지 몇 개의 호출만 통과시켜 확인합니다.'],
  'serviceOverview.failures': ['Failures in a row', '연속 실패'],
  'serviceOverview.openedBy': ['Opened by', '연 것'],
  'serviceOverview.by': ['{0}, by hand', '{0}, 직접'],
  'serviceOverview.setBy': ['Set by', '설정한 사람'],
  'serviceOverview.nextProbe': ['Next probe', '다음 확인'],
  'serviceOverview.process.none': ['The server does not start this service: it has no start command. Add one under process in the configuration.', '서버가 이 서비스를 시작하지 않습니다. 시작 명령이 없습니다. 구성의 process에 추가하세요.'],
  'serviceOverview.pid': ['Process id', '프로세스 ID'],
  'serviceOverview.restarts': ['Restarts', '재시작'],
  'serviceOverview.nextStart': ['Next start', '다음 시작'],
  'serviceOverview.exit': ['Last exit code', '마지막 종료 코드'],
  'serviceOverview.signal': ['{0} (signal {1})', '{0} (신호 {1})'],
  'serviceOverview.withServer': ['Starts with the server', '서버와 함께 시작'],
  'serviceOverview.command': ['Command', '명령'],
  'serviceOverview.folder': ['Works in', '작업 폴더'],
  'serviceOverview.about': ['About', '정보'],
  'serviceOverview.passedOver': ['passed over', '건너뜀'],
  'serviceOverview.neededBy': ['Needed by', '필요로 하는 서비스'],
  'serviceOverview.alerts': ['Alerts', '경보'],
  'serviceOverview.alerts.open': ['Open alerts', '열린 경보'],
  'serviceOverview.alerts.none': ['No alerts', '경보 없음'],
  'serviceOverview.alerts.none.text': ['None of its alert rules was met lately.', '최근에 해당된 경보 규칙이 없습니다.'],
  'serviceOverview.alerts.all': ['All', '전체'],
});
