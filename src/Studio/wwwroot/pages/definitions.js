// All workflows: Elsa Studio's list, with its create, import, export and bulk actions.
import { mountElsa } from '../shell/elsa.js';
import { navigate } from '../shell/router.js';

export default {
  render: (container, { signal }) => mountElsa(container, 'elsa-workflow-definition-list', {
    signal,
    callbacks: { editWorkflowDefinition: id => navigate(`definitions/${encodeURIComponent(id)}`) },
  }),
};
