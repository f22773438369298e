// Which pages there are: their addresses, their places in the navigation, and the module that draws each, loaded when it is opened.
import { define } from './strings.js';

export const pages = [
  { path: 'home', aliases: [''], title: 'page.home', icon: 'home', order: 0, load: () => import('../pages/home.js') },
  { path: 'workflows', title: 'page.definitions', icon: 'workflow', group: 'nav.build', order: 10, needs: ['read:workflow-definitions'], load: () => import('../pages/workflows.js') },
  { path: 'definitions/:id', aliases: ['workflows/definitions/:id/edit'], title: 'page.definitions', under: 'workflows', wide: true, elsa: true, load: () => import('../pages/definition.js') },
  { path: 'definitions', aliases: ['workflows/definitions'], title: 'page.definitions', under: 'workflows', elsa: true, load: () => import('../pages/definitions.js') },
  { path: 'versions/:id', title: 'page.versions', under: 'workflows', load: () => import('../pages/versions.js') },
  { path: 'runs', title: 'page.runs', icon: 'runs', group: 'nav.watch', order: 20, needs: ['read:workflow-instances'], load: () => import('../pages/runs.js') },
  { path: 'bulk', title: 'page.bulk', under: 'runs', load: () => import('../pages/bulk.js') },
  { path: 'compare', title: 'page.compare', under: 'runs', load: () => import('../pages/compare.js') },
  { path: 'instances/:id', aliases: ['workflows/instances/:id/view'], title: 'page.instances', under: 'runs', wide: true, elsa: true, load: () => import('../pages/instance.js') },
  { path: 'instances', aliases: ['workflows/instances'], title: 'page.instances', under: 'runs', elsa: true, load: () => import('../pages/instances.js') },
  { path: 'runs/:id', title: 'page.run', under: 'runs', load: () => import('../pages/run.js') },
  { path: 'schedules', title: 'page.schedules', icon: 'schedule', group: 'nav.watch', order: 30, needs: ['read:schedules', 'manage:schedules'], load: () => import('../pages/schedules.js') },
  { path: 'schedules/:id', title: 'page.schedule', icon: 'schedule', under: 'schedules', load: () => import('../pages/schedule.js') },
  { path: 'queue', title: 'page.queue', icon: 'queue', group: 'nav.watch', order: 40, needs: ['read:queue', 'manage:queue'], load: () => import('../pages/queue.js') },
  { path: 'events', title: 'page.events', icon: 'event', group: 'nav.watch', order: 45, needs: ['read:events', 'read:dead-letters', 'manage:dead-letters', 'trigger:event'], load: () => import('../pages/events.js') },
  { path: 'services', title: 'page.services', icon: 'service', group: 'nav.watch', order: 50, needs: ['read:services', 'manage:services'], load: () => import('../pages/services.js') },
  { path: 'policies', title: 'page.policies', icon: 'lock', under: 'services', load: () => import('../pages/policies.js') },
  { path: 'new-policy', title: 'policies.new', under: 'services', load: () => import('../pages/policy-new.js') },
  { path: 'policies/:name', title: 'page.policies', under: 'services', load: () => import('../pages/policy.js') },
  { path: 'new-service', title: 'page.service.new', under: 'services', load: () => import('../pages/service-new.js') },
  { path: 'services/:name', title: 'page.services', under: 'services', load: () => import('../pages/service.js') },
  { path: 'breakers', title: 'page.breakers', icon: 'pause', under: 'services', load: () => import('../pages/breakers.js') },
  { path: 'alerts', title: 'page.alerts', icon: 'alert', group: 'nav.watch', order: 60, needs: ['read:monitor', 'manage:monitor'], load: () => import('../pages/alerts.js') },
  { path: 'alerts/:id', title: 'page.alerts', under: 'alerts', load: () => import('../pages/alert.js') },
  { path: 'metrics', title: 'page.metrics', icon: 'chart', group: 'nav.watch', order: 70, needs: ['read:metrics'], load: () => import('../pages/metrics.js') },
  { path: 'secrets', title: 'page.secrets', icon: 'lock', group: 'nav.manage', order: 100, needs: ['read:secrets'], load: () => import('../pages/secrets.js') },
  { path: 'keys', title: 'page.keys', icon: 'key', group: 'nav.manage', order: 110, needs: ['read:application'], load: () => import('../pages/keys.js') },
  { path: 'users', title: 'page.users', icon: 'people', group: 'nav.manage', order: 120, needs: ['read:user', 'read:role'], load: () => import('../pages/users.js') },
  { path: 'audit', title: 'page.audit', icon: 'history', group: 'nav.manage', order: 130, needs: ['read:audit'], load: () => import('../pages/audit.js') },
  { path: 'audit/:id', title: 'page.audit.entry', icon: 'history', under: 'audit', load: () => import('../pages/audit-entry.js') },
  { path: 'settings', title: 'page.settings', icon: 'settings', group: 'nav.manage', order: 140, needs: ['read:settings', 'read:storage', 'manage:retention'], load: () => import('../pages/settings.js') },
];

/** The page of an address relative to the base, with what its path says; null when there is none. */
export function findPage(path) {
  for (const { page, patterns } of compiled) {
    for (const [index, pattern] of patterns.entries()) {
      const found = pattern.exec(path);
      if (found) return { page, alias: index > 0, params: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])) };
    }
  }
  return null;
}

const compile = path => new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`);
const compiled = pages.map(page => ({ page, patterns: [page.path, ...(page.aliases ?? [])].map(compile) }));

define({
  'page.alerts': ['Alerts', '경보'],
  'page.audit.entry': ['Audit entry', '감사 기록 항목'],
  'page.audit': ['Audit', '감사 기록'],
  'page.breakers': ['Circuit breakers', '회로 차단기'],
  'page.bulk': ['Bulk jobs', '일괄 작업'],
  'page.compare': ['Compare runs', '실행 비교'],
  'page.events': ['Events', '이벤트'],
  'page.home': ['Home', '홈'],
  'page.keys': ['API keys', 'API 키'],
  'page.metrics': ['Metrics', '지표'],
  'page.policies': ['Policies', '정책'],
  'policies.new': ['New policy', '새 정책'],
  'page.queue': ['Queue', '대기열'],
  'page.run': ['Run', '실행'],
  'page.runs': ['Runs', '실행'],
  'page.schedule': ['Schedule', '일정'],
  'page.schedules': ['Schedules', '일정'],
  'page.secrets': ['Secrets', '비밀 값'],
  'page.services': ['Services', '서비스'],
  'page.settings': ['Settings', '설정'],
  'page.users': ['Users & roles', '사용자와 역할'],
  'page.versions': ['Versions', '버전'],
});
