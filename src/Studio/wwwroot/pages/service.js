// One service: how it is, what it says, and everything that can be done with it.
import { h, icon } from '../shell/dom.js';
import { menuButton } from '../shell/menu.js';
import { navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get } from '../parts/api.js';
import { keepFresh } from '../parts/live.js';
import { logView } from '../parts/logs.js';
import { getIfThere } from '../parts/optional.js';
import { choicesFor, healthChip, routeOf, serviceTopics } from '../parts/services.js';
import { body, skeleton } from '../parts/states.js';
import { tabs } from '../parts/tabs.js';
import { operations } from '../parts/service-operations.js';
import { overview } from '../parts/service-overview.js';
import { policyTab, settingsTab } from '../parts/service-settings.js';

export default {
  async render(container, page) {
    const { name } = page.params;
    container.replaceChildren(skeleton(6));
    let service;
    try {
      service = await load(name, page.signal);
    } catch (error) {
      if (error.status === 404) return page.missing(t('service.missing'), t('service.missing.text'));
      throw error;
    }

    const place = h('div', { class: 'pf-stack' });
    const changed = new Set();
    describe();
    const parts = [
      { id: '', label: t('service.tab.overview'), draw: signal => overview(place, { service: () => service, changed, signal, refresh: () => refresh() }) },
      ...service.process ? [{ id: 'logs', label: t('service.tab.logs'), draw: signal => logView(place, { path: routeOf(service.name, '/logs'), signal }) }] : [],
      { id: 'operations', label: t('service.tab.operations'), draw: signal => operations(place, { service, signal }) },
      { id: 'policy', label: t('service.tab.policy'), draw: signal => policyTab(place, { service: () => service, signal, refresh: () => refresh() }) },
      ...may('manage:services') ? [{ id: 'settings', label: t('service.tab.settings'), draw: signal => settingsTab(place, { service: () => service, signal, refresh: () => refresh() }) }] : [],
    ];
    body(container, tabs(page, parts, place), place);
    const refresh = async () => {
      service = await load(name, page.signal);
      describe();
      for (const draw of changed) draw();
    };
    await keepFresh(page.signal, refresh, { topics: serviceTopics, every: 5_000 });

    function describe() {
      page.title({ label: t('page.services'), path: 'services' }, service.name, service.health ? h('span', { class: 'pf-crumb-part' }, healthChip(service.health.status)) : h('span'));
      if (!may('manage:services') || actionsShown()) return;
      page.actions(menuButton(h('button', { class: 'pf-button', type: 'button' }, t('table.actions'), icon('down', 16)), () => choicesFor(service, () => refresh(), { deleted: () => navigate('services') })));
    }

    // A menu that is open is not taken away by a refresh.
    function actionsShown() {
      return document.querySelector('.pf-actions .pf-menu-holder') !== null && document.querySelector('.pf-crumb-here')?.textContent === service.name && document.querySelector('.pf-actions').childElementCount > 0;
    }
  },
};

async function load(name, signal) {
  const [service, health] = await Promise.all([
    get(routeOf(name), { signal }),
    getIfThere('api/monitor', { query: { kind: 'service', take: 1_000 }, needs: 'read:monitor', signal }),
  ]);
  return { ...service, health: health?.items.find(subject => subject.name.toLowerCase() === name.toLowerCase()) ?? null };
}

define({
  'service.missing': ['This service does not exist', '존재하지 않는 서비스입니다'],
  'service.missing.text': ['It may have been deleted, or it was never registered under this name.', '삭제되었거나 이 이름으로 등록된 적이 없습니다.'],
  'service.tab.overview': ['Overview', '개요'],
  'service.tab.logs': ['Logs', '로그'],
  'service.tab.operations': ['Operations', '오퍼레이션'],
  'service.tab.policy': ['Policy', '정책'],
  'service.tab.settings': ['Configuration', '구성'],
});
