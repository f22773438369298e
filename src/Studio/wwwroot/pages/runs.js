// All runs: finding one among very many, and acting on many at once.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { actOnMany } from '../parts/bulk.js';
import { definitionNames } from '../parts/definitions.js';
import { openForm } from '../parts/form.js';
import { duration, number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { body, statusChip } from '../parts/states.js';

const viewsKey = 'platform.views.runs';
const shipped = [
  ['runs.view.all', ''], ['runs.view.failed', 'status=Faulted'], ['runs.view.incidents', 'status=incidents'],
  ['runs.view.running', 'status=Executing'], ['runs.view.waiting', 'status=Suspended'], ['runs.view.today', 'since=day'],
];
const followAfter = 2_000;
const spans = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };

export default {
  async render(container, page) {
    const names = await definitionNames();
    const place = body(container);
    page.actions(views(), h('a', { class: 'pf-button pf-button-quiet', href: addressOf('instances') }, h('span', { class: 'pf-action-text' }, t('runs.elsa'))));
    let later;
    const behind = h('p', { class: 'pf-soft', role: 'status', hidden: true });
    const { refresh, state } = list(place, {
      signal: page.signal,
      topics: ['instances', 'instance', 'bulkJob'],
      filters: [
        { name: 'search', kind: 'search', label: t('runs.search') },
        { name: 'status', kind: 'choice', label: t('word.status'), choices: [['', t('runs.status.any')], ...['Executing', 'Suspended', 'Faulted', 'Finished', 'Cancelled', 'Pending', 'Interrupted'].map(status => [status, t(`status.${status}`)]), ['incidents', t('runs.status.incidents')]] },
        { name: 'definition', kind: 'choice', label: t('word.workflow'), choices: [['', t('runs.definition.any')], ...names] },
        { name: 'since', kind: 'choice', label: t('runs.since'), choices: [['', t('runs.since.any')], ...Object.keys(spans).map(span => [span, t(`runs.since.${span}`)])] },
        { name: 'correlation', kind: 'search', label: t('runs.correlation') },
      ],
      above: behind,
      load: async ({ values, skip, take, signal }) => {
        const answer = await get('api/instances', { query: { ...queryOf(values), skip, take }, signal });
        behind.textContent = notesOn(answer).join(' ');
        behind.hidden = !behind.textContent;
        // What has just ended is indexed in a moment; nothing announces that.
        clearTimeout(later);
        if (answer.unindexed > 0) later = setTimeout(() => { if (!page.signal.aborted) refresh(); }, followAfter);
        return answer;
      },
      none: { symbol: 'runs', title: t('runs.none'), text: t('runs.none.text'), action: h('a', { class: 'pf-button pf-button-primary', href: addressOf('definitions') }, t('runs.none.action')) },
      table: {
        label: t('page.runs'),
        link: run => addressOf(`runs/${encodeURIComponent(run.id)}`),
        columns: [
          { label: t('word.workflow'), cell: run => names.get(run.definitionId) ?? run.definitionId },
          { label: t('word.status'), cell: run => [statusChip(run.subStatus), run.incidentCount > 0 && run.subStatus !== 'Faulted' ? h('span', { class: 'pf-tag pf-tag-bad', title: t('runs.incidents', run.incidentCount) }, `${run.incidentCount}`) : null].filter(Boolean) },
          { label: t('runs.name'), minor: true, cell: run => run.name || h('span', { class: 'pf-mono pf-soft' }, run.id.slice(-8)) },
          { label: t('runs.correlation'), minor: true, cell: run => run.correlationId },
          { label: t('word.started'), cell: run => when(run.createdAt) },
          { label: t('word.duration'), number: true, cell: run => duration((run.finishedAt ? new Date(run.finishedAt) : Date.now()) - new Date(run.createdAt)) },
          { label: t('runs.version'), number: true, minor: true, cell: run => t('definition.version', run.version) },
        ],
        menu: run => [
          { label: t('runs.diagram'), icon: icon('workflow', 18), run: () => navigate(`instances/${encodeURIComponent(run.id)}`) },
          { label: t('runs.more'), icon: icon('search', 18), run: () => state.set({ definition: run.definitionId, page: 1 }) && navigate(`runs?definition=${encodeURIComponent(run.definitionId)}`) },
        ],
      },
      bulk: may(['run:bulk', 'cancel:workflow-instances', 'write:workflow-instances', 'delete:workflow-instances', 'manage:workflow-instances'])
        ? (ids, done) => ['Retry', 'Rerun', 'Cancel', 'Delete'].map(action => h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: async () => { if (await actOnMany(action, { ids })) done(); } }, t(`bulk.${action}`)))
        : undefined,
    });
    place.append(allThatMatch(state, refresh));
  },
};

function queryOf({ search, status, definition, since, correlation }) {
  return {
    search: search || undefined,
    status: status && status !== 'incidents' ? status : undefined,
    incidents: status === 'incidents' ? true : undefined,
    definitionId: definition || undefined,
    correlationId: correlation || undefined,
    from: since ? new Date(Date.now() - spans[since]).toISOString() : undefined,
  };
}

