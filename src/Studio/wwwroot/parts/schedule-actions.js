// What one does to a schedule, from the list, the calendar and its own page alike.
import { h, icon } from '../shell/dom.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { curlChoice } from './curl.js';
import { openForm } from './form.js';
import { exactTime, number } from './format.js';
import { chip } from './states.js';

const ticksShown = 200;

/** The address of a schedule in the API. */
export const scheduleAddress = (schedule, action = '') => `api/schedules/${encodeURIComponent(schedule.id)}${action}`;

export const schedulePath = schedule => `schedules/${encodeURIComponent(schedule.id)}`;

export const scheduleName = schedule => schedule.definitionName || schedule.definitionId;

export const policyName = (kind, value) => t(`schedule.${kind}.${value}`);

/** Every schedule; a server has few of them, and none of them changes places while one reads. */
export async function allSchedules(signal) {
  const items = [];
  for (;;) {
    const page = await get('api/schedules', { query: { skip: items.length, take: 1_000 }, signal });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.totalCount) return items;
  }
}

/** The choices of a menu; what needs a permission is there for whoever has it. */
export function scheduleChoices(schedule, refresh, { open } = {}) {
  const manages = may('manage:schedules');
  return [
    open && { label: t('word.open'), icon: icon('schedule', 18), run: () => navigate(schedulePath(schedule)) },
    manages && { label: t('schedule.trigger'), icon: icon('play', 18), run: () => trigger(schedule, refresh) },
    manages && (schedule.isPaused
      ? { label: t('schedule.resume'), icon: icon('runs', 18), run: () => pause(schedule, false, refresh) }
      : { label: t('schedule.pause'), icon: icon('pause', 18), run: () => pause(schedule, true, refresh) }),
    manages && { label: t('schedule.settings'), icon: icon('settings', 18), run: () => editSettings(schedule, refresh) },
    manages && { label: t('schedule.backfill'), icon: icon('history', 18), run: () => backfill(schedule, refresh) },
    curlChoice(() => ({ method: 'POST', path: scheduleAddress(schedule, '/trigger') })),
  ].filter(Boolean);
}

export async function trigger(schedule, refresh) {
  await attempt(async () => {
    const { instanceId } = await send('POST', scheduleAddress(schedule, '/trigger'));
    toast({ kind: 'success', title: t('schedule.triggered', scheduleName(schedule)), action: { label: t('schedule.see'), run: () => navigate(`runs/${encodeURIComponent(instanceId)}`) } });
    refresh();
  });
}

export async function pause(schedule, isPaused, refresh) {
  await attempt(async () => {
    await send('POST', scheduleAddress(schedule, isPaused ? '/pause' : '/resume'));
    toast({ kind: 'success', title: t(isPaused ? 'schedule.paused' : 'schedule.resumed', scheduleName(schedule)), action: { label: t('schedule.undo'), run: () => pause(schedule, !isPaused, refresh) } });
    refresh();
  });
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    toast({ kind: 'error', title: t('schedule.refused'), text: error.message });
  }
}

/** What an operator sets over what the workflow says; an empty field leaves it to the workflow. */
export async function editSettings(schedule, refresh) {
  const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
  const { setByOperator } = schedule;
  const policy = (name, kind, values) => ({
    name, kind: 'choice', label: t(`schedule.${kind}`), hint: t(`schedule.${kind}.hint`), value: setByOperator[name] ?? '',
    choices: [['', t('schedule.byWorkflow')], ...values.map(value => [value, policyName(kind, value)])],
  });
  const known = h('datalist', { id: 'schedule-zones' }, ['UTC', ...zones].map(zone => h('option', { value: zone })));
  const done = openForm({
    title: t('schedule.settings.of', scheduleName(schedule)), text: t('schedule.settings.text'), extra: known,
    fields: [
      { name: 'timeZone', label: t('schedule.zone'), hint: t('schedule.zone.hint'), placeholder: t('schedule.byWorkflow'), value: setByOperator.timeZone ?? '' },
      policy('misfirePolicy', 'misfire', ['Last', 'Skip', 'All']),
      policy('overlapPolicy', 'overlap', ['Allow', 'Skip', 'Queue', 'CancelOld']),
    ],
    submit: values => send('PUT', scheduleAddress(schedule, '/settings'), {
      timeZone: values.timeZone || null, misfirePolicy: values.misfirePolicy || null, overlapPolicy: values.overlapPolicy || null, isPaused: setByOperator.isPaused,
    }),
  });
  document.getElementById('field-timeZone').setAttribute('list', 'schedule-zones');
  if (!await done) return;
  toast({ kind: 'success', title: t('schedule.saved') });
  refresh();
}

