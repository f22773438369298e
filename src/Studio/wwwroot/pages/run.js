// One run: what it does now and why, its steps on a time axis, the data at each of them, and going on from there.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { root } from '../shell/requests.js';
import { addressOf, navigate, reopen } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { addressState } from '../parts/address.js';
import { get, send } from '../parts/api.js';
import { copyButton } from '../parts/copy.js';
import { copyCurl } from '../parts/curl.js';
import { definitionNames } from '../parts/definitions.js';
import { confirmAction, openForm } from '../parts/form.js';
import { duration, exactTime, number, when } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { askRerun } from '../parts/rerun.js';
import { runLogs } from '../parts/run-logs.js';
import { body, card, empty, facts, failure, skeleton, statusChip } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';
import { noteLookedAtRun } from '../parts/tour.js';
import { timeline } from '../parts/timeline.js';

export default {
  async render(container, page) {
    const id = encodeURIComponent(page.params.id);
    let names;
    let run;
    let explanation;
    try {
      [names, explanation] = await Promise.all([definitionNames(), get(`api/instances/${id}/explain`, { signal: page.signal })]);
      if (explanation.subStatus === 'Pending' && !await begun(page)) return queued(container, page, explanation);
      run = await get(`elsa/api/workflow-instances/${id}`, { signal: page.signal });
    } catch (error) {
      if (error.status === 404) return page.missing(t('instance.missing'), t('instance.missing.text'));
      throw error;
    }

    const name = names.get(run.definitionId) ?? run.definitionId;
    noteLookedAtRun();
    const chipPlace = h('span', null, statusChip(run.subStatus));
    page.title({ label: t('page.runs'), path: 'runs' }, run.name ? `${name} · ${run.name}` : `${name} · ${run.id.slice(-8)}`, chipPlace);
    const told = h('div', null, skeleton(2));
    const place = h('div', { class: 'pf-stack' });
    const step = addressState({ step: '' });
    let steps = null;
    let draw = () => {};
    const view = body(container, told);
    view.append(tabs(page, [
      { id: '', label: t('run.tab.timeline'), draw: signal => { draw = timelineTab(place, signal); draw(); } },
      { id: 'logs', label: t('run.tab.logs'), draw: signal => { draw = runLogs(place, { path: `api/instances/${id}/logs`, signal, choose: key => navigate(`runs/${id}?step=${encodeURIComponent(key)}`) }); draw(); } },
      { id: 'data', label: t('run.tab.data'), draw: () => { draw = () => dataTab(place, run); draw(); } },
      { id: 'reruns', label: t('run.tab.reruns'), draw: signal => { draw = () => {}; rerunsTab(place, id, signal); } },
      { id: 'about', label: t('run.tab.about'), draw: () => { draw = () => aboutTab(place, run, name, page.signal); draw(); } },
    ], place), place);

    let revision = null;
    keepFresh(page.signal, refresh, { topics: ['instances', 'instance'], every: 10_000 });

    async function refresh() {
      const { signal } = page;
      run = await get(`elsa/api/workflow-instances/${id}`, { signal });
      if (revision === run.updatedAt && steps) return;
      let executions;
      [explanation, executions] = await Promise.all([
        get(`api/instances/${id}/explain`, { signal }),
        get('elsa/api/activity-executions/list', { query: { workflowInstanceId: run.id }, signal }),
      ]);
      revision = run.updatedAt;
      steps = executions.items;
      chipPlace.replaceChildren(statusChip(run.subStatus));
      page.actions(...actionsFor(run, explanation, refreshNow));
      told.replaceChildren(explained(explanation, run));
      draw();
    }

    function refreshNow() {
      revision = null;
      return refresh();
    }

    function timelineTab(target, signal) {
      const detail = h('div', { class: 'pf-stack' });
      const chart = timeline({ chosen: () => step.values.step, choose: key => { step.set({ step: key }); show(); } });
      target.replaceChildren(skeleton(6));
      return () => {
        if (!steps) return;
        if (!chart.element.isConnected) target.replaceChildren(h('div', { class: 'pf-run' }, chart.element, detail));
        chart.draw(steps, run);
        show();
      };

      function show() {
        const found = steps.find(one => one.id === step.values.step);
        detail.replaceChildren(found ? stepCard(found, run, signal) : empty({ symbol: 'info', title: t('run.step.none'), text: t('run.step.none.text') }));
      }
    }
  },
};

