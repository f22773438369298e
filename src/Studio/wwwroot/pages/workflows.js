// All workflows: how each is doing, running one, making a new one, bringing some in from files.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { root } from '../shell/requests.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { bars } from '../parts/chart.js';
import { copyCurl } from '../parts/curl.js';
import { confirmAction, openForm } from '../parts/form.js';
import { bytes, duration, number, percent, when } from '../parts/format.js';
import { askForFiles, watchDrops } from '../parts/import.js';
import { list } from '../parts/list.js';
import { openGallery } from '../parts/gallery.js';
import { startWorkflow } from '../parts/start.js';
import { body, chip, statusChip } from '../parts/states.js';

export default {
  render(container, page) {
    const place = body(container);
    const mayWrite = may('write:workflow-definitions');
    page.actions(...[
      h('a', { class: 'pf-button pf-button-quiet', href: addressOf('definitions') }, h('span', { class: 'pf-action-text' }, t('runs.elsa'))),
      mayWrite && h('button', { class: 'pf-button', type: 'button', onclick: () => askForFiles(() => refresh()) }, t('workflows.import')),
      mayWrite && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: openGallery }, icon('plus', 16), t('workflows.new')),
    ].filter(Boolean));
    const { refresh, state } = list(place, {
      signal: page.signal,
      topics: ['definitions', 'instances', 'workflow', 'schedule'],
      filters: [
        { name: 'search', kind: 'search', label: t('workflows.search') },
        { name: 'tag', kind: 'choice', label: t('workflows.tag'), choices: tagChoices([], page.query.get('tag')) },
        { name: 'orderBy', kind: 'choice', label: t('workflows.order'), choices: [['name', t('workflows.order.name')], ['size', t('workflows.order.size')]] },
      ],
      defaults: { orderBy: 'name' },
      async load({ values: { search, tag, orderBy }, skip, take, signal }) {
        const answer = await get('api/definitions', { query: { search, tag, orderBy, skip, take }, signal });
        offerTags(place.querySelector('#filter-tag'), answer.tags, tag);
        return answer;
      },
      none: { symbol: 'workflow', title: t('workflows.none'), text: t('workflows.none.text'), action: mayWrite && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: openGallery }, t('workflows.new')) },
      table: {
        label: t('page.definitions'),
        key: workflow => workflow.definitionId,
        link: workflow => addressOf(`definitions/${encodeURIComponent(workflow.definitionId)}`),
        columns: [
          { label: t('word.name'), wide: true, cell: nameOf, under: workflow => workflow.tags.length > 0 && tagsOf(workflow, state, mayWrite && (() => editTags(workflow, () => refresh()))) },
          { label: t('workflows.version'), cell: versionOf },
          { label: t('workflows.record'), minor: true, cell: workflow => workflow.record && h('span', { class: 'pf-line pf-workflow-record', title: t('workflows.record.hint', workflow.record.count) }, bars(lastTwenty(workflow.record.outcomes).map(outcome => [{ value: outcome ? 1 : 0, kind: outcome === 'Finished' ? 'good' : outcome === 'Faulted' ? 'bad' : 'none' }]), { width: 80, height: 16 }), h('span', { class: 'pf-when' }, percent(workflow.record.successRate))) },
          { label: t('workflows.p95'), number: true, minor: true, cell: workflow => workflow.record ? duration(workflow.record.p95Ms) : '–' },
          { label: t('workflows.size'), number: true, minor: true, cell: workflow => workflow.databaseBytes ? bytes(workflow.databaseBytes) : '–' },
          { label: t('workflows.running'), number: true, cell: workflow => workflow.runningCount ? h('a', { class: 'pf-link', href: addressOf(`runs?definition=${encodeURIComponent(workflow.definitionId)}`) }, number(workflow.runningCount)) : '0' },
          { label: t('workflows.last'), cell: workflow => workflow.lastRun ? h('a', { class: 'pf-line pf-row-target', href: addressOf(`runs/${encodeURIComponent(workflow.lastRun.instanceId)}`) }, statusChip(workflow.lastRun.subStatus), when(workflow.lastRun.startedAt)) : h('span', { class: 'pf-soft' }, t('workflows.never')) },
          { label: t('workflows.next'), minor: true, cell: workflow => workflow.nextTickAt ? when(workflow.nextTickAt) : null },
          { label: '', cell: workflow => may('exec:workflow-definitions') && h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('workflows.run', workflow.name ?? workflow.definitionId), title: t('start.action'), onclick: () => startWorkflow(workflow.definitionId) }, icon('play', 18)) },
        ],
        menu: workflow => menuOf(workflow, () => refresh()),
      },
    });
    if (mayWrite) watchDrops(container, page.signal, () => refresh());
    if (page.query.get('new') && mayWrite) openGallery();
  },
};

