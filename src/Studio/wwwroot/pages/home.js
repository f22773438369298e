// What is going on: what needs somebody, what runs, what comes next, and how everything is.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get, send } from '../parts/api.js';
import { definitionNames } from '../parts/definitions.js';
import { duration, number, when } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { body, card, empty, figure, skeleton, statusChip } from '../parts/states.js';
import { tour } from '../parts/tour.js';

const day = 86_400_000;
const shown = 7;

export default {
  render(container, page) {
    const { signal } = page;
    const figures = h('div', { class: 'pf-figures' }, skeleton(2));
    const [needs, recent, next, health] = Array.from({ length: 4 }, () => h('div', { class: 'pf-stack' }, skeleton(4)));
    const guide = h('div');
    body(container, guide, figures, h('div', { class: 'pf-cards pf-cards-two' },
      card(t('home.needs'), needs),
      card(t('home.recent'), recent, { actions: h('a', { class: 'pf-link', href: addressOf('runs') }, t('home.all')) }),
      card(t('home.next'), next, { actions: may(['read:schedules', 'manage:schedules']) && h('a', { class: 'pf-link', href: addressOf('schedules') }, t('home.all')) }),
      card(t('home.health'), health, { actions: may(['read:services', 'manage:services']) && h('a', { class: 'pf-link', href: addressOf('services') }, t('home.all')) })));

    const parts = [
      [figures, drawFigures], [needs, drawNeeds], [recent, drawRecent], [next, drawNext], [health, drawHealth], [guide, tour],
    ];
    keepFresh(signal, async () => {
      const names = await definitionNames();
      await Promise.all(parts.map(async ([place, draw]) => {
        try {
          const content = await draw({ names, signal });
          place.replaceChildren(...[content].flat().filter(Boolean));
        } catch (error) {
          if (error.name === 'AbortError') return;
          // One part that does not answer must not take the others with it.
          place.replaceChildren(h('p', { class: 'pf-text' }, error.message));
        }
      }));
    }, { topics: ['instances', 'instance', 'definitions', 'schedule', 'service', 'alert', 'deadletter'], every: 10_000 });
  },
};

// Who may not see runs gets none, instead of a refusal in every part of the page.
const runs = async (filter, signal, pageSize = 1) => !may('read:workflow-instances') ? { items: [], totalCount: 0 } : send('POST', 'elsa/api/workflow-instances', { page: 0, pageSize, orderBy: 'Created', orderDirection: 'Descending', ...filter }, { signal });
const since = time => [{ column: 'CreatedAt', operator: 'GreaterThanOrEqual', timestamp: new Date(Date.now() - time).toISOString() }];

async function drawFigures({ signal }) {
  const [executing, waiting, faulted, finished, queue] = await Promise.all([
    runs({ subStatuses: ['Executing', 'Pending'] }, signal),
    runs({ subStatuses: ['Suspended'] }, signal),
    runs({ subStatuses: ['Faulted'], timestampFilters: since(day) }, signal),
    runs({ subStatuses: ['Finished'], timestampFilters: since(day) }, signal),
    may(['read:queue', 'manage:queue']) ? get('api/queue', { signal }) : null,
  ]);
  const ended = faulted.totalCount + finished.totalCount;
  return [
    figure({ label: t('runs.view.running'), value: number(executing.totalCount), href: addressOf('runs?status=Executing') }),
    figure({ label: t('runs.view.waiting'), value: number(waiting.totalCount), hint: t('home.waiting.hint'), href: addressOf('runs?status=Suspended') }),
    figure({ label: t('home.failed'), value: number(faulted.totalCount), hint: t('home.day'), kind: faulted.totalCount ? 'bad' : undefined, href: addressOf('runs?status=Faulted&since=day') }),
    figure({ label: t('home.success'), value: ended ? `${number(finished.totalCount / ended * 100)} %` : '–', hint: t('home.success.hint', number(finished.totalCount)), href: addressOf('runs?since=day') }),
    queue && figure({ label: t('page.queue'), value: number(queue.total), hint: queue.total ? t('home.queue.some') : t('home.queue.none'), href: addressOf('queue') }),
  ];
}

