// Changes of workflows, sent so that nobody overwrites unseen what somebody else did.
//
// - The server names the revision of a workflow when it is opened and after each change. A change carries the one that this tab has
//   seen, and a name of the tab: the server refuses it when somebody else came in between.
// - Changes of one workflow go out one after the other. Elsa Studio does not wait for its last save, and sends it again when an
//   answer is lost.
// - When one is refused, the person decides, and only then Elsa Studio gets an answer.

const root = '/elsa/api/workflow-definitions';
const bytes = crypto.getRandomValues(new Uint8Array(12));
// A page that is loaded again is another tab to the server: it has seen what it loads, and nothing else.
const tab = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

const seen = new Map();
const turns = new Map();
const newest = new Map();
/** Workflows whose change here was given up: until they are opened anew nothing of them may be sent. */
const givenUp = new Map();

let decide = async () => null;
/** Gives the function that asks the person: it answers 'mine', 'theirs', 'copy' or null for later, and is told what became of it. */
export function onConflict(handler) {
  decide = handler;
}

/** What a request does to a workflow: { definitionId, kind, model, publish }; null when nothing that this module minds. */
export async function editOf({ method, path }, init) {
  if (method !== 'POST' || !path.startsWith(root)) return null;
  const rest = path.slice(root.length);
  const reverted = /^\/([^/]+)\/revert\/\d+$/.exec(rest);
  if (reverted) return { kind: 'revert', definitionId: decodeURIComponent(reverted[1]) };
  if (rest !== '' && rest !== '/import') return null;
  const content = await read(init?.body);
  const model = rest === '' ? content?.model : content;
  if (!model) return null;
  const edit = { kind: rest === '' ? 'save' : 'import', definitionId: model.definitionId || null, model, publish: content.publish === true };
  if (edit.definitionId) newest.set(edit.definitionId, edit);
  return edit;
}

/** Notes which revision an answer holds that shows a workflow to the person. */
export function learnFrom({ method, path, search }, response) {
  if (method !== 'GET' || !response.ok || !path.startsWith(`${root}/by-definition-id/`)) return;
  const wanted = new URLSearchParams(search).get('versionOptions');
  const revision = revisionOf(response);
  if ((wanted && wanted !== 'Latest') || !revision) return;
  const definitionId = decodeURIComponent(path.slice(root.length + '/by-definition-id/'.length));
  seen.set(definitionId, revision);
  givenUp.delete(definitionId);
}

/** Sends a change. attempt(headers) sends it once. */
export function sendEdit(edit, attempt) {
  if (!edit.definitionId) return sendNow(edit, attempt);
  const turn = (turns.get(edit.definitionId) ?? Promise.resolve()).then(() => sendNow(edit, attempt));
  turns.set(edit.definitionId, turn.catch(() => {}));
  return turn;
}

async function sendNow(edit, attempt) {
  for (;;) {
    const { definitionId } = edit;
    if (givenUp.has(definitionId)) return givenUp.get(definitionId)(edit);
    const revision = seen.get(definitionId);
    const response = await attempt(revision ? { 'If-Match': `"${revision}"`, 'Platform-Tab': tab } : { 'Platform-Tab': tab });
    if (response.ok) {
      await learnOwn(edit, response);
      return response;
    }

    const conflict = response.status === 400 ? await conflictIn(response) : null;
    if (!conflict) return response;
    const choice = await decide({ conflict, edit: newest.get(definitionId) ?? edit });
    if (choice === null) return response;
    if (choice === 'mine') {
      // What was deleted is made anew; everything else is overwritten as it was shown, and not what comes after that.
      if (conflict.isDeleted) seen.delete(definitionId);
      else seen.set(definitionId, conflict.revision);
      continue;
    }

    const theirs = conflict.isDeleted ? null : await current(definitionId);
    givenUp.set(definitionId, asked => theirs ? answer(asked, theirs) : response.clone());
  }
}

// The answer of our own change holds what the tab shows already.
async function learnOwn(edit, response) {
  const revision = revisionOf(response);
  if (!revision) return;
  const definitionId = edit.definitionId ?? await response.clone().json().then(({ workflowDefinition, definitionId }) => workflowDefinition?.definitionId ?? definitionId).catch(() => null);
  if (definitionId) seen.set(definitionId, revision);
}

async function conflictIn(response) {
  const problem = await response.clone().json().catch(() => null);
  return problem?.code === 'WF4780' ? problem.conflict ?? null : null;
}

let get = async () => null;
/** Gives the function that asks the server for a path, past everything here. */
export function askWith(ask) {
  get = ask;
}

async function current(definitionId) {
  const response = await get(`${root}/by-definition-id/${encodeURIComponent(definitionId)}?versionOptions=Latest`);
  return response?.ok ? await response.json() : null;
}

function answer({ kind }, definition) {
  const content = kind === 'save' ? { workflowDefinition: definition, alreadyPublished: false, consumingWorkflowCount: 0 } : definition;
  return new Response(JSON.stringify(content), { status: 200, headers: { 'Content-Type': 'application/json' } });
}

const revisionOf = response => /^"(.+)"$/.exec(response.headers.get('ETag') ?? '')?.[1] ?? null;

async function read(body) {
  try {
    const text = typeof body === 'string' ? body : await new Response(body).text();
    return JSON.parse(text);
  } catch {
    return null;
  }
}
