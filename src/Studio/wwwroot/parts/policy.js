// The members of a policy as fields that explain themselves, and a policy in a few words.
import { h } from '../shell/dom.js';
import { define, t } from '../shell/strings.js';
import { number } from './format.js';
import { shortSpan } from './spans.js';
import { facts } from './states.js';

const field = (path, kind, more = {}) => ({ path, kind, label: t(`policy.${path}`), hint: t(`policy.${path}.hint`), ...more });

/** The groups of settingsEditor for a policy. prefix: where the policy stands in the model, such as "policy.". services: names for the fallback. */
export function policyGroups({ services = [], withDescription = true } = {}) {
  const group = (name, fields, more) => ({ title: t(`policy.${name}.title`), text: t(`policy.${name}.text`), fields, ...more });
  return [
    group('limits', [
      ...withDescription ? [field('description', 'text', { wide: true })] : [],
      field('timeoutPerAttempt', 'span', { placeholder: '10 s' }), field('timeout', 'span', { placeholder: t('policy.noLimit') })]),
    group('retry', [
      field('retry.maxAttempts', 'number', { min: 1, max: 20, placeholder: '3' }), field('retry.delay', 'span', { placeholder: '1 s' }),
      field('retry.backoffType', 'choice', { choices: ['Exponential', 'Linear', 'Constant'].map(name => [name, t(`policy.backoff.${name}`)]) }), field('retry.maxDelay', 'span', { placeholder: '30 s' }),
      field('retry.useJitter', 'check', { initial: true }), field('retry.honourRetryAfter', 'check', { initial: true }), field('retry.statuses', 'rules', { wide: true })]),
    group('circuitBreaker', [
      field('circuitBreaker.failures', 'number', { min: 1, max: 10_000, placeholder: '5' }), field('circuitBreaker.breakDuration', 'span', { placeholder: '1 min' }),
      field('circuitBreaker.halfOpenProbes', 'number', { min: 1, max: 100, placeholder: '1' }), field('circuitBreaker.failureRatio', 'number', { min: .01, max: 1, step: .01 }),
      field('circuitBreaker.minimumThroughput', 'number', { min: 2, max: 10_000, placeholder: '10' }), field('circuitBreaker.samplingDuration', 'span', { placeholder: '30 s' })]),
    group('bulkhead', [field('bulkhead.maxConcurrent', 'number', { min: 1, max: 10_000, placeholder: '10' }), field('bulkhead.maxQueued', 'number', { min: 0, max: 100_000, placeholder: '0' })], { part: 'bulkhead', initial: { maxConcurrent: 10, maxQueued: 0 } }),
    group('rateLimit', [field('rateLimit.count', 'number', { min: 1, max: 10_000, placeholder: '100' }), field('rateLimit.per', 'span', { placeholder: '1 s' }), field('rateLimit.maxWait', 'span', { placeholder: '0 s' })], { part: 'rateLimit', initial: { count: 100, per: '00:00:01' } }),
    group('hedging', [field('hedging.delay', 'span', { placeholder: '2 s' }), field('hedging.maxAttempts', 'number', { min: 1, max: 5, placeholder: '1' })], { part: 'hedging', initial: { delay: '00:00:02', maxAttempts: 1 } }),
    group('fallback', [
      field('fallback.service', 'choice', { choices: [['', t('word.none')], ...services.map(name => [name, name])] }), field('fallback.cached', 'check'),
      field('fallback.cachedMaxAge', 'span', { placeholder: '1 d' }), field('fallback.workflow', 'text'), field('fallback.value', 'area', { wide: true })], { part: 'fallback', initial: { cached: true } }),
    group('cache', [field('cache.duration', 'span', { placeholder: '1 min' }), field('cache.maxEntries', 'number', { min: 1, max: 100_000, placeholder: '1000' })], { part: 'cache', initial: { duration: '00:01:00', maxEntries: 1000 } }),
  ];
}

/** What a policy says, without what it does not say: members that are null or empty would only be noise in its JSON. */
export function tidyPolicy(policy) {
  const clean = value => value === null || typeof value !== 'object' || Array.isArray(value) ? value
    : Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && !(typeof one === 'object' && !Array.isArray(one) && Object.keys(one).length === 0)).map(([name, one]) => [name, clean(one)]));
  return clean(policy);
}