// What somebody has to look at, the worst first; each leads to where it can be mended.
async function drawNeeds({ names, signal }) {
  const optional = (permissions, path, query) => may(permissions) ? get(path, { query, signal }).catch(error => { if (error.name === 'AbortError') throw error; return null; }) : null;
  const [faulted, alerts, dead, services] = await Promise.all([
    runs({ subStatuses: ['Faulted'], timestampFilters: since(7 * day) }, signal, 5),
    optional(['read:monitor', 'manage:monitor'], 'api/alerts', { state: 'open', take: 5 }),
    optional(['read:dead-letters', 'manage:dead-letters'], 'api/dead-letters', { state: 'Dead', take: 1 }),
    optional(['read:services', 'manage:services'], 'api/services', { take: 200 }),
  ]);
  const items = [
    ...(alerts?.items ?? []).map(alert => entry('alert', alert.message, addressOf('alerts'), alert.firstAt, alert.severity === 'critical' ? 'bad' : 'warn')),
    ...(services?.items ?? []).filter(service => service.process?.state === 'Quarantined').map(service => entry('service', t('home.need.quarantined', service.name), addressOf(`services/${encodeURIComponent(service.name)}`), service.process.since, 'bad')),
    ...(services?.items ?? []).filter(service => /^open$/i.test(service.breaker?.state ?? '')).map(service => entry('service', t('home.need.breaker', service.name), addressOf(`services/${encodeURIComponent(service.name)}`), service.breaker.since, 'warn')),
    ...faulted.items.map(run => entry('runs', t('home.need.faulted', names.get(run.definitionId) ?? run.definitionId), addressOf(`runs/${encodeURIComponent(run.id)}`), run.updatedAt, 'bad')),
    dead?.totalCount > 0 && entry('letter', t('home.need.dead', number(dead.totalCount)), addressOf('events?tab=undelivered'), null, 'warn'),
    faulted.totalCount > faulted.items.length && entry('runs', t('home.need.more', number(faulted.totalCount - faulted.items.length)), addressOf('runs?status=Faulted&since=week'), null, 'bad'),
  ].filter(Boolean);
  return items.length ? h('ul', { class: 'pf-rows' }, items) : empty({ symbol: 'check', title: t('home.needs.none'), text: t('home.needs.none.text') });
}

const entry = (symbol, text, href, at, kind) => h('li', { class: 'pf-rows-item' }, h('span', { class: `pf-need pf-need-${kind}` }, icon(symbol, 18)), h('a', { class: 'pf-rows-main pf-row-target', href }, text), at && when(at));

async function drawRecent({ names, signal }) {
  const { items } = await runs({}, signal, shown);
  if (items.length === 0) return empty({ symbol: 'runs', title: t('runs.none'), text: t('runs.none.text') });
  return h('ul', { class: 'pf-rows' }, items.map(run => h('li', { class: 'pf-rows-item' },
    h('a', { class: 'pf-rows-main pf-row-target', href: addressOf(`runs/${encodeURIComponent(run.id)}`) }, names.get(run.definitionId) ?? run.definitionId),
    h('span', { class: 'pf-soft' }, duration((run.finishedAt ? new Date(run.finishedAt) : Date.now()) - new Date(run.createdAt))), statusChip(run.subStatus), when(run.createdAt))));
}

async function drawNext({ names, signal }) {
  if (!may(['read:schedules', 'manage:schedules'])) return h('p', { class: 'pf-text' }, t('request.forbidden'));
  const { items } = await get('api/schedules', { query: { take: 200 }, signal });
  const coming = items.filter(item => item.nextDueAt && !item.isPaused).sort((one, other) => new Date(one.nextDueAt) - new Date(other.nextDueAt)).slice(0, shown);
  if (coming.length === 0) return empty({ symbol: 'schedule', title: t('home.next.none'), text: t('home.next.none.text') });
  return h('ul', { class: 'pf-rows' }, coming.map(item => h('li', { class: 'pf-rows-item' },
    h('a', { class: 'pf-rows-main pf-row-target', href: addressOf(`schedules/${encodeURIComponent(item.id)}`) }, item.definitionName || names.get(item.definitionId) || item.definitionId), h('span', { class: 'pf-soft pf-mono' }, item.expression), when(item.nextDueAt))));
}

