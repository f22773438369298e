// The members of a service as fields that explain themselves.
import { define, t } from '../shell/strings.js';

/** others: names of the services that it may need; policies: names of shared policies; withName: for one that is new. */
export function serviceGroups({ others, policies, withName }) {
  return [
    { title: t('service.group.where'), text: t('service.group.where.text'), fields: [
      ...withName ? [{ path: 'name', kind: 'text', label: t('word.name'), hint: t('service.name.hint'), required: true, placeholder: 'paperwork-service' }] : [],
      { path: 'baseAddresses', kind: 'lines', label: t('service.addresses'), hint: t('service.addresses.hint'), required: true, placeholder: 'http://localhost:8010', wide: !withName },
      { path: 'balancing', kind: 'choice', label: t('service.balancing'), hint: t('service.balancing.hint'), choices: [['RoundRobin', t('service.balancing.RoundRobin')], ['Failover', t('service.balancing.Failover')]] },
      { path: 'healthPath', kind: 'text', label: t('service.healthPath'), hint: t('service.healthPath.hint'), placeholder: '/health' },
    ] },
    { title: t('service.group.calls'), text: t('service.group.calls.text'), fields: [
      { path: 'policyName', kind: 'choice', label: t('service.policyName'), hint: t('service.policyName.hint'), choices: [['', t('service.policy.own')], ...policies.map(name => [name, name])] },
      { path: 'timeoutPerAttempt', kind: 'span', label: t('policy.timeoutPerAttempt'), hint: t('service.timeout.hint'), placeholder: t('service.timeout.policy') },
      { path: 'timeout', kind: 'span', label: t('policy.timeout'), hint: t('service.timeout.hint'), placeholder: t('service.timeout.policy') },
    ] },
    { title: t('service.group.people'), fields: [
      { path: 'dependencies', kind: 'names', label: t('service.dependencies'), hint: t('service.dependencies.hint'), choices: others, wide: true },
      { path: 'tags', kind: 'words', label: t('services.tags'), hint: t('service.tags.hint'), placeholder: 'documents, core' },
      { path: 'owner', kind: 'text', label: t('services.owner'), hint: t('service.owner.hint') },
    ] },
  ];
}

/** A service as the server keeps it, for the form: addresses in one way, and nothing that is empty. */
export function formOf(settings) {
  const { baseAddress, ...rest } = settings;
  const model = { ...rest, baseAddresses: settings.baseAddresses?.length ? settings.baseAddresses : baseAddress ? [baseAddress] : [] };
  return Object.fromEntries(Object.entries(model).filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0) && !(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)));
}

define({
  'service.group.where': ['Where it is', '위치'],
  'service.group.where.text': ['Paths of calls are appended to the address. HTTP Request reaches this host too, even a private one.', '호출 경로가 주소 뒤에 붙습니다. HTTP Request도 이 호스트에 닿을 수 있습니다(사설 주소 포함).'],
  'service.addresses': ['Addresses', '주소'],
  'service.addresses.hint': ['One in a line, http or https, at most 32.', '한 줄에 하나, http 또는 https, 최대 32개.'],
  'service.balancing': ['Several addresses', '주소가 여러 개일 때'],
  'service.balancing.hint': ['One that failed is passed over for 10 s.', '실패한 주소는 10초 동안 건너뜁니다.'],
  'service.balancing.RoundRobin': ['In turn', '번갈아'],
  'service.balancing.Failover': ['The first that works', '되는 것 중 첫 번째'],
  'service.healthPath': ['Path of the health check', '상태 확인 경로'],
  'service.healthPath.hint': ['Below the address.', '주소 아래의 경로.'],
  'service.group.calls': ['How calls cope with failures', '호출 실패 대처'],
  'service.group.calls.text': ['Retries, breaker, limits and fallbacks are those of a policy.', '재시도, 차단기, 제한, 대체 응답은 정책에 따릅니다.'],
  'service.policyName': ['Policy', '정책'],
  'service.policyName.hint': ['One that is shared, or one of its own.', '공유 정책 또는 고유 정책.'],
  'service.policy.own': ['Its own', '고유 정책'],
  'service.timeout.hint': ['In place of what the policy says.', '정책의 값 대신.'],
  'service.timeout.policy': ['as the policy says', '정책대로'],
  'service.group.people': ['What it needs, and whose it is', '의존 관계와 담당'],
  'service.dependencies': ['Needs', '필요로 하는 것'],
  'service.dependencies.hint': ['Services that it cannot work without. No circles.', '없으면 동작하지 않는 서비스. 순환은 안 됩니다.'],
  'service.tags.hint': ['Words to find it by, with commas between.', '찾기 위한 낱말, 쉼표로 구분.'],
  'service.owner.hint': ['Who looks after it.', '돌보는 사람.'],
});
