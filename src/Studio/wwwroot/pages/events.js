// Events: publishing one, what waits for which, and what could not be delivered.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from '../parts/api.js';
import { curlChoice } from '../parts/curl.js';
import { confirmAction, openForm } from '../parts/form.js';
import { exactTime, number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { body, chip, empty, facts } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';

const topics = ['instances', 'deadletter', 'definitions'];
const reads = ['read:dead-letters', 'manage:dead-letters'];
const payloadShown = 60;

export default {
  render(container, page) {
    const refreshed = { refresh: () => {} };
    if (may('trigger:event')) page.actions(h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => publish({}, () => refreshed.refresh()) }, icon('event', 16), h('span', { class: 'pf-action-text' }, t('events.publish'))));
    if (!may(['read:events', ...reads])) return void body(container, empty({ symbol: 'event', title: t('events.publish'), text: t('events.publish.only') }));
    const place = h('div', { class: 'pf-stack' });
    const letters = { id: 'undelivered', label: t('events.tab.letters'), draw: signal => drawLetters(place, signal, refreshed) };
    body(container, tabs(page, [
      { id: '', label: t('events.tab.waiting'), draw: signal => drawWaiting(place, signal, refreshed) },
      ...may(reads) ? [letters] : [],
    ], place), place);
  },
};

const link = (path, id, label, mono) => h('a', { class: mono ? 'pf-link pf-mono' : 'pf-link', href: addressOf(`${path}/${encodeURIComponent(id)}`) }, label ?? id);

function drawWaiting(place, signal, refreshed) {
  Object.assign(refreshed, list(place, {
    signal, topics, path: 'api/events',
    filters: [{ name: 'search', kind: 'search', label: t('events.search') }],
    none: { symbol: 'event', title: t('events.none'), text: t('events.none.text') },
    table: {
      label: t('events.tab.waiting'),
      key: event => event.name,
      columns: [
        { label: t('events.name'), cell: event => h('strong', null, event.name) },
        { label: t('events.starts'), cell: event => event.starts.length === 0 ? '–' : h('div', { class: 'pf-tags' }, event.starts.map(start => link('definitions', start.definitionId, start.definitionName || start.definitionId))) },
        { label: t('events.waits'), number: true, cell: event => number(event.waitingCount) },
        { label: t('events.oldest'), minor: true, cell: event => event.waiting.length === 0 ? '–' : event.waiting.map(wait => h('div', null, link('runs', wait.instanceId, wait.instanceId.slice(0, 12), true), ' ', h('span', { class: 'pf-soft' }, wait.definitionId ?? '', ' · ', when(wait.since)))) },
      ],
      menu: event => [
        may('trigger:event') && { label: t('events.publish.this'), icon: icon('event', 18), run: () => publish({ name: event.name }, () => refreshed.refresh()) },
        curlChoice(() => requestOf({ name: event.name, payload: {} })),
      ],
    },
  }));
}

function drawLetters(place, signal, refreshed) {
  const manages = may('manage:dead-letters');
  const answer = list(place, {
    signal, topics, path: 'api/dead-letters',
    filters: [
      { name: 'search', kind: 'search', label: t('letters.search') },
      { name: 'state', kind: 'choice', label: t('word.status'), choices: [['', t('letters.state.any')], ['Dead', t('letters.state.Dead')], ['Waiting', t('letters.state.Waiting')]] },
    ],
    none: { symbol: 'letter', title: t('letters.none'), text: t('letters.none.text') },
    bulk: manages ? (keys, done) => [
      h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => replayAll(keys, done) }, icon('again', 16), t('letters.replay')),
      h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => forgetAll(keys, done) }, icon('trash', 16), t('letters.forget')),
    ] : undefined,
    table: {
      label: t('events.tab.letters'),
      columns: [
        { label: t('letters.what'), cell: letter => h('button', { class: 'pf-link pf-link-button', type: 'button', onclick: () => showLetter(letter, answer.refresh) }, nameOf(letter)) },
        { label: t('word.status'), cell: letter => chip(t(`letters.state.${letter.state}`), letter.state === 'Dead' ? 'bad' : 'warn') },
        { label: t('letters.reason'), wide: true, cell: letter => letter.reason ?? h('span', { class: 'pf-soft' }, t('letters.waits')) },
        { label: t('letters.payload'), minor: true, cell: letter => letter.payload === null ? '–' : h('code', { class: 'pf-mono' }, cut(JSON.stringify(letter.payload))) },
        { label: t('word.instance'), minor: true, cell: letter => letter.instanceId ? link('runs', letter.instanceId, letter.instanceId.slice(0, 12), true) : '–' },
        { label: t('word.when'), cell: letter => when(letter.createdAt) },
      ],
      menu: letter => choicesOf(letter, answer.refresh),
    },
  });
  Object.assign(refreshed, answer);
}