// What the table does not show by itself: there is more than it counted, and what the search does not know yet.
function notesOn({ totalCount, isTotalExact, unindexed }) {
  return [
    isTotalExact ? null : t('runs.atLeast', number(totalCount)),
    unindexed > 0 ? t('runs.behind', number(unindexed)) : null,
  ].filter(Boolean);
}

// Acting on everything that the filters let through, however many pages that is.
function allThatMatch(state, refresh) {
  const filterOf = () => {
    const { search, status, incidents, definitionId, correlationId, from } = queryOf(state.values);
    return { search, subStatuses: status && [status], hasIncidents: incidents, definitionIds: definitionId && [definitionId], correlationIds: correlationId && [correlationId], createdFrom: from };
  };
  const button = h('button', { class: 'pf-button pf-button-small', type: 'button' }, t('runs.allMatching'));
  return h('div', { class: 'pf-line' }, menuButton(button, () => ['Retry', 'Rerun', 'Cancel', 'Delete'].map(action => ({
    label: t(`bulk.${action}`),
    run: async () => {
      const filter = filterOf();
      if (Object.values(filter).every(value => value === undefined)) filter.createdFrom = '1970-01-01T00:00:00Z';
      if (await actOnMany(action, filter)) refresh();
    },
  }))), h('a', { class: 'pf-link', href: addressOf('bulk') }, t('runs.jobs')));
}

function views() {
  const button = h('button', { class: 'pf-button', type: 'button' }, t('runs.views'), icon('down', 14));
  const own = () => JSON.parse(localStorage.getItem(viewsKey) ?? '[]');
  return menuButton(button, () => [
    ...shipped.map(([text, query]) => ({ label: t(text), run: () => navigate(`runs${query && `?${query}`}`) })),
    null,
    ...own().map(view => ({ label: view.name, run: () => navigate(`runs?${view.query}`) })),
    ...(own().length ? [null] : []),
    { label: t('runs.views.save'), icon: icon('plus', 18), run: save },
    ...(own().length ? [{ label: t('runs.views.forget'), icon: icon('trash', 18), run: forget }] : []),
  ]);

  function save() {
    const query = new URLSearchParams(location.search);
    query.delete('page');
    openForm({
      title: t('runs.views.save'), text: t('runs.views.text'), fields: [{ name: 'name', label: t('word.name'), required: true }],
      submit: ({ name }) => localStorage.setItem(viewsKey, JSON.stringify([...own().filter(view => view.name !== name), { name, query: query.toString() }])),
    });
  }

  function forget() {
    openForm({
      title: t('runs.views.forget'), danger: true, action: t('word.delete'),
      fields: [{ name: 'name', kind: 'choice', label: t('word.name'), choices: own().map(view => [view.name, view.name]) }],
      submit: ({ name }) => localStorage.setItem(viewsKey, JSON.stringify(own().filter(view => view.name !== name))),
    });
  }
}

define({
  'runs.search': ['Id, words of a name or error, or city=Seoul', 'ID, 이름이나 오류의 단어, 또는 city=Seoul'],
  'runs.atLeast': ['More than {0} runs match; narrow the search to count them.', '맞는 실행이 {0}건보다 많습니다. 정확한 수를 보려면 검색을 좁히세요.'],
  'runs.behind': ['The search does not know about {0} changed runs yet; it follows by itself.', '아직 검색에 반영되지 않은 실행이 약 {0}건 있습니다. 곧 자동으로 반영됩니다.'],
  'runs.status.any': ['Any status', '모든 상태'],
  'runs.status.incidents': ['With incidents', '사고가 있는 것'],
  'runs.definition.any': ['Any workflow', '모든 워크플로'],
  'runs.since': ['Started', '시작한 때'],
  'runs.since.any': ['Any time', '모든 시간'],
  'runs.since.hour': ['Last hour', '지난 1시간'],
  'runs.since.day': ['Last 24 hours', '지난 24시간'],
  'runs.since.week': ['Last 7 days', '지난 7일'],
  'runs.since.month': ['Last 30 days', '지난 30일'],
  'runs.name': ['Name or id', '이름 또는 ID'],
  'runs.version': ['Version', '버전'],
  'runs.incidents': ['{0} incidents', '사고 {0}건'],
  'runs.diagram': ['Open the diagram', '다이어그램 열기'],
  'runs.more': ['All runs of this workflow', '이 워크플로의 모든 실행'],
  'runs.none.action': ['Run a workflow', '워크플로 실행하기'],
  'runs.allMatching': ['All that match…', '맞는 것 모두…'],
  'runs.jobs': ['Bulk jobs', '일괄 작업'],
  'runs.views': ['Views', '보기'],
  'runs.view.all': ['Everything', '전체'],
  'runs.view.failed': ['Faulted', '실패한 것'],
  'runs.view.incidents': ['With incidents', '사고가 있는 것'],
  'runs.view.today': ['Last 24 hours', '지난 24시간'],
  'runs.views.save': ['Save this view…', '이 보기 저장…'],
  'runs.views.text': ['The filters as they stand, kept in this browser.', '지금의 필터를 이 브라우저에 저장합니다.'],
  'runs.views.forget': ['Forget a view…', '보기 지우기…'],
});
