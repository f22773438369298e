// One alert: what is wrong, since when, the figure behind it, who was told, and what was done about it.
import { h, icon } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { exactTime, number, when } from '../parts/format.js';
import { keepFresh } from '../parts/live.js';
import { getIfThere } from '../parts/optional.js';
import { overTime } from '../parts/overtime.js';
import { redraw } from '../parts/redraw.js';
import { body, card, chip, empty, facts, skeleton } from '../parts/states.js';
import { acknowledge, alertStateChip, alertTopics, conditionText, figureText, severityChip, silence, subjectLink } from '../parts/watch.js';

const before = 30 * 60_000;
const historyMax = 48 * 3_600_000;

export default {
  async render(container, page) {
    container.replaceChildren(skeleton(5));
    const path = `api/alerts/${encodeURIComponent(page.params.id)}`;
    let alert;
    try {
      alert = await get(path, { signal: page.signal });
    } catch (error) {
      if (error.status === 404) return page.missing(t('alert.missing'), t('alert.missing.text'));
      throw error;
    }

    page.title({ label: t('page.alerts'), path: 'alerts' }, alert.rule);
    let shown = null;
    const about = h('div');
    const curve = h('div');
    const done = h('div');
    body(container, about, curve, h('div', { class: 'pf-cards' }, done));
    await keepFresh(page.signal, async () => {
      alert = await get(path, { signal: page.signal });
      draw();
      const [history, runs] = await Promise.all([
        getIfThere(`api/monitor/${encodeURIComponent(alert.subject)}/history`, { query: rangeOf(alert), needs: 'read:monitor', signal: page.signal }),
        getIfThere('api/remedy-runs', { query: { subject: alert.subject, take: 100 }, needs: 'read:monitor', signal: page.signal }),
      ]);
      drawCurve(curve, alert, history);
      drawDone(done, alert, runs);
    }, { topics: alertTopics, every: 10_000 });

    function draw() {
      const refresh = () => get(path, { signal: page.signal }).then(next => { alert = next; draw(); });
      const manages = may('manage:monitor');
      // Buttons that are being pressed are not taken away: they are made anew only when others belong there.
      if (alert.state !== shown) page.actions(...manages ? [
        alert.state === 'open' && h('button', { class: 'pf-button pf-button-primary', 'aria-label': t('alerts.acknowledge'), type: 'button', onclick: () => acknowledge(alert, refresh) }, icon('check', 18), h('span', { class: 'pf-action-text' }, t('alerts.acknowledge'))),
        alert.state !== 'resolved' && h('button', { class: 'pf-button', 'aria-label': t('alerts.silence'), type: 'button', onclick: () => silence({ rule: alert.rule, subject: alert.subject }, refresh) }, icon('moon', 18), h('span', { class: 'pf-action-text' }, t('alerts.silence'))),
      ].filter(Boolean) : []);
      shown = alert.state;
      redraw(about, card(alert.message, h('div', { class: 'pf-stack' },
        alert.note && h('p', { class: 'pf-note' }, icon('info', 16), h('strong', null, alert.acknowledgedBy ?? ''), alert.note),
        facts([
          [t('alerts.severity'), severityChip(alert.severity)],
          [t('word.status'), h('span', { class: 'pf-tags' }, alertStateChip(alert.state), alert.isSilenced && chip(t('alerts.silenced')))],
          [t('alerts.subject'), subjectLink(alert.subject)],
          [t('rules.when'), conditionText(alert)],
          [t('alert.value'), figureText(alert.value, alert.unit, alert.metric)],
          [t('alert.worst'), figureText(alert.worst, alert.unit, alert.metric)],
          [t('alerts.since'), h('span', { title: exactTime(alert.firstAt) }, when(alert.firstAt))],
          [t('alert.last'), when(alert.lastAt)],
          alert.resolvedAt && [t('alerts.resolved'), when(alert.resolvedAt)],
          alert.acknowledgedAt && [t('alert.acknowledged'), h('span', null, alert.acknowledgedBy, ' · ', when(alert.acknowledgedAt))],
          [t('alerts.count'), number(alert.count)],
          [t('alerts.rule'), h('a', { class: 'pf-link', href: addressOf('alerts?tab=rules') }, alert.rule)],
        ]))));
    }
  },
};

// Some time before it began until some time after it was over, as far as single minutes are kept.
function rangeOf(alert) {
  const to = Math.min(Date.now(), alert.resolvedAt ? Date.parse(alert.resolvedAt) + before : Infinity);
  return { metric: alert.metric, from: new Date(Math.max(Date.parse(alert.firstAt) - before, to - historyMax)).toISOString(), to: new Date(to).toISOString() };
}

function drawCurve(place, alert, history) {
  place.hidden = !history || alert.metric === 'status' || alert.metric === 'service.breaker';
  if (place.hidden) return;
  redraw(place, card(null, overTime({
    points: history.items.map(point => ({ at: point.at, value: point.average })), label: conditionText(alert), kind: alert.state === 'resolved' ? 'accent' : 'bad',
    thresholds: [{ value: alert.threshold, kind: 'bad' }], format: value => figureText(value, history.unit, alert.metric),
  })));
}

function drawDone(place, alert, runs) {
  const mine = (runs?.items ?? []).filter(run => run.alertId === alert.id);
  const items = [
    ...alert.notices.map(notice => ({ at: notice.at, text: [t(`alert.told.${notice.kind}`, notice.channel), notice.error && h('span', { class: 'pf-soft' }, ` ${notice.error}`)], state: notice.error ? chip(t('channels.failed'), 'bad') : chip(t('channels.sent'), 'good') })),
    ...mine.map(run => ({ at: run.at, text: run.instanceId ? h('a', { class: 'pf-link', href: addressOf(`runs/${encodeURIComponent(run.instanceId)}`) }, t('alert.remedy', run.remedy)) : t('alert.remedy', run.remedy), state: chip(t(`remedies.outcome.${run.outcome}`)) })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  redraw(place, card(t('alert.done'), items.length
    ? h('ul', { class: 'pf-rows' }, items.map(item => h('li', { class: 'pf-rows-item' }, h('span', { class: 'pf-soft' }, when(item.at)), h('span', { class: 'pf-rows-main' }, item.text), item.state)))
    : empty({ symbol: 'letter', title: t('alert.nothing'), text: t('alert.nothing.text') })));
}

define({
  'alert.missing': ['This alert does not exist', '존재하지 않는 경보입니다'],
  'alert.missing.text': ['Alerts that are over are removed after a while.', '끝난 경보는 시간이 지나면 지워집니다.'],
  'alert.value': ['Last value', '마지막 값'],
  'alert.worst': ['Worst value', '가장 나쁜 값'],
  'alert.last': ['Last seen', '마지막 확인'],
  'alert.acknowledged': ['Acknowledged', '확인'],
  'alert.done': ['What was done', '한 일'],
  'alert.told.opened': ['Told {0}', '{0}에 알림'],
  'alert.told.recovered': ['Told {0} that it is over', '{0}에 끝났음을 알림'],
  'alert.remedy': ['Remedy {0}', '자동 조치 {0}'],
  'alert.nothing': ['Nobody was told and nothing was done', '알린 곳도 한 일도 없습니다'],
  'alert.nothing.text': ['A silence, or no channel that fits.', '조용히 하는 중이거나 맞는 채널이 없습니다.'],
});
