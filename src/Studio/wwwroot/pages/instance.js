// One instance: what ran, what it waits for, what it holds.
import { h, icon } from '../shell/dom.js';
import { mountElsa } from '../shell/elsa.js';
import { apiAddress } from '../shell/requests.js';
import { addressOf, navigate, reopen } from '../shell/router.js';
import { t } from '../shell/strings.js';
import { onRestart } from '../parts/live.js';

const edit = definitionId => `definitions/${encodeURIComponent(definitionId)}`;

export default {
  async render(container, page) {
    const { id } = page.params;
    const response = await fetch(`${apiAddress}/workflow-instances/${encodeURIComponent(id)}`, { signal: page.signal });
    if (response.status === 404) return page.missing(t('instance.missing'), t('instance.missing.text'));
    if (!response.ok) throw new Error(t('request.failed', response.status));

    const instance = await response.json();
    page.title({ label: t('page.runs'), path: 'runs' }, instance.name || t('instance.title', id.length > 12 ? id.slice(0, 8) : id));
    page.actions(h('a', { class: 'pf-button pf-button-quiet', href: addressOf(`runs/${encodeURIComponent(id)}`) }, icon('chart', 18), t('run.tab.timeline')), h('a', { class: 'pf-button pf-button-quiet', href: addressOf(edit(instance.definitionId)) }, icon('workflow', 18), t('instance.edit')));
    // Elsa Studio does not notice that its connection is gone; built anew, the viewer shows what happened meanwhile.
    onRestart(page.signal, reopen);
    await mountElsa(container, 'elsa-workflow-instance-viewer', {
      signal: page.signal,
      attributes: { 'instance-id': id },
      callbacks: { editWorkflowDefinition: definitionId => navigate(edit(definitionId)) },
    });
  },
};