function nameOf(workflow) {
  return h('span', { class: 'pf-two pf-workflow-name' }, h('span', null, workflow.name || workflow.definitionId), workflow.description && h('span', { class: 'pf-soft pf-two-second' }, workflow.description));
}

// A tag leads to all workflows that have it; the pencil changes them where one sees them.
function tagsOf(workflow, state, edit) {
  const label = t('workflows.tags.edit', workflow.name ?? workflow.definitionId);
  return h('span', { class: 'pf-tags' },
    workflow.tags.map(tag => h('button', { class: 'pf-tag pf-tag-button', type: 'button', title: t('workflows.tag.only', tag), onclick: () => choose(tag) }, tag)),
    edit && h('button', { class: 'pf-tag pf-tag-button', type: 'button', 'aria-label': label, title: label, onclick: edit }, icon('plus', 14)));

  function choose(tag) {
    state.set({ tag, page: 1 });
  }
}

const tagChoices = (tags, chosen) => {
  const known = chosen && !tags.some(tag => same(tag.name, chosen)) ? [...tags, { name: chosen }] : tags;
  return [['', t('workflows.tag')], ...known.map(tag => [tag.name, tag.count ? `${tag.name} (${number(tag.count)})` : tag.name])];
};

const same = (one, other) => one.toLowerCase() === other.toLowerCase();

// Which tags there are comes with the list; a choice that is open is not pulled away.
function offerTags(select, tags, chosen) {
  const choices = tagChoices(tags, chosen);
  select.parentElement.hidden = choices.length === 1;
  const text = JSON.stringify(choices);
  if (select.dataset.choices !== text && document.activeElement !== select) {
    select.dataset.choices = text;
    select.replaceChildren(...choices.map(([value, label]) => h('option', { value }, label)));
  }
  const option = [...select.options].find(one => same(one.value, chosen));
  if (option) select.value = option.value;
}

async function editTags(workflow, refresh) {
  const saved = await openForm({
    title: t('workflows.tags.edit', workflow.name ?? workflow.definitionId),
    key: `tags.${workflow.definitionId}`,
    fields: [{ name: 'tags', label: t('workflows.tags'), hint: t('workflows.tags.hint'), value: workflow.tags.join(', ') }],
    submit: ({ tags }) => send('PUT', `api/definitions/${encodeURIComponent(workflow.definitionId)}/tags`, { tags: tags.split(',').map(tag => tag.trim()).filter(Boolean) }),
  });
  if (saved) refresh();
}

// Always twenty places, so that one bar is as wide as another.
const lastTwenty = outcomes => [...Array(20 - outcomes.length).fill(null), ...outcomes];

function versionOf(workflow) {
  if (workflow.isPaused) return chip(t('workflows.paused'), 'warn');
  const draft = workflow.publishedVersion !== workflow.latestVersion;
  return h('span', { class: 'pf-tags' },
    workflow.publishedVersion !== null && chip(t('definition.version', workflow.publishedVersion), 'good'),
    draft && chip(`${t('definition.draft')} ${t('definition.version', workflow.latestVersion)}`));
}

