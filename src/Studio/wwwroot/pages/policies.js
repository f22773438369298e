// The policies that services share: how calls cope with failures.
import { h, icon } from '../shell/dom.js';
import { addressOf, navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { list } from '../parts/list.js';
import { policyLine } from '../parts/policy.js';
import { serviceLinks } from '../parts/services.js';
import { body, chip } from '../parts/states.js';
import { removePolicy } from '../parts/service-policies.js';

const pathOf = name => `policies/${encodeURIComponent(name)}`;

export default {
  render(container, page) {
    page.title({ label: t('page.services'), path: 'services' }, t('page.policies'));
    const manages = may('manage:services');
    const make = () => manages && h('a', { class: 'pf-button pf-button-primary', href: addressOf('new-policy') }, icon('plus', 18), h('span', null, t('policies.new')));
    page.actions(h('a', { class: 'pf-button pf-button-quiet', href: addressOf('breakers') }, icon('pause', 18), h('span', { class: 'pf-action-text' }, t('page.breakers'))), ...manages ? [make()] : []);
    const answer = list(body(container, h('p', { class: 'pf-text' }, t('policies.text'))), {
      signal: page.signal,
      path: 'api/policies',
      topics: ['policy', 'service'],
      none: { symbol: 'lock', title: t('policies.none'), text: t('policies.none.text'), action: make() },
      table: {
        label: t('page.policies'), key: policy => policy.name, link: policy => addressOf(pathOf(policy.name)),
        columns: [
          { label: t('word.name'), cell: policy => policy.name },
          { label: t('policies.says'), cell: policy => h('span', null, policy.policy.description && h('span', null, policy.policy.description, h('br')), h('span', { class: 'pf-soft' }, policyLine(policy.policy))) },
          { label: t('policies.services'), cell: policy => serviceLinks(policy.services) },
          { label: t('serviceOverview.source'), minor: true, cell: policy => chip(t(`serviceOverview.source.${policy.source}`)) },
        ],
        menu: policy => [
          { label: t(manages ? 'word.edit' : 'word.open'), icon: icon('edit', 18), run: () => navigate(pathOf(policy.name)) },
          manages && policy.source === 'store' && { label: t('word.delete'), icon: icon('trash', 18), run: async () => await removePolicy(policy) && answer.refresh() },
        ],
      },
    });
  },
};

define({
  'policies.text': ['A policy says how calls cope with failures: how often they are repeated, when the breaker opens, what is answered instead. Services name one; a change counts for all of them at once.', '정책은 호출이 실패에 어떻게 대처하는지 정합니다: 몇 번 반복하는지, 차단기가 언제 열리는지, 대신 무엇을 응답하는지. 서비스가 이름으로 고르며, 바꾸면 모두에게 바로 적용됩니다.'],
  'policies.none': ['No shared policies', '공유 정책이 없습니다'],
  'policies.none.text': ['Every service has a policy of its own until several share one by name.', '여러 서비스가 이름으로 공유하기 전까지는 서비스마다 고유 정책을 갖습니다.'],
  'policies.says': ['What it says', '내용'],
  'policies.services': ['Used by', '사용하는 서비스'],
});
