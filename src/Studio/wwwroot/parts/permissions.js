// Choosing permissions: by area, each with what it lets one do; only those that one has oneself can be given.
import { h } from '../shell/dom.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { get } from './api.js';
import { chip } from './states.js';

const shownMax = 3;
const areas = {
  workflows: ['workflow-definitions', 'workflow-definition-labels', 'labels', 'tests', 'csharp-expressions', 'python-expressions'],
  runs: ['workflow-instances', 'activity-execution', 'alterations', 'event', 'events', 'dead-letters', 'tasks', 'queue', 'schedules', 'workflow-runtime'],
  operations: ['services', 'monitor', 'metrics', 'storage', 'retention', 'settings', 'audit', 'emergency-stop', 'resilience'],
  access: ['user', 'role', 'application', 'secrets', 'secret-keys', 'tenants'],
};

/** The names of the permissions that there are; when the person may not ask for them, those that they have themselves. */
export async function permissionNames(signal) {
  if (may('read:role')) return (await get('api/permissions', { signal })).items;
  return [];
}

/** A permission as a sentence; the name itself when there are no words for it. */
export function permissionWords(name) {
  if (name === '*') return t('permission.all');
  if (/^[\w-]+:\*$/.test(name)) return t('permission.wildcard', name.slice(0, -1));
  const own = t(`permission.${name}`);
  if (own !== `permission.${name}`) return own;
  const [verb, thing] = name.split(':');
  const [does, what] = [t(`permission.verb.${verb}`), t(`permission.thing.${thing}`)];
  return does.startsWith('permission.') || what.startsWith('permission.') ? '' : does.replace('{0}', what);
}

const areaOf = name => name.includes('*') ? 'wildcards' : Object.keys(areas).find(area => areas[area].includes(name.split(':')[1]) || (name.startsWith('tasks:') && area === 'runs')) ?? 'designer';

/** A field of openForm in which permissions are chosen. */
export const permissionField = (names, value, more = {}) => ({
  name: 'permissions', kind: 'own', label: t('permission.label'), required: true, value, ...more,
  element(common, chosen = []) {
    const offered = [...new Set(['*', 'read:*', 'manage:*', ...names, ...chosen])].filter(name => may(name) || chosen.includes(name));
    const groups = Map.groupBy(offered, areaOf);
    const counts = new Map();
    const box = h('div', { class: 'pf-permissions', id: common.id, role: 'group', 'aria-labelledby': `${common.id}-label`, 'aria-describedby': common['aria-describedby'] },
      h('input', { class: 'pf-input pf-permission-search', type: 'search', 'aria-label': t('permission.search'), placeholder: t('permission.search'), autocomplete: 'off', oninput: event => { event.stopPropagation(); narrow(event.target.value); } }),
      h('div', { class: 'pf-permission-list' }, ['wildcards', ...Object.keys(areas), 'designer'].filter(area => groups.has(area)).map(area => {
        const count = h('span', { class: 'pf-soft' });
        counts.set(area, count);
        return h('details', { class: 'pf-permission-area', 'data-area': area, open: area === 'wildcards' },
          h('summary', { class: 'pf-permission-summary' }, t(`permission.area.${area}`), ' ', count),
          groups.get(area).map(name => h('label', { class: 'pf-check-label pf-permission', 'data-text': `${name} ${permissionWords(name)}`.toLowerCase() },
            h('input', { class: 'pf-check', type: 'checkbox', value: name, checked: chosen.includes(name) }),
            h('span', null, h('span', { class: 'pf-mono' }, name), h('span', { class: 'pf-permission-words' }, permissionWords(name))))));
      })));
    const boxes = () => [...box.querySelectorAll('input[type=checkbox]')];
    const count = () => {
      for (const [area, place] of counts) {
        const on = boxes().filter(one => one.checked && one.closest('details').dataset.area === area).length;
        place.textContent = on ? `(${on})` : '';
      }
    };
    const narrow = text => {
      for (const label of box.querySelectorAll('.pf-permission')) label.hidden = !label.dataset.text.includes(text.trim().toLowerCase());
      for (const area of box.querySelectorAll('details')) {
        area.hidden = [...area.querySelectorAll('.pf-permission')].every(label => label.hidden);
        if (text.trim()) area.open = true;
      }
    };
    box.addEventListener('change', count);
    box.readValue = () => boxes().filter(one => one.checked).map(one => one.value);
    count();
    return box;
  },
});

