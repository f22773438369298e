// All instances; ?defs=<definition id> shows those of one workflow.
import { mountElsa } from '../shell/elsa.js';
import { navigate } from '../shell/router.js';

export default {
  render: (container, { signal }) => mountElsa(container, 'elsa-workflow-instance-list', {
    signal,
    callbacks: { viewWorkflowInstance: id => navigate(`instances/${encodeURIComponent(id)}`) },
  }),
};