// A run that is queued is no instance yet.
async function begun({ params, signal }) {
  const { totalCount } = await send('POST', 'elsa/api/workflow-instances', { page: 0, pageSize: 1, searchTerm: params.id }, { signal });
  return totalCount > 0;
}

function queued(container, page, explanation) {
  const told = h('div', null, explained(explanation, { subStatus: 'Pending', status: 'Running' }));
  page.title({ label: t('page.runs'), path: 'runs' }, page.params.id.slice(-8), statusChip('Pending'));
  page.actions(h('a', { class: 'pf-button pf-button-quiet', href: addressOf('queue') }, icon('queue', 18), t('page.queue')));
  body(container, told, h('p', { class: 'pf-text' }, t('run.queued')));
  keepFresh(page.signal, async () => {
    if (await begun(page)) return reopen();
    told.replaceChildren(explained(await get(`api/instances/${encodeURIComponent(page.params.id)}/explain`, { signal: page.signal }), { subStatus: 'Pending', status: 'Running' }));
  }, { topics: ['instances', 'workflow'], every: 2_000 });
}

function actionsFor(run, explanation, refresh) {
  const id = encodeURIComponent(run.id);
  const running = run.status === 'Running';
  const failed = run.subStatus === 'Faulted' || explanation.incidents.some(incident => incident.isRetryable);
  return [
    h('a', { class: 'pf-button pf-button-quiet', href: addressOf(`instances/${id}`) }, icon('workflow', 18), h('span', { class: 'pf-action-text' }, t('run.diagram'))),
    failed && may(['write:workflow-instances', 'manage:workflow-instances', 'exec:workflow-definitions']) && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: retry }, icon('again', 16), t('bulk.Retry')),
    menuButton(h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('table.actions') }, icon('more')), () => [
      { label: t('run.rerun'), icon: icon('again', 18), run: () => askRerun(run) },
      running && { label: t('bulk.Cancel'), icon: icon('stop', 18), run: cancel },
      { label: t('run.workflow'), icon: icon('workflow', 18), run: () => navigate(`definitions/${encodeURIComponent(run.definitionId)}`) },
      { label: t('run.others'), icon: icon('runs', 18), run: () => navigate(`runs?definition=${encodeURIComponent(run.definitionId)}`) },
      { label: t('run.compare'), icon: icon('copy', 18), run: compare },
      null,
      { label: t('curl.copy'), icon: icon('copy', 18), run: () => copyCurl('POST', `api/definitions/${encodeURIComponent(run.definitionId)}/runs`, { input: run.workflowState.input }) },
      !running && { label: t('word.delete'), icon: icon('trash', 18), run: remove },
    ].filter(entry => entry !== false)),
  ].filter(Boolean);

  async function retry() {
    try {
      await send('POST', `api/instances/${id}/retry`);
      toast({ kind: 'success', title: t('run.retried') });
    } catch (error) {
      toast({ kind: 'error', title: t('bulk.Retry'), text: error.message });
    }
    refresh();
  }

  async function cancel() {
    if (await confirmAction({ title: t('run.cancel.title'), text: t('bulk.Cancel.text'), action: t('run.cancel'), run: () => send('POST', `elsa/api/cancel/workflow-instances/${id}`, {}) })) refresh();
  }

  async function remove() {
    if (await confirmAction({ title: t('run.delete.title'), text: t('bulk.Delete.text'), action: t('word.delete'), run: () => send('DELETE', `elsa/api/workflow-instances/${id}`) })) navigate('runs');
  }

  function compare() {
    openForm({ title: t('run.compare'), text: t('run.compare.text'), action: t('word.open'), fields: [{ name: 'other', label: t('run.compare.other'), required: true, mono: true }], submit: ({ other }) => navigate(`compare?left=${id}&right=${encodeURIComponent(other)}`) });
  }
}

