// Names of workflows for pages that only know their ids; asked once and again after a workflow changed.
import { traffic } from '../shell/requests.js';
import { get } from './api.js';

const most = 500;
let asked = null;

traffic.addEventListener('end', ({ detail: { method, path } }) => {
  if (method !== 'GET' && path.startsWith('/elsa/api/workflow-definitions')) asked = null;
});

/** A map from definition id to name, of the latest versions, in the order of names. */
export function definitionNames() {
  return asked ??= get('elsa/api/workflow-definitions', { query: { versionOptions: 'Latest', pageSize: most, orderBy: 'Name', orderDirection: 'Ascending' } })
    .then(({ items }) => new Map(items.map(item => [item.definitionId, item.name || item.definitionId])))
    .catch(error => {
      asked = null;
      // Who may see runs need not see workflows: the ids stand for the names.
      if (error.status === 403) return new Map();
      throw error;
    });
}