const choicesOf = (letter, refresh) => may('manage:dead-letters') ? [
  { label: t('letters.replay'), icon: icon('again', 18), run: () => replayAll([letter.id], refresh) },
  { label: t('letters.forget'), icon: icon('trash', 18), run: () => forgetAll([letter.id], refresh) },
  curlChoice(() => ({ method: 'POST', path: `api/dead-letters/${encodeURIComponent(letter.id)}/replay` })),
] : [];

/** A letter of an event is called by the event. */
const nameOf = letter => letter.kind === 'Stimulus' ? letter.payload?.EventName ?? letter.payload?.eventName ?? letter.name.replace(/^Elsa\./, '') : t(`letters.work.${letter.name}`) === `letters.work.${letter.name}` ? letter.name : t(`letters.work.${letter.name}`);

const cut = text => text.length > payloadShown ? `${text.slice(0, payloadShown)}…` : text;

function showLetter(letter, refresh) {
  const close = () => dialog.close();
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-wide', 'aria-label': nameOf(letter), onclose: () => dialog.remove(), onclick: event => { if (event.target.closest('a')) close(); } },
    h('h2', { class: 'pf-dialog-title' }, nameOf(letter), ' ', chip(t(`letters.state.${letter.state}`), letter.state === 'Dead' ? 'bad' : 'warn')),
    h('p', { class: 'pf-form-text' }, letter.reason ?? t('letters.waits')),
    facts([
      [t('letters.kind'), t(`letters.kind.${letter.kind}`)], [t('letters.stimulus'), h('span', { class: 'pf-mono' }, letter.name)],
      [t('letters.happened'), exactTime(letter.createdAt)], [t(letter.state === 'Dead' ? 'letters.deleted' : 'letters.until'), exactTime(letter.expiresAt)],
      letter.correlationId && [t('events.correlation'), letter.correlationId], letter.instanceId && [t('word.instance'), link('runs', letter.instanceId, letter.instanceId, true)],
      [t('letters.id'), h('span', { class: 'pf-mono' }, letter.id)],
    ]),
    letter.payload !== null && [h('h3', { class: 'pf-card-title pf-after' }, t('letters.payload')), h('pre', { class: 'pf-pre', tabindex: '0' }, JSON.stringify(letter.payload, null, 2))],
    h('div', { class: 'pf-dialog-buttons pf-after' },
      may('manage:dead-letters') && [
        h('button', { class: 'pf-button', type: 'button', onclick: () => { close(); forgetAll([letter.id], refresh); } }, t('letters.forget')),
        h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => { close(); replayAll([letter.id], refresh); } }, t('letters.replay')),
      ],
      h('button', { class: 'pf-button', type: 'button', onclick: close }, t('word.close'))));
  document.body.append(dialog);
  dialog.showModal();
}

/** One after the other: each is a commit of its own, and one that is refused does not keep the others from it. */
async function each(ids, act, done) {
  let failed = null;
  let count = 0;
  for (const id of ids) {
    try {
      await act(`api/dead-letters/${encodeURIComponent(id)}`);
      count++;
    } catch (error) {
      if (!(error.status >= 0)) throw error;
      failed ??= error;
    }
  }
  if (count) toast({ kind: 'success', title: done(count) });
  if (failed) toast({ kind: 'error', title: t('letters.failed', number(ids.length - count)), text: failed.message });
}

async function replayAll(ids, refresh) {
  await each(ids, address => send('POST', `${address}/replay`), count => t('letters.replayed', number(count)));
  refresh();
}

async function forgetAll(ids, refresh) {
  const done = await confirmAction({
    title: t('letters.forget.title', number(ids.length)), text: t('letters.forget.text'), action: t('letters.forget'),
    run: () => each(ids, address => send('DELETE', address), count => t('letters.forgotten', number(count))),
  });
  if (done) refresh();
}

const requestOf = ({ name, payload, correlationId, instanceId, waits }) => ({
  method: 'POST', path: `elsa/api/events/${encodeURIComponent(name)}/trigger`,
  body: { ...(payload === null || payload === undefined ? {} : { input: payload }), ...(correlationId ? { correlationId } : {}), ...(instanceId ? { workflowInstanceId: instanceId } : {}), workflowExecutionMode: waits ? 'Synchronous' : 'Asynchronous' },
});

async function publish({ name }, refresh) {
  const done = await openForm({
    title: t('events.publish'), text: t('events.publish.text'), action: t('events.publish.do'), key: `event.${name ?? ''}`,
    fields: [
      { name: 'name', label: t('events.name'), required: true, value: name, placeholder: 'order-paid' },
      { name: 'payload', kind: 'json', label: t('events.payload'), hint: t('events.payload.hint'), rows: 6 },
      { name: 'correlationId', label: t('events.correlation'), hint: t('events.correlation.hint') },
      { name: 'instanceId', label: t('events.instance'), hint: t('events.instance.hint') },
      { name: 'waits', kind: 'check', label: t('events.synchronous') },
    ],
    submit: async values => {
      const { method, path, body } = requestOf(values);
      await send(method, path, body);
      return values;
    },
  });
  if (!done) return;
  toast({ kind: 'success', title: t('events.published', done.name), text: t('events.published.text') });
  refresh();
}

