// Registering a service.
import { navigate } from '../shell/router.js';
import { t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from '../parts/api.js';
import { settingsEditor } from '../parts/editor.js';
import { serviceGroups } from '../parts/serviceform.js';
import { pathOfService } from '../parts/services.js';
import { body } from '../parts/states.js';

export default {
  async render(container, page) {
    page.title({ label: t('page.services'), path: 'services' }, t('page.service.new'));
    const [services, policies] = await Promise.all(['api/services', 'api/policies'].map(path => get(path, { query: { take: 1_000 }, signal: page.signal })));
    const editor = settingsEditor({
      groups: serviceGroups({ others: services.items.map(service => service.name), policies: policies.items.map(policy => policy.name), withName: true }),
      model: {}, key: 'service.new', action: t('services.register'),
      save: model => send('POST', 'api/services', model),
      saved: service => { toast({ kind: 'success', title: t('service.registered', service.name) }); navigate(pathOfService(service.name)); },
      cancel: () => navigate('services'),
    });
    body(container, editor.element);
    editor.element.querySelector('input')?.focus();
  },
};
