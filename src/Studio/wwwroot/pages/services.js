// All services: how they are, what they need, and what can be done with them.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { stopChoice } from '../shell/stop.js';
import { define, t } from '../shell/strings.js';
import { sparkline } from '../parts/chart.js';
import { number } from '../parts/format.js';
import { list } from '../parts/list.js';
import { keepFresh } from '../parts/live.js';
import { breakerChip, choicesFor, healthChip, healthKind, loadServices, pathOfService, processChip, responseTime, serviceTopics, statusOf } from '../parts/services.js';
import { redraw } from '../parts/redraw.js';
import { body, card, figure, skeleton } from '../parts/states.js';
import { allProcesses } from '../parts/service-all.js';
import { discover, importDocument } from '../parts/service-find.js';
import { serviceMap } from '../parts/service-map.js';

export default {
  render(container, page) {
    const figures = h('div', { class: 'pf-figures' }, skeleton(2));
    const map = serviceMap();
    const mapCard = card(t('services.map'), map.element);
    mapCard.hidden = true;
    const place = h('div', { class: 'pf-stack' });
    body(container, figures, mapCard, place);
    let shown = [];
    const answer = services(place, page.signal, loaded);
    actions(page, () => shown, () => answer.refresh());
    // Processes change by themselves, and nobody tells; a look every few seconds does.
    keepFresh(page.signal, () => answer.refresh(), { every: 5_000 });

    function loaded(all, fitting, monitor) {
      shown = all;
      drawFigures(figures, all, monitor);
      mapCard.hidden = all.length === 0;
      // What is filtered away steps out of the map too.
      if (all.length) map.draw(fitting);
    }
  },
};

function actions(page, services, refresh) {
  const manages = may('manage:services');
  const more = h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('table.actions') }, icon('more'));
  page.actions(
    h('a', { class: 'pf-button pf-button-quiet', 'aria-label': t('page.policies'), href: addressOf('policies') }, icon('lock', 18), h('span', { class: 'pf-action-text' }, t('page.policies'))),
    ...manages ? [h('a', { class: 'pf-button pf-button-primary', 'aria-label': t('services.register'), href: addressOf('new-service') }, icon('plus', 18), h('span', { class: 'pf-action-text' }, t('services.register')))] : [],
    ...manages || may('manage:emergency-stop') ? [menuButton(more, () => [
      ...manages ? [
        { label: t('services.discover'), icon: icon('search', 18), run: () => discover(services(), refresh) },
        { label: t('services.import'), icon: icon('page', 18), run: () => importDocument(services(), refresh) },
      ] : [],
      ...manages && services().some(service => service.process) ? [null,
        { label: t('services.startAll'), icon: icon('play', 18), run: () => allProcesses('start-all', services(), refresh) },
        { label: t('services.stopAll'), icon: icon('stop', 18), run: () => allProcesses('stop-all', services(), refresh) },
      ] : [],
      ...stopChoice(),
    ])] : []);
}

function drawFigures(place, all, monitor) {
  const count = status => all.filter(service => statusOf(service) === status).length;
  const open = all.filter(service => service.breaker.state !== 'Closed').length;
  const processes = all.filter(service => service.process);
  const running = processes.filter(service => service.process.state === 'Running').length;
  const alerts = all.reduce((sum, service) => sum + (service.health?.openAlerts ?? 0), 0);
  redraw(place,
    figure({ label: t('page.services'), value: number(all.length), hint: monitor ? t('services.healthy', number(count('healthy'))) : t('services.registered') }),
    ...monitor ? [
      figure({ label: t('services.degraded'), value: number(count('degraded')), kind: count('degraded') ? 'warn' : undefined, hint: t('services.degraded.hint'), href: addressOf('services?status=degraded') }),
      figure({ label: t('services.unhealthy'), value: number(count('unhealthy')), kind: count('unhealthy') ? 'bad' : undefined, hint: t('services.unhealthy.hint'), href: addressOf('services?status=unhealthy') }),
    ] : [],
    figure({ label: t('services.breakers'), value: number(open), kind: open ? 'bad' : undefined, hint: t('services.breakers.hint'), href: addressOf('services?status=open') }),
    ...processes.length ? [figure({ label: t('services.processes'), value: `${number(running)} / ${number(processes.length)}`, kind: running < processes.length ? 'warn' : undefined, hint: t('services.processes.hint') })] : [],
    ...monitor ? [figure({ label: t('services.alerts'), value: number(alerts), kind: alerts ? 'bad' : undefined, hint: t('services.alerts.hint'), href: addressOf('alerts') })] : []);
}

const sayings = {
  healthy: service => statusOf(service) === 'healthy',
  degraded: service => statusOf(service) === 'degraded',
  unhealthy: service => statusOf(service) === 'unhealthy',
  unknown: service => statusOf(service) === 'unknown',
  open: service => service.breaker.state !== 'Closed',
  down: service => service.process && service.process.state !== 'Running',
};