// The sentence comes first: what it does, since when, what next, and what one can do about it.
function explained(explanation, run) {
  const kind = run.subStatus === 'Faulted' || explanation.incidents.length ? 'bad' : run.status === 'Running' ? 'info' : 'good';
  return h('section', { class: `pf-explain pf-explain-${kind}` },
    h('p', { class: 'pf-explain-summary' }, explanation.summary),
    explanation.next && run.status === 'Running' && h('p', { class: 'pf-text' }, explanation.next),
    explanation.progress && h('div', { class: 'pf-line' }, h('progress', { class: 'pf-progress', max: '100', value: explanation.progress.percent === null ? null : String(explanation.progress.percent), 'aria-label': t('bulk.progress') }), h('span', { class: 'pf-soft' }, explanation.progress.sentence)),
    explanation.waits.length > 1 && h('ul', { class: 'pf-rows' }, explanation.waits.map(wait => h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-rows-main' }, wait.sentence), wait.dueAt ? when(wait.dueAt) : when(wait.since)))),
    explanation.incidents.length > 0 && h('ul', { class: 'pf-rows' }, explanation.incidents.map(incident => h('li', { class: 'pf-rows-item' }, icon('warning', 18), h('span', { class: 'pf-rows-main' }, incident.sentence), when(incident.at)))),
    explanation.undoing.length > 0 && h('ul', { class: 'pf-rows' }, explanation.undoing.map(undo => h('li', { class: 'pf-rows-item' }, undo.sentence))),
    explanation.rerunOf && h('p', { class: 'pf-text' }, t('run.rerunOf'), ' ', h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(explanation.rerunOf.instanceId)}`) }, explanation.rerunOf.instanceId.slice(-8))),
    run.parentWorkflowInstanceId && h('p', { class: 'pf-text' }, t('run.childOf'), ' ', h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(run.parentWorkflowInstanceId)}`) }, run.parentWorkflowInstanceId.slice(-8))));
}