async function drawHealth({ signal }) {
  if (!may(['read:services', 'manage:services'])) return h('p', { class: 'pf-text' }, t('request.forbidden'));
  const monitor = may(['read:monitor', 'manage:monitor']) ? await get('api/monitor', { query: { take: 200 }, signal }).catch(error => { if (error.name === 'AbortError') throw error; return null; }) : null;
  if (monitor) {
    const order = { unhealthy: 0, degraded: 1, unknown: 2, healthy: 3 };
    const subjects = [...monitor.items].sort((one, other) => order[one.status] - order[other.status]).slice(0, shown + 2);
    return h('ul', { class: 'pf-rows' }, subjects.map(subject => h('li', { class: 'pf-rows-item' },
      h('a', { class: 'pf-rows-main pf-row-target', href: addressOf(subject.kind === 'service' ? `services/${encodeURIComponent(subject.name)}` : 'metrics') }, subject.name),
      subject.latest && h('span', { class: 'pf-soft' }, `${number(subject.latest.value)} ${subject.latest.unit}`),
      statusChip(subject.status, { healthy: 'good', degraded: 'warn', unhealthy: 'bad' }[subject.status]))));
  }
  const { items } = await get('api/services', { query: { take: shown + 2 }, signal });
  if (items.length === 0) return empty({ symbol: 'service', title: t('home.health.none'), text: t('home.health.none.text') });
  return h('ul', { class: 'pf-rows' }, items.map(service => h('li', { class: 'pf-rows-item' },
    h('a', { class: 'pf-rows-main pf-row-target', href: addressOf(`services/${encodeURIComponent(service.name)}`) }, service.name), statusChip(service.breaker.state))));
}

define({
  'home.all': ['All', '전체'],
  'home.needs': ['Needs you', '확인이 필요한 것'],
  'home.needs.none': ['All is well', '모두 정상입니다'],
  'home.needs.none.text': ['Failed runs, alerts, broken services and undelivered events would stand here.', '실패한 실행, 경보, 고장 난 서비스, 전달되지 않은 이벤트가 여기에 나타납니다.'],
  'home.need.faulted': ['{0} failed', '{0} 실패'],
  'home.need.more': ['{0} more failed runs', '실패한 실행 {0}개 더'],
  'home.need.dead': ['{0} events or work items were not delivered', '전달되지 않은 이벤트 또는 작업 {0}개'],
  'home.need.breaker': ['The breaker of {0} is open', '{0}의 차단기가 열려 있음'],
  'home.need.quarantined': ['{0} was restarted too often and is kept down', '{0}이(가) 너무 자주 재시작되어 정지됨'],
  'home.recent': ['Last runs', '최근 실행'],
  'home.next': ['Coming up', '다음 일정'],
  'home.next.none': ['Nothing is scheduled', '예정된 것이 없습니다'],
  'home.next.none.text': ['Give a workflow a Cron or Timer trigger and publish it: its next ticks stand here.', '워크플로에 Cron 또는 Timer 트리거를 넣고 게시하면 다음 실행 시각이 여기에 나타납니다.'],
  'home.health': ['Health', '상태'],
  'home.health.none': ['No services are registered', '등록된 서비스가 없습니다'],
  'home.health.none.text': ['Register what your workflows call, and see here how it is.', '워크플로가 호출하는 서비스를 등록하면 상태가 여기에 나타납니다.'],
  'home.failed': ['Failed', '실패'],
  'home.day': ['in 24 hours', '24시간 동안'],
  'home.waiting.hint': ['for a time, an event or a person', '시간, 이벤트 또는 사람을'],
  'home.success': ['Success', '성공률'],
  'home.success.hint': ['{0} finished in 24 hours', '24시간 동안 {0}개 완료'],
  'home.queue.some': ['waiting to begin', '시작 대기 중'],
  'home.queue.none': ['nothing waits', '대기 없음'],
});
