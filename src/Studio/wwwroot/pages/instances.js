// All instances; ?defs=<definition id> shows those of one workflow.
import { mountElsa } from '../shell/elsa.js';
import { navigate } from '../shell/router.js';

export default {
  elsa: true,
  path: 'instances',
  aliases: ['workflows/instances'],
  under: 'runs',
  title: 'page.instances',
  render: (container, { signal }) => mountElsa(container, 'elsa-workflow-instance-list', {
    signal,
    callbacks: { viewWorkflowInstance: id => navigate(`instances/${encodeURIComponent(id)}`) },
  }),
};