function stepCard(step, run, signal) {
  const took = (step.completedAt ? new Date(step.completedAt) : run.finishedAt ? new Date(run.finishedAt) : Date.now()) - new Date(step.startedAt);
  const place = h('div', { class: 'pf-stack' });
  const child = step.activityType === 'Elsa.ExecuteWorkflow' ? step.outputs?.Result?.workflowInstanceId : null;
  const parts = [
    facts([
      [t('word.status'), statusChip(step.status)],
      [t('run.step.type'), h('span', { class: 'pf-mono' }, step.activityType)],
      [t('word.started'), exactTime(step.startedAt)],
      [t('word.duration'), duration(took)],
      [t('run.step.outcome'), step.payload?.Outcomes?.join(', ')],
      [t('run.step.child'), child && h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(child)}`) }, child.slice(-8))],
    ]),
    step.exception && section(t('run.step.error'), `${step.exception.type ?? ''}: ${step.exception.message ?? JSON.stringify(step.exception)}`),
    section(t('run.step.inputs'), step.activityState),
    section(t('run.step.outputs'), step.outputs),
    section(t('run.step.notes'), without(step.payload, 'Outcomes')),
    place,
  ];
  attempts(step, place, signal);
  return card(step.activityName || step.activityId, h('div', { class: 'pf-stack' }, parts.filter(Boolean)), {
    actions: step.callStackDepth > 0 && h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => askRerun(run, step) }, icon('again', 16), t('run.step.rerun')),
  });
}

// The attempts of a step that is repeated under a policy.
async function attempts(step, place, signal) {
  try {
    const answer = await get(`elsa/api/resilience/retries/${encodeURIComponent(step.id)}`, { signal });
    const items = answer?.items ?? answer ?? [];
    if (items.length) place.append(h('h3', { class: 'pf-card-title' }, t('run.step.attempts')), h('ul', { class: 'pf-rows' }, items.map((one, index) =>
      h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-tag' }, number(one.attemptNumber ?? index + 1)), h('span', { class: 'pf-rows-main' }, Object.values(one.details ?? {}).join(' · '))))));
  } catch { /* no attempts are known of it */ }
}

function section(title, value) {
  if (value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return null;
  return h('div', { class: 'pf-stack' }, h('h3', { class: 'pf-card-title' }, title), h('pre', { class: 'pf-pre', tabindex: '0' }, typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
}

const without = (value, name) => value && Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

function dataTab(place, run) {
  const { input, output, properties } = run.workflowState;
  const variables = run.workflowState.activityExecutionContexts?.flatMap(context => context.variables ?? []) ?? [];
  const parts = [[t('run.data.input'), input], [t('run.data.output'), output], [t('run.data.variables'), variables.length ? variables : properties?.Variables ?? properties]]
    .map(([title, value]) => [title, section(title, value)]).filter(([, element]) => element);
  place.replaceChildren(parts.length
    ? h('div', { class: 'pf-cards' }, parts.map(([, element]) => card(null, element)))
    : empty({ title: t('run.data.none'), text: t('run.data.none.text') }));
}

async function rerunsTab(place, id, signal) {
  place.replaceChildren(skeleton(3));
  try {
    const { items } = await get(`api/instances/${id}/reruns`, { signal });
    place.replaceChildren(items.length
      ? card(t('run.tab.reruns'), h('ul', { class: 'pf-rows' }, items.map(item => h('li', { class: 'pf-rows-item' },
        h('a', { class: 'pf-link pf-mono', href: addressOf(`runs/${encodeURIComponent(item.instanceId)}`) }, item.instanceId.slice(-8)), statusChip(item.subStatus),
        h('span', { class: 'pf-rows-main' }, item.rerunOf.activityInstanceId ? t('run.rerun.fromStep') : t('run.rerun.fromStart')), when(item.createdAt),
        h('a', { class: 'pf-link', href: addressOf(`compare?left=${id}&right=${encodeURIComponent(item.instanceId)}`) }, t('run.compare'))))))
      : empty({ symbol: 'again', title: t('run.reruns.none'), text: t('run.reruns.none.text') }));
  } catch (error) {
    if (error.name !== 'AbortError') place.replaceChildren(failure(error, () => rerunsTab(place, id, signal)));
  }
}

function aboutTab(place, run, name, signal) {
  const trace = h('span', null, '…');
  showTrace(trace, run, signal);
  place.replaceChildren(card(null, facts([
    [t('word.workflow'), h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(run.definitionId)}`) }, `${name} · ${t('definition.version', run.version)}`)],
    [t('run.id'), h('span', { class: 'pf-mono' }, run.id)],
    [t('runs.correlation'), run.correlationId],
    [t('word.created'), exactTime(run.createdAt)],
    [t('word.changed'), exactTime(run.updatedAt)],
    [t('run.finished'), run.finishedAt && exactTime(run.finishedAt)],
    [t('word.duration'), duration((run.finishedAt ? new Date(run.finishedAt) : Date.now()) - new Date(run.createdAt))],
    [t('run.incidents'), number(run.incidentCount)],
    [t('run.trace'), trace],
    [t('run.raw'), h('a', { class: 'pf-link', href: new URL(`elsa/api/workflow-instances/${encodeURIComponent(run.id)}/export`, root).href, download: `${run.id}.json` }, t('run.raw.get'))],
  ])));
}