/** First what would start, then starting it. */
export async function backfill(schedule, refresh) {
  const now = new Date();
  const range = {};
  const found = await openForm({
    title: t('schedule.backfill.of', scheduleName(schedule)), text: t('schedule.backfill.text'), action: t('schedule.backfill.look'), key: `backfill.${schedule.id}`,
    fields: [
      { name: 'from', kind: 'datetime', label: t('schedule.backfill.from'), required: true, value: localInput(new Date(now - 86_400_000)) },
      { name: 'to', kind: 'datetime', label: t('schedule.backfill.to'), required: true, value: localInput(now), hint: t('schedule.backfill.zone', Intl.DateTimeFormat().resolvedOptions().timeZone) },
    ],
    submit: async values => {
      Object.assign(range, values);
      return send('POST', scheduleAddress(schedule, '/backfill'), { ...values, dryRun: true });
    },
  });
  if (!found) return;
  const nothing = found.startedCount === 0;
  const started = await openForm({
    title: t(nothing ? 'schedule.backfill.nothing' : 'schedule.backfill.would', number(found.startedCount)), wide: true,
    text: t(nothing ? 'schedule.backfill.nothing.text' : 'schedule.backfill.would.text', number(found.ticks.length - found.startedCount)),
    action: t(nothing ? 'schedule.backfill.again' : 'schedule.backfill.start', number(found.startedCount)),
    extra: tickList(found.ticks),
    submit: () => nothing ? 'again' : send('POST', scheduleAddress(schedule, '/backfill'), { ...range, dryRun: false }),
  });
  if (started === 'again') return backfill(schedule, refresh);
  if (!started) return;
  toast({ kind: 'success', title: t('schedule.backfill.done', number(started.startedCount)), action: { label: t('schedule.see'), run: () => navigate(`runs?definition=${encodeURIComponent(schedule.definitionId)}`) } });
  refresh();
}

function tickList(ticks) {
  if (ticks.length === 0) return null;
  return h('div', { class: 'pf-scroll', tabindex: '0', role: 'region', 'aria-label': t('schedule.backfill.ticks') },
    h('ul', { class: 'pf-rows' }, ticks.slice(0, ticksShown).map(tick => h('li', { class: 'pf-rows-item' },
      h('span', { class: 'pf-rows-main' }, exactTime(tick.at)),
      tick.isStarted ? chip(t('schedule.backfill.starts'), 'good')
        : h('a', { class: 'pf-link', href: addressOf(`runs/${encodeURIComponent(tick.instanceId)}`) }, t('schedule.backfill.there'))))),
    ticks.length > ticksShown && h('p', { class: 'pf-text' }, t('schedule.more', number(ticks.length - ticksShown))));
}

/** A moment as a field of date and time holds it: wall time of this browser. */
export const localInput = moment => new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

