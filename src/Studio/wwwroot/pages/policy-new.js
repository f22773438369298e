// Making a policy that services can share.
import { navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { settingsEditor } from '../parts/editor.js';
import { policyGroups } from '../parts/policy.js';
import { body } from '../parts/states.js';

export default {
  async render(container, page) {
    page.title({ label: t('page.services'), path: 'services' }, { label: t('page.policies'), path: 'policies' }, t('policies.new'));
    const { items } = await get('api/services', { query: { take: 1_000 }, signal: page.signal });
    const [limits, ...others] = policyGroups({ services: items.map(service => service.name) });
    const name = { path: 'name', kind: 'text', label: t('word.name'), hint: t('policy.name.hint'), required: true, placeholder: 'standard' };
    body(container, settingsEditor({
      groups: [{ ...limits, fields: [name, ...limits.fields] }, ...others], model: {}, key: 'policy.new', action: t('policy.make'),
      save: model => send('POST', 'api/policies', model),
      saved: policy => { toast({ kind: 'success', title: t('policy.saved', policy.name) }); navigate('policies'); },
      cancel: () => navigate('policies'),
    }).element);
    container.querySelector('input')?.focus();
  },
};

define({
  'policy.make': ['Create', '만들기'],
  'policy.name.hint': ["Letters, digits, '-', '_' and '.'; services name it.", "문자, 숫자, '-', '_', '.'. 서비스가 이 이름으로 고릅니다."],
});