function menuOf(workflow, refresh) {
  const id = encodeURIComponent(workflow.definitionId);
  return [
    { label: t('workflows.runs'), icon: icon('runs', 18), run: () => navigate(`runs?definition=${id}`) },
    { label: t('workflows.versions'), icon: icon('history', 18), run: () => navigate(`versions/${id}`) },
    may('write:workflow-definitions') && { label: t('workflows.tags.menu'), icon: icon('plus', 18), run: () => editTags(workflow, refresh) },
    { label: t('workflows.export'), icon: icon('page', 18), run: () => { location.href = new URL(`elsa/api/workflow-definitions/by-definition-id/${id}/export?versionOptions=Latest`, root).href; } },
    { label: t('curl.copy'), icon: icon('copy', 18), run: () => copyCurl('POST', `api/definitions/${id}/runs`, {}) },
    may('manage:queue') && { label: t(workflow.isPaused ? 'workflows.resume' : 'workflows.pause'), icon: icon(workflow.isPaused ? 'play' : 'pause', 18), run: pause },
    may('delete:workflow-definitions') && { label: t('word.delete'), icon: icon('trash', 18), run: remove },
  ];

  async function pause() {
    try {
      await send('POST', `api/definitions/${id}/${workflow.isPaused ? 'resume' : 'pause'}`, workflow.isPaused ? undefined : { mode: 'queue' });
      toast({ kind: 'success', title: t(workflow.isPaused ? 'workflows.resumed' : 'workflows.pausedNow'), text: workflow.isPaused ? undefined : t('workflows.pausedNow.text') });
    } catch (error) {
      toast({ kind: 'error', title: t('workflows.pause'), text: error.message });
    }
    refresh();
  }

  async function remove() {
    if (await confirmAction({ title: t('workflows.delete.title', workflow.name ?? workflow.definitionId), text: t('workflows.delete.text', number(workflow.instanceCount)), action: t('word.delete'), run: () => send('DELETE', `elsa/api/workflow-definitions/${id}`) })) refresh();
  }
}

define({
  'workflows.search': ['Name, description or id', '이름, 설명, ID'],
  'workflows.tag': ['All tags', '모든 태그'],
  'workflows.tag.only': ['Only those tagged {0}', '{0} 태그만 보기'],
  'workflows.tags': ['Tags', '태그'],
  'workflows.tags.menu': ['Tags…', '태그…'],
  'workflows.tags.edit': ['Tags of {0}', '{0}의 태그'],
  'workflows.tags.hint': ['Separated by commas. They stay when a new version is published.', '쉼표로 구분합니다. 새 버전을 게시해도 그대로 남습니다.'],
  'workflows.order': ['Order', '정렬'],
  'workflows.order.name': ['By name', '이름순'],
  'workflows.order.size': ['Largest first', '큰 것부터'],
  'workflows.size': ['Size', '크기'],
  'workflows.new': ['New workflow', '새 워크플로'],
  'workflows.import': ['Import', '가져오기'],
  'workflows.none': ['No workflows yet', '아직 워크플로가 없습니다'],
  'workflows.none.text': ['Begin from a template or an empty canvas, or drop exported workflows here.', '템플릿이나 빈 캔버스에서 시작하거나, 내보낸 워크플로를 여기에 끌어다 놓으세요.'],
  'workflows.version': ['Version', '버전'],
  'workflows.paused': ['Paused', '일시 중지됨'],
  'workflows.record': ['Success', '성공률'],
  'workflows.record.hint': ['Of the latest {0} runs that have ended', '최근에 끝난 실행 {0}개 기준'],
  'workflows.p95': ['p95', 'p95'],
  'workflows.running': ['Running', '실행 중'],
  'workflows.last': ['Last run', '마지막 실행'],
  'workflows.never': ['never', '없음'],
  'workflows.next': ['Next tick', '다음 일정'],
  'workflows.run': ['Run {0}', '{0} 실행'],
  'workflows.runs': ['Runs', '실행 목록'],
  'workflows.versions': ['Versions and differences', '버전과 차이'],
  'workflows.export': ['Export', '내보내기'],
  'workflows.pause': ['Pause', '일시 중지'],
  'workflows.resume': ['Resume', '다시 시작'],
  'workflows.resumed': ['It starts again', '다시 시작합니다'],
  'workflows.pausedNow': ['Paused', '일시 중지했습니다'],
  'workflows.pausedNow.text': ['What runs goes on; new starts wait in the queue.', '실행 중인 것은 계속되고, 새로 시작할 것은 대기열에서 기다립니다.'],
  'workflows.delete.title': ['Delete {0}?', '{0}을(를) 삭제할까요?'],
  'workflows.delete.text': ['All its versions are gone for good, and its {0} instances with them.', '모든 버전과 인스턴스 {0}개가 완전히 사라집니다.'],
});
