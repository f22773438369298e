// Schedules: what fires when, as a list and as a calendar, and what a cron expression means.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, language, t } from '../shell/strings.js';
import { addressState } from '../parts/address.js';
import { get, send } from '../parts/api.js';
import { cronWords, wordsOf } from '../parts/cron.js';
import { curlButton } from '../parts/curl.js';
import { clockTime, exactTime, number, when } from '../parts/format.js';
import { list } from '../parts/list.js';
import { keepFresh } from '../parts/live.js';
import { allSchedules, scheduleChoices, scheduleName, schedulePath } from '../parts/schedule-actions.js';
import { body, card, chip, empty, failure, skeleton } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';

const topics = ['schedule', 'definitions'];
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const shownPerDay = { month: 3, week: 12 };
const dayMs = 86_400_000;
const weeksFromNow = 5;

export default {
  render(container, page) {
    const place = h('div', { class: 'pf-stack' });
    body(container, tabs(page, [
      { id: '', label: t('schedules.tab.list'), draw: signal => drawList(place, signal) },
      { id: 'calendar', label: t('schedules.tab.calendar'), draw: signal => drawCalendar(place, signal) },
      { id: 'preview', label: t('schedules.tab.preview'), draw: signal => drawPreview(place, signal) },
    ], place), place);
  },
};

const nothing = () => ({
  symbol: 'schedule', title: t('schedules.none'), text: t('schedules.none.text'),
  action: h('a', { class: 'pf-button', href: addressOf('workflows') }, t('schedules.none.action')),
});

function drawList(place, signal) {
  const answer = list(place, {
    signal, topics,
    load: async ({ values, skip, take }) => {
      const text = values.search.toLowerCase();
      const found = (await allSchedules(signal)).filter(schedule =>
        (!text || [schedule.definitionName, schedule.definitionId, schedule.expression, schedule.timeZone, schedule.activityId].some(part => part?.toLowerCase().includes(text)))
        && (!values.state || (values.state === 'paused') === schedule.isPaused));
      found.sort((one, other) => scheduleName(one).localeCompare(scheduleName(other), language));
      return { items: found.slice(skip, skip + take), totalCount: found.length };
    },
    filters: [
      { name: 'search', kind: 'search', label: t('schedules.search') },
      { name: 'state', kind: 'choice', label: t('word.status'), choices: [['', t('schedules.state.any')], ['active', t('schedules.active')], ['paused', t('schedules.paused')]] },
    ],
    none: nothing(),
    table: {
      label: t('page.schedules'),
      link: schedule => addressOf(schedulePath(schedule)),
      columns: [
        { label: t('word.workflow'), cell: scheduleName },
        { label: t('schedules.when'), cell: schedule => [h('div', null, wordsOf(schedule) ?? t('schedules.custom')), h('div', { class: 'pf-mono pf-soft' }, schedule.expression)] },
        { label: t('schedule.zone'), minor: true, cell: schedule => schedule.timeZone },
        { label: t('schedules.next'), cell: schedule => schedule.isPaused ? h('span', { class: 'pf-soft' }, '–') : when(schedule.nextDueAt) },
        { label: t('schedules.last'), minor: true, cell: schedule => when(schedule.lastFiredAt) },
        { label: t('word.status'), cell: schedule => stateChip(schedule) },
      ],
      menu: schedule => scheduleChoices(schedule, () => answer.refresh(), { open: true }),
    },
  });
}

const stateChip = schedule => schedule.isPaused ? chip(t('schedules.paused'), 'warn') : schedule.nextDueAt ? chip(t('schedules.active'), 'good') : chip(t('schedules.over'));

