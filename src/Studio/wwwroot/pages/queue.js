// The queue: how deep it is and why work waits in it, and what could not be delivered.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { confirmAction } from '../parts/form.js';
import { duration, number, spanOf, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { keepFresh } from '../parts/live.js';
import { body, figure, skeleton, statusChip } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';

export default {
  render(container, page) {
    const figures = h('div', { class: 'pf-figures' }, skeleton(2));
    const place = h('div', { class: 'pf-stack' });
    body(container, figures, tabs(page, [
      { id: '', label: t('queue.tab.items'), draw: signal => items(place, signal) },
      { id: 'workflows', label: t('queue.tab.workflows'), draw: signal => workflows(place, signal) },
    ], place), place);
    keepFresh(page.signal, async () => drawFigures(figures, await get('api/queue', { signal: page.signal })), { topics: ['instances', 'work'], every: 5_000 });
  },
};

function drawFigures(place, queue) {
  const sum = name => queue.items.reduce((total, item) => total + item[name], 0);
  place.replaceChildren(
    figure({ label: t('queue.depth'), value: number(queue.total), hint: t('queue.depth.hint', number(queue.queueMax)), kind: queue.total > queue.queueMax * .8 ? 'bad' : undefined }),
    figure({ label: t('queue.due'), value: number(sum('due')), hint: t('queue.due.hint') }),
    figure({ label: t('queue.delayed'), value: number(sum('delayed')), hint: t('queue.delayed.hint') }),
    figure({ label: t('queue.held'), value: number(sum('held') + sum('paused')), hint: t('queue.held.hint', number(sum('held')), number(sum('paused'))), kind: sum('paused') ? 'warn' : undefined }),
    figure({ label: t('queue.oldest'), value: queue.oldestAge ? duration(spanOf(queue.oldestAge)) : '–', hint: t('queue.oldest.hint') }),
    figure({ label: t('queue.busy'), value: number(queue.requestsInProgress), hint: t('queue.busy.hint', number(queue.burstsMax)) }));
}

function items(place, signal) {
  const answer = list(place, {
    signal,
    path: 'api/queue/items',
    topics: ['instances', 'work'],
    filters: [
      { name: 'definitionId', kind: 'search', label: t('queue.filter.workflow') },
      { name: 'kind', kind: 'choice', label: t('queue.kind'), choices: [['', t('queue.kind.any')], ...['start', 'resume', 'stimulus', 'timer'].map(kind => [kind, kindOf(kind)])] },
      { name: 'due', kind: 'choice', label: t('queue.filter.due'), choices: [['', t('queue.due.any')], ['now', t('queue.due.now')], ['later', t('queue.due.later')]] },
    ],
    none: { symbol: 'queue', title: t('queue.none'), text: t('queue.none.text') },
    table: {
      label: t('page.queue'),
      columns: [
        { label: t('queue.kind'), cell: item => kindOf(item.kind) },
        { label: t('word.workflow'), cell: item => item.definitionId && h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(item.definitionId)}`) }, item.definitionId) },
        { label: t('word.instance'), minor: true, cell: item => item.instanceId && h('a', { class: 'pf-link pf-mono', href: addressOf(`instances/${encodeURIComponent(item.instanceId)}`) }, item.instanceId.slice(0, 12)) },
        { label: t('word.status'), cell: item => statusChip(item.state, { running: 'good', due: 'info', paused: 'warn', held: 'warn' }[item.state?.toLowerCase()]) },
        { label: t('queue.dueAt'), cell: item => when(item.dueAt) },
        { label: t('queue.queuedAt'), minor: true, cell: item => when(item.queuedAt) },
        { label: t('queue.priority'), number: true, minor: true, cell: item => number(item.priority) },
        { label: t('queue.attempts'), number: true, minor: true, cell: item => number(item.attempts) },
      ],
      menu: may('manage:queue') ? item => [item.kind === 'start' && { label: t('queue.withdraw'), icon: icon('trash', 18), run: () => withdraw(item, answer.refresh) }] : undefined,
    },
  });
}

const kindOf = kind => t(`queue.kind.${kind}`) === `queue.kind.${kind}` ? kind : t(`queue.kind.${kind}`);

async function withdraw(item, refresh) {
  const done = await confirmAction({
    title: t('queue.withdraw.title'), text: t('queue.withdraw.text', item.definitionId ?? ''), action: t('queue.withdraw'),
    run: () => send('DELETE', `api/queue/items/${encodeURIComponent(item.id)}`),
  });
  if (!done) return;
  toast({ kind: 'success', title: t('queue.withdrawn') });
  refresh();
}

function workflows(place, signal) {
  list(place, {
    signal,
    topics: ['instances', 'work'],
    load: async () => {
      const { items } = await get('api/queue', { signal });
      return { items, totalCount: items.length };
    },
    none: { symbol: 'queue', title: t('queue.none'), text: t('queue.none.text') },
    table: {
      label: t('queue.tab.workflows'),
      key: item => `${item.kind} ${item.definitionId}`,
      columns: [
        { label: t('queue.kind'), cell: item => kindOf(item.kind) },
        { label: t('word.workflow'), cell: item => item.definitionId && h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(item.definitionId)}`) }, item.definitionId) },
        ...['due', 'delayed', 'held', 'paused'].map(name => ({ label: t(`queue.${name}`), number: true, cell: item => number(item[name]) })),
        { label: t('queue.oldest'), number: true, cell: item => duration(spanOf(item.oldestAge)) },
      ],
    },
  });
}