// With a place that shows traces one goes there; without, the id can be taken along.
async function showTrace(place, run, signal) {
  try {
    const { traceId, url } = await get(`api/instances/${encodeURIComponent(run.id)}/trace`, { signal });
    place.replaceChildren(...(traceId
      ? [h('span', { class: 'pf-line' }, h('span', { class: 'pf-mono' }, traceId), url ? h('a', { class: 'pf-link', href: url, target: '_blank', rel: 'noopener' }, t('run.trace.open')) : copyButton(() => traceId))]
      : [h('span', { class: 'pf-soft' }, t('run.trace.none'))]));
  } catch (error) {
    if (error.name !== 'AbortError') place.textContent = error.message;
  }
}

define({
  'run.tab.data': ['Data', '데이터'],
  'run.tab.reruns': ['Re-runs', '다시 실행'],
  'run.tab.about': ['About', '정보'],
  'run.queued': ['The run opens here as soon as it begins.', '시작하는 대로 여기에 실행이 열립니다.'],
  'run.diagram': ['Diagram', '다이어그램'],
  'run.workflow': ['Open the workflow', '워크플로 열기'],
  'run.others': ['All runs of this workflow', '이 워크플로의 모든 실행'],
  'run.rerun': ['Re-run…', '다시 실행…'],
  'run.compare': ['Compare…', '비교…'],
  'run.compare.text': ['Puts this run beside another one, step by step.', '이 실행을 다른 실행과 단계별로 나란히 봅니다.'],
  'run.compare.other': ['Id of the other run', '다른 실행의 ID'],
  'run.retried': ['Tried again', '다시 시도했습니다'],
  'run.cancel': ['Cancel the run', '실행 취소'],
  'run.cancel.title': ['Cancel this run?', '이 실행을 취소할까요?'],
  'run.delete.title': ['Delete this run?', '이 실행을 삭제할까요?'],
  'run.rerunOf': ['A re-run of', '다음 실행을 다시 실행함:'],
  'run.childOf': ['Started by', '시작한 실행:'],
  'run.rerun.fromStep': ['From a step', '중간 단계부터'],
  'run.rerun.fromStart': ['From the start', '처음부터'],
  'run.reruns.none': ['Not re-run yet', '다시 실행한 적이 없습니다'],
  'run.reruns.none.text': ['A re-run begins anew at the start or at any step, with other inputs if you like. This run stays as it is.', '다시 실행하면 처음이나 원하는 단계부터, 원한다면 다른 입력으로 새로 시작합니다. 이 실행은 그대로 남습니다.'],
  'run.step.none': ['Choose a step', '단계를 고르세요'],
  'run.step.none.text': ['Its inputs, outputs, errors and attempts show here; from here it can be re-run.', '입력, 출력, 오류, 시도가 여기에 나타나며, 여기서 다시 실행할 수 있습니다.'],
  'run.step.type': ['Activity', '액티비티'],
  'run.step.child': ['The run it started', '시작한 실행'],
  'run.step.error': ['Error', '오류'],
  'run.step.notes': ['Noted by the activity', '액티비티가 남긴 내용'],
  'run.step.attempts': ['Attempts', '시도'],
  'run.step.rerun': ['Re-run from here', '여기부터 다시 실행'],
  'run.data.input': ['Input', '입력'],
  'run.data.output': ['Output', '출력'],
  'run.data.variables': ['Variables', '변수'],
  'run.data.none': ['No data', '데이터가 없습니다'],
  'run.data.none.text': ['This run has no inputs, outputs or variables of its own. The data of each step stands in the timeline.', '이 실행에는 자체 입력, 출력, 변수가 없습니다. 각 단계의 데이터는 타임라인에 있습니다.'],
  'run.finished': ['Finished', '끝난 때'],
  'run.incidents': ['Incidents', '사고'],
  'run.trace': ['Trace', '추적'],
  'run.raw': ['Everything as JSON', '전체 JSON'],
  'run.raw.get': ['Download', '내려받기'],
});
