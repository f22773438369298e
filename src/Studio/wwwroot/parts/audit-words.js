// Entries of the audit log in words: in the list, on the page of an entry, and wherever a page shows what happened to a thing.
import { h } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { chip } from './states.js';

const pages = {
  workflow: id => `definitions/${encodeURIComponent(id)}`,
  instance: id => `runs/${encodeURIComponent(id)}`,
  schedule: id => `schedules/${encodeURIComponent(id)}`,
  service: id => `services/${encodeURIComponent(id)}`,
  user: id => `users?search=${encodeURIComponent(id)}`,
  role: () => 'users?tab=roles',
  secret: id => `secrets?search=${encodeURIComponent(id)}`,
  apiKey: () => 'keys',
  deadletter: () => 'events?tab=undelivered',
};

/** "workflow.publish" as people say it; an action that has no words yet stands as it is. */
export function actionName(action) {
  const [kind, verb] = [action.slice(0, action.indexOf('.')), action.slice(action.indexOf('.') + 1)];
  const [known, done] = [t(`audit.kind.${kind}`), t(`audit.verb.${verb}`)];
  const whole = t(`audit.action.${action}`);
  if (whole !== `audit.action.${action}`) return whole;
  return known === `audit.kind.${kind}` || done === `audit.verb.${verb}` ? action : t('audit.sentence', known, done);
}

export const actorOf = who => [who.name ?? who.id ?? t(`audit.actor.${who.kind}`), who.kind !== 'user' && (who.name ?? who.id) ? h('div', { class: 'pf-soft' }, t(`audit.actor.${who.kind}`)) : ''];

/** What it was done to, with a link to where that is shown. */
export function targetOf(target) {
  if (!target) return '–';
  const kind = t(`audit.kind.${target.kind}`) === `audit.kind.${target.kind}` ? target.kind : t(`audit.kind.${target.kind}`);
  const label = target.name ?? target.id;
  if (!label) return kind;
  const path = target.id && pages[target.kind]?.(target.id);
  return [path ? h('a', { class: 'pf-link', href: addressOf(path) }, label) : label, h('div', { class: 'pf-soft' }, kind)];
}

export const outcomeChip = entry => [chip(t(`audit.outcome.${entry.outcome}`), { Ok: 'good', Denied: 'warn', Failed: 'bad' }[entry.outcome]), entry.code && h('span', { class: 'pf-code' }, entry.code)];

define({
  'audit.sentence': ['{0} {1}', '{0} {1}'],
  'audit.outcome.Ok': ['Done', '처리됨'],
  'audit.outcome.Denied': ['Denied', '거부됨'],
  'audit.outcome.Failed': ['Failed', '실패'],
  'audit.actor.user': ['Person', '사람'],
  'audit.actor.apiKey': ['API key', 'API 키'],
  'audit.actor.system': ['The server', '서버'],
  'audit.actor.anonymous': ['Not signed in', '로그인하지 않음'],
  'audit.kind.user': ['User', '사용자'],
  'audit.kind.role': ['Role', '역할'],
  'audit.kind.apiKey': ['API key', 'API 키'],
  'audit.kind.secret': ['Secret', '비밀 값'],
  'audit.kind.workflow': ['Workflow', '워크플로'],
  'audit.kind.instance': ['Instance', '인스턴스'],
  'audit.kind.schedule': ['Schedule', '일정'],
  'audit.kind.deadletter': ['Dead letter', '전달 실패'],
  'audit.kind.service': ['Service', '서비스'],
  'audit.kind.policy': ['Policy', '정책'],
  'audit.kind.route': ['Request', '요청'],
  'audit.kind.queue': ['Queue', '대기열'],
  'audit.kind.retention': ['Retention', '보존'],
  'audit.kind.limits': ['Limits', '제한'],
  'audit.kind.alterationPlan': ['Alteration', '변경 작업'],
  'audit.kind.alteration': ['Alteration', '변경 작업'],
  'audit.kind.bulkJob': ['Bulk job', '일괄 작업'],
  'audit.kind.bulk': ['Bulk job', '일괄 작업'],
  'audit.kind.breaker': ['Circuit breaker', '차단기'],
  'audit.kind.activity': ['Activity', '액티비티'],
  'audit.kind.resume-link': ['Resume link', '재개 링크'],
  'audit.kind.secretKey': ['Key of the secrets', '비밀 값의 키'],
  'audit.kind.workflowVersion': ['Version of a workflow', '워크플로 버전'],
  'audit.kind.work': ['Queued work', '대기열 작업'],
  'audit.verb.test': ['tested', '시험'],
  'audit.verb.submit': ['begun', '시작'],
  'audit.verb.close': ['closed', '닫음'],
  'audit.verb.open': ['opened', '엶'],
  'audit.verb.alter': ['altered', '변경'],
  'audit.verb.rerun': ['run again', '다시 실행'],
  'audit.verb.retry': ['retried', '재시도'],
  'audit.verb.change': ['changed', '바꿈'],
  'audit.verb.withdraw': ['taken back', '취소'],
  'audit.verb.use': ['used', '사용'],
  'audit.verb.discover': ['looked for', '찾음'],
  'audit.verb.label': ['labelled', '레이블 붙임'],
  'audit.verb.delete-version': ['version deleted', '버전 삭제'],
  'audit.verb.update-references': ['references updated', '참조 갱신'],
  'audit.verb.rotate-key': ['key renewed', '키 교체'],
  'audit.verb.create': ['created', '만듦'],
  'audit.verb.update': ['changed', '바꿈'],
  'audit.verb.set': ['set', '설정'],
  'audit.verb.remove': ['taken away', '없앰'],
  'audit.verb.delete': ['deleted', '삭제'],
  'audit.verb.publish': ['published', '게시'],
  'audit.verb.retract': ['retracted', '게시 취소'],
  'audit.verb.save': ['saved', '저장'],
  'audit.verb.import': ['imported', '가져옴'],
  'audit.verb.revert': ['reverted', '되돌림'],
  'audit.verb.keep-test-input': ['test input kept', '테스트 입력 보관'],
  'audit.verb.remove-test-input': ['test input removed', '테스트 입력 제거'],
  'audit.verb.tag': ['tagged', '태그 지정'],
  'audit.verb.pause': ['paused', '일시 중지'],
  'audit.verb.resume': ['resumed', '다시 시작'],
  'audit.verb.trigger': ['run now', '지금 실행'],
  'audit.verb.backfill': ['backfilled', '지난 시각 채움'],
  'audit.verb.replay': ['replayed', '다시 보냄'],
  'audit.verb.rotate': ['rotated', '교체'],
  'audit.verb.revoke': ['revoked', '폐기'],
  'audit.verb.enable': ['enabled', '활성화'],
  'audit.verb.disable': ['disabled', '비활성화'],
  'audit.verb.cancel': ['cancelled', '취소'],
  'audit.verb.sign-out': ['signed out everywhere', '모든 곳에서 로그아웃'],
  'audit.verb.set-password': ['given a new password', '비밀번호 변경'],
  'audit.action.signin.succeeded': ['Signed in', '로그인'],
  'audit.action.signin.failed': ['Sign-in failed', '로그인 실패'],
  'audit.action.signin.throttled': ['Too many sign-ins', '로그인 시도 초과'],
  'audit.action.signout': ['Signed out', '로그아웃'],
  'audit.action.request.denied': ['Request denied', '요청 거부'],
});