/** A few permissions in a line of a table; all of them when pointed at. */
export function permissionChips(permissions) {
  if (permissions.length === 0) return h('span', { class: 'pf-soft' }, t('word.none'));
  return h('div', { class: 'pf-tags', title: permissions.join('\n') },
    permissions.slice(0, shownMax).map(name => chip(name === '*' ? t('permission.all') : name, name === '*' ? 'warn' : 'none')),
    permissions.length > shownMax && chip(`+${permissions.length - shownMax}`));
}

define({
  'permission.label': ['Permissions', '권한'],
  'permission.search': ['Find a permission', '권한 찾기'],
  'permission.all': ['Everything', '모든 것'],
  'permission.wildcard': ['All that begin with {0}', '{0}(으)로 시작하는 모든 권한'],
  'permission.area.wildcards': ['Many at once', '한꺼번에'],
  'permission.area.workflows': ['Workflows', '워크플로'],
  'permission.area.runs': ['Runs', '실행'],
  'permission.area.operations': ['Operations', '운영'],
  'permission.area.access': ['Access and secrets', '접근과 비밀 값'],
  'permission.area.designer': ['What the designer asks for', '디자이너가 묻는 것'],
  'permission.verb.read': ['See {0}', '{0} 보기'],
  'permission.verb.write': ['Make and change {0}', '{0} 만들기와 바꾸기'],
  'permission.verb.create': ['Make {0}', '{0} 만들기'],
  'permission.verb.update': ['Change {0}', '{0} 바꾸기'],
  'permission.verb.delete': ['Delete {0}', '{0} 삭제'],
  'permission.verb.manage': ['Act on {0}', '{0} 다루기'],
  'permission.verb.publish': ['Publish {0}', '{0} 게시'],
  'permission.verb.retract': ['Take back {0}', '{0} 게시 취소'],
  'permission.verb.exec': ['Run {0}', '{0} 실행'],
  'permission.verb.cancel': ['Cancel {0}', '{0} 취소'],
  'permission.verb.run': ['Submit {0}', '{0} 제출'],
  'permission.thing.workflow-definitions': ['workflows', '워크플로'],
  'permission.thing.workflow-instances': ['instances', '인스턴스'],
  'permission.thing.workflow-definition-labels': ['the labels of workflows', '워크플로의 레이블'],
  'permission.thing.workflow-runtime': ['the runtime', '런타임'],
  'permission.thing.labels': ['labels', '레이블'],
  'permission.thing.tests': ['single activities as a test', '액티비티 시험'],
  'permission.thing.activity-execution': ['what activities did, with inputs and outputs', '액티비티의 실행 내용(입력과 출력 포함)'],
  'permission.thing.alterations': ['alterations of running instances', '실행 중인 인스턴스의 변경'],
  'permission.thing.events': ['what waits for events', '이벤트를 기다리는 것'],
  'permission.thing.dead-letters': ['what was not delivered', '전달되지 않은 것'],
  'permission.thing.queue': ['the queue, its limits and pauses', '대기열과 제한, 일시 중지'],
  'permission.thing.schedules': ['schedules', '일정'],
  'permission.thing.services': ['services and their policies', '서비스와 정책'],
  'permission.thing.metrics': ['figures of the server', '서버의 지표'],
  'permission.thing.monitor': ['health and alerts', '상태와 알림'],
  'permission.thing.storage': ['the size of the database', '데이터베이스 크기'],
  'permission.thing.retention': ['how long instances are kept', '인스턴스 보존 기간'],
  'permission.thing.settings': ['the configuration of the server', '서버 설정'],
  'permission.thing.audit': ['the audit log', '감사 기록'],
  'permission.thing.user': ['users', '사용자'],
  'permission.thing.role': ['roles', '역할'],
  'permission.thing.application': ['API keys', 'API 키'],
  'permission.thing.secrets': ['secrets, never their values', '비밀 값(값 자체는 제외)'],
  'permission.thing.secret-keys': ['the key that encrypts the secrets', '비밀 값을 암호화하는 키'],
  'permission.thing.resilience': ['policies of resilience', '복원력 정책'],
  'permission.trigger:event': ['Publish events', '이벤트 발행'],
  'permission.tasks:complete': ['Report tasks as done', '작업 완료 알리기'],
  'permission.manage:emergency-stop': ['Stop everything at once', '모두 한꺼번에 멈추기'],
});
