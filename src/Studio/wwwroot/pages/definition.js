// One workflow in the designer.
import { h, icon } from '../shell/dom.js';
import { mountElsa } from '../shell/elsa.js';
import { apiAddress, traffic } from '../shell/requests.js';
import { addressOf } from '../shell/router.js';
import { settle } from '../shell/saving.js';
import { may } from '../shell/session.js';
import { t } from '../shell/strings.js';
import { startWorkflow } from '../parts/start.js';

export default {
  async render(container, page) {
    const id = encodeURIComponent(page.params.id);
    // Asked before the editor is: of a workflow that is not there it would show an empty room and no word.
    const response = await fetch(`${apiAddress}/workflow-definitions/by-definition-id/${id}?versionOptions=Latest`, { signal: page.signal });
    if (response.status === 404) return page.missing(t('definition.missing'), t('definition.missing.text'));
    if (!response.ok) throw new Error(t('request.failed', response.status));

    describe(await response.json());
    page.actions(...[
      h('a', { class: 'pf-button pf-button-quiet', href: addressOf(`runs?definition=${id}`) }, icon('runs', 18), h('span', { class: 'pf-action-text' }, t('page.runs'))),
      h('a', { class: 'pf-button pf-button-quiet', href: addressOf(`versions/${id}`) }, icon('history', 18), h('span', { class: 'pf-action-text' }, t('page.versions'))),
      may('exec:workflow-definitions') && h('button', { class: 'pf-button', type: 'button', onclick: async () => { await settle(); startWorkflow(page.params.id, { draft: true }); } }, icon('play', 16), t('start.action')),
    ].filter(Boolean));
    traffic.addEventListener('end', follow, { signal: page.signal });
    await mountElsa(container, 'elsa-workflow-definition-editor', { signal: page.signal, attributes: { 'definition-id': page.params.id } });

    function describe({ name, version, isPublished }) {
      page.title({ label: t('page.definitions'), path: 'workflows' }, name,
        h('span', { class: isPublished ? 'pf-chip pf-chip-good' : 'pf-chip' }, `${t('definition.version', version)} · ${t(isPublished ? 'definition.published' : 'definition.draft')}`));
    }

    // The name and the version change while one works: every save answers the whole definition.
    async function follow({ detail: { method, path, status, response } }) {
      if (method !== 'POST' || status !== 200 || !path.startsWith('/elsa/api/workflow-definitions')) return;
      const answer = await response.clone().json().catch(() => null);
      const definition = answer?.workflowDefinition ?? answer;
      if (definition?.definitionId === page.params.id && definition.name) describe(definition);
    }
  },
};