function drawCalendar(place, signal) {
  const state = addressState({ view: 'month', at: '' }, () => again());
  const heading = h('h2', { class: 'pf-heading', 'aria-live': 'polite' });
  const grid = h('div', { class: 'pf-list' }, skeleton(8));
  const before = turn('back', 'schedules.before', -1);
  const views = h('div', { class: 'pf-line', role: 'group', 'aria-label': t('schedules.view') });
  place.append(
    h('div', { class: 'pf-line pf-line-spread pf-wrap' },
      h('div', { class: 'pf-line' },
        h('button', { class: 'pf-button pf-button-small', type: 'button', onclick: () => state.set({ at: '' }) }, t('schedules.today')),
        before, turn('chevron', 'schedules.after', 1), heading), views),
    grid, h('p', { class: 'pf-hint' }, t('schedules.calendar.hint', zone)));

  const moveBy = step => {
    const { view } = state.values;
    const at = shownDay();
    if (view === 'week') at.setUTCDate(at.getUTCDate() + 7 * step);
    else at.setUTCMonth(at.getUTCMonth() + step, 1);
    state.set({ at: dayText(at) });
  };
  function turn(symbol, label, step) {
    return h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t(label), title: t(label), onclick: () => moveBy(step) }, icon(symbol, 18));
  }

  function shownDay() {
    const found = /^\d{4}-\d{2}-\d{2}$/.test(state.values.at) ? new Date(`${state.values.at}T00:00:00Z`) : new Date(NaN);
    return found > todayUtc() && found.getUTCFullYear() < 9_000 ? found : todayUtc();
  }

  async function draw() {
    const view = state.values.view === 'week' ? 'week' : 'month';
    const at = shownDay();
    views.replaceChildren(...['month', 'week'].map(one => h('button', { class: 'pf-button pf-button-small', type: 'button', 'aria-pressed': String(one === view), onclick: () => state.set({ view: one }) }, t(`schedules.view.${one}`))));
    const from = view === 'week' ? weekOf(at) : isThisMonth(at) ? weekOf(todayUtc()) : weekOf(monthOf(at, 0));
    const days = view === 'week' ? 7 : isThisMonth(at) ? weeksFromNow * 7 : Math.ceil((monthOf(at, 1) - from) / dayMs / 7) * 7;
    heading.textContent = rangeOf(from, days, view);
    before.disabled = from <= weekOf(todayUtc());
    try {
      const [schedules, calendar] = await Promise.all([allSchedules(signal), get('api/schedules/calendar', { query: { from: dayText(from), days, timeZone: zone }, signal })]);
      if (schedules.length === 0) return grid.replaceChildren(empty(nothing()));
      const known = new Map(schedules.map(schedule => [schedule.id, schedule]));
      const byDay = Map.groupBy(calendar.items.filter(item => known.has(item.scheduleId)), item => item.date);
      grid.replaceChildren(calendarOf({ from, days, view, month: isThisMonth(at) ? null : at.getUTCMonth(), byDay, known }));
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      if (!(error.status >= 0)) throw error;
      grid.replaceChildren(failure(error, () => again()));
    }
  }

  const again = keepFreshly(signal, draw);
}

/** Refreshes on news and when asked; answers the function that asks. */
function keepFreshly(signal, draw) {
  keepFresh(signal, draw, { topics, every: 30_000 });
  return () => draw().catch(error => { if (error.name !== 'AbortError') console.error(error); });
}

function calendarOf({ from, days, view, month, byDay, known }) {
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone: 'UTC' });
  const all = Array.from({ length: days }, (_, index) => new Date(from.getTime() + index * dayMs));
  return h('div', { class: `pf-calendar pf-calendar-${view}` },
    h('div', { class: 'pf-calendar-head', 'aria-hidden': 'true' }, all.slice(0, 7).map(day => h('span', null, weekday.format(day)))),
    h('ol', { class: 'pf-calendar-days', 'aria-label': t('page.schedules') }, all.map(day => {
      const date = dayText(day);
      const items = (byDay.get(date) ?? []).toSorted((one, other) => (one.first ?? '').localeCompare(other.first ?? ''));
      const classes = ['pf-calendar-day', date === today() && 'pf-calendar-today', view === 'month' && (month === null ? date < today() : day.getUTCMonth() !== month) && 'pf-calendar-other', items.length === 0 && 'pf-calendar-free'];
      const more = items.length - shownPerDay[view];
      return h('li', { class: classes.filter(Boolean).join(' '), 'aria-current': date === today() ? 'date' : null },
        h('span', { class: 'pf-calendar-date' }, h('span', { 'aria-hidden': 'true' }, day.getUTCDate()), h('span', { class: 'pf-calendar-full' }, full.format(day))),
        items.slice(0, more === 1 ? shownPerDay[view] + 1 : shownPerDay[view]).map(item => tickLink(item, known.get(item.scheduleId))),
        more > 1 && h('button', { class: 'pf-calendar-more', type: 'button', onclick: () => showDay(full.format(day), items, known) }, t('schedule.more', number(more))));
    })));
}

