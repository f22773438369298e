// One schedule: when it fires next, what became of its ticks, and what one can do to it.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, language, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { wordsOf } from '../parts/cron.js';
import { number, when } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { pause, policyName, scheduleAddress, scheduleChoices, scheduleName, trigger } from '../parts/schedule-actions.js';
import { body, card, chip, facts, failure, figure, skeleton } from '../parts/states.js';

export default {
  async render(container, page) {
    const { params: { id }, signal } = page;
    const place = body(container, skeleton(8));
    const refresh = async () => {
      try {
        const [schedule, next] = await Promise.all([get(scheduleAddress({ id }), { signal }), get(scheduleAddress({ id }, '/next'), { signal })]);
        page.title({ label: t('page.schedules'), path: 'schedules' }, scheduleName(schedule));
        page.actions(...actionsOf(schedule, refresh));
        place.replaceChildren(...partsOf(schedule, next));
      } catch (error) {
        if (error.name === 'AbortError') return;
        if (error.status === 404) return page.missing(t('schedule.missing'), error.message);
        if (!(error.status >= 0)) throw error;
        place.replaceChildren(failure(error, refresh));
      }
    };
    await keepFresh(signal, refresh, { topics: ['schedule', 'definitions', 'instances'] });
  },
};

function actionsOf(schedule, refresh) {
  const more = menuButton(h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('table.actions') }, icon('more')), () => scheduleChoices(schedule, refresh));
  return [may('manage:schedules') && h('button', { class: 'pf-button', type: 'button', onclick: () => pause(schedule, !schedule.isPaused, refresh) }, icon(schedule.isPaused ? 'runs' : 'pause', 16), h('span', { class: 'pf-action-text' }, t(schedule.isPaused ? 'schedule.resume' : 'schedule.pause'))),
    may('manage:schedules') && h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: () => trigger(schedule, refresh) }, icon('play', 16), h('span', { class: 'pf-action-text' }, t('schedule.trigger'))), more].filter(Boolean);
}

function partsOf(schedule, { timeZone, moments }) {
  const local = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
  const set = schedule.setByOperator;
  const said = (value, isSet) => [value, ' ', isSet && chip(t('schedule.here'), 'info')];
  return [
    h('div', { class: 'pf-figures' },
      figure({ label: t('schedules.next'), value: schedule.isPaused ? t('schedules.paused') : when(schedule.nextDueAt), kind: schedule.isPaused ? 'warn' : undefined }),
      figure({ label: t('schedule.fired'), value: number(schedule.firedCount), hint: t('schedule.fired.hint'), href: addressOf(`runs?definition=${encodeURIComponent(schedule.definitionId)}`) }),
      figure({ label: t('schedule.missed'), value: number(schedule.missedCount), hint: t('schedule.missed.hint'), kind: schedule.missedCount ? 'warn' : undefined }),
      figure({ label: t('schedule.skipped'), value: number(schedule.skippedCount), hint: t('schedule.skipped.hint') }),
      figure({ label: t('schedule.queued'), value: number(schedule.queuedCount), hint: t('schedule.queued.hint') })),
    h('div', { class: 'pf-cards' },
      card(t('schedule.how'), facts([
        [t('schedules.when'), [h('div', null, wordsOf(schedule) ?? t('schedules.custom')), h('div', { class: 'pf-mono pf-soft' }, schedule.expression)]],
        [t('schedule.zone'), said(schedule.timeZone, set.timeZone !== null)],
        [t('schedule.misfire'), said(policyName('misfire', schedule.misfirePolicy), set.misfirePolicy !== null)],
        [t('schedule.overlap'), said(policyName('overlap', schedule.overlapPolicy), set.overlapPolicy !== null)],
        [t('word.workflow'), h('a', { class: 'pf-link', href: addressOf(`definitions/${encodeURIComponent(schedule.definitionId)}`) }, scheduleName(schedule))],
        [t('schedule.activity'), h('span', { class: 'pf-mono' }, schedule.activityId)],
        [t('schedule.lastTick'), when(schedule.lastTickAt)],
        [t('schedules.last'), when(schedule.lastFiredAt)],
      ])),
      card(t('schedule.coming', timeZone), moments.length === 0 ? h('p', { class: 'pf-text' }, t('schedules.never'))
        : h('ol', { class: 'pf-rows' }, moments.map(moment => h('li', { class: 'pf-rows-item' },
          h('span', { class: 'pf-rows-main' }, local.format(new Date(moment.local.slice(0, 19) + 'Z'))), h('span', { class: 'pf-soft' }, when(moment.at))))))),
  ];
}

define({
  'schedule.missing': ['This schedule does not exist', '존재하지 않는 일정입니다'],
  'schedule.here': ['set here', '여기서 정함'],
  'schedule.how': ['How it fires', '실행 방식'],
  'schedule.coming': ['Next ten ({0})', '다음 열 번 ({0})'],
  'schedule.activity': ['Activity', '액티비티'],
  'schedule.lastTick': ['Last tick', '마지막 시각'],
  'schedule.fired': ['Runs started', '시작한 실행'],
  'schedule.fired.hint': ['by ticks', '정해진 시각에'],
  'schedule.missed': ['Missed', '놓침'],
  'schedule.missed.hint': ['while down or paused', '꺼짐 또는 중지 중'],
  'schedule.skipped': ['Left out', '건너뜀'],
  'schedule.skipped.hint': ['an earlier run went on', '앞선 실행이 진행 중'],
  'schedule.queued': ['Waiting', '대기'],
  'schedule.queued.hint': ['for an earlier run', '앞선 실행이 끝나기를'],
});
