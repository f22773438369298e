// One workflow in the designer.
import { h, icon } from '../shell/dom.js';
import { mountElsa } from '../shell/elsa.js';
import { apiAddress, traffic } from '../shell/requests.js';
import { addressOf } from '../shell/router.js';
import { t } from '../shell/strings.js';

export default {
  path: 'definitions/:id',
  aliases: ['workflows/definitions/:id/edit'],
  under: 'definitions',
  title: 'page.definitions',
  wide: true,
  async render(container, page) {
    const id = encodeURIComponent(page.params.id);
    // Asked before the editor is: of a workflow that is not there it would show an empty room and no word.
    const response = await fetch(`${apiAddress}/workflow-definitions/by-definition-id/${id}?versionOptions=Latest`, { signal: page.signal });
    if (response.status === 404) return page.missing(t('definition.missing'), t('definition.missing.text'));
    if (!response.ok) throw new Error(t('request.failed', response.status));

    describe(await response.json());
    page.actions(h('a', { class: 'pf-button pf-button-quiet', href: addressOf(`instances?defs=${id}`) }, icon('runs', 18), t('page.instances')));
    traffic.addEventListener('end', follow, { signal: page.signal });
    await mountElsa(container, 'elsa-workflow-definition-editor', { signal: page.signal, attributes: { 'definition-id': page.params.id } });

    function describe({ name, version, isPublished }) {
      page.title({ label: t('page.definitions'), path: 'definitions' }, name,
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
