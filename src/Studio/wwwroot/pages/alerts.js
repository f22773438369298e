// What is wrong now and what was, the rules that say so, who is told, and what is done about it by itself.
import { h } from '../shell/dom.js';
import { stopButton } from '../shell/stop.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { keepFresh } from '../parts/live.js';
import { number } from '../parts/format.js';
import { getIfThere } from '../parts/optional.js';
import { redraw } from '../parts/redraw.js';
import { body, empty, failure, figure, skeleton } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';
import { alertTopics } from '../parts/watch.js';
import { alertList } from '../parts/alert-list.js';
import { remedies, remedyRuns } from '../parts/alert-remedies.js';
import { rules } from '../parts/alert-rules.js';
import { channels, silences } from '../parts/alert-telling.js';

export default {
  async render(container, page) {
    container.replaceChildren(skeleton(6));
    page.actions(stopButton(page.signal));
    let overview;
    try {
      overview = await getIfThere('api/monitor', { query: { take: 0 }, signal: page.signal });
    } catch (error) {
      if (error.name === 'AbortError') return;
      return container.replaceChildren(h('div', { class: 'pf-body' }, failure(error, () => location.reload())));
    }
    if (overview === null) return void body(container, empty({ symbol: 'alert', title: t('alerts.absent'), text: t('alerts.absent.text') }));

    const figures = h('div', { class: 'pf-figures' });
    const place = h('div', { class: 'pf-stack' });
    body(container, figures, tabs(page, [
      { id: '', label: t('alerts.tab.open'), draw: signal => alertList(place, { signal, open: true }) },
      { id: 'history', label: t('alerts.tab.history'), draw: signal => alertList(place, { signal, open: false }) },
      { id: 'rules', label: t('alerts.tab.rules'), draw: signal => rules(place, signal) },
      { id: 'silences', label: t('alerts.tab.silences'), draw: signal => silences(place, signal) },
      { id: 'channels', label: t('alerts.tab.channels'), draw: signal => channels(place, signal) },
      { id: 'remedies', label: t('alerts.tab.remedies'), draw: signal => remedies(place, signal) },
      { id: 'log', label: t('alerts.tab.log'), draw: signal => remedyRuns(place, signal) },
    ], place), place);
    keepFresh(page.signal, async () => draw(figures, await get('api/monitor', { query: { take: 0 }, signal: page.signal })), { topics: alertTopics, every: 10_000 });
  },
};

function draw(place, { counts, openAlerts }) {
  const alerts = severity => figure({ label: t(`alerts.severity.${severity}`), value: number(openAlerts[severity]), kind: openAlerts[severity] ? { critical: 'bad', warning: 'warn' }[severity] : undefined, hint: t('alerts.open') });
  redraw(place, alerts('critical'), alerts('warning'), alerts('info'),
    figure({ label: t('status.unhealthy'), value: number(counts.unhealthy), kind: counts.unhealthy ? 'bad' : undefined, hint: t('alerts.watched', number(counts.healthy + counts.degraded + counts.unhealthy + counts.unknown)) }),
    figure({ label: t('status.degraded'), value: number(counts.degraded), kind: counts.degraded ? 'warn' : undefined, hint: t('alerts.watched', number(counts.healthy + counts.degraded + counts.unhealthy + counts.unknown)) }));
}

define({
  'alerts.open': ['open alerts', '열린 경보'],
  'alerts.watched': ['of {0} watched', '지켜보는 {0}개 중'],
  'alerts.absent': ['Nothing is watched', '지켜보는 것이 없습니다'],
  'alerts.tab.open': ['Open', '열린 경보'],
  'alerts.tab.history': ['History', '기록'],
  'alerts.tab.rules': ['Rules', '규칙'],
  'alerts.tab.silences': ['Silences', '조용히'],
  'alerts.tab.channels': ['Channels', '채널'],
  'alerts.tab.remedies': ['Remedies', '자동 조치'],
  'alerts.tab.log': ['Actions', '조치 기록'],
});