/** The policy in words. */
export function policyFacts(policy) {
  const { retry, circuitBreaker: breaker, bulkhead, rateLimit, hedging, fallback, cache } = policy;
  return facts([
    [t('policy.timeoutPerAttempt'), shortSpan(policy.timeoutPerAttempt)],
    policy.timeout && [t('policy.timeout'), shortSpan(policy.timeout)],
    [t('policy.retry.title'), retry.maxAttempts < 2 ? t('policy.retry.never') : t('policy.retry.says', number(retry.maxAttempts), shortSpan(retry.delay), t(`policy.backoff.${retry.backoffType}`).toLowerCase())],
    [t('policy.circuitBreaker.title'), breaker.failureRatio ? t('policy.breaker.ratio', Math.round(breaker.failureRatio * 100), shortSpan(breaker.samplingDuration), shortSpan(breaker.breakDuration)) : t('policy.breaker.failures', number(breaker.failures ?? 5), shortSpan(breaker.breakDuration))],
    bulkhead && [t('policy.bulkhead.title'), t('policy.bulkhead.says', number(bulkhead.maxConcurrent), number(bulkhead.maxQueued))],
    rateLimit && [t('policy.rateLimit.title'), t('policy.rate.says', number(rateLimit.count), shortSpan(rateLimit.per))],
    hedging && [t('policy.hedging.title'), t('policy.hedging.says', shortSpan(hedging.delay), number(hedging.maxAttempts))],
    fallback && [t('policy.fallback.title'), [fallback.service, fallback.cached && t('policy.fallback.lastAnswer'), fallback.workflow, fallback.value && t('policy.fallback.fixed')].filter(Boolean).join(', ')],
    cache && [t('policy.cache.title'), t('policy.cache.says', shortSpan(cache.duration))],
  ]);
}

/** One line for lists. */
export const policyLine = policy => h('span', null, [
  policy.retry.maxAttempts < 2 ? t('policy.retry.never') : t('policy.line.retry', number(policy.retry.maxAttempts)),
  t('policy.line.breaker', shortSpan(policy.circuitBreaker.breakDuration)),
  ...['bulkhead', 'rateLimit', 'hedging', 'fallback', 'cache'].filter(name => policy[name]).map(name => t(`policy.${name}.title`).toLowerCase()),
].join(' · '));