define({
  'schedule.trigger': ['Run now', '지금 실행'],
  'schedule.triggered': ['{0} starts', '{0} 실행을 시작합니다'],
  'schedule.see': ['See it', '보기'],
  'schedule.pause': ['Pause', '일시 중지'],
  'schedule.resume': ['Resume', '다시 시작'],
  'schedule.paused': ['{0} is paused', '{0} 일정을 일시 중지했습니다'],
  'schedule.resumed': ['{0} fires again', '{0} 일정이 다시 움직입니다'],
  'schedule.undo': ['Undo', '되돌리기'],
  'schedule.refused': ['This was not done', '처리하지 못했습니다'],
  'schedule.settings': ['Settings', '설정'],
  'schedule.settings.of': ['Settings of {0}', '{0} 설정'],
  'schedule.settings.text': ['What you set here goes before what the workflow says, for later versions too.', '여기서 정한 것은 워크플로에 적힌 것보다 앞서며 이후 버전에도 적용됩니다.'],
  'schedule.saved': ['Saved', '저장했습니다'],
  'schedule.byWorkflow': ['As the workflow says', '워크플로에 적힌 대로'],
  'schedule.zone': ['Time zone', '시간대'],
  'schedule.zone.hint': ['The hours of a cron expression are the clock on the wall there, for example Asia/Seoul.', 'cron 식의 시각은 이 시간대의 시계 기준입니다. 예: Asia/Seoul'],
  'schedule.misfire': ['Missed ticks', '놓친 시각'],
  'schedule.misfire.hint': ['What starts for ticks that were due while the server was down or the schedule was paused.', '서버가 꺼져 있거나 일시 중지된 동안 지나간 시각을 어떻게 할지 정합니다.'],
  'schedule.misfire.Last': ['Start the last one', '마지막 한 번만 시작'],
  'schedule.misfire.Skip': ['Start none', '시작하지 않음'],
  'schedule.misfire.All': ['Start each of them', '모두 시작'],
  'schedule.overlap': ['While an earlier run goes on', '앞선 실행이 아직 진행 중이면'],
  'schedule.overlap.hint': ['What becomes of a tick when the run before has not ended.', '앞선 실행이 끝나지 않았을 때 다음 시각을 어떻게 할지 정합니다.'],
  'schedule.overlap.Allow': ['Start beside it', '함께 시작'],
  'schedule.overlap.Skip': ['Leave the tick out', '건너뜀'],
  'schedule.overlap.Queue': ['Start afterwards', '끝난 뒤에 시작'],
  'schedule.overlap.CancelOld': ['Cancel it, then start', '취소하고 시작'],
  'schedule.more': ['and {0} more', '외 {0}개'],
  'schedule.backfill': ['Backfill', '지난 시각 채우기'],
  'schedule.backfill.of': ['Backfill {0}', '{0} 지난 시각 채우기'],
  'schedule.backfill.text': ['Starts the ticks of a past time that have no run. Nothing starts yet: you see first what would.', '지난 기간 가운데 실행이 없는 시각을 시작합니다. 먼저 무엇이 시작될지 보여 주며 아직 시작하지 않습니다.'],
  'schedule.backfill.from': ['From', '부터'],
  'schedule.backfill.to': ['To', '까지'],
  'schedule.backfill.zone': ['Times of this browser ({0}).', '이 브라우저의 시각 기준 ({0})'],
  'schedule.backfill.look': ['See what would start', '무엇이 시작될지 보기'],
  'schedule.backfill.would': ['{0} runs would start', '실행 {0}개가 시작됩니다'],
  'schedule.backfill.would.text': ['{0} ticks have a run already and are left out.', '이미 실행이 있는 시각 {0}개는 제외합니다.'],
  'schedule.backfill.nothing': ['Nothing to start', '시작할 것이 없습니다'],
  'schedule.backfill.nothing.text': ['The time has no ticks without a run; {0} have one already.', '실행이 없는 시각이 없습니다. 이미 실행이 있는 시각: {0}개'],
  'schedule.backfill.again': ['Choose another time', '다른 기간 고르기'],
  'schedule.backfill.start': ['Start {0} runs', '{0}개 시작'],
  'schedule.backfill.starts': ['Would start', '시작 예정'],
  'schedule.backfill.there': ['Has a run', '실행 있음'],
  'schedule.backfill.ticks': ['Ticks of that time', '그 기간의 시각'],
  'schedule.backfill.done': ['{0} runs start', '실행 {0}개를 시작합니다'],
});