define({
  'events.tab.waiting': ['What waits', '기다리는 것'],
  'events.tab.letters': ['Not delivered', '전달되지 않음'],
  'events.search': ['Name of an event', '이벤트 이름'],
  'events.name': ['Event', '이벤트'],
  'events.starts': ['Starts', '시작하는 워크플로'],
  'events.waits': ['Runs waiting', '기다리는 실행'],
  'events.oldest': ['Waiting longest', '가장 오래 기다린 것'],
  'events.none': ['Nothing waits for an event', '이벤트를 기다리는 것이 없습니다'],
  'events.none.text': ['The activity Event lets a run wait for an event, or starts a workflow when it happens. Both stand here by the name of the event.', 'Event 액티비티는 실행을 기다리게 하거나 워크플로를 시작합니다. 둘 다 이벤트 이름별로 여기에 나타납니다.'],
  'events.publish': ['Publish an event', '이벤트 발행'],
  'events.publish.this': ['Publish this event', '이 이벤트 발행'],
  'events.publish.do': ['Publish', '발행'],
  'events.publish.only': ['You may publish events; what waits for them is not yours to see.', '이벤트를 발행할 수 있지만 기다리는 것을 볼 권한은 없습니다.'],
  'events.publish.text': ['Reaches every run that waits for it and starts every workflow that begins with it.', '이 이벤트를 기다리는 모든 실행에 전달되고 이 이벤트로 시작하는 모든 워크플로를 시작합니다.'],
  'events.payload': ['Payload', '내용'],
  'events.payload.hint': ['JSON that the workflow gets as the result of its activity. May be left empty.', '워크플로가 액티비티의 결과로 받는 JSON입니다. 비워 둘 수 있습니다.'],
  'events.correlation': ['Correlation id', '상관 ID'],
  'events.correlation.hint': ['Only runs with this correlation id.', '이 상관 ID를 가진 실행에만 전달합니다.'],
  'events.instance': ['Instance', '인스턴스'],
  'events.instance.hint': ['Only this run.', '이 실행에만 전달합니다.'],
  'events.synchronous': ['Answer only after the runs have gone on', '실행이 진행된 뒤에 응답 받기'],
  'events.published': ['{0} is published', '{0} 이벤트를 발행했습니다'],
  'events.published.text': ['If nothing waits for it, it stands under "Not delivered".', '기다리는 것이 없으면 "전달되지 않음"에 나타납니다.'],
  'letters.search': ['Name, payload, id or reason', '이름, 내용, ID 또는 이유'],
  'letters.what': ['What', '대상'],
  'letters.reason': ['Reason', '이유'],
  'letters.payload': ['Matched by', '비교 기준'],
  'letters.kind': ['Kind', '종류'],
  'letters.kind.Stimulus': ['Something that happened', '일어난 일'],
  'letters.kind.Work': ['Queued work', '대기열 작업'],
  'letters.work.start': ['Start of a run', '실행 시작'],
  'letters.work.resume': ['Resume of a run', '실행 재개'],
  'letters.work.stimulus': ['Delivery of an event', '이벤트 전달'],
  'letters.stimulus': ['Name inside', '내부 이름'],
  'letters.happened': ['Happened', '일어난 때'],
  'letters.deleted': ['Is deleted', '지워지는 때'],
  'letters.until': ['Waits until', '기다리는 기한'],
  'letters.id': ['Id', 'ID'],
  'letters.state.any': ['Dead and still waiting', '전달 실패와 대기 중'],
  'letters.state.Dead': ['Dead letter', '전달 실패'],
  'letters.state.Waiting': ['May still arrive', '아직 대기 중'],
  'letters.waits': ['Nothing waits for it yet. Whatever begins to wait in time still gets it.', '아직 기다리는 것이 없습니다. 기한 안에 기다리기 시작하면 전달됩니다.'],
  'letters.none': ['Everything was delivered', '모두 전달되었습니다'],
  'letters.none.text': ['An event that nothing waits for, and work that failed too often, stand here with the reason. You can replay or forget them.', '기다리는 것이 없는 이벤트와 너무 자주 실패한 작업이 이유와 함께 여기에 나타납니다. 다시 보내거나 지울 수 있습니다.'],
  'letters.replay': ['Replay', '다시 보내기'],
  'letters.replayed': ['{0} replayed', '{0}개를 다시 보냈습니다'],
  'letters.forget': ['Forget', '지우기'],
  'letters.forget.title': ['Forget {0}?', '{0}개를 지울까요?'],
  'letters.forget.text': ['What it said is lost; it cannot be replayed afterwards.', '내용이 사라지며 나중에 다시 보낼 수 없습니다.'],
  'letters.forgotten': ['{0} forgotten', '{0}개를 지웠습니다'],
  'letters.failed': ['{0} were refused', '{0}개가 거절되었습니다'],
});