define({
  'policy.noLimit': ['no limit', '제한 없음'],
  'policy.limits.title': ['Time limits', '시간 제한'],
  'policy.limits.text': ['How long a caller waits before it is told that there was no answer.', '응답이 없다고 알리기 전까지 호출자가 기다리는 시간입니다.'],
  'policy.description.hint': ['One sentence for people.', '사람을 위한 한 문장.'],
  'policy.timeoutPerAttempt.hint': ['How long one attempt may take.', '한 번의 시도에 허용되는 시간.'],
  'policy.timeout.hint': ['All attempts and the delays between them.', '모든 시도와 그 사이 지연을 합한 시간.'],
  'policy.retry.title': ['Retry', '재시도'],
  'policy.retry.text': ['Attempts that failed for a reason that may pass are repeated: no connection, no answer in time, status 408, 429, 500, 502, 503 or 504.', '지나갈 수 있는 이유로 실패한 시도를 반복합니다: 연결 실패, 시간 초과, 상태 408, 429, 500, 502, 503, 504.'],
  'policy.retry.maxAttempts': ['Attempts in all', '전체 시도 횟수'],
  'policy.retry.maxAttempts.hint': ['The first one included; 1 never repeats.', '첫 시도 포함. 1이면 반복하지 않습니다.'],
  'policy.retry.delay': ['First delay', '첫 지연'],
  'policy.retry.delay.hint': ['Before the first repetition.', '첫 반복 전의 지연.'],
  'policy.retry.backoffType': ['How it grows', '지연 증가 방식'],
  'policy.retry.backoffType.hint': ['Exponential doubles the delay each time.', '지수 방식은 지연을 매번 두 배로 늘립니다.'],
  'policy.backoff.Exponential': ['Exponential', '지수'],
  'policy.backoff.Linear': ['Linear', '선형'],
  'policy.backoff.Constant': ['Constant', '고정'],
  'policy.retry.maxDelay': ['Longest delay', '최대 지연'],
  'policy.retry.maxDelay.hint': ['Also when the service asks for a longer one.', '서비스가 더 길게 요청해도 여기까지만.'],
  'policy.retry.useJitter': ['Vary delays at random', '지연을 무작위로 조금씩 바꾸기'],
  'policy.retry.useJitter.hint': ['So that callers do not come back all at once.', '호출자들이 한꺼번에 돌아오지 않게 합니다.'],
  'policy.retry.honourRetryAfter': ['Follow Retry-After', 'Retry-After 따르기'],
  'policy.retry.honourRetryAfter.hint': ['What the service asks for counts more than the computed delay.', '계산한 지연보다 서비스가 요청한 시간이 우선합니다.'],
  'policy.retry.statuses': ['Rules for single statuses', '상태 코드별 규칙'],
  'policy.retry.statuses.hint': ['Such as 404 or 5xx, with attempts and delay of their own.', '404나 5xx 같은 코드에 고유한 시도 횟수와 지연을 둡니다.'],
  'policy.circuitBreaker.title': ['Circuit breaker', '차단기'],
  'policy.circuitBreaker.text': ['After too many failures no call is sent for a while; then a few are let through to see. A service that is down is left in peace, and callers fail at once instead of waiting.', '실패가 너무 많으면 한동안 호출을 보내지 않고, 그 뒤 몇 개만 통과시켜 확인합니다. 내려간 서비스는 쉬고 호출자는 기다리지 않고 바로 실패합니다.'],
  'policy.circuitBreaker.failures': ['Failures in a row', '연속 실패'],
  'policy.circuitBreaker.failures.hint': ['That open it. Not together with a share.', '이만큼 이어지면 열립니다. 비율과 함께 쓰지 않습니다.'],
  'policy.circuitBreaker.breakDuration': ['Stays open for', '열려 있는 시간'],
  'policy.circuitBreaker.breakDuration.hint': ['Before the first call is let through to see.', '확인용 호출을 처음 통과시키기 전까지.'],
  'policy.circuitBreaker.halfOpenProbes': ['Probes', '확인 호출'],
  'policy.circuitBreaker.halfOpenProbes.hint': ['Calls that must all succeed to close it.', '모두 성공해야 닫힙니다.'],
  'policy.circuitBreaker.failureRatio': ['Share of failures', '실패 비율'],
  'policy.circuitBreaker.failureRatio.hint': ['0.01 to 1, in place of failures in a row.', '연속 실패 대신 쓰는 0.01~1의 비율.'],
  'policy.circuitBreaker.minimumThroughput': ['Calls at least', '최소 호출 수'],
  'policy.circuitBreaker.minimumThroughput.hint': ['Before the share counts.', '비율을 따지기 전에 필요한 호출 수.'],
  'policy.circuitBreaker.samplingDuration': ['Counted over', '집계 시간'],
  'policy.circuitBreaker.samplingDuration.hint': ['The time over which the share is taken.', '비율을 계산하는 시간 폭.'],
  'policy.bulkhead.title': ['Bulkhead', '격벽'],
  'policy.bulkhead.text': ['Most attempts at once, so that one slow service does not take everything.', '느린 서비스 하나가 모든 자원을 차지하지 않도록 동시 시도 수를 제한합니다.'],
  'policy.bulkhead.maxConcurrent': ['At once', '동시 시도'],
  'policy.bulkhead.maxConcurrent.hint': ['Attempts that run at the same time.', '같은 때에 실행되는 시도 수.'],
  'policy.bulkhead.maxQueued': ['Waiting', '대기'],
  'policy.bulkhead.maxQueued.hint': ['That may wait for their turn; further ones are refused.', '차례를 기다릴 수 있는 수. 그 이상은 거절됩니다.'],
  'policy.rateLimit.title': ['Rate limit', '속도 제한'],
  'policy.rateLimit.text': ['Most attempts in any stretch of time.', '일정 시간 안의 시도 수를 제한합니다.'],
  'policy.rateLimit.count': ['Attempts', '시도 수'],
  'policy.rateLimit.count.hint': ['In the time beside.', '옆의 시간 안에서.'],
  'policy.rateLimit.per': ['In', '시간'],
  'policy.rateLimit.per.hint': ['The stretch of time.', '시간의 길이.'],
  'policy.rateLimit.maxWait': ['May wait', '대기 가능 시간'],
  'policy.rateLimit.maxWait.hint': ['An attempt that would wait longer is refused.', '더 오래 기다려야 하는 시도는 거절됩니다.'],
  'policy.hedging.title': ['Hedging', '헤징'],
  'policy.hedging.text': ['Another attempt beside one that is slow; the first good answer counts. Only for GET, HEAD and OPTIONS.', '느린 시도 곁에 또 하나를 보내고 먼저 온 좋은 응답을 씁니다. GET, HEAD, OPTIONS에만 적용됩니다.'],
  'policy.hedging.delay': ['After', '시작 시점'],
  'policy.hedging.delay.hint': ['How long an attempt is waited for.', '한 시도를 기다리는 시간.'],
  'policy.hedging.maxAttempts': ['Further attempts', '추가 시도'],
  'policy.hedging.maxAttempts.hint': ['Beside the first one.', '첫 시도 외에.'],
  'policy.fallback.title': ['Fallback', '대체 응답'],
  'policy.fallback.text': ['What is answered when the call failed: another service, else the last good answer, else what a workflow gives, else a fixed value.', '호출이 실패했을 때의 응답: 다른 서비스, 아니면 마지막 좋은 응답, 아니면 워크플로의 결과, 아니면 고정된 값.'],
  'policy.fallback.service': ['Another service', '다른 서비스'],
  'policy.fallback.service.hint': ['Asked instead, with the same path.', '같은 경로로 대신 물어봅니다.'],
  'policy.fallback.cached': ['The last good answer', '마지막 좋은 응답'],
  'policy.fallback.cached.hint': ['To the same question.', '같은 질문에 대한 응답.'],
  'policy.fallback.cachedMaxAge': ['How old it may be', '허용되는 나이'],
  'policy.fallback.cachedMaxAge.hint': ['Older answers are not given.', '더 오래된 응답은 주지 않습니다.'],
  'policy.fallback.workflow': ['A workflow', '워크플로'],
  'policy.fallback.workflow.hint': ['Its definition ID. It runs as a child and answers with its output Result, or with all its outputs.', '워크플로의 정의 ID. 하위 실행으로 돌며 출력 Result 또는 모든 출력으로 응답합니다.'],
  'policy.fallback.value': ['A fixed value', '고정 값'],
  'policy.fallback.value.hint': ['JSON or text, given with status 200.', 'JSON 또는 텍스트. 상태 200으로 응답합니다.'],
  'policy.cache.title': ['Cache', '캐시'],
  'policy.cache.text': ['Good answers to GET and HEAD are kept and given again; of several that ask at once one asks.', 'GET과 HEAD의 좋은 응답을 보관했다가 다시 줍니다. 동시에 여럿이 물으면 하나만 물어봅니다.'],
  'policy.cache.duration': ['Kept for', '보관 시간'],
  'policy.cache.duration.hint': ['How long an answer is given again.', '응답을 다시 주는 시간.'],
  'policy.cache.maxEntries': ['Answers at most', '최대 응답 수'],
  'policy.cache.maxEntries.hint': ['Of a service; the oldest ones go.', '서비스마다. 가장 오래된 것부터 사라집니다.'],
  'policy.retry.never': ['never repeats', '반복하지 않음'],
  'policy.retry.says': ['{0} attempts, first after {1}, {2}', '{0}번 시도, 첫 지연 {1}, {2}'],
  'policy.breaker.failures': ['after {0} failures in a row, for {1}', '연속 실패 {0}번이면 {1} 동안 열림'],
  'policy.breaker.ratio': ['when {0} % failed within {1}, for {2}', '{1} 안에 {0} %가 실패하면 {2} 동안 열림'],
  'policy.bulkhead.says': ['{0} at once, {1} waiting', '동시 {0}, 대기 {1}'],
  'policy.rate.says': ['{0} in {1}', '{1}에 {0}'],
  'policy.hedging.says': ['after {0}, {1} more', '{0} 뒤 {1}번 더'],
  'policy.fallback.lastAnswer': ['last good answer', '마지막 좋은 응답'],
  'policy.fallback.fixed': ['fixed value', '고정 값'],
  'policy.cache.says': ['for {0}', '{0} 동안'],
  'policy.line.retry': ['{0} attempts', '{0}번 시도'],
  'policy.line.breaker': ['breaks for {0}', '{0} 동안 차단'],
});