/** One tick by its time, several by how many there are. */
function tickLink(item, schedule) {
  const label = item.isMore ? t('schedules.many', number(item.count)) : item.count === 1 ? shortClock(item.first) : `×${number(item.count)}`;
  return h('a', { class: `pf-calendar-tick${schedule.isPaused ? ' pf-calendar-paused' : ''}`, href: addressOf(schedulePath(schedule)), title: tickTitle(item, schedule) },
    h('span', { class: 'pf-calendar-time' }, label), ' ', h('span', { class: 'pf-calendar-name' }, scheduleName(schedule)), schedule.isPaused && h('span', { class: 'pf-hidden' }, ` (${t('schedules.paused')})`));
}

function tickTitle(item, schedule) {
  const times = item.count === 0 ? '' : item.count === 1 ? clockTime(item.first) : t('schedules.range', number(item.count), clockTime(item.first), clockTime(item.last));
  return [scheduleName(schedule), times, schedule.isPaused ? t('schedules.paused') : ''].filter(Boolean).join(' · ');
}

function showDay(title, items, known) {
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form', 'aria-label': title, onclose: () => dialog.remove(), onclick: event => { if (event.target.closest('a')) dialog.close(); } },
    h('h2', { class: 'pf-dialog-title' }, title),
    h('ul', { class: 'pf-rows' }, items.map(item => {
      const schedule = known.get(item.scheduleId);
      return h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-rows-main' }, h('a', { class: 'pf-link', href: addressOf(schedulePath(schedule)) }, scheduleName(schedule)), ' ', schedule.isPaused && chip(t('schedules.paused'), 'warn')),
        h('span', { class: 'pf-soft' }, item.count === 1 ? shortClock(item.first) : item.count === 0 ? t('schedules.many', 0) : t('schedules.range', number(item.count), shortClock(item.first), shortClock(item.last))));
    })),
    h('form', { method: 'dialog', class: 'pf-dialog-buttons' }, h('button', { class: 'pf-button pf-button-primary', autofocus: true }, t('word.close'))));
  document.body.append(dialog);
  dialog.showModal();
}

