// One policy: a form that explains each member, the same as JSON, and the services that it counts for.
import { h, icon } from '../shell/dom.js';
import { navigate } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { settingsEditor } from '../parts/editor.js';
import { policyGroups, tidyPolicy } from '../parts/policy.js';
import { serviceLinks } from '../parts/services.js';
import { body } from '../parts/states.js';
import { removePolicy } from '../parts/service-policies.js';

export default {
  async render(container, page) {
    const address = `api/policies/${encodeURIComponent(page.params.name)}`;
    let policy;
    try {
      policy = await get(address, { signal: page.signal });
    } catch (error) {
      if (error.status === 404) return page.missing(t('policy.missing'), t('policy.missing.text'));
      throw error;
    }

    const { items } = await get('api/services', { query: { take: 1_000 }, signal: page.signal });
    const manages = may('manage:services');
    page.title({ label: t('page.services'), path: 'services' }, { label: t('page.policies'), path: 'policies' }, policy.name);
    if (manages && policy.source === 'store') page.actions(h('button', { class: 'pf-button', 'aria-label': t('word.delete'), type: 'button', onclick: async () => await removePolicy(policy) && navigate('policies') }, icon('trash', 18), h('span', { class: 'pf-action-text' }, t('word.delete'))));
    body(container,
      h('p', { class: 'pf-note' }, t('policy.usedBy'), ' ', serviceLinks(policy.services)),
      settingsEditor({
        groups: policyGroups({ services: items.map(service => service.name) }), model: tidyPolicy(policy.policy), key: `policy.${policy.name}`, readonly: !manages,
        note: t(policy.source === 'store' ? 'serviceSettings.stored' : 'serviceSettings.configured'),
        save: model => send('PUT', address, model),
        saved: () => { toast({ kind: 'success', title: t('policy.saved', policy.name), text: t('policy.saved.text') }); navigate('policies'); },
        cancel: () => navigate('policies'),
      }).element);
  },
};

define({
  'policy.missing': ['This policy does not exist', '존재하지 않는 정책입니다'],
  'policy.missing.text': ['It may have been deleted.', '삭제되었을 수 있습니다.'],
  'policy.usedBy': ['Used by:', '사용하는 서비스:'],
  'policy.saved.text': ['It counts for calls from now on.', '지금부터의 호출에 적용됩니다.'],
});
