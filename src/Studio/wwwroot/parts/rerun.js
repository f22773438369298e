// Asking how a run is to be run once more: from where, with which input, in which version.
import { navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';
import { send } from './api.js';
import { openForm } from './form.js';

/** run: Elsa's instance; step: the activity execution to begin with, or nothing for the start. Leads to the new run. */
export async function askRerun(run, step) {
  const given = step ? step.activityState : run.workflowState?.input;
  const made = await openForm({
    title: step ? t('rerun.title.step', step.activityName || step.activityId) : t('rerun.title'),
    text: t(step ? 'rerun.text.step' : 'rerun.text'),
    key: `rerun.${run.id}.${step?.id ?? ''}`,
    wide: true,
    fields: [
      { name: 'given', kind: 'json', label: t(step ? 'run.step.inputs' : 'run.data.input'), value: given && Object.keys(given).length ? given : {}, rows: 8, hint: t('rerun.input.hint') },
      ...(step ? [{ name: 'variables', kind: 'json', label: t('run.data.variables'), value: {}, rows: 3, hint: t('rerun.variables.hint') }] : []),
      { name: 'version', kind: 'choice', label: t('rerun.version'), choices: [['same', t('rerun.version.same', run.version)], ['latest', t('rerun.version.latest')]], value: 'same' },
    ],
    action: t('bulk.Rerun'),
    submit: ({ given: input, variables, version }) => send('POST', `api/instances/${encodeURIComponent(run.id)}/rerun`, {
      version,
      ...(step ? { fromActivityInstanceId: step.id, activityInput: changedOf(step.activityState, input), variables: variables && Object.keys(variables).length ? variables : undefined } : { input: input ?? undefined }),
    }),
  });
  if (!made) return;
  toast({ kind: 'success', title: t('rerun.done') });
  navigate(`runs/${encodeURIComponent(made.instanceId)}`);
}

// Only what was edited is given: an input that is left alone is evaluated again, as the workflow says.
function changedOf(before, after) {
  const changed = Object.entries(after ?? {}).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name]));
  return changed.length ? Object.fromEntries(changed) : undefined;
}

define({
  'rerun.title': ['Run it once more', '다시 실행'],
  'rerun.title.step': ['Re-run from {0}', '{0}부터 다시 실행'],
  'rerun.text': ['Begins a new run at the start. This one stays as it is.', '처음부터 새로 실행합니다. 이 실행은 그대로 남습니다.'],
  'rerun.text.step': ['Begins a new run at this step. What happened before it is taken over and not done again: calls, mails and messages are not sent twice.', '이 단계부터 새로 실행합니다. 그 앞에서 일어난 일은 그대로 이어받고 다시 하지 않습니다. 호출, 메일, 메시지가 두 번 나가지 않습니다.'],
  'rerun.input.hint': ['Change what should be different.', '다르게 할 값을 바꾸세요.'],
  'rerun.variables.hint': ['By name; only those that should have another value.', '이름으로 적으며, 다른 값이어야 하는 것만 적습니다.'],
  'rerun.version.same': ['The same (v{0})', '같은 버전 (v{0})'],
  'rerun.version.latest': ['The latest', '최신 버전'],
  'rerun.done': ['Running again', '다시 실행합니다'],
});