function drawPreview(place, signal) {
  const state = addressState({ cron: '0 9 * * 1-5', zone });
  const answer = h('div', { class: 'pf-stack', 'aria-live': 'polite' });
  let timer;
  const input = (name, label, list) => h('div', { class: 'pf-field' }, h('label', { class: 'pf-label', for: `preview-${name}` }, label),
    h('input', { class: 'pf-input pf-mono', id: `preview-${name}`, value: state.values[name], autocomplete: 'off', spellcheck: 'false', list, oninput: event => {
      clearTimeout(timer);
      timer = setTimeout(() => { if (!signal.aborted) { state.set({ [name]: event.target.value.trim() }); ask(); } }, 250);
    } }));
  const request = () => ({ method: 'POST', path: 'api/schedules/preview', body: { cronExpression: state.values.cron, timeZone: state.values.zone || 'UTC', count: 10 } });
  const examples = ['*/5 * * * *', '0 3 * * *', '30 8 * * 1-5', '0 0 1 * *', '0 0 L * *', '*/10 * * * * *'];
  place.append(card(t('schedules.preview.title'), h('div', { class: 'pf-stack' },
    h('div', { class: 'pf-pair' }, input('cron', t('schedules.preview.cron')), input('zone', t('schedule.zone'), 'preview-zones')),
    h('datalist', { id: 'preview-zones' }, ['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? [])].map(one => h('option', { value: one }))),
    h('div', { class: 'pf-tags' }, examples.map(example => h('button', { class: 'pf-button pf-button-small pf-mono', type: 'button', title: cronWords(example) ?? example, onclick: () => {
      place.querySelector('#preview-cron').value = example;
      state.set({ cron: example });
      ask();
    } }, example))),
    answer), { wide: true, actions: curlButton(request) }));

  let turn = 0;
  async function ask() {
    const mine = ++turn;
    const { path, body: asked } = request();
    try {
      const { moments } = await send('POST', path, asked, { signal });
      if (mine !== turn) return;
      answer.replaceChildren(
        h('p', { class: 'pf-heading' }, cronWords(asked.cronExpression) ?? t('schedules.custom')),
        moments.length === 0 ? h('p', { class: 'pf-text' }, t('schedules.never'))
          : h('ol', { class: 'pf-rows' }, moments.map(({ at, local }) => h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-rows-main' }, wallTime(local)), h('span', { class: 'pf-soft' }, when(at))))));
    } catch (error) {
      if (error.name === 'AbortError' || mine !== turn) return;
      if (!(error.status >= 0)) throw error;
      answer.replaceChildren(failure(error));
    }
  }
  ask();
}

/** What the clock on the wall shows there, whatever the zone of this browser is. */
const wallTime = local => new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' }).format(new Date(local.slice(0, 19) + 'Z'));

const shortClock = moment => new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(moment));
const dayText = day => day.toISOString().slice(0, 10);
const todayUtc = () => { const now = new Date(); return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())); };
const today = () => dayText(todayUtc());
const monthOf = (day, later) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + later, 1));
const isThisMonth = day => monthOf(day, 0).getTime() === monthOf(todayUtc(), 0).getTime();

/** What stands over the calendar: a month, or the days from and to. The present month shows the weeks to come, for ticks that were are no more. */
function rangeOf(from, days, view) {
  const last = new Date(from.getTime() + (days - 1) * dayMs);
  const whole = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  if (view === 'month' && from > weekOf(todayUtc())) return whole.format(new Date((from.getTime() + last.getTime()) / 2));
  return new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' }).formatRange(from, last);
}

function weekOf(day) {
  const locale = new Intl.Locale(navigator.language);
  const first = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  return new Date(day.getTime() - ((day.getUTCDay() - first + 7) % 7) * dayMs);
}

define({
  'schedules.tab.list': ['List', '목록'],
  'schedules.tab.calendar': ['Calendar', '달력'],
  'schedules.tab.preview': ['Try an expression', '식 시험'],
  'schedules.search': ['Workflow, expression or time zone', '워크플로, 식 또는 시간대'],
  'schedules.state.any': ['Active and paused', '활성과 일시 중지'],
  'schedules.active': ['Active', '활성'],
  'schedules.over': ['Over', '끝남'],
  'schedules.none': ['Nothing is scheduled', '일정이 없습니다'],
  'schedules.none.text': ['A published workflow that begins with Cron, Timer or Start At stands here: when it fires, and what became of it.', 'Cron, Timer 또는 Start At으로 시작하는 워크플로를 게시하면 여기에 실행 시각이 나타납니다.'],
  'schedules.none.action': ['Go to workflows', '워크플로로 가기'],
  'schedules.view': ['How much is shown', '표시 범위'],
  'schedules.view.month': ['Month', '월'],
  'schedules.view.week': ['Week', '주'],
  'schedules.today': ['Today', '오늘'],
  'schedules.before': ['Earlier', '이전'],
  'schedules.after': ['Later', '이후'],
  'schedules.many': ['{0}+', '{0}+'],
  'schedules.range': ['{0} times, {1} to {2}', '{0}번, {1}–{2}'],
  'schedules.calendar.hint': ['Coming ticks, in the time of this browser ({0}). × tells how often on that day.', '다가올 실행 시각이며 이 브라우저의 시각({0}) 기준입니다. ×는 그날의 횟수입니다.'],
  'schedules.preview.title': ['When would it fire?', '언제 실행될까요?'],
  'schedules.preview.cron': ['Cron expression', 'cron 식'],
});
