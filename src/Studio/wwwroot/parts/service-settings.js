// What is registered of one service: its policy, and all of its members.
import { h } from '../shell/dom.js';
import { addressOf } from '../shell/router.js';
import { may } from '../shell/session.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { get, send } from './api.js';
import { settingsEditor } from './editor.js';
import { policyFacts, policyGroups, tidyPolicy } from './policy.js';
import { formOf, serviceGroups } from './serviceform.js';
import { routeOf } from './services.js';
import { card, failure, skeleton } from './states.js';

const all = { take: 1_000 };

/** Everything that is registered, as a form and as JSON. */
export function settingsTab(place, context) {
  return loading(place, context, async service => {
    const [settings, services, policies] = await Promise.all([get(routeOf(service.name, '/settings'), { signal: context.signal }), get('api/services', { query: all, signal: context.signal }), get('api/policies', { query: all, signal: context.signal })]);
    const groups = serviceGroups({ others: services.items.map(one => one.name).filter(name => name !== service.name), policies: policies.items.map(policy => policy.name) });
    return settingsEditor({
      groups, model: formOf(settings), key: `service.${service.name}`,
      note: t(service.source === 'store' ? 'serviceSettings.stored' : 'serviceSettings.configured'),
      save: model => send('PUT', routeOf(service.name), model),
      saved: () => { toast({ kind: 'success', title: t('serviceSettings.saved', service.name) }); context.refresh(); settingsTab(place, context); },
    }).element;
  });
}

/** Which policy counts for it: one that is shared, or its own. */
export function policyTab(place, context) {
  return loading(place, context, async service => {
    const manages = may('manage:services');
    const [settings, services, policies] = await Promise.all([manages ? get(routeOf(service.name, '/settings'), { signal: context.signal }) : null, get('api/services', { query: all, signal: context.signal }), get('api/policies', { query: all, signal: context.signal })]);
    const editor = h('div', { class: 'pf-stack' });
    const choice = h('select', { class: 'pf-input pf-select', id: 'policy-choice', disabled: !manages, onchange: () => show(choice.value) },
      h('option', { value: '' }, t('service.policy.own')), policies.items.map(policy => h('option', { value: policy.name, selected: policy.name === service.policyName }, t('serviceSettings.shared', policy.name))));
    show(service.policyName ?? '');
    return h('div', { class: 'pf-stack' }, h('div', { class: 'pf-filter' }, h('label', { class: 'pf-label', for: 'policy-choice' }, t('serviceSettings.which')), choice), editor);

    function show(name) {
      if (!name) {
        return editor.replaceChildren(settingsEditor({
          groups: policyGroups({ services: services.items.map(one => one.name).filter(one => one !== service.name) }),
          model: tidyPolicy(service.policyName ? policies.items.find(policy => policy.name === service.policyName)?.policy ?? service.policy : service.policy),
          key: `service.${service.name}.policy`, readonly: !manages, note: t('serviceSettings.own'),
          save: policy => saveOwn(policy),
          saved: done,
        }).element);
      }
      const policy = policies.items.find(one => one.name === name);
      const problem = h('div');
      editor.replaceChildren(...[card(name, policyFacts(policy.policy), { actions: h('a', { class: 'pf-link', href: addressOf(`policies/${encodeURIComponent(name)}`) }, t(manages ? 'serviceSettings.edit' : 'word.open')) }), problem,
        name !== service.policyName && manages && h('div', { class: 'pf-line' }, h('button', { class: 'pf-button pf-button-primary', type: 'button', onclick: async () => {
          try {
            const { policy: own, ...rest } = formOf(settings);
            await send('PUT', routeOf(service.name), { ...rest, policyName: name });
            done();
          } catch (error) {
            problem.replaceChildren(failure(error));
          }
        } }, t('serviceSettings.use', name)))].filter(Boolean));
    }

    // The server tells where in the service a mistake is; here the policy stands by itself.
    async function saveOwn(policy) {
      const { policyName, ...rest } = formOf(settings);
      try {
        return await send('PUT', routeOf(service.name), { ...rest, policy });
      } catch (error) {
        error.message = error.message.replace(/(^|\s)policy\./g, '$1');
        throw error;
      }
    }

    function done() {
      toast({ kind: 'success', title: t('serviceSettings.saved', service.name) });
      Promise.resolve(context.refresh()).then(() => { if (!context.signal.aborted) policyTab(place, context); });
    }
  });
}

async function loading(place, context, draw) {
  place.replaceChildren(skeleton(6));
  try {
    const element = await draw(context.service());
    if (!context.signal.aborted) place.replaceChildren(element);
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (!(error.status >= 0)) throw error;
    place.replaceChildren(failure(error, () => loading(place, context, draw)));
  }
}

define({
  'serviceSettings.saved': ['{0} is saved', '{0}을(를) 저장했습니다'],
  'serviceSettings.which': ['Which policy counts', '적용할 정책'],
  'serviceSettings.shared': ['Shared: {0}', '공유: {0}'],
  'serviceSettings.own': ['For this service alone.', '이 서비스에만 적용됩니다.'],
  'serviceSettings.edit': ['Edit it for all', '모두에게 적용되도록 편집'],
  'serviceSettings.use': ['Use {0}', '{0} 사용'],
});