function services(place, signal, loaded) {
  const answer = list(place, {
    signal,
    topics: serviceTopics,
    size: 50,
    filters: [
      { name: 'text', kind: 'search', label: t('services.search') },
      { name: 'status', kind: 'choice', label: t('word.status'), choices: [['', t('services.status.any')], ...['healthy', 'degraded', 'unhealthy', 'unknown'].map(status => [status, t(`status.${status}`)]), ['open', t('services.status.open')], ['down', t('services.status.down')]] },
      { name: 'tag', kind: 'choice', label: t('services.tag'), choices: choices('tag', [], t('services.tag.any')) },
      { name: 'owner', kind: 'choice', label: t('services.owner'), choices: choices('owner', [], t('services.owner.any')) },
    ],
    load: async ({ values, skip, take }) => {
      const { items: all, monitor } = await loadServices(signal);
      offer(place, 'tag', all.flatMap(service => service.tags), t('services.tag.any'));
      offer(place, 'owner', all.map(service => service.owner).filter(Boolean), t('services.owner.any'));
      const text = values.text.toLowerCase();
      const fitting = all.filter(service => (!text || [service.name, service.owner ?? '', ...service.tags, ...service.baseAddresses.map(one => one.address)].some(one => one.toLowerCase().includes(text)))
        && (!values.status || sayings[values.status]?.(service))
        && (!values.tag || service.tags.some(tag => tag.toLowerCase() === values.tag.toLowerCase()))
        && (!values.owner || service.owner?.toLowerCase() === values.owner.toLowerCase()));
      loaded(all, fitting, monitor);
      return { items: fitting.slice(skip, skip + take), totalCount: fitting.length };
    },
    none: {
      symbol: 'service', title: t('services.none'), text: t('services.none.text'),
      action: may('manage:services') && h('div', { class: 'pf-line' },
        h('a', { class: 'pf-button pf-button-primary', href: addressOf('new-service') }, icon('plus', 18), t('services.register')),
        h('button', { class: 'pf-button', type: 'button', onclick: () => discover([], () => answer.refresh()) }, icon('search', 18), t('services.discover'))),
    },
    table: {
      label: t('page.services'),
      key: service => service.name,
      link: service => addressOf(pathOfService(service.name)),
      columns: [
        { label: t('word.name'), cell: service => service.name },
        { label: t('word.status'), cell: service => healthChip(statusOf(service)) },
        { label: t('services.response'), number: true, cell: service => responseTime(service.health) },
        { label: t('services.trend'), minor: true, cell: service => service.health?.sparkline?.length > 1 ? sparkline(service.health.sparkline.map(point => point.value), { width: 90, height: 22, kind: healthKind(statusOf(service)) === 'none' ? 'accent' : healthKind(statusOf(service)) }) : '' },
        { label: t('services.breaker'), cell: service => breakerChip(service.breaker) },
        { label: t('services.process'), minor: true, cell: service => service.process ? processChip(service.process) : h('span', { class: 'pf-soft' }, '–') },
        { label: t('services.needs'), minor: true, cell: service => service.dependencies.join(', ') || h('span', { class: 'pf-soft' }, '–') },
        { label: t('services.tags'), minor: true, cell: service => h('span', { class: 'pf-tags' }, service.tags.map(tag => h('span', { class: 'pf-tag' }, tag))) },
        { label: t('services.owner'), minor: true, cell: service => service.owner ?? h('span', { class: 'pf-soft' }, '–') },
      ],
      menu: service => [{ label: t('word.open'), icon: icon('chevron', 18), run: () => navigate(pathOfService(service.name)) }, ...choicesFor(service, () => answer.refresh())],
    },
  });
  return answer;
}

// What can be chosen is known when the services are; what the address asks for is offered from the beginning.
function choices(name, values, any) {
  const asked = new URLSearchParams(location.search).get(name);
  return [['', any], ...[...new Set([...values, ...asked ? [asked] : []])].sort((one, other) => one.localeCompare(other)).map(value => [value, value])];
}

function offer(place, name, values, any) {
  const select = place.querySelector(`select[name=${name}]`);
  const wanted = choices(name, values, any);
  if (!select || select.options.length === wanted.length && wanted.every(([value], index) => select.options[index].value === value)) return;
  const chosen = select.value;
  select.replaceChildren(...wanted.map(([value, label]) => h('option', { value, selected: value === chosen }, label)));
  select.closest('.pf-filter').hidden = wanted.length === 1;
}

define({
  'services.map': ['Map', '지도'],
  'services.startAll': ['Start all…', '모두 시작…'],
  'services.stopAll': ['Stop all…', '모두 멈춤…'],
  'services.healthy': ['{0} healthy', '정상 {0}'],
  'services.registered': ['registered', '등록됨'],
  'services.degraded': ['Degraded', '저하'],
  'services.degraded.hint': ['slow, or say so', '느리거나 그렇게 알림'],
  'services.unhealthy': ['Unhealthy', '비정상'],
  'services.unhealthy.hint': ['do not answer well', '제대로 응답하지 않음'],
  'services.breakers': ['Breakers not closed', '닫히지 않은 차단기'],
  'services.breakers.hint': ['calls are held back', '호출이 막혀 있음'],
  'services.processes': ['Processes', '프로세스'],
  'services.processes.hint': ['running, of those started here', '여기서 시작하는 것 중 실행 중'],
  'services.alerts': ['Open alerts', '열린 경보'],
  'services.alerts.hint': ['of services', '서비스 관련'],
  'services.search': ['Name, tag, owner or address', '이름, 태그, 담당, 주소'],
  'services.status.any': ['Any status', '모든 상태'],
  'services.status.open': ['Breaker not closed', '차단기가 닫히지 않음'],
  'services.status.down': ['Process not running', '프로세스가 실행 중이 아님'],
  'services.tag': ['Tag', '태그'],
  'services.tag.any': ['Any tag', '모든 태그'],
  'services.owner.any': ['Any owner', '모든 담당'],
  'services.trend': ['Lately', '최근'],
  'services.needs': ['Needs', '필요로 하는 것'],
  'services.none': ['No services yet', '아직 서비스가 없습니다'],
  'services.none.text': ['Workflows call services by name. Register one with its address, or look for what listens on a range of ports; its health, breaker and response times stand here then.', '워크플로는 서비스를 이름으로 호출합니다. 주소로 등록하거나 포트 범위에서 찾아내세요. 그러면 상태, 차단기, 응답 시간이 여기에 나타납니다.'],
});
