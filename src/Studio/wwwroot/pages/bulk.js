// Bulk jobs: how far they are, what failed in them, and stopping one.
import { h, icon } from '../shell/dom.js';
import { addressOf, navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { get, send } from '../parts/api.js';
import { duration, number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { keepFresh } from '../parts/live.js';
import { body, card, chip, facts, failure, skeleton } from '../parts/states.js';

export default {
  render(container, page) {
    page.title({ label: t('page.runs'), path: 'runs' }, t('page.bulk'));
    const place = body(container);
    const id = page.query.get('job');
    if (id) one(place, id, page);
    else all(place, page);
  },
};

function all(place, { signal }) {
  list(place, {
    signal, path: 'api/bulk', topics: ['bulkJob', 'instances'],
    none: { symbol: 'runs', title: t('bulk.none'), text: t('bulk.none.text'), action: h('a', { class: 'pf-button', href: addressOf('runs') }, t('page.runs')) },
    table: {
      label: t('page.bulk'),
      link: job => addressOf(`bulk?job=${encodeURIComponent(job.id)}`),
      columns: [
        { label: t('bulk.action'), cell: job => t(`bulk.${job.action}`) },
        { label: t('word.status'), cell: statusOf },
        { label: t('bulk.progress'), wide: true, cell: progressOf },
        { label: t('bulk.failed'), number: true, cell: job => number(job.failed) },
        { label: t('word.created'), minor: true, cell: job => when(job.createdAt) },
      ],
    },
  });
}

function one(place, id, { signal }) {
  const content = h('div', { class: 'pf-stack' }, skeleton());
  place.append(h('a', { class: 'pf-link', href: addressOf('bulk') }, t('bulk.all')), content);
  keepFresh(signal, refresh, { topics: ['bulkJob', 'instances'], every: 2_000 });

  async function refresh() {
    try {
      draw(await get(`api/bulk/${encodeURIComponent(id)}`, { signal }));
    } catch (error) {
      if (error.name !== 'AbortError') content.replaceChildren(failure(error, refresh));
    }
  }

  function draw(job) {
    const running = job.completedAt === null;
    content.replaceChildren(
      card(`${t(`bulk.${job.action}`)} · ${number(job.total)}`, h('div', { class: 'pf-stack' }, progressOf(job), facts([
        [t('word.status'), statusOf(job)],
        [t('bulk.done'), number(job.done)],
        [t('bulk.failed'), number(job.failed)],
        [t('bulk.leftOut', ''), number(job.leftOut)],
        [t('bulk.rate'), job.perSecond && number(job.perSecond)],
        [t('bulk.speed'), job.rate && t('bulk.perSecond', number(job.rate))],
        [t('bulk.end'), running && job.estimatedEndAt && when(job.estimatedEndAt)],
        [t('word.created'), when(job.createdAt)],
        [t('word.duration'), job.startedAt && duration((job.completedAt ? new Date(job.completedAt) : Date.now()) - new Date(job.startedAt))],
      ])), { actions: running && !job.isStopping && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: stop }, icon('stop', 16), t('bulk.stop')) }),
      job.failures.length > 0 && card(t('bulk.failures'), notes(job.failures)),
      job.leftOutItems.length > 0 && card(t('bulk.leftOutItems'), notes(job.leftOutItems)));
  }

  async function stop() {
    draw(await send('POST', `api/bulk/${encodeURIComponent(id)}/cancel`));
  }
}

const notes = items => h('ul', { class: 'pf-rows' }, items.map(({ instanceId, reason }) => h('li', { class: 'pf-rows-item' },
  h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(instanceId)}`) }, instanceId.slice(-8)), h('span', { class: 'pf-rows-main' }, reason))));

function statusOf(job) {
  const kind = job.completedAt === null ? 'info' : job.failed > 0 ? 'warn' : 'good';
  return chip(t(`bulk.status.${job.status}`) === `bulk.status.${job.status}` ? job.status : t(`bulk.status.${job.status}`), kind);
}

function progressOf(job) {
  const done = job.done + job.failed + job.leftOut;
  const share = job.total > 0 ? done / job.total : 1;
  return h('div', { class: 'pf-line' },
    h('progress', { class: 'pf-progress', max: '1', value: String(share), 'aria-label': t('bulk.progress') }), h('span', { class: 'pf-soft pf-when' }, `${number(done)} / ${number(job.total)}`));
}

define({
  'bulk.none': ['No bulk jobs', '일괄 작업이 없습니다'],
  'bulk.none.text': ['Choose runs in the list, or all that match a filter, and retry, re-run, cancel or delete them in the background.', '목록에서 실행을 고르거나 필터에 맞는 모든 실행을 백그라운드에서 재시도, 다시 실행, 취소, 삭제할 수 있습니다.'],
  'bulk.action': ['Action', '작업'],
  'bulk.done': ['Done', '완료'],
  'bulk.failed': ['Failed', '실패'],
  'bulk.speed': ['Rate', '속도'],
  'bulk.perSecond': ['{0} a second', '초당 {0}개'],
  'bulk.end': ['Ends', '끝나는 때'],
  'bulk.stop': ['Stop', '멈추기'],
  'bulk.failures': ['What failed', '실패한 것'],
  'bulk.leftOutItems': ['What was left out', '제외된 것'],
  'bulk.all': ['All bulk jobs', '모든 일괄 작업'],
  'bulk.status.Pending': ['Waiting', '대기 중'],
  'bulk.status.Running': ['Running', '진행 중'],
  'bulk.status.Completed': ['Done', '완료'],
  'bulk.status.Cancelled': ['Stopped', '멈춤'],
});