define({
  'queue.tab.items': ['Waiting work', '대기 중인 작업'],
  'queue.tab.workflows': ['By workflow', '워크플로별'],
  'queue.depth.hint': ['of {0} at most', '최대 {0}'],
  'queue.due': ['Due now', '지금 할 것'],
  'queue.due.hint': ['waiting for a worker, or running', '작업자를 기다리거나 실행 중'],
  'queue.delayed': ['For later', '나중에 할 것'],
  'queue.delayed.hint': ['their time has not come', '아직 때가 되지 않음'],
  'queue.held': ['Held', '붙잡힘'],
  'queue.paused': ['Paused', '일시 중지'],
  'queue.held.hint': ['{0} by limits, {1} by pauses', '제한 {0}, 일시 중지 {1}'],
  'queue.oldest': ['Oldest', '가장 오래된 것'],
  'queue.oldest.hint': ['time in the queue', '대기열에 있던 시간'],
  'queue.busy': ['Requests running', '실행 중인 요청'],
  'queue.busy.hint': ['of {0} at once', '동시에 최대 {0}'],
  'queue.kind': ['Kind', '종류'],
  'queue.kind.any': ['Any kind', '모든 종류'],
  'queue.kind.start': ['Start', '시작'],
  'queue.kind.resume': ['Resume', '재개'],
  'queue.kind.stimulus': ['Event', '이벤트'],
  'queue.kind.timer': ['Timer', '타이머'],
  'queue.filter.workflow': ['Id of a workflow', '워크플로 ID'],
  'queue.filter.due': ['When it is due', '때'],
  'queue.due.any': ['Now and later', '지금과 나중'],
  'queue.due.now': ['Due now', '지금 할 것'],
  'queue.due.later': ['For later', '나중에 할 것'],
  'queue.dueAt': ['Due', '때'],
  'queue.queuedAt': ['Queued', '들어온 때'],
  'queue.priority': ['Priority', '우선순위'],
  'queue.attempts': ['Failures', '실패 횟수'],
  'queue.none': ['Nothing waits', '기다리는 작업이 없습니다'],
  'queue.none.text': ['Runs that cannot begin at once stand here, with the reason: no free worker, a limit, a pause, or a time that has not come.', '바로 시작할 수 없는 실행이 이유와 함께 여기에 나타납니다: 빈 작업자 없음, 제한, 일시 중지, 아직 오지 않은 시각.'],
  'queue.withdraw': ['Take back', '취소'],
  'queue.withdraw.title': ['Take this start back?', '이 시작을 취소할까요?'],
  'queue.withdraw.text': ['The run of {0} that is queued will not happen.', '대기 중인 {0}의 실행이 일어나지 않습니다.'],
  'queue.withdrawn': ['Taken back', '취소했습니다'],
});
